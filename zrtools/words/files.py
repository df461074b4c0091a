"""What is said of a file that was read."""

from zrtools.codes import Label

__all__ = ["TEXTS"]

TEXTS: dict[str, Label] = {
    "sheet": Label("{name}：シート「{sheet}」を読みました。", "{name}: sheet {sheet} was read."),
    "shown_more": Label("ほか{n}行（全{all}行）", "{n} more rows ({all} in all)"),
    "shown_none": Label("該当する行はありません", "no rows"),
    "shown_yes": Label("はい", "yes"),
    "shown_no": Label("いいえ", "no"),
    "shown_list": Label("・", ", "),
    "hidden_rows": Label("非表示の{rows:,}行は除きました。", "{rows:,} hidden rows were left out."),
    "hidden_sheets": Label(
        "非表示のシートは読んでいません：{names}。", "Hidden sheets were not read: {names}."
    ),
}
"""By key, as `words.text("files.key", lang)` takes it."""
