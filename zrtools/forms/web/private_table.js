function render({ model, el }) {
  let boxes = [];
  const all = tick(model.get("all"));
  const scroll = document.createElement("div");
  scroll.className = "zrtools-ticks";
  el.append(scroll);

  function tick(name) {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.setAttribute("aria-label", name);
    return box;
  }

  const show = () => {
    const value = model.get("value");
    boxes.forEach((box, i) => {
      box.checked = value.includes(i);
    });
    all.checked = boxes.length > 0 && value.length === boxes.length;
    all.indeterminate = value.length > 0 && !all.checked;
    for (const box of [all, ...boxes]) box.disabled = model.get("disabled");
  };

  const choose = () => {
    model.set(
      "value",
      boxes.flatMap((box, i) => (box.checked ? [i] : [])),
    );
    model.save_changes();
  };

  const draw = (rows) => {
    const table = document.createElement("table");
    table.className = "zrtools-table";
    const head = table.createTHead().insertRow();
    const first = document.createElement("th");
    first.append(all);
    head.append(first);
    for (const name of model.get("head")) {
      const th = document.createElement("th");
      th.scope = "col";
      th.textContent = name;
      head.append(th);
    }
    const body = table.createTBody();
    boxes = rows.map((cells) => {
      const tr = body.insertRow();
      const box = tick(cells.join(" "));
      tr.insertCell().append(box);
      for (const text of cells) tr.insertCell().textContent = text;
      // anywhere in the row
      tr.addEventListener("click", (event) => {
        if (event.target !== box && !box.disabled) box.click();
      });
      box.addEventListener("change", choose);
      return box;
    });
    scroll.replaceChildren(table);
    show();
  };

  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    choose();
  });
  const onMessage = (message) => {
    if ("rows" in message) draw(message.rows);
  };
  model.on("change", show);
  model.on("msg:custom", onMessage);
  model.send({});
  return () => {
    model.off("change", show);
    model.off("msg:custom", onMessage);
  };
}
export default { render };
