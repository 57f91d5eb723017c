// Canceling, while the card of that job is being asked for as well.
/** An answer is too old where its card came anew meanwhile, or its job is being canceled. */
export function ignoreOld(event) {
  const { target: card, requestConfig } = event.detail;
  const isOld = requestConfig.verb === "get" && "canceling" in card.dataset;
  if (isOld || !card.isConnected) event.detail.shouldSwap = false;
}

// while a job is being canceled, its card waits for that answer, and for no other
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  const card = elt.closest("[data-job]");
  if (elt.matches("[data-cancel]")) card.dataset.canceling = "";
  else if (elt === card && "canceling" in card.dataset) event.preventDefault();
});

document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  const card = elt.matches("[data-cancel]") && !successful && elt.closest("[data-job]");
  if (!card) return;
  delete card.dataset.canceling;
  htmx.trigger(card, "refresh");
});
