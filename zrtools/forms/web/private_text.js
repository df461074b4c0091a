function render({ model, el }) {
  const id = `zrtools-${Math.random().toString(36).slice(2)}`;
  const label = document.createElement("label");
  label.htmlFor = id;
  const many = model.get("lines") > 1;
  const box = document.createElement(many ? "textarea" : "input");
  box.id = id;
  box.autocomplete = "off";
  box.spellcheck = false;
  if (many) box.rows = model.get("lines");
  else box.type = model.get("secret") ? "password" : "text";
  const hint = document.createElement("div");
  hint.className = "zrtools-hint";
  hint.setAttribute("role", "status");
  const field = document.createElement("div");
  field.className = "zrtools-field";
  field.append(box, hint);
  el.classList.add("zrtools-private");
  el.append(label, field);

  const show = () => {
    label.textContent = model.get("description");
    box.placeholder = model.get("placeholder");
    box.disabled = model.get("disabled");
    hint.textContent = model.get("hint");
    hint.dataset.state = model.get("state");
  };
  show();
  model.on("change", show);
  let waiting;
  let typed = false;
  const tell = () => {
    clearTimeout(waiting);
    model.send({ text: box.value, view: id });
  };
  box.addEventListener("input", () => {
    typed = true;
    clearTimeout(waiting);
    waiting = setTimeout(tell, many ? 200 : 0);
  });
  box.addEventListener("change", tell);
  // the notebook's own shortcuts must not fire while someone types
  box.addEventListener("keydown", (event) => event.stopPropagation());
  const onMessage = (message) => {
    // an answer is for the view that asked, unless someone typed there first; no view hears its own words
    const other = message.to === undefined ? message.by === id : message.to !== id || typed;
    if ("text" in message && !other) box.value = message.text;
  };
  model.on("msg:custom", onMessage);
  model.send({ view: id });
  return () => {
    model.off("change", show);
    model.off("msg:custom", onMessage);
  };
}
export default { render };
