"""Write docs/reference.md, every public name with its signature and docstring: `poe reference`."""

from __future__ import annotations

import importlib
import inspect
import re
from pathlib import Path
from types import ModuleType

import zrtools as zr

PAGE = Path(__file__).with_name("reference.md")
INTRODUCTION = (
    "Made from the code by `poe reference`; a test holds this page against it. What stands here stays: a\n"
    "change is named in the [changelog](../CHANGELOG.md). Columns and codes: [data dictionary](dictionary.md)."
)
ROOMS = (
    "client",
    "failures",
    "usage",
    "charts",
    "reports",
    "forms",
    "archive",
    "outbox",
    "dlr",
    "receiver",
    "erasure",
    "phones",
    "messages",
    "privacy",
    "tables",
    "display",
    "periods",
    "words",
    "codes",
    "schemas",
    "errors",
    "sandbox",
)


class Bare(str):
    """An annotation that shows without quotation marks around it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def bare(annotation: object) -> object:
    """Take the quotation marks off an annotation, and leave those of defaults."""
    return Bare(annotation) if isinstance(annotation, str) else annotation


def signature(thing: object, name: str) -> str:
    """Write how something is called."""
    try:
        call = inspect.signature(thing)  # type: ignore[arg-type] # what cannot be called is caught below
    except (TypeError, ValueError):
        return name
    parameters = [p.replace(annotation=bare(p.annotation)) for p in call.parameters.values()]
    # a class gives its instance, not what __init__ does
    returned = inspect.Signature.empty if inspect.isclass(thing) else bare(call.return_annotation)
    text = str(call.replace(parameters=parameters, return_annotation=returned))
    # defaults that are objects would show their addresses
    text = re.sub(r"<([\w.]+) object at 0x[0-9a-f]+>", r"<\1>", text)
    text = re.sub(
        r"\b(?:zrtools(?:\.\w+)*|polars\.[\w.]*|datetime|pathlib)\.(?=[A-Z])", "", text.replace("'", '"')
    )
    return name + text


def entry(thing: object, name: str, level: str) -> list[str]:
    """Write one name: its call and what it says of itself."""
    return [f"{level} `{signature(thing, name)}`", inspect.getdoc(thing) or ""]


def members(made: type, room: ModuleType) -> list[str]:
    """Write the public methods and properties that a class has of its own."""
    parts: list[str] = []
    for name, raw in sorted(vars(made).items()):
        if name.startswith("_") or not (
            callable(raw) or isinstance(raw, (property, classmethod, staticmethod))
        ):
            continue
        thing = raw.fget if isinstance(raw, property) else getattr(made, name)
        text = inspect.getdoc(thing)
        if text and getattr(thing, "__module__", room.__name__).startswith("zrtools"):
            shown = (
                f"{made.__name__}.{name}"
                if isinstance(raw, property)
                else signature(thing, f"{made.__name__}.{name}")
            )
            parts += [f"#### `{shown}`", text]
    return parts


def page() -> str:
    """Write the whole page."""
    names = ", ".join(f"`zr.{name}`" for name in zr.__all__ if not isinstance(getattr(zr, name), ModuleType))
    parts = [
        "# Reference",
        INTRODUCTION,
        f"Straight from `import zrtools as zr`: {names}.",
    ]
    for name in ROOMS:
        room = importlib.import_module(f"zrtools.{name}")
        parts += [f"## zr.{name}", (inspect.getdoc(room) or "").split(">>>")[0].strip()]
        for public in room.__all__:
            thing = getattr(room, public)
            if inspect.isclass(thing):
                parts += entry(thing, public, "###")
                if not issubclass(thing, (dict, BaseException)):
                    parts += members(thing, room)
            elif callable(thing):
                parts += entry(thing, public, "###")
    return "\n\n".join(part for part in parts if part) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
