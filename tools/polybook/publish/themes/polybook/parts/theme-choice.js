/* Runs before anything is painted: the reader's choice of light or dark, or the system's. */
(function (root) {
  "use strict";
  let theme = null;
  try {
    theme = localStorage.getItem("polybook-theme");
  } catch (error) {
    // Storage is switched off.
  }
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = theme === "light" || theme === "dark" ? theme : dark ? "dark" : "light";
})(document.documentElement);
