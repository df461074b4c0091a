"""How an investigation shows itself: in sentences, as Markdown and as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import polars as pl

from zrtools import words
from zrtools.codes.causes import CAUSES, OWNERS, SURE
from zrtools.failures.causes import sentence as told_cause
from zrtools.failures.recipients import WITHIN
from zrtools.failures.wording import named_codes, named_incident, named_segment, named_value, named_where

if TYPE_CHECKING:
    from zrtools.failures.investigation import Investigation

__all__ = [
    "cause",
    "groups",
    "html",
    "later",
    "looked_into",
    "markdown",
    "reached",
    "sentences",
    "tables",
    "watched",
    "without_incidents",
]

_MOST = 8
_CODES = 3
_WATCHED = 3
_REACHED = 3
_TABLES = (("breakdown", "incidents", "watch", "causes"), ("changes",), ("unknown", "steps"))


def sentences(found: Investigation) -> list[str]:
    """Say the findings in plain words: coverage and pending, summary, incidents, changes, next steps."""
    return [sentence for _, group in groups(found) for sentence in group]


def groups(found: Investigation) -> list[tuple[str, list[str]]]:
    """Say the findings in three groups with their names: what happened, compared with before, what next."""
    three = {"happened": _happened(found), "compared": _compared(found), "next": _next(found)}
    return [(words.text(f"failures.group_{name}", found.lang), said) for name, said in three.items()]


def _happened(found: Investigation) -> list[str]:
    lang = found.lang

    def say(key: str, **values: object) -> str:
        return words.text(f"failures.{key}", lang, **values)

    now = found.overview.row(0, named=True)
    said = [
        say(
            "covered",
            period=words.span(now["first_day"], now["last_day"], lang),
            days=now["days"],
            final=now["final_days"],
            messages=f"{now['messages']:,}",
            pending=f"{now['pending']:,}",
        )
    ]
    missing = found.coverage.filter(pl.col("messages") == 0)["day"]
    if len(missing):
        said.append(say("missing", n=len(missing), days=words.days(missing, lang=lang)))
    open_days = found.coverage.filter((pl.col("messages") > 0) & ~pl.col("is_final"))["day"]
    if len(open_days):
        said.append(say("open", days=words.days(open_days, lang=lang)))
    if now["day_basis"] in ("date_time", "mixed"):
        said.append(say(f"basis_{now['day_basis']}"))
    said.append(
        say(
            "summary",
            failed=f"{now['failed']:,}",
            settled=f"{now['delivered'] + now['failed']:,}",
            rate=words.percent(now["failure_rate"]),
            low=words.percent(now["rate_low"]),
            high=words.percent(now["rate_high"]),
            numbers="–" if now["numbers"] is None else f"{now['numbers']:,}",
        )
    )
    said += found.campaign_notes
    if not found.breakdown.is_empty():
        top = found.breakdown.row(0, named=True)
        said.append(
            say(
                "largest",
                segment=named_segment(top, ["carrier", "failure_category"], lang),
                failed=f"{top['failed']:,}",
                share=words.percent(top["share_of_failures"]),
            )
        )
    if found.incidents.is_empty():
        said.append(say("no_incidents"))
    for number, sentence in enumerate(found.incidents["sentence"]):
        said += [sentence, *looked_into(found, number), *cause(found, number)]
    return said + watched(found)


def _compared(found: Investigation) -> list[str]:
    return [*without_incidents(found), *_changes(found)]


def _next(found: Investigation) -> list[str]:
    def say(key: str, **values: object) -> str:
        return words.text(f"failures.{key}", found.lang, **values)

    growing = found.unknown_codes.filter("is_growing")
    said = [
        say(
            "growing",
            code="–" if code is None else named_value("detailed_status_id", code, found.lang),
            recent=recent,
            earlier=earlier,
        )
        for code, recent, earlier in growing.select("detailed_status_id", "recent", "earlier").iter_rows()
    ]
    said += [*later(found), *reached(found)]
    said += [
        say(
            "step",
            step=words.text(f"failures.step {step}", found.lang),
            reason=words.text(f"failures.reason {reason}", found.lang),
            messages=f"{messages:,}",
            numbers=f"{numbers:,}",
        )
        for step, reason, messages, numbers in found.steps.select(
            "step", "reason", "messages", "numbers"
        ).iter_rows()
    ]
    return said


def cause(found: Investigation, number: int, of: str = "incident") -> list[str]:
    """Say the probable cause of an incident or located segment, and who acts."""
    told = found.causes.filter(pl.col("of") == of, pl.col("row") == number)
    return [told_cause(row, found.lang) for row in told.iter_rows(named=True)]


def without_incidents(found: Investigation) -> list[str]:
    """Say the rate without the incidents, and how much of the change they explain."""
    now = found.overview.row(0, named=True)
    before = found.overview.row(1, named=True) if found.overview.height > 1 else None
    said = []
    if now["incidents"] and now["adjusted_rate"] is not None:
        said.append(
            words.text(
                "failures.adjusted",
                found.lang,
                n=now["incidents"],
                rate=words.percent(now["adjusted_rate"]),
                low=words.percent(now["adjusted_low"]),
                high=words.percent(now["adjusted_high"]),
            )
        )
    if before is None or now["explained"] is None or not (now["incidents"] or before["incidents"]):
        return said
    change = found.changes.row(0, named=True)
    low, high = now["rest_low"], now["rest_high"]
    verdict = words.text(
        "failures.rest_chance"
        if low <= 0 <= high
        else "failures.rest_up"
        if low > 0
        else "failures.rest_down",
        found.lang,
        **{
            name: words.points(now[key])
            for name, key in (("rest", "rest"), ("low", "rest_low"), ("high", "rest_high"))
        },
    )
    said.append(
        words.text(
            "failures.explained",
            found.lang,
            period=words.span(before["first_day"], before["last_day"], found.lang),
            before=words.percent(change["total_before"]),
            after=words.percent(change["total_after"]),
            change=words.points(change["total_after"] - change["total_before"]),
            explained=words.points(now["explained"]),
            low=words.points(now["explained_low"]),
            high=words.points(now["explained_high"]),
            adjusted_before=words.percent(before["adjusted_rate"]),
            adjusted_after=words.percent(now["adjusted_rate"]),
            verdict=verdict,
        )
    )
    return said


def later(found: Investigation) -> list[str]:
    """Say how many failed messages were delivered in the end, and how many are left."""
    plan = found.plan
    if plan.is_empty():
        return []
    same = int((plan["reason"] == "delivered since").sum())
    other = plan.filter(pl.col("reason") != "delivered since", pl.col("reached_at").is_not_null()).height
    return [
        words.text(
            "failures.later",
            found.lang,
            failed=f"{plan.height:,}",
            same=f"{same:,}",
            other=f"{other:,}",
            left=f"{plan.height - same - other:,}",
        )
    ]


def reached(found: Investigation) -> list[str]:
    """Say how often the next message reached a number after a failure, in all and for what failed most."""
    keys = ["failure_category", "carrier"]
    wide = found.reached.filter(pl.col("watched") > 0).to_dicts()
    groups: dict[tuple[str | None, str | None], dict[str, dict[str, Any]]] = {}
    for place, row in enumerate(wide):
        whole = place < len(WITHIN) and row[keys[0]] is None and row[keys[1]] is None
        groups.setdefault(("", "") if whole else (row[keys[0]], row[keys[1]]), {})[row["within"]] = row
    said = []
    for (category, carrier), rows in list(groups.items())[: _REACHED + 1]:
        shares = {w: words.percent(rows[w]["chance"]) if w in rows else "–" for w in WITHIN}
        if (category, carrier) == ("", ""):
            values = {"h1": shares["1h"], "h24": shares["24h"], "d7": shares["7d"]}
            said.append(words.text("failures.reached_all", found.lang, **values))
        elif "7d" in rows:
            said.append(
                words.text(
                    "failures.reached_one",
                    found.lang,
                    segment=named_segment(
                        {"carrier": carrier, "failure_category": category}, keys[::-1], found.lang
                    ),
                    failed=f"{rows['7d']['failed']:,}",
                    h24=shares["24h"],
                    d7=shares["7d"],
                    low=words.percent(rows["7d"]["chance_low"]),
                    high=words.percent(rows["7d"]["chance_high"]),
                )
            )
    return said


def looked_into(found: Investigation, number: int) -> list[str]:
    """Say what stands out within an incident."""
    return [
        words.text(
            f"failures.within{'' if row['share_of_change'] is None else '_share'}",
            found.lang,
            segment=named_where(row["where"], found.lang),
            share=words.percent(min(row["share_of_change"] or 0, 1.0)),
            before=words.percent(row["rate_before"]),
            after=words.percent(row["rate_after"]),
        )
        for row in found.within.filter(incident=number).iter_rows(named=True)
    ]


def watched(found: Investigation) -> list[str]:
    """Say what is to be watched, in one sentence."""
    lang = found.lang
    if found.watch.is_empty():
        return []
    named = [
        words.text(
            "failures.watched",
            lang,
            segment=named_incident(row, lang),
            start=words.moment(row["start"], lang),
            excess=f"{row['excess']:,.0f}",
        )
        for row in found.watch.head(_WATCHED).iter_rows(named=True)
    ]
    joined = words.text("failures.list", lang).join(named)
    return [words.text("failures.watch", lang, n=found.watch.height, named=joined)]


def _changes(found: Investigation) -> list[str]:
    if found.overview.height < 2 or found.changes.is_empty():
        return []
    before = found.overview.row(1, named=True)
    row = found.changes.row(0, named=True)
    said = [
        words.text(
            "failures.change",
            found.lang,
            period=words.span(before["first_day"], before["last_day"], found.lang),
            before=words.percent(row["total_before"]),
            after=words.percent(row["total_after"]),
            change=words.points(row["total_after"] - row["total_before"]),
            low=words.points(row["change_low"]),
            high=words.points(row["change_high"]),
        )
    ]
    if found.left_out:
        said.append(
            words.text(
                "failures.left_out", found.lang, days=words.days(sorted(set(found.left_out)), lang=found.lang)
            )
        )
    if found.where:
        said.append(found.where)
        for number, sentence in enumerate(found.located["sentence"]):
            said += [sentence, *cause(found, number, "located")]
    said += found.changes["sentence"].head(3).to_list()
    return said


def tables(found: Investigation) -> list[tuple[str, list[str], list[list[str]]]]:
    """Lay the parts out as titles, headers and rows of text, the longest parts shortened."""
    lang = found.lang

    def head(*keys: str) -> list[str]:
        return [words.text(f"failures.head_{key}", lang) for key in keys]

    made = []
    rows = [
        [
            words.carrier(r["carrier"], lang),
            words.category(r["failure_category"], lang),
            f"{r['failed']:,}",
            f"{r['settled']:,}",
            _bracketed(
                words.percent(r["failure_rate"]),
                words.between(words.percent(r["rate_low"]), words.percent(r["rate_high"]), lang),
                lang,
            ),
            words.percent(r["share_of_failures"]),
            "–" if r["numbers"] is None else f"{r['numbers']:,}",
        ]
        for r in found.breakdown.head(_MOST).to_dicts()
    ]
    made.append(
        ("breakdown", head("carrier", "category", "failed", "settled", "rate", "share", "numbers"), rows)
    )
    for name, part in (("incidents", found.incidents), ("watch", found.watch)):
        rows = [
            [
                named_incident(r, lang),
                words.category(r["failure_category"], lang),
                words.moment(r["start"], lang),
                words.moment(r["end"], lang),
                f"{r['excess']:,.0f}",
                _bracketed(words.percent(r["failure_rate"]), words.percent(r["usual_rate"]), lang),
                named_codes(r["codes"], _CODES, lang),
            ]
            for r in part.to_dicts()
        ]
        made.append(
            (name, head("segment", "category", "start", "end", "excess", "rate_usual", "codes"), rows)
        )
    named = found.causes.filter(pl.col("of") == "incident").head(_MOST)
    rows = [
        [
            named_incident(incident, lang),
            words.label(CAUSES[r["cause"]].label, lang),
            words.label(SURE[r["how_sure"]], lang),
            words.label(OWNERS[r["owner"]], lang),
            r["to_do"],
        ]
        for r, incident in zip(named.to_dicts(), found.incidents.to_dicts(), strict=False)
    ]
    made.append(("causes", head("segment", "cause", "sure", "owner", "to_do"), rows))
    rows = [
        [
            named_segment(r, ["carrier", "failure_category"], lang),
            words.percent(r["rate_before"]),
            words.percent(r["rate_after"]),
            words.points(r["contribution"]),
            words.between(words.points(r["contribution_low"]), words.points(r["contribution_high"]), lang),
        ]
        for r in found.changes.head(_MOST).to_dicts()
    ]
    made.append(("changes", head("segment", "before", "after", "contribution", "interval"), rows))
    rows = [
        [
            r["detailed_status_id"] or "–",
            words.category(r["failure_category"], lang),
            f"{r['failed']:,}",
            r["carriers"],
            f"{r['recent']:,} / {r['earlier']:,}",
        ]
        for r in found.unknown_codes.head(_MOST).to_dicts()
    ]
    made.append(("unknown", head("code", "category", "failed", "carrier", "recent"), rows))
    rows = [
        [
            words.text(f"failures.step {r['step']}", lang),
            words.text(f"failures.reason {r['reason']}", lang),
            f"{r['messages']:,}",
            f"{r['numbers']:,}",
        ]
        for r in found.steps.to_dicts()
    ]
    made.append(("steps", head("step", "reason", "messages", "numbers"), rows))
    return [(words.text(f"failures.title_{key}", lang), header, rows) for key, header, rows in made if rows]


def markdown(found: Investigation) -> str:
    """Write an investigation as Markdown."""
    parts = [f"## {_title(found)}", "\n".join(f"- {s}" for s in sentences(found))]
    for title, header, rows in tables(found):
        lines = ["| " + " | ".join(c.replace("|", "\\|") for c in row) + " |" for row in (header, *rows)]
        lines.insert(1, "|" + " --- |" * len(header))
        parts.append(f"### {title}\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def html(found: Investigation) -> str:
    """Write an investigation as HTML for a notebook: each group's sentences above its tables."""
    parts = [f"<h3>{escape(_title(found))}</h3>"]
    laid = {title: (header, rows) for title, header, rows in tables(found)}
    for number, ((name, said), keys) in enumerate(zip(groups(found), _TABLES, strict=True)):
        # the sentence after the coverage is the answer in one line
        listed = "".join(
            f"<li><strong>{escape(s)}</strong></li>" if (number, at) == (0, 1) else f"<li>{escape(s)}</li>"
            for at, s in enumerate(said)
        )
        if said:
            parts.append(f"<h4>{escape(name)}</h4><ul>{listed}</ul>")
        for key in keys:
            title = words.text(f"failures.title_{key}", found.lang)
            if title in laid:
                parts.append(_table(title, *laid[title]))
    return "".join(parts)


def _table(title: str, header: list[str], rows: list[list[str]]) -> str:
    heads = (f'<th scope="col" style="{_style(rows[0][n])}">{escape(c)}</th>' for n, c in enumerate(header))
    lines = ("".join(f'<td style="{_style(c)}">{escape(c)}</td>' for c in row) for row in rows)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<h5>{escape(title)}</h5><table><thead><tr>{''.join(heads)}</tr></thead><tbody>{body}</tbody></table>"


def _title(found: Investigation) -> str:
    row = found.overview.row(0, named=True)
    return words.text(
        "failures.title", found.lang, period=words.span(row["first_day"], row["last_day"], found.lang)
    )


def _bracketed(said: str, within: str, lang: str) -> str:
    return f"{said}（{within}）" if lang == "ja" else f"{said} ({within})"


def _style(cell: str) -> str:
    """Set figures to the right, and keep short cells on one line."""
    figure = cell.removesuffix("%").lstrip("<+−±").replace(",", "").replace(".", "").isdecimal()
    align = "right" if figure else "left"
    wrap = ";white-space:nowrap" if (figure or cell.isascii()) and len(cell) <= 16 else ""
    return f"padding:2px 10px 2px 0;text-align:{align};vertical-align:top{wrap}"
