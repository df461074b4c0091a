"""A chart as a page places it: its title and notes as text, its drawing for a wide and for a narrow screen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zrtools.charts import style, typeface

if TYPE_CHECKING:
    from altair.typing import ChartType

__all__ = ["Placed", "placed"]

_NARROW = 292
_NARROW_LABELS = 118
_CELL = 44
_SMALLER = 0.78


@dataclass(frozen=True, slots=True)
class Placed:
    """Title, notes and drawings of a chart; `nothing` says why there is none to draw."""

    title: str
    notes: list[str]
    nothing: str = ""
    wide: str = ""
    narrow: str = ""


def placed(chart: ChartType) -> Placed:
    """Take a chart apart for a page, its ground left to the page."""
    spec = style.in_our_font(chart.to_dict())
    head = spec.pop("title", {})
    notes = head.get("subtitle", [])
    found = Placed(head.get("text", ""), [notes] if isinstance(notes, str) else notes)
    if why := spec.get("usermeta", {}).get("nothing"):
        return Placed(found.title, found.notes, why)
    # a drawing is one picture to those who do not see it, and the page describes it
    spec |= {"background": "transparent", "padding": 0}
    spec["config"]["aria"] = False
    spec = _without_tooltips(spec)
    return Placed(found.title, found.notes, "", _svg(spec), _svg(_narrow(_small(spec))))


def _svg(spec: dict[str, Any]) -> str:
    import vl_convert

    typeface.register()
    drawn: str = vl_convert.vegalite_to_svg(json.dumps(spec, ensure_ascii=False))
    return drawn


def _without_tooltips(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_tooltips(one) for one in part]
    if isinstance(part, dict):
        return {k: v if k == "datasets" else _without_tooltips(v) for k, v in part.items() if k != "tooltip"}
    return part


def _narrow(part: Any) -> Any:
    """Lay panels under each other, plots as wide as a phone, long names in two lines."""
    if isinstance(part, list):
        return [_narrow(one) for one in part]
    if not isinstance(part, dict):
        return part
    made = {k: v if k == "datasets" else _narrow(v) for k, v in part.items()}
    if isinstance(made.get("width"), int | float):
        made["width"] = _NARROW - (_NARROW_LABELS if _has_names(part) else 0)
    if "columns" in made:
        made["columns"] = 1
    if made.get("value") == style.WIDTH:
        made["value"] = _NARROW
    if made.get("labelLimit", 0) > _NARROW_LABELS:
        made |= {
            "labelLimit": _NARROW_LABELS,
            "labelExpr": made.get("labelExpr", "split(datum.label, ' × ')"),
        }
    if made.get("limit", 0) > _NARROW:
        made["limit"] = _NARROW + 50
    return made


def _small(part: Any) -> Any:
    """Make a matrix's cells and their words smaller, and lean its headings."""
    if not isinstance(part, dict) or not isinstance(part.get("width"), dict):
        return part

    def smaller(layer: dict[str, Any]) -> dict[str, Any]:
        mark, x = layer["mark"], layer["encoding"]["x"]
        if "fontSize" in mark:
            mark = {**mark, "fontSize": mark["fontSize"] * _SMALLER}
        lean = {"labelExpr": "split(datum.value, '\\n')[0]", "labelAngle": -40, "labelAlign": "left"}
        axis = {**(x.get("axis") or {}), **lean, "labelPadding": 4, "labelLimit": 90}
        return {**layer, "mark": mark, "encoding": {**layer["encoding"], "x": {**x, "axis": axis}}}

    return {**part, "width": {"step": _CELL}, "layer": [smaller(layer) for layer in part["layer"]]}


def _has_names(part: dict[str, Any]) -> bool:
    """Tell whether a plot's vertical axis holds names."""
    layers = [part, *part.get("layer", ())]
    axes = [layer.get("encoding", {}).get("y", {}) for layer in layers]
    return any(y.get("type") == "nominal" and (y.get("axis") or {}).get("labelLimit") for y in axes)
