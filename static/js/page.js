// What every page has: the theme toggle, menus, dialogs, toasts, passwords that can be shown.
import "./copy.js";
import "./dialog.js";
import "./menus.js";

const root = document.documentElement;

function toggleTheme() {
  const isDark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  try {
    localStorage.setItem("theme", root.dataset.theme);
  } catch {
    // it lasts for this page then
  }
}

function togglePassword(button) {
  const input = button.parentElement.querySelector("[data-password]");
  const shown = input.type === "text";
  input.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-toggle]")) toggleTheme();
  const eye = event.target.closest("[data-show-password]");
  if (eye) togglePassword(eye);
});

document.addEventListener("submit", (event) => {
  if (event.target.getAttribute("action") === "/signout") sessionStorage.clear();
});
