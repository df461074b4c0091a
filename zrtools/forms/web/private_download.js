function render({ model, el }) {
  const button = document.createElement("button");
  button.className = "lm-Widget jupyter-widgets jupyter-button widget-button";
  button.style.width = "auto";
  const show = () => {
    button.textContent = model.get("description");
    button.disabled = model.get("disabled");
  };
  show();
  model.on("change", show);
  button.addEventListener("click", () => model.send({ wanted: true }));
  const onMessage = (message, buffers) => {
    if (!message.name) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([buffers[0]]));
    link.download = message.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  model.on("msg:custom", onMessage);
  el.append(button);
  return () => {
    model.off("change", show);
    model.off("msg:custom", onMessage);
  };
}
export default { render };
