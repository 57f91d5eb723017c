// One socket per tab. It only hastens what the page's own polling would find out.
import { glimpse, hear, refresh, underWay } from "./cards.js";

const SIGNED_OUT = 4401;
const LONGEST_WAIT = 30_000; // milliseconds
const STEADY = 5_000;
const POLLS_SKIPPED = 4; // of five, while the socket is open

let isOpen = false;
let lastId = null;
let away = 0; // attempts since the server was reached
let brief = 0; // connections in a row that did not last

function address() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const after = lastId === null ? "" : `?after=${lastId}`;
  return `${scheme}//${location.host}/ws/events/${after}`;
}

function heard(message) {
  if (message.id) lastId = message.id;
  if (message.type === "job.sketched") glimpse(message);
  else if (message.jobId) hear(message);
}

/** Fetch a fragment, which renews the sign-in; say whether there is one. */
async function renew() {
  try {
    const response = await fetch("/app/credits");
    return response.ok && !response.redirected;
  } catch {
    return true; // we are offline, which says nothing about the sign-in
  }
}

function connect() {
  const socket = new WebSocket(address());
  let openedAt = Infinity;
  socket.onopen = () => {
    isOpen = true;
    away = 0;
    openedAt = Date.now();
    underWay().forEach(refresh);
  };
  socket.onmessage = (event) => heard(JSON.parse(event.data));
  socket.onclose = async (event) => {
    isOpen = false;
    if (openedAt < Infinity) brief = Date.now() - openedAt > STEADY ? 0 : brief + 1;
    if (event.code === SIGNED_OUT && !(await renew())) return;
    const wait = Math.min(LONGEST_WAIT, 500 * 2 ** (away++ + brief));
    setTimeout(connect, wait * (0.5 + Math.random() / 2));
  };
}

let polls = 0;
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig } = event.detail;
  const isPoll = elt.dataset.job && !requestConfig.triggeringEvent;
  if (isPoll && isOpen && polls++ % (POLLS_SKIPPED + 1)) event.preventDefault();
});

if ("live" in document.body.dataset) connect();
