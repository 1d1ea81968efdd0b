/* Switches the framework: by the choice in the header, by any tab, by the address. */
(function () {
  "use strict";
  const root = document.documentElement;
  const frameworks = window.polybookFrameworks;
  if (!frameworks || !frameworks.known.length) return;
  const select = document.getElementById("framework");
  let tabs = [];

  // Brings tabs and choice into line with the attributes of the root element.
  const tell = () => {
    const shown = root.dataset.framework;
    const missing = root.dataset.missingFramework;
    for (const tab of tabs) {
      const selected = tab.dataset.framework === shown;
      tab.setAttribute("aria-selected", String(selected));
      tab.tabIndex = selected ? 0 : -1;
    }
    if (select) select.value = missing || shown;
  };

  const remember = (name) => {
    try {
      localStorage.setItem("polybook-framework", name);
    } catch (error) {
      // Storage is switched off: the choice holds for this page.
    }
  };

  // The block that is read: the first that reaches below the header.
  const inSight = () => {
    const line = (document.querySelector("header")?.offsetHeight ?? 0) + 8;
    const blocks = document.querySelectorAll("main section > *:not(section)");
    return Array.from(blocks).find((block) => block.getBoundingClientRect().bottom > line);
  };

  const choose = (name, anchor) => {
    const before = anchor && anchor.getBoundingClientRect().top;
    remember(name);
    frameworks.show(name);
    tell();
    const address = new URL(location.href);
    if (address.searchParams.has("framework")) {
      address.searchParams.set("framework", name);
      history.replaceState(history.state, "", address);
    }
    if (anchor && anchor.getClientRects().length) {
      scrollBy({ top: anchor.getBoundingClientRect().top - before, behavior: "instant" });
    }
    document.dispatchEvent(new CustomEvent("polybook:framework", { detail: { framework: name } }));
  };

  const listen = (tab) => {
    tab.addEventListener("click", () => choose(tab.dataset.framework, tab));
    tab.addEventListener("keydown", (event) => {
      const row = Array.from(tab.parentElement.children);
      const at = row.indexOf(tab);
      const back = getComputedStyle(tab).direction === "rtl" ? 1 : -1;
      const target = {
        ArrowLeft: row[(at + back + row.length) % row.length],
        ArrowRight: row[(at - back + row.length) % row.length],
        Home: row[0],
        End: row[row.length - 1],
      }[event.key];
      if (!target || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      choose(target.dataset.framework, target);
      target.focus({ preventScroll: true });
    });
  };
  // Also for what a live preview has put in place.
  const find = () => {
    const before = new Set(tabs);
    tabs = Array.from(document.querySelectorAll(".framework-tabs [role=tab]"));
    for (const tab of tabs) if (!before.has(tab)) listen(tab);
  };
  find();
  document.addEventListener("polybook:replaced", () => {
    find();
    tell();
  });
  if (select) select.addEventListener("change", () => choose(select.value, inSight()));

  // A page that the browser has kept may be older than the reader's last choice.
  addEventListener("pageshow", (event) => {
    if (event.persisted) {
      frameworks.show(frameworks.chosen());
      tell();
    }
  });
  if (new URLSearchParams(location.search).has("framework")) remember(frameworks.chosen());
  tell();
})();
