/* The contents of the book: a drawer on small screens, and chapters that open and close. */
(function () {
  "use strict";
  const root = document.documentElement;
  const contents = document.getElementById("site-contents");
  const button = document.querySelector(".menu-button");
  const ground = document.querySelector(".drawer-ground");
  if (!contents || !button) return;

  const reveal = () => {
    const current = contents.querySelector("[aria-current=page]");
    if (!current) return;
    const { top, bottom } = current.getBoundingClientRect();
    const box = contents.getBoundingClientRect();
    if (top < box.top || bottom > box.bottom) {
      contents.scrollTop += top - box.top - box.height / 3;
    }
  };

  const setDrawer = (open) => {
    root.classList.toggle("menu-open", open);
    button.setAttribute("aria-expanded", String(open));
    if (open) {
      const current = contents.querySelector("[aria-current=page]");
      (current || contents.querySelector("a")).focus({ preventScroll: true });
      reveal();
    }
  };
  const isOpen = () => root.classList.contains("menu-open");
  button.addEventListener("click", () => setDrawer(!isOpen()));
  ground.addEventListener("click", () => setDrawer(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) {
      setDrawer(false);
      button.focus();
    }
  });
  // Whoever tabs out of the drawer has left it.
  contents.addEventListener("focusout", (event) => {
    const to = event.relatedTarget;
    if (isOpen() && to && !contents.contains(to) && to !== button) setDrawer(false);
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) setDrawer(false);
  });

  const addDisclosures = () => {
    for (const item of contents.querySelectorAll("li")) {
      const list = item.querySelector(":scope > ul");
      const link = item.querySelector(":scope > a");
      if (!list || !link || item.querySelector(":scope > .disclosure")) continue;
      const toggle = document.createElement("button");
      toggle.type = "button";
      toggle.className = "disclosure";
      toggle.setAttribute("aria-label", link.textContent.trim());
      toggle.setAttribute("aria-expanded", String(item.classList.contains("open")));
      toggle.addEventListener("click", () => {
        toggle.setAttribute("aria-expanded", String(item.classList.toggle("open")));
      });
      list.before(toggle);
    }
  };
  addDisclosures();
  reveal();
  // A live preview has put other contents in place.
  document.addEventListener("polybook:replaced", addDisclosures);
})();
