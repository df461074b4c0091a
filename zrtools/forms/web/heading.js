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

// an upload is taken and emptied at once: the number that ipywidgets counts behind its words is always 0
function dropCounts(form) {
  for (const button of form.querySelectorAll(".jupyter-button.widget-upload")) {
    for (const text of button.childNodes) {
      if (text.nodeType === Node.TEXT_NODE && / \(0\)$/.test(text.data)) {
        text.data = text.data.slice(0, -4);
      }
    }
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
    const mend = () => {
      nameSliders(form, model.get("ends"));
      dropCounts(form);
    };
    mend();
    observer = new MutationObserver(mend);
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
