// The page where drawings are made.
import "./draft.js";
import "./cards.js";
import "./clocks.js";
import "./credits.js";
import "./live.js";
import "./shelf.js";
import { toast } from "./toast.js";

const SAID = {
  0: "We could not be reached. Are you online? What you typed is kept; nothing is charged twice.",
  401: "You were signed out. Load the page anew and sign in: what you typed is kept.",
  403: "This page is out of date. Please load it anew: what you typed is kept.",
  404: "That is no longer there. Please load the page anew.",
  413: "That is too long to be sent.",
  429: "That was a little fast. Please wait a moment, then try again.",
  503: "We cannot take that just now. Please try again in a moment: nothing is charged twice.",
};
const ELSE = "That did not work on our side. Please try again: nothing is charged twice.";

function explain(event) {
  const isAskedByCard = Boolean(event.detail.elt.dataset.job); // which asks again by itself
  if (!isAskedByCard) toast(SAID[event.detail.xhr?.status ?? 0] ?? ELSE);
}

for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(name, explain);
}

addEventListener("offline", () => {
  toast("You are offline. What is under way goes on, and what you type is kept.");
});
addEventListener("online", () => toast("You are online again."));

// Refusals of ours are the form once more, also where we cannot ask whom we have to (503); what is
// refused before that is nothing to be shown in its place.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status < 400) return;
  const isOurs = xhr.getResponseHeader("Content-Type")?.startsWith("text/html");
  if (isOurs && xhr.status === 503) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  } else if (!isOurs && event.detail.shouldSwap) {
    event.detail.shouldSwap = false;
    explain(event);
  }
});

// A job was accepted: a reload shall show it, and it may be out of sight (below the form on a small
// screen, above the window beside a long column of drawings).
document.addEventListener("submitted", (event) => {
  history.replaceState(null, "", event.detail.address);
  document.getElementById("missing")?.remove();
  requestAnimationFrame(() => {
    const desk = document.getElementById("desk");
    const { top } = desk.getBoundingClientRect();
    if (top < 0 || top > innerHeight * 0.6) desk.scrollIntoView();
  });
});

// Notices that were read: js/early.js hides them from then on, in this tab.
document.addEventListener("click", (event) => {
  const notice = event.target.closest("[data-close-notice]")?.closest("[data-notice]");
  if (!notice) return;
  const read = sessionStorage.getItem("read") ?? "";
  sessionStorage.setItem("read", `${read} ${notice.dataset.notice}`.trim());
  notice.remove();
  document.getElementById("prompt").focus({ preventScroll: true });
});
