// A matrix of buttons, or an SVG whose stretches can be pressed: one stop for Tab, arrows move inside.

function line(kind, text) {
  const div = document.createElement("div");
  div.className = kind;
  div.textContent = text;
  return div;
}

function matrix(model) {
  const table = document.createElement("table");
  table.className = "zrtools-matrix";
  const head = table.createTHead().insertRow();
  const corner = head.insertCell();
  corner.textContent = model.get("corner");
  for (const name of model.get("columns")) {
    const th = document.createElement("th");
    th.scope = "col";
    th.append(...name.split("\n").map((text) => line("", text)));
    head.append(th);
  }
  const body = table.createTBody();
  const [r, c] = model.get("picked").concat([-1, -1]);
  model.get("rows").forEach((name, i) => {
    const tr = body.insertRow();
    const th = document.createElement("th");
    th.scope = "row";
    th.textContent = name;
    tr.append(th);
    model.get("cells")[i].forEach((cell, j) => {
      const button = document.createElement("button");
      button.className = cell.fill ? "" : "plain";
      button.style.background = cell.fill;
      button.style.color = cell.ink;
      button.title = cell.tip;
      button.setAttribute("aria-label", cell.tip);
      button.setAttribute("aria-pressed", i === r && j === c);
      button.disabled = model.get("disabled");
      button.dataset.pick = JSON.stringify([i, j]);
      button.append(line("main", cell.text), line("sub", cell.sub));
      tr.insertCell().append(button);
    });
  });
  return table;
}

function render({ model, el }) {
  const places = () => [...el.querySelectorAll("[data-pick]")];
  let at = 0;

  const stop = (next, focus) => {
    const all = places();
    at = Math.max(0, Math.min(next, all.length - 1));
    all.forEach((place, i) => {
      place.setAttribute("tabindex", i === at ? 0 : -1);
    });
    if (focus) all[at]?.focus();
  };

  const show = () => {
    const focused = places().includes(document.activeElement);
    if (model.get("svg") === undefined) el.replaceChildren(matrix(model));
    else el.innerHTML = model.get("svg");
    stop(at, focused);
  };

  const pick = (event) => {
    const place = event.target.closest("[data-pick]");
    if (!place || model.get("disabled")) return;
    stop(places().indexOf(place), true);
    model.send({ pick: JSON.parse(place.dataset.pick) });
  };

  const onKey = (event) => {
    const place = event.target.closest("[data-pick]");
    if (!place) return;
    const all = places();
    const wide = model.get("columns")?.length ?? 1;
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -wide, ArrowDown: wide };
    const next =
      event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : all.indexOf(place) + moves[event.key];
    // the notebook's own shortcuts must not fire while someone moves here
    if (next >= 0 && next < all.length) stop(next, true);
    else if ((event.key === " " || event.key === "Enter") && place.tagName !== "BUTTON") pick(event);
    else if (!(event.key in moves)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  let told = 0;
  const measured = new ResizeObserver(([entry]) => {
    // in steps, so that a page that is being drawn asks once
    const width = Math.floor(entry.contentRect.width / 20) * 20;
    if (width > 0 && width !== told) {
      told = width;
      model.send({ width });
    }
  });

  show();
  model.on("change", show);
  el.classList.add("zrtools-drawing");
  el.addEventListener("click", pick);
  el.addEventListener("keydown", onKey);
  if (model.get("svg") !== undefined) measured.observe(el);
  return () => {
    measured.disconnect();
    model.off("change", show);
    el.removeEventListener("click", pick);
    el.removeEventListener("keydown", onKey);
  };
}
export default { render };
