const SECONDS = 4;

/** Show a short sentence, and have it read out. */
export function toast(text) {
  const region = document.getElementById("toasts");
  const item = document.createElement("p");
  item.className = "toast";
  item.textContent = text;
  region.append(item);
  setTimeout(() => item.remove(), SECONDS * 1000);
}
