// The drawings under way, on every page: told of by the socket, asked about where there is none.
import { renewCredits } from "./credits.js";
import { isOpen } from "./live.js";
import "./tabs.js";

const ENDED = new Set(["SUCCEEDED", "FAILED", "CANCELED"]);
const POLL = 3; // seconds, where the server asks for no more
const tray = document.getElementById("tray");
let shown = tray.innerHTML;
let renewing = null;

function itemOf(jobId) {
  return tray.querySelector(`[data-tray="${jobId}"]`);
}

function underWay() {
  return [...tray.querySelectorAll("[data-tray]")].filter(({ dataset }) => !ENDED.has(dataset.status));
}

function announce(text) {
  document.getElementById("tray-said").textContent = text;
}

/** Ask for all of it anew; one question at a time. */
function renew() {
  renewing ??= ask().finally(() => {
    renewing = null;
  });
  return renewing;
}

async function ask() {
  const then = encodeURIComponent(location.pathname + location.search);
  const response = await fetch(`/app/tray?then=${then}`).catch(() => null);
  if (!response?.ok || response.redirected) return;
  const html = (await response.text()).trim();
  if (html !== shown) replace(html);
}

function replace(html) {
  const focused = tray.contains(document.activeElement) && document.activeElement.id;
  const before = tray.querySelector("details");
  tray.innerHTML = shown = html;
  const box = tray.querySelector("details");
  if (box && before) box.open = before.open;
  if (focused !== false) (document.getElementById(focused) ?? tray.querySelector("summary"))?.focus();
}

const strange = new Set(); // jobs begun elsewhere, that were asked about
document.addEventListener("live", async ({ detail: { jobId, status, progress } }) => {
  if (!jobId) return;
  const item = itemOf(jobId);
  const bar = item?.querySelector("progress");
  if (item && ENDED.has(status) && !ENDED.has(item.dataset.status)) await ended(item, status);
  else if (bar) bar.value = Math.max(bar.value, progress ?? 0);
  else if (!item && !ENDED.has(status) && !strange.has(jobId)) {
    strange.add(jobId);
    await renewing; // what was asked before may not know it yet
    renew();
  }
});

async function ended(item, status) {
  const words = item.querySelector("p a").textContent;
  item.dataset.status = status;
  await renewing; // what was asked before may not know it yet
  await renew();
  if (status === "SUCCEEDED") announce(`Your drawing is ready: ${words}`);
  else announce(`Your drawing has ended: ${words}`);
}

async function send(form) {
  const body = new URLSearchParams(new FormData(form));
  await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null);
  await renewing;
  await Promise.all([renew(), renewCredits()]);
}

tray.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target);
});

// what is looked at is no news any more
tray.addEventListener("click", (event) => {
  if (!event.target.closest("[data-seen]")) return;
  const form = event.target.closest("[data-tray]").querySelector("form");
  const body = new URLSearchParams(new FormData(form));
  fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true });
});

// a click comes before the box turns; one that opens by itself is nobody's wish
tray.addEventListener("click", (event) => {
  const box = event.target.closest("summary")?.parentElement;
  if (box) document.cookie = `tray=${box.open ? "closed" : "open"}; path=/; SameSite=Lax`;
});

// what was deleted, or came back
for (const name of ["discarded", "undone"]) document.addEventListener(name, renew);

document.addEventListener("live:open", () => underWay().length && renew());

function pause() {
  return 1000 * Number(tray.querySelector("[data-poll]")?.dataset.poll ?? POLL);
}

function poll() {
  setTimeout(poll, pause());
  if (underWay().length && !isOpen()) renew();
}

setTimeout(poll, pause());
