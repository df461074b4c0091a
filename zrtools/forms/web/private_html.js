function render({ model, el }) {
  const onMessage = (message) => {
    if ("html" in message) el.innerHTML = message.html;
  };
  model.on("msg:custom", onMessage);
  model.send({});
  return () => model.off("msg:custom", onMessage);
}
export default { render };
