/* The button that switches between light and dark, and remembers it. */
(function () {
  "use strict";
  const root = document.documentElement;
  const button = document.querySelector(".theme-button");
  if (!button) return;

  const stored = () => {
    try {
      return localStorage.getItem("polybook-theme");
    } catch (error) {
      return null; // storage is switched off
    }
  };
  const show = (theme) => {
    root.dataset.theme = theme;
    button.setAttribute("aria-pressed", String(theme === "dark"));
  };

  button.addEventListener("click", () => {
    show(root.dataset.theme === "dark" ? "light" : "dark");
    try {
      localStorage.setItem("polybook-theme", root.dataset.theme);
    } catch (error) {
      // The choice holds for this page.
    }
  });
  // Until the reader has chosen, the page follows the system.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => {
    if (!stored()) show(event.matches ? "dark" : "light");
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted && stored()) show(stored());
  });
  show(root.dataset.theme);
})();
