"""How a chart shows itself in a notebook: as a picture in the page's own colours, beside its specification."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from altair.typing import ChartType

    _Chart = TypeVar("_Chart", bound=ChartType)

__all__ = ["in_notebooks", "themed"]

_PAGES = {
    "ink": ("--jp-content-font-color1", "--vscode-editor-foreground", "--color-foreground-primary"),
    "muted": ("--jp-content-font-color2", "--vscode-descriptionForeground", "--color-foreground-secondary"),
    "page": ("--jp-cell-editor-background", "--vscode-editor-background", "--color-background-primary"),
    "grid": ("--jp-border-color2", "--vscode-panel-border", "--color-background-border"),
}
"""The colours of JupyterLab, VS Code and Sphinx's Furo, whichever is there, light or dark."""


def _themed() -> str:
    from zrtools.charts import style

    plain = {"ink": style.INK, "muted": style.MUTED, "page": style.PAGE, "grid": style.GRID}
    names = {}
    for name, pages in _PAGES.items():
        value = plain[name]
        for page in reversed(pages):
            value = f"var({page},{value})"
        names[name] = value
    own = ".zrtools-chart"
    rules = [
        f"{own} svg{{max-width:100%;height:auto}}",
        f"{own}>svg>rect:first-of-type{{fill:none}}",
        *(f'{own} [fill="{plain[n]}"]{{fill:{names[n]}}}' for n in ("ink", "muted")),
        *(f'{own} [stroke="{plain[n]}"]{{stroke:{names[n]}}}' for n in ("ink", "muted", "page", "grid")),
        f'{own} path[fill="{plain["page"]}"]{{fill:{names["page"]}}}',
    ]
    return "".join(rules)


def themed(drawing: str) -> str:
    """Wrap an SVG drawing in HTML that gives it the colours of the page around it."""
    return f'<div class="zrtools-chart"><style>{_themed()}</style>{drawing}</div>'


def in_notebooks(chart: _Chart) -> _Chart:
    """Let a chart show itself as a picture where the notebook's own renderer is the one that nobody chose."""
    # altair takes what is set on a chart for a part of its specification
    object.__setattr__(chart, "__class__", _shown(type(chart)))  # type: ignore[arg-type]  # a class is hashable
    return chart


def _restored(kind: type[Any], specification: dict[str, Any]) -> Any:
    return in_notebooks(kind.from_dict(specification))


@lru_cache(maxsize=16)
def _shown(kind: type[Any]) -> type[Any]:
    if hasattr(kind, "is_shown"):
        return kind

    def bundle(self: Any, *args: Any, **options: Any) -> Any:
        import altair as alt
        from altair.vegalite.v6.display import VEGALITE_MIME_TYPE

        from zrtools.charts import style

        if alt.renderers.active != "default":
            return kind._repr_mimebundle_(self, *args, **options)
        drawn = style.svg(self)
        return {
            "text/html": themed(drawn),
            "image/svg+xml": drawn,
            VEGALITE_MIME_TYPE: self.to_dict(),
            "text/plain": repr(self),
        }

    def reduced(self: Any) -> Any:
        return _restored, (kind, self.to_dict())

    return type(
        kind.__name__,
        (kind,),
        {"__module__": kind.__module__, "is_shown": True, "_repr_mimebundle_": bundle, "__reduce__": reduced},
    )
