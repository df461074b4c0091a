"""What investigations of failures say."""

from __future__ import annotations

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    "and": Label(" × ", " x "),
    "whole": Label("全体", "everything"),
    "changed_both": Label(
        "{segment}：不達率 {rate_before} → {rate_after}、通数の割合 {share_before} → {share_after}。全体の不達率を {contribution} ポイント動かしました（率の変化 {rate_part}、構成の変化 {share_part}；95 % 区間 {low}〜{high}）。",
        "{segment}: failure rate {rate_before} → {rate_after}, share of messages {share_before} → {share_after}. Moved the whole failure rate by {contribution} points (its rate {rate_part}, its share {share_part}; 95 % interval {low} to {high}).",
    ),
    "changed_after": Label(
        "{segment}：後の期間にだけあります（通数の割合 {share_after}、不達率 {rate_after}）。全体の不達率を {contribution} ポイント動かしました（95 % 区間 {low}〜{high}）。",
        "{segment}: only in the period after (share of messages {share_after}, failure rate {rate_after}). Moved the whole failure rate by {contribution} points (95 % interval {low} to {high}).",
    ),
    "changed_before": Label(
        "{segment}：前の期間にだけあります（通数の割合 {share_before}、不達率 {rate_before}）。なくなったことで全体の不達率が {contribution} ポイント動きました（95 % 区間 {low}〜{high}）。",
        "{segment}: only in the period before (share of messages {share_before}, failure rate {rate_before}). Its absence moved the whole failure rate by {contribution} points (95 % interval {low} to {high}).",
    ),
    "chance": Label("偶然の揺れと区別できません。", "Not to be told from chance."),
    "segment_carrier": Label("{value}", "{value}"),
    "segment_sms_code": Label("送信元 {value}", "sender {value}"),
    "segment_campaign": Label("キャンペーン「{value}」", "campaign {value}"),
    "incident": Label(
        "{segment}：{start}〜{end} の送信分で「{category}」が通常より約 {excess} 通多く発生しました（不達率 {rate}、通常 {usual}）。",
        "{segment}: of the messages sent {start} to {end} about {excess} more than usual failed with {category} (failure rate {rate}, usually {usual}).",
    ),
}
