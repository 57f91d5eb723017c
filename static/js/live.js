// One socket per tab, for all who listen: every message is the DOM event `live`, and `live:open`
// says that it is (again) there. It only hastens what the page's own polling would find out.
const SIGNED_OUT = 4401;
const LONGEST_WAIT = 30_000; // milliseconds
const STEADY = 5_000;

let socket = null;
let lastId = null;
let away = 0; // attempts since the server was reached
let brief = 0; // connections in a row that did not last
let isHidden = false; // the page is put away, and may come back as it was

export function isOpen() {
  return socket?.readyState === WebSocket.OPEN;
}

function address() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  const after = lastId === null ? "" : `?after=${lastId}`;
  return `${scheme}//${location.host}/ws/events/${after}`;
}

function heard(message) {
  if (message.id) lastId = message.id;
  document.dispatchEvent(new CustomEvent("live", { detail: message }));
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
  const mine = (socket = new WebSocket(address()));
  let openedAt = Infinity;
  mine.onopen = () => {
    if (isHidden || mine !== socket) return mine.close();
    away = 0;
    openedAt = Date.now();
    document.dispatchEvent(new CustomEvent("live:open"));
  };
  mine.onmessage = (event) => heard(JSON.parse(event.data));
  mine.onclose = async (event) => {
    if (isHidden || mine !== socket) return;
    if (openedAt < Infinity) brief = Date.now() - openedAt > STEADY ? 0 : brief + 1;
    if (event.code === SIGNED_OUT && !(await renew())) return;
    const wait = Math.min(LONGEST_WAIT, 500 * 2 ** (away++ + brief));
    setTimeout(() => isHidden || connect(), wait * (0.5 + Math.random() / 2));
  };
}

if (document.querySelector("[data-live]")) {
  connect();
  // a page with an open socket could not be kept for the way back to it
  addEventListener("pagehide", () => {
    isHidden = true;
    if (isOpen()) socket.close(); // one that is on its way closes when it is there
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    isHidden = false;
    connect();
  });
}
