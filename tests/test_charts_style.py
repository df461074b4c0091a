"""Fonts, colours, numbers and files of charts."""

from __future__ import annotations

import base64
import io
import itertools
import os
import pickle
import re
import shutil
import subprocess
import sys
from pathlib import Path

import altair as alt
import numpy as np
import pytest
from fontTools.ttLib import TTFont
from needs import need

from zrtools import charts, words
from zrtools.charts import style
from zrtools.errors import InputError

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


def test_a_colour_means_one_thing() -> None:
    """What became of messages has other colours than carriers have, for every eye."""
    assert min(closest([o, c]) for o in (style.DELIVERED, style.FAILED) for c in style.CARRIERS.values()) > 8


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


DRAWING = """
import sys
from datetime import date
from pathlib import Path

import polars as pl

import zrtools as zr
from zrtools.schemas import COUNTS

folder = Path(sys.argv[1])
rows = [(date(2026, m, 1), "7", "103", "docomo", 900 + m, date(2026, m, 28)) for m in (8, 9, 10)]
counts = pl.DataFrame(rows, schema=COUNTS, orient="row")
for lang in ("ja", "en"):
    zr.reports.usage(counts, folder / f"report-{lang}.html", month="2026-10", today="2026-11-20", lang=lang)
    chart = zr.charts.usage_months(counts, lang=lang)
    zr.charts.save(chart, folder / f"chart-{lang}.png")
    zr.charts.save(chart, folder / f"chart-{lang}.svg")
"""
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/texmf", "/usr/X11R6/lib/X11/fonts")


@pytest.mark.slow
def test_drawings_do_not_depend_on_the_fonts_of_the_machine(tmp_path: Path) -> None:
    """A report, a PNG and an SVG are the same, byte by byte, where fonts are installed and where there are none."""
    bare = "".join(f"mount -t tmpfs none {f}; " for f in FONT_FOLDERS if Path(f).is_dir())
    hidden = ["unshare", "--map-root-user", "--mount", "sh", "-ec", f'{bare}exec "$@"', "sh"]
    able = shutil.which("unshare") and not subprocess.run([*hidden, "true"], check=False).returncode
    need(able, "hiding the machine's fonts needs Linux with unshare, and the right to use it")
    need(any(Path("/usr/share/fonts").rglob("*.[ot]t[cf]")), "no fonts are installed to compare with")
    made = []
    for name, around in (("with", []), ("without", hidden)):
        folder, home = tmp_path / name, tmp_path / "nobody"
        folder.mkdir()
        home.mkdir(exist_ok=True)
        subprocess.run(
            [*around, sys.executable, "-c", DRAWING, folder],
            env={**os.environ, "HOME": str(home), "XDG_DATA_HOME": str(home)},
            check=True,
        )
        made.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert len(made[0]) == 6
    assert [name for name in made[0] if made[0][name] != made[1][name]] == []


def test_drawing_brings_the_letters_it_uses_and_no_others() -> None:
    """An SVG holds a font with the letters of its words, in the weights that it uses, and a chart of others none."""
    made = charts.svg(drawn("不達の率"))
    fonts = [
        TTFont(io.BytesIO(base64.b64decode(data))) for data in re.findall(r"font/woff;base64,([^)]*)", made)
    ]
    assert [set(font.getBestCmap()) for font in fonts] == [{ord(letter) for letter in "不達の率"}] * 2
    assert len(made) < 10_000


def test_own_charts_are_drawn_in_the_font_unless_they_name_one() -> None:
    """A user's own chart brings its letters as well; one in another font is left as it is."""
    own = alt.Chart(alt.InlineData(values=[{"a": "率"}])).mark_text().encode(text="a:N")
    assert "@font-face" in charts.svg(own)
    assert "@font-face" not in charts.svg(own.configure(font="Times"))


def test_every_word_of_the_charts_has_its_letters() -> None:
    """The font draws all wording, in both languages, and what Japanese Windows can write."""
    from zrtools import codes

    folder = Path(charts.__file__).parent
    known = [set(TTFont(path).getBestCmap()) for path in sorted((folder / "fonts").glob("*.otf"))]
    assert len(known) == 2
    places = [Path(words.__file__).parent.glob("*.py"), folder.glob("*.py"), [Path(codes.__file__)]]
    used = {letter for paths in places for path in paths for letter in path.read_text("utf-8")}
    used |= set("髙﨑神①㈱～ｱｲｳ𠮷")
    for letters in known:
        assert {letter for letter in used if letter.isprintable() and ord(letter) not in letters} == set()


@pytest.mark.parametrize("renderer", ["svg", "png", "jupyter"])
def test_renderer_changes_only_when_asked(renderer: style.Renderer) -> None:
    """Making a chart leaves altair's renderer alone; `use` sets it."""
    before, options = alt.renderers.active, alt.renderers.options
    drawn("failures")
    assert alt.renderers.active == before
    try:
        charts.use(renderer)
        assert alt.renderers.active.removeprefix("zrtools-") == renderer
    finally:
        alt.renderers.enable(before, **options)


def test_picture_in_a_notebook_brings_its_letters() -> None:
    """What a notebook keeps of a chart is one SVG, with the font that it was laid out with."""
    before, options = alt.renderers.active, alt.renderers.options
    try:
        charts.use("svg")
        charts.use("svg")
        bundle = drawn("不達")._repr_mimebundle_()
    finally:
        alt.renderers.enable(before, **options)
    assert bundle["image/svg+xml"] == charts.svg(drawn("不達"))


def test_chart_shows_itself_without_a_network_or_a_call() -> None:
    """Unless a renderer was chosen, a notebook gets a picture in the page's colours beside the specification."""
    before, options = alt.renderers.active, alt.renderers.options
    try:
        alt.renderers.enable("default")
        chart = style.nothing("不達", "ありません")
        shown = chart._repr_mimebundle_()
        assert alt.renderers.active == "default"
        # parts of it, copies and what was kept of it do so, too
        for other in (chart.copy(), pickle.loads(pickle.dumps(chart)), chart.properties(padding=20)):
            assert "<script" not in other._repr_mimebundle_()["text/html"]
        alt.renderers.enable("json")
        assert "text/html" not in chart._repr_mimebundle_()
    finally:
        alt.renderers.enable(before, **options)
    assert shown["image/svg+xml"] == charts.svg(chart)
    assert shown["image/svg+xml"] in shown["text/html"]
    assert shown["application/vnd.vegalite.v6.json"] == chart.to_dict()
    assert "<script" not in shown["text/html"]
    assert f'[fill="{style.INK}"]{{fill:var(--jp-' in shown["text/html"]


def test_long_names_keep_both_ends() -> None:
    """A name is cut in its middle to the width that there is: full-width letters are twice as wide."""
    assert style.cut("短い名前", 8) == "短い名前"
    assert style.cut("大阪北支店・再送分その一", 12) == "大阪…その一"
    assert style.width_of(style.cut("ａb" * 50, 21)) <= 21


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
    assert scale["domain"] == ["au", "New Mobile", "unknown carrier"]
    assert len(set(scale["range"])) == 3
    assert scale["range"][2] == style.PENDING
