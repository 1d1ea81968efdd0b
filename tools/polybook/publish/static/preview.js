// Shows what a link of the book leads to while the pointer rests on it or the keyboard has reached
// it: a section's title and first paragraph, a figure, a table, a formula, a footnote, a work.
// The target comes from the site itself, is asked for only then, and once. A tap follows the link.
"use strict";

(() => {
  const LINKS = "main a.reference.internal, main a.footnote-reference, main a.code-link";
  const OPEN_AFTER = 250;
  const CLOSE_AFTER = 300;
  const pages = new Map();
  let card = null;
  let owner = null;
  let timer = 0;

  /** The document of an address: this one, or one that is fetched once. */
  function load(address) {
    const here = location.href.split("#")[0].split("?")[0];
    const there = address.origin + address.pathname;
    if (there === here) return Promise.resolve(document);
    if (!pages.has(there)) {
      const page = fetch(there)
        .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
        .then((text) => {
          const found = new DOMParser().parseFromString(text, "text/html");
          // What it shows has addresses that are relative to it.
          const base = found.createElement("base");
          base.href = there;
          found.head.prepend(base);
          return found;
        });
      page.catch(() => pages.delete(there));
      pages.set(there, page);
    }
    return pages.get(there);
  }

  /** The parts of a page that tell what a fragment is; none if there is nothing to tell. */
  function excerpt(page, fragment) {
    const main = page.querySelector("main") ?? page.body;
    const target = fragment ? page.getElementById(fragment) : main.querySelector("section");
    if (!target || !main.contains(target)) return [];
    const whole = target.closest(
      "figure, table, div.math, aside.footnote, div.citation, .table-wrapper",
    );
    if (whole) return [whole];
    // A list of works or terms: the entry that follows the target.
    const entry = target.closest("dt");
    if (entry) {
      return entry.matches(".sig") || !entry.nextElementSibling
        ? [entry]
        : [entry.nextElementSibling];
    }
    const section = target.closest("section");
    if (!section) return [target.closest("p, li, div") ?? target];
    const title = section.querySelector("h1, h2, h3, h4, h5, h6");
    // Not what the build says of the page.
    const paragraph = section.querySelector(":scope > p:not([class*=polybook-])");
    return [title, paragraph].filter(Boolean);
  }

  /** A copy that does nothing but show. */
  function copy(part) {
    const heading = /^H[1-6]$/.test(part.tagName);
    const shown = heading ? document.createElement("p") : document.importNode(part, true);
    if (heading) {
      shown.className = "preview-title";
      shown.append(...[...part.childNodes].map((node) => document.importNode(node, true)));
    }
    for (const each of shown.querySelectorAll("a.headerlink, script, button, .backrefs")) {
      each.remove();
    }
    for (const each of [shown, ...shown.querySelectorAll("[id]")]) each.removeAttribute("id");
    for (const each of shown.querySelectorAll("a[href], img[src]")) {
      const name = each.matches("a") ? "href" : "src";
      each.setAttribute(name, new URL(each.getAttribute(name), part.baseURI).href);
      each.removeAttribute("loading");
    }
    return shown;
  }

  /** The styles of formulas, on a page that has none of its own. */
  function addStyles(page) {
    for (const sheet of page.querySelectorAll('link[rel="stylesheet"][href*="mathematics.css"]')) {
      const address = new URL(sheet.getAttribute("href"), sheet.baseURI).href;
      if (!document.querySelector('link[href*="mathematics.css"]')) {
        document.head.append(Object.assign(document.createElement("link"), {
          rel: "stylesheet",
          href: address,
        }));
      }
    }
  }

  function close() {
    clearTimeout(timer);
    owner?.removeAttribute("aria-describedby");
    card?.remove();
    card = owner = null;
  }

  function closeSoon() {
    clearTimeout(timer);
    timer = setTimeout(close, CLOSE_AFTER);
  }

  function place(link) {
    const box = link.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = card;
    const room = document.documentElement.clientWidth - width - 8;
    const above = box.bottom + height + 8 > innerHeight && box.top > height + 8;
    card.style.left = `${scrollX + Math.max(8, Math.min(box.left, room))}px`;
    card.style.top = `${scrollY + (above ? box.top - height - 4 : box.bottom + 4)}px`;
  }

  async function open(link) {
    owner = link;
    const address = new URL(link.href);
    let page;
    try {
      page = await load(address);
    } catch {
      // No connection, or a page opened as a file: then there is no preview.
      return;
    }
    if (owner !== link) return;
    const parts = excerpt(page, decodeURIComponent(address.hash.slice(1)));
    if (!parts.length) return;
    if (page !== document) addStyles(page);
    card = document.createElement("div");
    card.className = "preview-card";
    card.id = "preview-card";
    card.setAttribute("role", "tooltip");
    card.append(...parts.map(copy));
    card.addEventListener("pointerenter", () => clearTimeout(timer));
    card.addEventListener("pointerleave", closeSoon);
    document.body.append(card);
    link.setAttribute("aria-describedby", card.id);
    place(link);
    for (const image of card.querySelectorAll("img")) {
      image.addEventListener("load", () => card && owner === link && place(link));
    }
  }

  function openSoon(link) {
    clearTimeout(timer);
    if (owner === link && card) return;
    timer = setTimeout(() => {
      close();
      open(link);
    }, OPEN_AFTER);
  }

  function linkOf(event) {
    const link = event.target.closest?.(LINKS);
    if (!link || link.closest(".preview-card")) return null;
    return new URL(link.href).origin === location.origin ? link : null;
  }

  document.addEventListener("pointerover", (event) => {
    const link = event.pointerType === "mouse" && linkOf(event);
    if (link) openSoon(link);
  });
  document.addEventListener("pointerout", (event) => {
    const link = linkOf(event);
    if (link && !link.contains(event.relatedTarget)) closeSoon();
  });
  document.addEventListener("focusin", (event) => {
    const link = linkOf(event);
    if (link?.matches(":focus-visible")) openSoon(link);
    else if (card && !card.contains(event.target)) closeSoon();
  });
  document.addEventListener("focusout", (event) => {
    if (linkOf(event) && !card?.contains(event.relatedTarget)) closeSoon();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  document.addEventListener("click", (event) => {
    if (!card?.contains(event.target)) close();
  });
})();
