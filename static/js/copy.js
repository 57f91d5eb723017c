// Buttons with data-copy put the text at that address on the clipboard.
import { toast } from "./toast.js";

async function fetchText(address) {
  const response = await fetch(address, { headers: { Accept: "text/plain" } });
  if (!response.ok || response.redirected) throw new Error(`not readable: ${response.status}`);
  return response.text();
}

/** Without the clipboard API (plain http): through a selection. */
function copyBySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("copying was refused");
}

async function copy(address) {
  if (!navigator.clipboard) return copyBySelection(await fetchText(address));
  const blob = fetchText(address).then((text) => new Blob([text], { type: "text/plain" }));
  // the promise goes in unfinished, so that the click still counts when it is ready
  return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await copy(button.dataset.copy);
    toast("SVG copied");
  } catch {
    toast("Could not copy. Please download it instead.");
  }
});
