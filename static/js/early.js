// Before the first paint: says that scripts run, and brings back the chosen theme.
{
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // storage is closed to us: the system's theme it is
  }
}
