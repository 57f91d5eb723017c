// The cards of drawings under way: what the socket tells of them, between two fragments.
import { meet } from "./begun.js";
import { ignoreOld } from "./canceling.js";
import { keep, sketch } from "./frames.js";
import { isOpen } from "./live.js";
import { remaining } from "./clocks.js";

const ENDED = new Set(["SUCCEEDED", "FAILED", "CANCELED"]);
const POLLS_SKIPPED = 4; // of five, while the socket is open
const reports = new Map(); // job id -> the furthest that was heard of it

function cardOf(jobId) {
  return document.getElementById(`job-${jobId}`);
}

function isUnderWay(card) {
  return !ENDED.has(card.dataset.status);
}

function underWay() {
  return [...document.querySelectorAll("[data-job]")].filter(isUnderWay);
}

function announce(text) {
  document.getElementById("announcer").textContent = text;
}

document.addEventListener("live", ({ detail: message }) => {
  if (message.type === "job.sketched") glimpse(message);
  else if (message.jobId) hear(message);
});
document.addEventListener("live:open", () => underWay().forEach(refresh));
addEventListener("online", () => underWay().forEach(refresh));

/** Take in what was heard of a job: its card shows it, or is fetched anew if the job has ended. */
function hear({ jobId, status, stage, progress, errorCode }) {
  const before = reports.get(jobId);
  if (before && ENDED.has(before.status)) return; // a late hint
  const furthest = Math.max(progress ?? 0, before?.progress ?? 0);
  reports.set(jobId, { status, stage, progress: furthest });
  const card = cardOf(jobId);
  if (!card) return meet(jobId, ENDED.has(status));
  if (status === "QUEUED" && errorCode) refresh(card); // it is tried again: the card says why
  else show(card);
}

/** Show what a model has drawn so far, unless its job has ended. */
function glimpse(message) {
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
  if (stage === "drawing") begun(card);
  announce(steps[at].dataset.label);
}

/** It waits no longer: what is left is what a drawing takes. */
function begun(card) {
  if (card.querySelector("[data-late]")) return refresh(card);
  card.querySelector("[data-ahead]").textContent = "";
  const clock = card.querySelector("[data-left]");
  if (clock) remaining(clock, Number(clock.dataset.middle));
}

/** Ask for the card anew: it has ended, or something may have been missed. */
function refresh(card) {
  htmx.trigger(card, "refresh");
}

const late = new Set(); // ids of cards of which it was said
function tellLate(card) {
  if (!card.querySelector("[data-late]") || late.has(card.id)) return;
  late.add(card.id);
  announce(card.querySelector("[data-late] strong").textContent);
}

function outcome(card) {
  if (card.dataset.status === "SUCCEEDED") return "Your drawing is ready.";
  return card.querySelector(".note").textContent.trim().replace(/\s+/g, " ");
}

let polls = 0;
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig } = event.detail;
  const isPoll = elt.dataset.job && !requestConfig.triggeringEvent;
  if (!isPoll) return;
  const isIdle = isOpen() && polls++ % (POLLS_SKIPPED + 1);
  if (isIdle || !navigator.onLine) event.preventDefault();
});

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

// a card that was put away leaves the keyboard to the form
document.addEventListener("htmx:afterRequest", () => {
  const wasPutAway = waited?.hadFocus && !document.getElementById(waited.id);
  if (wasPutAway) document.getElementById("prompt").focus({ preventScroll: true });
});

document.addEventListener("htmx:load", (event) => {
  for (const card of cardsIn(event.detail.elt)) {
    if (isUnderWay(card)) {
      card.addEventListener("htmx:beforeSwap", ignoreOld); // what is in no page bubbles nowhere
      setTimeout(show, 0, card); // once htmx is done with it
      tellLate(card);
    } else if (card.id === waited?.id) ended(card, waited.hadFocus);
  }
});

function ended(card, hadFocus) {
  announce(outcome(card));
  if (hadFocus && !card.contains(document.activeElement)) {
    card.querySelector("a.button, button").focus({ preventScroll: true });
  }
}
