/* Runs before anything is painted, so that nothing flashes or moves: which framework is shown. */
(function (root) {
  "use strict";
  root.classList.add("js");
  const data = root.dataset;
  const names = (list) => (list || "").split(" ").filter(Boolean);
  const known = names(data.frameworks);
  const here = names(data.pageFrameworks);

  // Shows a framework, or the page's first where the page is not written for it.
  const show = (name) => {
    if (!known.includes(name)) return;
    const shown = here.includes(name) || !here.length ? name : here[0];
    data.framework = shown;
    if (shown === name) delete data.missingFramework;
    else data.missingFramework = name;
  };

  const stored = () => {
    try {
      return localStorage.getItem("polybook-framework");
    } catch (error) {
      return null; // storage is switched off
    }
  };
  // The reader's framework: the address, what was chosen before, the book's first.
  const chosen = () => {
    const asked = new URLSearchParams(location.search).get("framework");
    return [asked, stored(), data.defaultFramework].find((name) => known.includes(name));
  };

  window.polybookFrameworks = { known, show, chosen };
  show(chosen());
})(document.documentElement);
