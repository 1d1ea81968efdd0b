/* Boxes that scroll sideways can be reached with the keyboard. */
(function () {
  "use strict";
  const boxes = document.querySelectorAll(
    ".page :is(pre, .table-scroll, div.math > *, .text_html, [role=tablist])",
  );
  const watch = new ResizeObserver((changes) => {
    for (const { target } of changes) {
      if (target.scrollWidth > target.clientWidth + 1) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  boxes.forEach((box) => watch.observe(box));
})();
