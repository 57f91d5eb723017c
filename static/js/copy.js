// Buttons that put a text on the clipboard: the one at the address data-copy, or that of the
// element data-copy-text. data-copied says what was copied.
import { toast } from "./toast.js";

const SECONDS = 2;

async function fetchText(address) {
  const response = await fetch(address, { headers: { Accept: "text/plain" } });
  if (!response.ok || response.redirected) throw new Error(`not readable: ${response.status}`);
  return response.text();
}

async function textOf({ copy, copyText }) {
  if (copy) return fetchText(copy);
  const source = document.querySelector(copyText);
  return source.value ?? source.textContent;
}

/** Without the clipboard API (plain http): through a selection. */
function copyBySelection(text, button) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  (button.closest("dialog") ?? document.body).append(area); // a dialog keeps the focus
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  button.focus();
  if (!copied) throw new Error("copying was refused");
}

async function copy(button) {
  const text = textOf(button.dataset);
  if (!navigator.clipboard) return copyBySelection(await text, button);
  const blob = text.then((plain) => new Blob([plain], { type: "text/plain" }));
  // the promise goes in unfinished, so that the click still counts when it is ready
  return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}

function mark(button) {
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), SECONDS * 1000);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-text]");
  if (!button) return;
  try {
    await copy(button);
    mark(button);
    toast(button.dataset.copied ?? (button.dataset.copy ? "SVG copied" : "Copied"));
  } catch {
    toast("Could not copy. Please select or download it instead.");
  }
});
