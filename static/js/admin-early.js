/* Before anything is painted: the theme that was chosen last, as Alpine keeps it. */
{
  let chosen = "auto";
  try {
    chosen = JSON.parse(localStorage.getItem("_x_adminTheme") ?? '"auto"');
  } catch {
    // storage is closed to us: the system's theme it is
  }
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = chosen === "auto" ? (isDark ? "dark" : "light") : chosen;
  document.documentElement.classList.add(theme);
}
