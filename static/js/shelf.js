// Grids and cards of drawings: choosing several, what was deleted and came back, filters and their address.
import "./tabs.js";
import { toast } from "./toast.js";

const put = new Map(); // address that undoes -> the items that were taken out, and where they were

// --- choosing ---

function boxes() {
  return [...document.querySelectorAll('[name="drawing"][form]')];
}

/** Say how many are chosen, and offer what may be done with them. */
function count() {
  const bar = document.getElementById("bulk");
  if (!bar) return;
  const all = boxes();
  const chosen = all.filter((box) => box.checked).length;
  const every = document.getElementById("pick-all");
  every.checked = chosen > 0 && chosen === all.length;
  every.indeterminate = chosen > 0 && chosen < all.length;
  bar.querySelector("[data-chosen]").textContent = chosen ? `${chosen} chosen` : "";
  bar.classList.toggle("has-chosen", chosen > 0);
  for (const button of bar.querySelectorAll("[data-for-chosen]")) button.disabled = !chosen;
}

document.addEventListener("change", ({ target }) => {
  if (target.id === "pick-all") for (const box of boxes()) box.checked = target.checked;
  if (target.id === "pick-all" || target.name === "drawing") count();
});

// --- what was deleted, and came back ---

/** In the order of the page. */
function itemsOf(ids) {
  return [...document.querySelectorAll("[data-drawing]")].filter(({ dataset }) =>
    ids.includes(dataset.drawing),
  );
}

/** Where the keyboard goes on: beside what is gone, else at the top of the page. */
function goOn(place) {
  const item = place?.isConnected ? place : document.querySelector("[data-drawing]");
  (item?.querySelector(".shelf-prompt") ?? document.getElementById("main")).focus();
}

document.addEventListener("discarded", ({ detail }) => {
  const items = itemsOf(detail.ids);
  const hadFocus = items.some((item) => item.contains(document.activeElement));
  const beside = items.at(-1)?.nextElementSibling ?? items[0]?.previousElementSibling;
  // from the last to the first: then what stood after an item is there when it comes back
  const places = items.reverse().map((item) => ({ item, list: item.parentNode, after: take(item) }));
  put.set(detail.undo, places);
  count();
  const { activeElement: focused } = document;
  if (detail.isPassedOn && !hadFocus) return;
  if (hadFocus || focused === document.body || focused.disabled) goOn(beside);
});

function take(item) {
  const after = item.nextElementSibling;
  for (const box of item.querySelectorAll("input:checked")) box.checked = false;
  for (const menu of item.querySelectorAll("details[open]")) menu.open = false;
  item.remove();
  return after;
}

document.addEventListener("undone", (event) => {
  const places = put.get(event.detail.address);
  if (!places?.length || !places.every(({ list }) => list.isConnected)) return; // loaded anew
  event.preventDefault();
  put.delete(event.detail.address);
  for (const { item, list, after } of places.reverse()) {
    list.insertBefore(item, after?.parentNode === list ? after : null);
  }
  count();
  if (event.detail.isPassedOn) return;
  goOn(places[0].item);
  const { size } = new Set(places.map(({ item }) => item.dataset.drawing)); // some stand twice
  toast(size === 1 ? "The drawing is back" : `${size} drawings are back`);
});

// --- what was published, or is private again ---

document.addEventListener("visibility", ({ detail }) => {
  for (const item of itemsOf([detail.id])) {
    const badge = item.querySelector("[data-private]");
    if (badge) badge.hidden = !detail.is_private;
    htmx.trigger(item.querySelector(".menu"), "refresh");
  }
});

// --- filters and pages ---

/** The address without what was left empty. */
function tidy(address) {
  const url = new URL(address, location.href);
  for (const [name, value] of [...url.searchParams]) if (!value) url.searchParams.delete(name);
  return url.pathname + url.search;
}

function announce() {
  const shown = document.querySelectorAll("#shelf [data-drawing]").length;
  const more = document.querySelector("a#load-more") ? ", and there are more" : "";
  const found = document.getElementById("found");
  if (found) found.textContent = shown ? `${shown} shown${more}` : "Nothing found";
}

document.addEventListener("htmx:afterOnLoad", ({ detail }) => {
  if ("address" in detail.requestConfig.elt.dataset) {
    history.replaceState(null, "", tidy(detail.pathInfo.finalRequestPath));
  }
});

// a page more: the keyboard goes on at its first drawing
let shownBefore = 0;
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const isMore = detail.requestConfig?.elt?.id === "load-more";
  shownBefore = isMore ? document.querySelectorAll("#shelf [data-drawing]").length : 0;
});

document.addEventListener("htmx:afterSettle", ({ target, detail }) => {
  if (!target.closest?.("[data-library]")) return;
  if (shownBefore && detail.requestConfig?.elt?.id === "load-more") {
    document.querySelectorAll("#shelf .shelf-prompt")[shownBefore]?.focus({ preventScroll: true });
    shownBefore = 0;
  }
  announce();
  count();
});

for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(name, ({ detail }) => {
    if (detail.elt.closest("[data-library]")) {
      toast("That did not reach us. Please try again.");
    }
  });
}

count();
