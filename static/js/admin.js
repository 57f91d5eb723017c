/* What the admin's attributes call by name. Alpine's CSP build knows no globals, so unfold's own
   functions (unfold/js/app.js) are given to it here, and what it cannot parse is written here. */
document.addEventListener("alpine:init", () => {
  const { Alpine } = window;
  document.documentElement.classList.remove("light", "dark"); // of admin-early.js: Alpine's now

  Alpine.data("theme", () => window.theme());
  Alpine.data("searchForm", () => window.searchForm());
  Alpine.data("searchCommand", () => ({
    ...window.searchCommand(),
    choose(event) {
      if (this.items?.[this.currentIndex - 1]) {
        this.selectItem(false, event.metaKey || event.ctrlKey);
      } else {
        location.href = `${document.body.dataset.find}?q=${encodeURIComponent(event.target.value)}`;
      }
    },
  }));

  Alpine.data("desk", () => ({
    activeTab: "",
    sidebarMobileOpen: false,
    sidebarDesktopOpen: localStorage.getItem("sidebarDesktopOpen") !== "0",
    init() {
      const tab = document.body.dataset.tab;
      this.activeTab = tab ? (window.getCurrentTab?.() || tab) : "";
      this.$watch("sidebarDesktopOpen", (open) => {
        localStorage.setItem("sidebarDesktopOpen", open ? "1" : "0");
      });
    },
  }));
});

/* A form that is on its way is not sent again. The server does it once anyway. */
document.addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("[data-once]")) button.disabled = true;
});
