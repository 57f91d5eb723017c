// The credits, wherever the page tells of them: asked for anew when something may have changed them.
const REST = 10_000; // milliseconds, after which a tab that is looked at again asks anew
const PAUSE = 300; // milliseconds: what comes together is asked for once
const ENDED = new Set(["SUCCEEDED", "FAILED", "CANCELED"]);

let asked = Promise.resolve();
let soon = null;
let askedAt = Date.now();

/** Ask for them, after what was asked before: that may not know it yet. */
export function renewCredits() {
  return (asked = asked.then(ask));
}

async function ask() {
  askedAt = Date.now();
  const response = await fetch("/app/credits").catch(() => null);
  if (!response?.ok || response.redirected) return;
  const told = document.createElement("template");
  told.innerHTML = await response.text();
  for (const fresh of [...told.content.children]) {
    const shown = document.getElementById(fresh.id);
    if (shown && !shown.isEqualNode(fresh)) shown.replaceWith(fresh);
  }
}

// a job holds one when it is asked for, and may give it back at its end; what else brings or takes
// some leaves a notification
document.addEventListener("live", ({ detail: { type, seq, status } }) => {
  const mayMatter = type === "notification.created" || seq === 1 || (seq && ENDED.has(status));
  if (!mayMatter) return;
  clearTimeout(soon);
  soon = setTimeout(renewCredits, PAUSE);
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && Date.now() - askedAt > REST) renewCredits();
});
