// The bell: how many notifications are new, and the newest of them when it is opened.
const REST = 60_000; // milliseconds, after which a tab that is looked at again asks anew
const MOST = 99;

const bell = document.querySelector("[data-bell]");
const list = bell.querySelector("[data-bell-list]");
const count = bell.querySelector("[data-bell-count]");
const name = bell.querySelector("[data-bell-name]");

let unseen = Number(bell.dataset.unseen);
let askedAt = Date.now();

function show(fresh) {
  const isMore = fresh > unseen;
  unseen = fresh;
  const text = unseen > MOST ? `${MOST}+` : String(unseen);
  count.textContent = text;
  count.hidden = unseen === 0;
  name.setAttribute("aria-label", unseen ? `Notifications, ${text} new` : "Notifications");
  if (isMore) wiggle();
}

function wiggle() {
  bell.classList.remove("wiggle");
  requestAnimationFrame(() => bell.classList.add("wiggle"));
}

/** What is at an address of ours, where somebody is signed in still. */
async function ask(address, options) {
  askedAt = Date.now();
  const response = await fetch(address, options);
  if (!response.ok || response.redirected) throw new Error(`not told: ${response.status}`);
  return response;
}

async function see() {
  const form = bell.querySelector("[data-bell-seen]");
  await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
  show(0);
}

async function open() {
  try {
    list.innerHTML = await (await ask("/notifications/newest")).text();
    if (unseen) await see();
  } catch {
    list.innerHTML = '<p class="hint">They could not be read just now. “See all” may work.</p>';
  }
}

async function renew() {
  try {
    show((await (await ask("/api/notification/badge")).json()).unreadCount);
  } catch {
    // the next page tells
  }
}

bell.addEventListener("toggle", () => {
  if (bell.open) open();
});

document.addEventListener("live", (event) => {
  if (event.detail?.type !== "notification.created") return;
  if (bell.open) open();
  else show(unseen + 1);
});

const here = document.querySelector("[data-seen-here]");
if (here) {
  here.hidden = true; // its page shows them all
  see();
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && Date.now() - askedAt > REST) renew();
});
