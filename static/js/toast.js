// Short sentences at the edge of the page: from our modules, and from the server by the event
// `toast` (response header HX-Trigger) or in the page itself (data-toast).
const SECONDS = 4;
const SECONDS_WITH_UNDO = 10;
const MOST = 3; // at once

/** Show a short sentence, and have it read out; with `undo`, an address, offer to take it back. */
export function toast(text, { undo } = {}) {
  const item = document.createElement("div");
  item.className = "toast";
  item.append(sentence(text));
  if (undo) item.append(undoButton(item, undo));
  makeRoom(region(), item);
  region().append(item);
  fade(item, undo ? SECONDS_WITH_UNDO : SECONDS);
  return item;
}

/** An open dialog makes the page behind it inert: the toast goes into it then. */
function region() {
  const page = document.getElementById("toasts");
  const modal = [...document.querySelectorAll("dialog:modal")].at(-1);
  if (!modal) return page;
  const inside = modal.querySelector(".toasts") ?? page.cloneNode();
  inside.removeAttribute("id");
  modal.append(inside);
  return inside;
}

/** One that says the same goes, and of too many the oldest: first those that offer nothing. */
function makeRoom(shown, item) {
  const offers = (one) => Boolean(one.querySelector("button"));
  const same = (one) => one.textContent === item.textContent && !offers(one);
  for (const one of [...shown.children].filter(same)) one.remove();
  const others = [...shown.children].sort((one, other) => offers(one) - offers(other));
  for (const one of others.slice(0, Math.max(0, others.length + 1 - MOST))) one.remove();
}

function sentence(text) {
  const said = document.createElement("p");
  said.textContent = text;
  return said;
}

/** Take it away after a while, but not from under the mouse or the keyboard. */
function fade(item, seconds) {
  const isHeld = () => item.matches(":hover") || item.contains(document.activeElement);
  setTimeout(() => (isHeld() ? fade(item, 1) : item.remove()), seconds * 1000);
}

function undoButton(item, address) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Undo";
  button.addEventListener("click", () => takeBack(item, button, address));
  return button;
}

/** Post to `address`; then the page is loaded anew, unless somebody cares for the event `undone`. */
async function takeBack(item, button, address) {
  button.disabled = true;
  const token = document.querySelector('[name="csrf-token"]')?.value ?? "";
  try {
    const response = await fetch(address, {
      method: "POST",
      body: new URLSearchParams({ "csrf-token": token }),
      headers: { "X-CSRF-Token": token },
    });
    if (!response.ok) throw new Error(`refused: ${response.status}`);
  } catch {
    item.remove();
    return toast("That could not be undone.");
  }
  item.remove();
  const undone = new CustomEvent("undone", { detail: { address }, cancelable: true });
  if (document.dispatchEvent(undone)) location.reload();
}

document.addEventListener("toast", ({ detail }) => toast(detail.text ?? detail.value, detail));

// what the page before left to say: once is enough
for (const item of document.querySelectorAll("[data-toast]")) {
  document.cookie = "toast=; Max-Age=0; Path=/";
  fade(item, item.querySelector("form") ? SECONDS_WITH_UNDO : SECONDS);
}
