// What was deleted in one tab is gone from the others, too, and comes back in all of them: the
// events `discarded` and `undone` are passed on, with `isPassedOn`.
const PASSED_ON = ["discarded", "undone"];
const channel = new BroadcastChannel("drawings");

channel.onmessage = ({ data: { name, detail } }) => {
  if (!PASSED_ON.includes(name)) return;
  const passedOn = { detail: { ...detail, isPassedOn: true }, cancelable: true };
  document.dispatchEvent(new CustomEvent(name, passedOn));
};

function passOn(name, { ids, undo, address }) {
  channel.postMessage({ name, detail: { ids, undo, address } });
}

for (const name of PASSED_ON) {
  document.addEventListener(name, ({ detail }) => detail.isPassedOn || passOn(name, detail));
}

// by a form without scripts, as on the page of a drawing: the page after it tells, and offers to undo
const form = document.querySelector("[data-toast] form");
const id = form?.action.match(/\/d\/([^/]+)\/restore$/)?.[1];
if (id) {
  const undo = new URL(form.action).pathname;
  passOn("discarded", { ids: [id], undo });
  form.addEventListener("submit", () => passOn("undone", { address: undo }));
}
