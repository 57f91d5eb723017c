// The cards of drawings under way: what the socket tells of them, between two fragments.
import { keep, sketch } from "./frames.js";

const ENDED = new Set(["SUCCEEDED", "FAILED", "CANCELED"]);
const reports = new Map(); // job id -> the furthest that was heard of it

export function cardOf(jobId) {
  return document.getElementById(`job-${jobId}`);
}

function isUnderWay(card) {
  return !ENDED.has(card.dataset.status);
}

export function underWay() {
  return [...document.querySelectorAll("[data-job]")].filter(isUnderWay);
}

function announce(text) {
  document.getElementById("announcer").textContent = text;
}

/** Take in what was heard of a job: its card shows it, or is fetched anew if the job has ended. */
export function hear({ jobId, status, stage, progress }) {
  const before = reports.get(jobId);
  if (before && ENDED.has(before.status)) return; // a late hint
  const furthest = Math.max(progress ?? 0, before?.progress ?? 0);
  reports.set(jobId, { status, stage, progress: furthest });
  const card = cardOf(jobId);
  if (card) show(card);
}

/** Show what a model has drawn so far, unless its job has ended. */
export function glimpse(message) {
  const card = cardOf(message.jobId);
  const hasEnded = ENDED.has(reports.get(message.jobId)?.status);
  if (card && isUnderWay(card) && !hasEnded) sketch(card, message);
}

/** Bring a card up to what was heard. A fragment may be older than that. */
function show(card) {
  const report = reports.get(card.dataset.job);
  if (!report || !isUnderWay(card)) return;
  if (ENDED.has(report.status)) return refresh(card);
  const bar = card.querySelector("progress");
  bar.value = Math.max(bar.value, report.progress);
  showStage(card, report.stage);
}

function showStage(card, stage) {
  const steps = [...card.querySelectorAll("[data-name]")];
  const at = steps.findIndex((step) => step.dataset.name === stage);
  if (at <= steps.findIndex((step) => step.classList.contains("now"))) return;
  card.dataset.stage = stage;
  steps.forEach((step, i) => {
    step.className = i < at ? "done" : i === at ? "now" : "ahead";
    step.removeAttribute("aria-current");
  });
  steps[at].setAttribute("aria-current", "step");
  announce(steps[at].dataset.label);
}

/** Ask for the card anew: it has ended, or something may have been missed. */
export function refresh(card) {
  htmx.trigger(card, "refresh");
}

function outcome(card) {
  if (card.dataset.status === "SUCCEEDED") return "Your drawing is ready.";
  return card.querySelector(".note").textContent.trim();
}

function tick() {
  for (const clock of document.querySelectorAll("[data-elapsed]")) {
    const seconds = Math.max(0, Math.round((Date.now() - Date.parse(clock.dataset.since)) / 1000));
    clock.textContent = `${seconds} s`;
  }
}

let waited = null; // the card that is about to be replaced
document.addEventListener("htmx:beforeSwap", (event) => {
  const card = event.detail.target;
  waited = card.dataset.job && { id: card.id, hadFocus: card.contains(document.activeElement) };
});

function cardsIn(fresh) {
  return fresh.matches("[data-job]") ? [fresh] : [...fresh.querySelectorAll("[data-job]")];
}

// before it is painted: what the card before showed shall not be gone for a moment
document.addEventListener("htmx:afterSwap", (event) => cardsIn(event.target).forEach(keep));

document.addEventListener("htmx:load", (event) => {
  for (const card of cardsIn(event.detail.elt)) {
    if (isUnderWay(card)) setTimeout(show, 0, card); // once htmx is done with it
    else if (card.id === waited?.id) ended(card, waited.hadFocus);
  }
  tick();
});

function ended(card, hadFocus) {
  announce(outcome(card));
  if (hadFocus && !card.contains(document.activeElement)) {
    card.querySelector("a.button, button").focus({ preventScroll: true });
  }
}

tick();
setInterval(tick, 1000);
