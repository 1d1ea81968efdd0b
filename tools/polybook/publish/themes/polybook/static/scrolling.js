/* Boxes that scroll sideways can be reached with the keyboard. */
(function () {
  "use strict";
  const BOXES = ".page :is(pre, .table-scroll, div.math > *, .text_html, [role=tablist])";
  const watch = new ResizeObserver((changes) => {
    for (const { target } of changes) {
      if (target.scrollWidth > target.clientWidth + 1) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  const begin = () => document.querySelectorAll(BOXES).forEach((box) => watch.observe(box));
  begin();
  // Also for what a live preview has put in place.
  document.addEventListener("polybook:replaced", begin);
})();
