// The page where drawings are made.
import "./draft.js";
import "./cards.js";
import "./live.js";
import { toast } from "./toast.js";

function isPoll(event) {
  return Boolean(event.detail.elt.dataset.job);
}

for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(name, (event) => {
    if (!isPoll(event)) toast("That did not reach us. Please try again: you are not charged twice.");
  });
}

// A job was accepted: a reload shall show it, and on a small screen it is below the form.
document.addEventListener("submitted", (event) => {
  history.replaceState(null, "", event.detail.address);
  requestAnimationFrame(() => {
    const desk = document.getElementById("desk");
    if (desk.getBoundingClientRect().top > innerHeight * 0.6) desk.scrollIntoView();
  });
});
