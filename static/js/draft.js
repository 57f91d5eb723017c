// The prompt form: a draft that survives a reload of the tab, kind words where something is
// missing, a count of characters, ideas.
const DRAFT = "draft";
const FIELDS = ["prompt", "style", "model", "privacy"];

function form() {
  return document.getElementById("maker");
}

function prompt() {
  return document.getElementById("prompt");
}

function count() {
  const left = document.querySelector("[data-count]");
  const { value, maxLength } = prompt();
  left.textContent = value ? `${value.length} / ${maxLength}` : "";
}

/** Why it cannot be sent; empty where it can. What browsers say of it is neither kind nor whole. */
function complaint() {
  const { minLength, value } = prompt();
  const { length } = value.trim();
  if (length >= minLength) return "";
  if (!length) return "What shall we draw? Describe it in a few words, or take one of the ideas.";
  const more = minLength - length;
  return `A little more, please: ${more} more character${more === 1 ? "" : "s"} at least.`;
}

function complain(text) {
  document.getElementById("prompt-error").textContent = text;
  if (text) prompt().setAttribute("aria-invalid", "true");
  else prompt().removeAttribute("aria-invalid");
}

function check() {
  prompt().setCustomValidity(complaint());
}

function describeModel() {
  const { model } = form().elements;
  document.getElementById("model-hint").textContent = model.selectedOptions[0]?.dataset.hint ?? "";
}

// --- the draft ---

function save() {
  const draft = { at: location.pathname + location.search };
  for (const name of FIELDS) draft[name] = form().elements[name].value;
  sessionStorage.setItem(DRAFT, JSON.stringify(draft));
}

function saved() {
  try {
    return JSON.parse(sessionStorage.getItem(DRAFT)) ?? {};
  } catch {
    return {};
  }
}

/** What was typed in this tab, into a form that holds nothing else. */
function restore() {
  const draft = saved();
  const isOfThisPage = draft.at === location.pathname + location.search;
  if ("typed" in form().dataset && !isOfThisPage) return;
  for (const name of FIELDS) {
    const { elements } = form();
    const before = elements[name].value;
    if (draft[name] !== undefined) elements[name].value = draft[name];
    if (name !== "prompt" && !elements[name].value) elements[name].value = before; // no longer offered
  }
}

function changed() {
  check();
  count();
  save();
}

document.addEventListener("input", ({ target }) => {
  if (target.form?.id !== "maker") return;
  if (target.id === "prompt" && prompt().getAttribute("aria-invalid") && !complaint()) complain("");
  if (target.id === "model") describeModel();
  changed();
});

// the browser asks before it sends: say it under the field, and not in a bubble
document.addEventListener(
  "invalid",
  (event) => {
    if (event.target.id !== "prompt") return;
    event.preventDefault();
    complain(complaint());
    prompt().focus();
  },
  true,
);

document.addEventListener("keydown", (event) => {
  const sends = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  if (sends && event.target.form?.id === "maker") event.target.form.requestSubmit();
});

// --- ideas ---

function begin(words) {
  prompt().value = words;
  prompt().focus();
  complain("");
  changed();
}

let firstIdea = 0;
function showOthers() {
  const all = document.querySelector("[data-ideas]").dataset.ideas.split("|");
  const chips = [...document.querySelectorAll("[data-idea]")];
  firstIdea = (firstIdea + chips.length) % all.length;
  chips.forEach((chip, i) => {
    chip.textContent = all[(firstIdea + i) % all.length];
  });
}

document.addEventListener("click", (event) => {
  const idea = event.target.closest("[data-idea]");
  if (idea && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    begin(idea.textContent);
  }
  if (event.target.closest("[data-more-ideas]")) showOthers();
});

// a form that came anew from the server holds what counts now
document.addEventListener("htmx:load", ({ detail }) => {
  if (!detail.elt.matches("[data-maker]")) return;
  changed();
  const isLost = document.activeElement === document.body; // with the button that was pressed
  if (detail.elt.dataset.trouble === "prompt") prompt().focus();
  else if (isLost) document.getElementById("generate").focus({ preventScroll: true });
  // it stands by the button, which Ctrl+Enter does not need
  detail.elt.querySelector(".trouble")?.scrollIntoView({ block: "nearest" });
});

restore();
describeModel();
check();
count();
