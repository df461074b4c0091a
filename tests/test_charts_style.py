"""Fonts, colours, numbers and files of charts."""

from __future__ import annotations

import itertools
from pathlib import Path

import altair as alt
import numpy as np
import pytest

from zrtools import charts, words
from zrtools.charts import style
from zrtools.errors import ConfigurationError, InputError

# Machado, Oliveira and Fernandes 2009, severity 1
BLINDNESS = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
    ],
}


def linear(colour: str) -> np.ndarray:
    """Give a colour's linear light."""
    part = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """Place linear light in CIE Lab, D65."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ np.clip(light, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: np.ndarray, other: np.ndarray) -> float:
    """Give the contrast ratio of two colours of light, as WCAG defines it."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    low, high = sorted((float(weights @ one), float(weights @ other)))
    return (high + 0.05) / (low + 0.05)


def closest(colours: list[str]) -> float:
    """Find how far apart the two most similar colours are, for whoever sees them least well."""
    eyes = [np.eye(3), *(np.array(m) for m in BLINDNESS.values())]
    return min(
        float(np.linalg.norm(lab(eye @ linear(a)) - lab(eye @ linear(b))))
        for eye in eyes
        for a, b in itertools.combinations(colours, 2)
    )


def test_outcomes_are_told_apart_by_every_eye() -> None:
    """Delivered, failed and pending differ clearly with any kind of colour blindness."""
    assert closest([style.DELIVERED, style.FAILED, style.PENDING]) > 25


def test_carriers_are_told_apart_by_every_eye() -> None:
    """No two carriers, nor unknown, look the same with any kind of colour blindness."""
    assert closest([*style.CARRIERS.values(), style.PENDING]) > 10


def test_sequence_gets_darker_all_the_way() -> None:
    """High rates are darker than low ones in grey too."""
    lightness = [lab(linear(colour))[0] for colour in style.SEQUENCE]
    assert all(a - b > 8 for a, b in itertools.pairwise(lightness))


def test_text_is_readable_on_every_cell() -> None:
    """The ink on a cell has a contrast of 4.5 or more wherever its rate lies."""
    stops = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in style.SEQUENCE])
    for place in np.linspace(0, 1, 401):
        mixed = [round(float(np.interp(place * 4, range(5), stops[:, band]))) for band in range(3)]
        cell = linear("#" + "".join(f"{band:02X}" for band in mixed))
        ink = linear("#FFFFFF" if place > style.DARK_FROM else "#000000")
        assert contrast(cell, ink) >= 4.5, place


@pytest.mark.parametrize("colour", [style.INK, style.MUTED])
def test_words_are_readable_on_the_page(colour: str) -> None:
    """Titles and axes have a contrast of 4.5 or more on white."""
    assert contrast(linear(colour), linear("#FFFFFF")) >= 4.5


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (None, "–"),
        (float("nan"), "–"),
        (0, "0%"),
        (0.00003, "<0.01%"),
        (0.0012, "0.12%"),
        (0.0587, "5.9%"),
        (1, "100.0%"),
    ],
)
def test_rate_has_more_digits_where_it_is_small(rate: float | None, text: str) -> None:
    """A rate is written so that small ones do not all read 0.0%."""
    assert words.percent(rate) == text


def drawn(text: str) -> alt.Chart:
    """Make a chart that shows a text."""
    return style.nothing(text, text)


@pytest.mark.slow
def test_chart_is_saved_by_its_ending(tmp_path: Path) -> None:
    """PNG, SVG and HTML files come out as what their names say."""
    chart = drawn("failures")
    assert charts.save(chart, tmp_path / "図.png").read_bytes().startswith(b"\x89PNG")
    assert charts.save(chart, tmp_path / "図.svg").read_text("utf-8").startswith("<svg")
    page = charts.save(chart, str(tmp_path / "図.html")).read_text("utf-8")
    assert "<script src=" not in page
    assert "failures" in page


def test_unknown_ending_is_refused(tmp_path: Path) -> None:
    """An ending that is none of the three says which there are."""
    with pytest.raises(InputError, match=r"\.png, \.svg or \.html"):
        charts.save(drawn("failures"), tmp_path / "chart.gif")


def test_missing_font_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a Japanese font a Japanese picture is refused with advice, an English one is drawn."""
    monkeypatch.setattr(style, "FONTS", ("No Such Font",))
    style.draws_japanese.cache_clear()
    try:
        with pytest.raises(ConfigurationError, match="Noto Sans CJK JP"):
            charts.save(drawn("不達"), tmp_path / "a.png")
        assert charts.save(drawn("failures"), tmp_path / "b.png").stat().st_size > 1000
        with pytest.raises(ConfigurationError, match="font_folder"):
            charts.use("png")
    finally:
        style.draws_japanese.cache_clear()


@pytest.mark.parametrize("renderer", ["svg", "jupyter"])
def test_renderer_changes_only_when_asked(renderer: style.Renderer) -> None:
    """Making a chart leaves altair's renderer alone; `use` sets it."""
    before, options = alt.renderers.active, alt.renderers.options
    drawn("failures")
    assert alt.renderers.active == before
    try:
        charts.use(renderer)
        assert alt.renderers.active == renderer
    finally:
        alt.renderers.enable(before, **options)


def test_unknown_renderer_is_refused() -> None:
    """A renderer that needs the network is not offered."""
    with pytest.raises(InputError, match='"svg", "png" or "jupyter"'):
        charts.use("html")  # type: ignore[arg-type] # that is the test


def test_font_folder_must_exist(tmp_path: Path) -> None:
    """A folder that is not there is named."""
    with pytest.raises(InputError, match="nowhere"):
        charts.use("svg", font_folder=tmp_path / "nowhere")


def test_new_carriers_get_colours_of_their_own() -> None:
    """Carriers nobody knew keep apart from those in the table; unknown is grey."""
    scale = style.carrier_scale(["au", "New Mobile", None], lang="en").to_dict()
    assert scale["domain"] == ["au", "New Mobile", "unknown"]
    assert len(set(scale["range"])) == 3
    assert scale["range"][2] == style.PENDING
