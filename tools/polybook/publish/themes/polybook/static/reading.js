/* Contents as a drawer, the theme button, and where the reader is on the page. */
(function () {
  "use strict";
  const root = document.documentElement;

  const themeButton = document.querySelector(".theme-button");
  const tellTheme = () =>
    themeButton.setAttribute("aria-pressed", String(root.dataset.theme === "dark"));
  const store = (key, value) => {
    try {
      localStorage.setItem(key, value);
    } catch (error) {
      // Storage is switched off: the choice holds for this page.
    }
  };
  themeButton.addEventListener("click", () => {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    store("polybook-theme", root.dataset.theme);
    tellTheme();
  });
  tellTheme();

  const contents = document.getElementById("site-contents");
  const menuButton = document.querySelector(".menu-button");
  const setMenu = (open) => {
    root.classList.toggle("menu-open", open);
    menuButton.setAttribute("aria-expanded", String(open));
  };
  menuButton.addEventListener("click", () => setMenu(!root.classList.contains("menu-open")));
})();
