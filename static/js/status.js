// The status page renews itself, unless it is paused or nobody sees it.
const EVERY = 30_000; // milliseconds

const button = document.querySelector("[data-pause]");
let isPaused = false;

function headline() {
  return document.querySelector("[data-headline]").textContent;
}

function renew() {
  if (!isPaused && !document.hidden) htmx.trigger("#status", "renew");
}

let before = headline();
document.addEventListener("htmx:afterSwap", () => {
  if (headline() === before) return;
  before = headline();
  document.getElementById("status-news").textContent = before;
});

button.addEventListener("click", () => {
  isPaused = !isPaused;
  button.setAttribute("aria-pressed", String(isPaused));
  renew();
});
document.addEventListener("visibilitychange", renew);
setInterval(renew, EVERY);
