/* Runs before anything is painted, so that nothing flashes or moves. */
(function (root) {
  "use strict";
  root.classList.add("js");
  const stored = function (key) {
    try {
      return localStorage.getItem(key);
    } catch (error) {
      return null; // storage is switched off
    }
  };
  const names = function (list) {
    return (list || "").split(" ").filter(Boolean);
  };
  const data = root.dataset;

  const theme = stored("polybook-theme");
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  data.theme = theme === "light" || theme === "dark" ? theme : dark ? "dark" : "light";

  const known = names(data.frameworks);
  const here = names(data.pageFrameworks);
  // Shows a framework, or the page's first where the page is not written for it.
  const show = function (name) {
    if (!known.includes(name)) return;
    const shown = here.includes(name) || !here.length ? name : here[0];
    data.framework = shown;
    if (shown === name) delete data.missingFramework;
    else data.missingFramework = name;
  };
  // The reader's framework: the address, what was chosen before, the book's first.
  const chosen = function () {
    const asked = new URLSearchParams(location.search).get("framework");
    return [asked, stored("polybook-framework"), data.defaultFramework].find(function (name) {
      return known.includes(name);
    });
  };
  window.polybookFrameworks = { known: known, show: show, chosen: chosen };
  show(chosen());
})(document.documentElement);
