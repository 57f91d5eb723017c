// The prompt form: a draft that survives a reload of the tab, a count of characters, ideas.
const DRAFT = "draft";

function prompt() {
  return document.getElementById("prompt");
}

function count() {
  const left = document.querySelector("[data-count]");
  const { value, maxLength } = prompt();
  left.textContent = value ? `${value.length} / ${maxLength}` : "";
}

function changed() {
  sessionStorage.setItem(DRAFT, prompt().value);
  count();
}

document.addEventListener("input", (event) => {
  if (event.target.id === "prompt") changed();
});

document.addEventListener("click", (event) => {
  const idea = event.target.closest("[data-idea]");
  if (!idea) return;
  prompt().value = idea.textContent;
  prompt().focus();
  changed();
});

document.addEventListener("keydown", (event) => {
  const sends = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  if (sends && event.target.id === "prompt") event.target.form.requestSubmit();
});

// a form that came anew from the server holds what counts now
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt.matches("[data-maker]")) changed();
});

if (!prompt().value) prompt().value = sessionStorage.getItem(DRAFT) ?? "";
count();
