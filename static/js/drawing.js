// The page of one drawing: the ground behind it, and how large it is on the screen.
const LEVELS = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 16, 32];
const LARGEST = 8000; // pixels of a side: more would cost more than it shows

const stage = document.querySelector("[data-stage]");
const view = stage.querySelector("[data-view]");
const picture = view.querySelector("img");
const now = stage.querySelector("[data-zoom-now]");
const own = { width: Number(stage.dataset.width), height: Number(stage.dataset.height) };
const longer = Math.max(own.width, own.height);
let zoom = null; // times its own size; null while it fits in

/** How large it is now, in times of its own size. */
function shown() {
  if (zoom !== null) return zoom;
  const { paddingLeft, paddingTop } = getComputedStyle(picture);
  const width = picture.clientWidth - 2 * parseFloat(paddingLeft);
  const height = picture.clientHeight - 2 * parseFloat(paddingTop);
  return Math.min(width / own.width, height / own.height);
}

/** Say how large it is. */
function tell() {
  now.textContent = `${Math.round(shown() * 100)} %`;
  for (const button of stage.querySelectorAll("[data-zoom][aria-pressed]")) {
    const { zoom: name } = button.dataset;
    button.setAttribute("aria-pressed", String(zoom === null ? name === "fit" : Number(name) === zoom));
  }
}

function levels() {
  return LEVELS.filter((level) => level * longer <= LARGEST);
}

function middle() {
  return {
    x: (view.scrollLeft + view.clientWidth / 2) / view.scrollWidth,
    y: (view.scrollTop + view.clientHeight / 2) / view.scrollHeight,
  };
}

/** Show it so large, with what is in the middle staying there. */
function set(level) {
  const at = middle();
  zoom = level;
  view.classList.toggle("zoomed", zoom !== null);
  picture.style.width = zoom === null ? "" : `${own.width * zoom}px`;
  picture.style.height = zoom === null ? "" : `${own.height * zoom}px`;
  tell();
  view.scrollTo({
    left: at.x * view.scrollWidth - view.clientWidth / 2,
    top: at.y * view.scrollHeight - view.clientHeight / 2,
    behavior: "instant",
  });
}

function step(up) {
  const current = shown();
  const found = up
    ? levels().find((level) => level > current * 1.001)
    : levels().findLast((level) => level < current * 0.999);
  if (found) set(found);
}

function act(name) {
  if (name === "in" || name === "out") step(name === "in");
  else if (name === "fit") set(null);
  else set(Math.min(Number(name), levels().at(-1)));
}

stage.addEventListener("click", (event) => {
  const button = event.target.closest("[data-zoom]");
  if (button) act(button.dataset.zoom);
});

const KEYS = { "+": "in", "=": "in", "-": "out", 0: "fit", 1: "1", 2: "2" };
view.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS)) return;
  event.preventDefault();
  act(KEYS[event.key]);
});

// pan by dragging, as by scrolling
view.addEventListener("pointerdown", (event) => {
  if (event.pointerType !== "mouse" || event.button || zoom === null) return;
  const from = { x: event.clientX + view.scrollLeft, y: event.clientY + view.scrollTop };
  const move = ({ clientX, clientY }) => view.scrollTo(from.x - clientX, from.y - clientY);
  event.preventDefault();
  view.focus({ preventScroll: true });
  view.setPointerCapture(event.pointerId);
  view.classList.add("dragged");
  view.addEventListener("pointermove", move);
  const stop = () => {
    view.classList.remove("dragged");
    view.removeEventListener("pointermove", move);
  };
  view.addEventListener("lostpointercapture", stop, { once: true });
});

new ResizeObserver(tell).observe(view);

// the ground is remembered from one drawing to the next
const grounds = [...stage.querySelectorAll('[name="ground"]')];
try {
  const kept = localStorage.getItem("ground");
  const known = grounds.find((radio) => radio.value === kept);
  if (known) known.checked = true;
} catch {
  // it is light then
}
stage.addEventListener("change", ({ target }) => {
  if (target.name !== "ground") return;
  try {
    localStorage.setItem("ground", target.value);
  } catch {
    // it lasts for this page then
  }
});
