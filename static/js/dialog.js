// Dialogs: <a href="#id" data-dialog> opens one, [data-close] inside closes it. `data-modal` opens
// when it arrives. The server may send the event `dialog` with {open: "#id"} or {close: "#id"}.
export function open(dialog) {
  if (!dialog || dialog.matches(":modal")) return;
  dialog.removeAttribute("open"); // shown by the server, for those without scripts
  dialog.showModal();
}

function openArrived(root) {
  for (const dialog of root.querySelectorAll("dialog[data-modal]")) {
    delete dialog.dataset.modal;
    open(dialog);
  }
}

/** Whether the click was on the veil, and not on the dialog. */
function isBeside(event, dialog) {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  const { clientX: x, clientY: y } = event;
  return event.target === dialog && (x < left || x > right || y < top || y > bottom);
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    event.preventDefault();
    open(document.querySelector(opener.dataset.dialog || opener.getAttribute("href")));
    return;
  }
  const dialog = event.target.closest("dialog");
  if (!dialog) return;
  const isLeft = "light" in dialog.dataset && isBeside(event, dialog);
  if (isLeft || event.target.closest("[data-close]")) dialog.close();
});

document.addEventListener("dialog", ({ detail }) => {
  if (detail.close) document.querySelector(detail.close)?.close();
  if (detail.open) open(document.querySelector(detail.open));
});

document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  if (detail.successful && target.matches("[data-close-when-sent]")) target.closest("dialog").close();
});
document.addEventListener("htmx:load", ({ detail }) => openArrived(detail.elt.parentNode ?? document));
openArrived(document);
