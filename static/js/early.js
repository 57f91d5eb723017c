// Before the first paint: says that scripts run, brings back the chosen theme, and which notices
// were closed in this tab.
{
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    root.dataset.read = sessionStorage.getItem("read") ?? "";
  } catch {
    // storage is closed to us: the system's theme it is
  }
}
