"""axe-core on a part of a page: what people who see, hear or type otherwise could not use."""

from __future__ import annotations

from typing import Any

from needs import need

__all__ = ["violations"]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(page: Any, part: str) -> list[str]:
    """Say what axe-core finds wrong with the parts that a selector names: its rules for WCAG 2.2 AA."""
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        need(None, "axe-playwright-python is not installed")
    found = Axe().run(page, context=part, options={"runOnly": RULES, "resultTypes": ["violations"]})
    return [
        f"{broken['id']}: {node['html'][:200]} {node['failureSummary']}"
        for broken in found.response["violations"]
        for node in broken["nodes"]
    ]


_CONTRAST = """
(part) => {
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const read = (colour) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, low) => [0, 1, 2].map((i) => top[i] * top[3] + low[i] * (1 - top[3])).concat(1);
  const bright = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    if (!element) return [255, 255, 255, 1];
    const own = read(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, ground(element.parentElement));
  };
  const found = [];
  for (const form of document.querySelectorAll(part)) {
    for (const element of form.querySelectorAll("*")) {
      const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
      const typed = element.matches("input:not([type=checkbox]), textarea, select");
      if ((!own && !typed) || element.matches("title, style, option")) continue;
      // drawings as pictures bring their own ground
      if (element.closest("svg:not(.zrtools-course)") || element.closest(":disabled, [disabled]")) continue;
      if (!element.checkVisibility()) continue;
      const behind = ground(element);
      for (const pseudo of typed && element.placeholder ? ["", "::placeholder"] : [""]) {
        const style = getComputedStyle(element, pseudo || null);
        const ink = over(read(element.closest("svg") ? style.fill : style.color), behind);
        const [light, dark] = [bright(ink), bright(behind)].sort((a, b) => b - a);
        const contrast = (light + 0.05) / (dark + 0.05);
        const name = element.tagName + pseudo + "." + element.className;
        found.push([Math.round(contrast * 100) / 100, name, element.textContent.slice(0, 30)]);
      }
    }
  }
  return found.sort((a, b) => a[0] - b[0]);
}
"""


def contrasts(page: Any, part: str) -> list[tuple[float, str, str]]:
    """Measure the contrast of every text that shows in the parts a selector names, the lowest first.

    axe-core looks at what is on the screen alone.
    """
    return [tuple(one) for one in page.evaluate(_CONTRAST, part)]
