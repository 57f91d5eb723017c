// Menus are <details>: here they close by themselves, and turn to where there is room.
function close(menu, { refocus = false } = {}) {
  menu.open = false;
  if (refocus) menu.querySelector("summary").focus();
}

function opened(except) {
  return [...document.querySelectorAll(".menu[open]")].filter((menu) => !menu.contains(except));
}

/** Away from the edge of the window, or the header, that it would be cut off at. */
function turn(menu) {
  menu.classList.remove("up");
  const panel = menu.querySelector(".menu-panel").getBoundingClientRect();
  const header = document.querySelector(".site-header")?.getBoundingClientRect().bottom ?? 0;
  const above = menu.getBoundingClientRect().top - header;
  if (panel.bottom > innerHeight && above > panel.height) menu.classList.add("up");
  if (panel.left < 0) menu.classList.add("start");
}

document.addEventListener("click", (event) => {
  opened(event.target).forEach((menu) => close(menu));
  const item = event.target.closest(".menu-item");
  if (item && !item.matches("[data-stay]")) close(item.closest(".menu"));
});

document.addEventListener("focusin", (event) => opened(event.target).forEach((menu) => close(menu)));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog:modal")) return;
  opened(null).forEach((menu) => close(menu, { refocus: menu.contains(document.activeElement) }));
});

document.addEventListener(
  "toggle",
  (event) => event.target.matches?.(".menu[open]") && turn(event.target),
  true,
);

// one that was filled just now is higher than before
document.addEventListener("htmx:afterSwap", ({ target }) => {
  const menu = target.closest?.(".menu[open]");
  if (menu) turn(menu);
});
