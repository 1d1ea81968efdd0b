/* Opens the search. All else of it is loaded then. */
(function () {
  "use strict";
  const place = document.querySelector("[data-search-page]");
  if (location.protocol === "file:") {
    // Browsers load neither modules nor an index from files: the links lead to a page that says so.
    const note = place && place.querySelector("[data-needs-server]");
    if (note) note.hidden = false;
    return;
  }
  const load = () => import("./search-panel.js");
  const open = () => load().then((panel) => panel.openDialog());

  // Places where a letter belongs to what the reader writes.
  const isWriting = (target) =>
    target instanceof Element &&
    target.closest("input, textarea, select, [contenteditable]:not([contenteditable=false])");

  document.addEventListener("click", (event) => {
    const opener = event.target.closest && event.target.closest("[data-search-open]");
    // A link in a new window leads to the search's own page.
    if (!opener || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    const isKey = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
    const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!(isKey && !event.altKey && !event.shiftKey) && !(isSlash && !isWriting(event.target))) {
      return;
    }
    event.preventDefault();
    open();
  });
  if (place) load().then((panel) => panel.showIn(place));
})();
