/* Marks in the page's contents where the reader is. */
(function () {
  "use strict";
  const aside = document.querySelector(".on-this-page");
  if (!aside) return;
  const read = () =>
    Array.from(aside.querySelectorAll("a[href^='#']"))
      .map((link) => ({
        link,
        target: document.getElementById(decodeURIComponent(link.hash.slice(1))),
      }))
      .filter((entry) => entry.target);
  let entries = read();

  const isShown = (element) => element.getClientRects().length > 0;

  const update = () => {
    // A heading counts as read once it is in the upper quarter of the window.
    const line = innerHeight / 4;
    const shown = entries.filter((entry) => isShown(entry.target));
    const passed = shown.filter((entry) => entry.target.getBoundingClientRect().top <= line);
    const end = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
    const here = end && scrollY > 0 ? shown.at(-1) : passed.at(-1);
    for (const { link } of entries) {
      if (here && link === here.link) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
  };
  // Headings of another framework are not on this reader's page.
  const sift = () => {
    for (const { link, target } of entries) {
      link.parentElement.hidden = !isShown(target);
    }
    update();
  };

  let waiting = false;
  const later = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      update();
    });
  };
  addEventListener("scroll", later, { passive: true });
  addEventListener("resize", later);
  document.addEventListener("polybook:framework", sift);
  // A live preview has put other headings in place.
  document.addEventListener("polybook:replaced", () => {
    entries = read();
    sift();
  });
  sift();
})();
