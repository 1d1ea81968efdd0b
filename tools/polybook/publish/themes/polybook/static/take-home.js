/* Closes the menu of notebooks as readers expect of a menu: elsewhere, by Escape, by a choice. */
(function () {
  "use strict";
  const open = () => document.querySelectorAll(".take-home .menu[open]");

  document.addEventListener("click", (event) => {
    for (const menu of open()) {
      if (!menu.contains(event.target) || event.target.closest("a")) menu.open = false;
    }
  });
  document.addEventListener("focusin", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();
