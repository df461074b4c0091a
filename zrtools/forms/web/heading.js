// the two ends of a range slider are read to people as numbers without a name
function nameSliders(form, ends) {
  for (const slider of form.querySelectorAll(".widget-slider")) {
    const label = slider.querySelector(".widget-label")?.textContent ?? "";
    const shown = (slider.querySelector(".widget-readout")?.textContent ?? "").split(/\s+[-–]\s+/);
    slider.querySelectorAll("[role=slider]").forEach((handle, i) => {
      const names = { "aria-label": `${label} ${ends[i] ?? ""}`.trim(), "aria-valuetext": shown[i] ?? "" };
      for (const [name, value] of Object.entries(names)) {
        if (handle.getAttribute(name) !== value) handle.setAttribute(name, value);
      }
    });
  }
}

function render({ model, el }) {
  const title = document.createElement("h3");
  el.append(title);
  const show = () => {
    title.textContent = model.get("value");
  };
  show();
  model.on("change:value", show);

  let observer;
  let waiting;
  const attach = () => {
    const form = el.closest(".zrtools-form");
    if (!form) {
      waiting = requestAnimationFrame(attach);
      return;
    }
    const name = () => nameSliders(form, model.get("ends"));
    name();
    observer = new MutationObserver(name);
    observer.observe(form, {
      childList: true,
      subtree: true,
      characterData: true,
      attributeFilter: ["aria-valuetext"],
    });
  };
  attach();
  return () => {
    cancelAnimationFrame(waiting);
    observer?.disconnect();
    model.off("change:value", show);
  };
}
export default { render };
