/* Boxes that scroll sideways can be reached with the keyboard. */
(function () {
  "use strict";
  const BOXES = ".page :is(pre, .table-scroll, div.math > *, .text_html, [role=tablist])";
  const mark = (box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  };
  const watch = new ResizeObserver((changes) => changes.forEach(({ target }) => mark(target)));
  const begin = () => document.querySelectorAll(BOXES).forEach((box) => watch.observe(box));
  begin();
  // A font that comes later makes what is in a box wider, but not the box.
  const again = () => document.querySelectorAll(BOXES).forEach(mark);
  document.fonts.ready.then(again);
  document.fonts.addEventListener("loadingdone", again);
  // Also for what a live preview has put in place.
  document.addEventListener("polybook:replaced", begin);
})();
