// Drawings that were begun elsewhere, in another tab or by a program: they appear on this page, too.
const met = new Map(); // job id -> whether it had ended when it was asked about

function isShown(jobId) {
  return document.getElementById(`job-${jobId}`) !== null;
}

/** One that was begun elsewhere: show its card, and at its end what else it changed. */
export async function meet(jobId, hasEnded) {
  if (met.get(jobId) === hasEnded) return;
  met.set(jobId, hasEnded);
  await submitted(); // it may be the one that is being sent here
  if (isShown(jobId)) return;
  const headers = { "HX-Request": "true" };
  const response = await fetch(`/app/jobs/${jobId}?begun`, { headers }).catch(() => null);
  if (!response?.ok || response.redirected) return;
  const html = await response.text();
  if (!isShown(jobId)) htmx.swap("#desk", html, { swapStyle: "afterbegin" });
}

/** Wait for the answers to what is being sent from this page. */
async function submitted() {
  while (document.querySelector('[hx-post="/app"].htmx-request')) {
    await new Promise((go) => document.addEventListener("htmx:afterRequest", go, { once: true }));
  }
}
