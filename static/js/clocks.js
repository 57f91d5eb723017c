// Seconds on the page: how long it took so far, how long it may still take, when to try again.
const dues = new WeakMap(); // element -> when what it counts down to is due

/** Count down from so many seconds from now. */
export function remaining(clock, seconds) {
  dues.set(clock, Date.now() + seconds * 1000);
}

function secondsLeft(clock, seconds) {
  if (!dues.has(clock)) remaining(clock, Number(seconds));
  return Math.ceil((dues.get(clock) - Date.now()) / 1000);
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function left(clock) {
  const seconds = secondsLeft(clock, clock.dataset.left);
  if (seconds > 0) return `about ${seconds} s left`;
  return seconds > -Number(clock.dataset.patience) ? "any moment now" : "longer than usual";
}

function next(clock) {
  const seconds = Math.ceil((Date.parse(clock.dataset.next) - Date.now()) / 1000);
  return seconds > 0 ? `The next try begins in ${seconds} s.` : "";
}

function wait(clock) {
  const seconds = secondsLeft(clock, clock.dataset.wait);
  if (seconds <= 0) return "You can send it now.";
  const minutes = Math.floor(seconds / 60);
  return `You can send this in ${minutes ? `${minutes} min ${seconds % 60} s` : `${seconds} s`}.`;
}

function tick() {
  for (const clock of document.querySelectorAll("[data-elapsed]")) {
    const seconds = Math.max(0, Math.round((Date.now() - Date.parse(clock.dataset.since)) / 1000));
    write(clock, `${seconds} s`);
  }
  for (const clock of document.querySelectorAll("[data-left]")) write(clock, left(clock));
  for (const clock of document.querySelectorAll("[data-next]")) write(clock, next(clock));
  for (const clock of document.querySelectorAll("[data-wait]")) write(clock, wait(clock));
}

tick();
setInterval(tick, 1000);
document.addEventListener("htmx:load", tick);
