/* The interface of the search: a dialog on every page, and the page of the search. */

const PAGES = 10;
const WAIT = 120; // milliseconds from the last key to the search
const root = document.documentElement;
const site = new URL(root.dataset.content_root || "./", location.href);

let words = {};
let started;
let dialog;
let count = 0;

const say = (key, values = {}) =>
  (words[key] ?? key).replace(/\{(\w+)\}/gu, (whole, name) => values[name] ?? whole);

const numbered = (one, many, number, values = {}) =>
  say(number === 1 ? one : many, { count: number.toLocaleString(root.lang), ...values });

/** Make an element: properties, then children. */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name === "class") element.className = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Load words and styles once. */
function start() {
  started ??= Promise.all([
    fetch(new URL("search-words.json", import.meta.url))
      .then((answer) => answer.json())
      .then((loaded) => (words = loaded))
      .catch(() => {}),
    new Promise((done) => {
      const link = make("link", {
        rel: "stylesheet",
        href: new URL("search.css", import.meta.url).href,
      });
      link.onload = link.onerror = done;
      document.head.append(link);
    }),
  ]);
  return started;
}

/** The thread that searches; its answers go to the panel that asked. */
const engine = {
  worker: null,
  state: "new",
  begin(panel) {
    this.panel = panel;
    if (this.worker) return;
    this.state = "loading";
    this.worker = new Worker(new URL("search-worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => {
      if (data.ready) this.state = "ready";
      else if (data.failed) {
        console.error(data.failed);
        this.state = "failed";
      }
      this.panel.hear(data);
    };
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.state = "failed";
      this.panel.hear({ failed: event.message });
    };
    this.worker.postMessage({ open: new URL("pagefind/", site).href, language: root.lang });
  },
};

class Panel {
  constructor(onPage) {
    const name = `search-${(count += 1)}`;
    this.onPage = onPage;
    this.asked = 0;
    this.scope = null;
    this.active = -1;
    this.input = make("input", {
      type: "search",
      role: "combobox",
      class: "search-input",
      "aria-label": say("search_the_book"),
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": `${name}-list`,
      placeholder: say("search_the_book"),
      autocomplete: "off",
      autocapitalize: "off",
      autocorrect: "off",
      spellcheck: "false",
      enterkeyhint: "search",
    });
    this.close = onPage
      ? null
      : make("button", { type: "button", class: "search-close" }, say("close"));
    this.form = make("form", { role: "search", class: "search-bar" }, this.input, this.close);
    this.status = make("p", { class: "search-status", role: "status" });
    this.list = make("div", {
      id: `${name}-list`,
      class: "search-list",
      role: "listbox",
      "aria-label": say("search_results"),
    });
    this.below = make("div", { class: "search-below" });
    this.keys = make("p", { class: "search-keys", "aria-hidden": "true" }, say("keys"));
    this.body = make("div", { class: "search-body" }, this.status, this.list, this.below);
    this.element = make("div", { class: "search-panel" }, this.form, this.body);
    if (!onPage) this.element.append(this.keys);

    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.form.addEventListener("submit", (event) => event.preventDefault());
    document.addEventListener("polybook:framework", () => {
      this.scope = null;
      this.search();
    });
    this.tell();
  }

  /** The reader's framework, or the one whose results the reader has asked for. */
  get framework() {
    return this.scope ?? root.dataset.missingFramework ?? root.dataset.framework ?? "";
  }

  /** Tell whether what is listed still belongs to an older query. */
  set busy(busy) {
    this.list.setAttribute("aria-busy", String(busy));
  }

  typed() {
    this.busy = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), WAIT);
  }

  search() {
    const query = this.input.value.trim();
    this.query = query;
    if (this.onPage) {
      const address = new URL(location.href);
      if (query) address.searchParams.set("q", query);
      else address.searchParams.delete("q");
      history.replaceState(history.state, "", address);
    }
    engine.begin(this);
    this.busy = true;
    this.asked += 1;
    if (!query) {
      this.clear();
      this.tell();
      return;
    }
    this.tell();
    if (engine.state === "ready") this.ask(0);
  }

  ask(from) {
    engine.worker.postMessage({
      id: this.asked,
      query: from ? undefined : this.query,
      framework: this.framework,
      from,
      count: PAGES,
    });
  }

  hear(answer) {
    if (answer.ready) {
      if (this.query) this.ask(0);
      else this.tell();
    } else if (answer.failed) {
      this.clear();
      this.tell();
    } else if (answer.id === this.asked) {
      this.show(answer);
    }
  }

  clear() {
    this.busy = false;
    this.list.replaceChildren();
    this.below.replaceChildren();
    this.choose(-1);
    this.input.setAttribute("aria-expanded", "false");
  }

  /** Say in words where the search stands. */
  tell(answer) {
    const titled = answer?.framework?.title;
    let text = "";
    if (engine.state === "failed") text = say("failed");
    else if (!this.query) text = say("hint");
    else if (!answer) text = this.list.children.length ? this.status.textContent : say("searching");
    else {
      const found = answer.total + answer.symbols.length;
      const results = numbered("one_result", "results", found);
      const values = { query: this.query, framework: titled, results };
      if (!found) text = say(titled ? "no_results_for" : "no_results", values);
      else if (answer.isPartial) text = say("some_words", values);
      else text = titled ? say("results_for", values) : results;
    }
    this.status.textContent = text;
  }

  address(url, anchor) {
    const address = new URL(url, site);
    const here = new URLSearchParams(location.search).has("framework");
    if (this.scope || (here && this.framework)) {
      address.searchParams.set("framework", this.framework);
    }
    if (anchor) address.hash = anchor;
    return address.href;
  }

  option(className, href, ...children) {
    const option = make("a", {
      role: "option",
      class: `search-option ${className}`,
      href,
      id: `${this.list.id}-${this.list.querySelectorAll("[role=option]").length}`,
      tabindex: "-1",
      "aria-selected": "false",
    });
    option.append(...children.filter(Boolean));
    option.addEventListener("click", (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) dialog?.close();
    });
    return option;
  }

  show(answer) {
    this.busy = false;
    if (!answer.from) this.clear();
    if (!answer.from && answer.symbols.length) this.showSymbols(answer.symbols);
    for (const page of answer.pages) this.showPage(page);
    this.tell(answer);
    const shown = answer.from + answer.pages.length;
    const more = make("button", { type: "button", class: "search-more" }, say("more"));
    more.addEventListener("click", () => {
      this.ask(shown);
      this.input.focus();
    });
    const rest = shown < answer.total ? [more] : [];
    this.below.replaceChildren(...rest, ...this.scopes(answer));
    const any = this.options().length > 0;
    this.input.setAttribute("aria-expanded", String(any));
    if (!answer.from) this.body.scrollTop = 0;
  }

  showSymbols(symbols) {
    const id = `${this.list.id}-symbols`;
    const group = make("div", { role: "group", class: "search-group", "aria-labelledby": id });
    group.append(make("div", { id, class: "search-group-title" }, say("symbols")));
    this.list.append(group);
    for (const { module, name, kind, url, anchor } of symbols) {
      group.append(
        this.option(
          "search-symbol",
          this.address(url, anchor),
          make("code", {}, name),
          make("span", { class: "search-kind" }, [kind, module].filter(Boolean).join(" · ")),
        ),
      );
    }
  }

  showPage(page) {
    const title = make("span", { class: "search-title" });
    if (page.number) title.append(make("span", { class: "number" }, page.number), " ");
    title.append(...marked(page.title));
    const id = `${this.list.id}-page-${this.list.querySelectorAll("[role=group]").length}`;
    const group = make("div", { role: "group", class: "search-group", "aria-labelledby": id });
    title.id = id;
    this.list.append(group);
    const own = page.sections.find((section) => section.isPage);
    group.append(
      this.option("search-page", this.address(page.url), title, own && excerpt(own)),
    );
    for (const section of page.sections) {
      if (section === own) continue;
      group.append(
        this.option(
          "search-section",
          this.address(page.url, section.anchor),
          make("span", { class: "search-heading" }, ...marked(section.heading)),
          excerpt(section),
        ),
      );
    }
    if (page.more) {
      const text = say("more_matches", { count: page.more });
      group.append(make("p", { class: "search-rest", role: "presentation" }, text));
    }
  }

  /** Return buttons that show what other frameworks have. */
  scopes({ others, framework }) {
    const button = (text, scope) => {
      const element = make("button", { type: "button", class: "search-scope" }, text);
      element.addEventListener("click", () => {
        this.scope = scope;
        this.search();
        this.input.focus();
      });
      return element;
    };
    const buttons = others.map(({ name, title, count: number }) =>
      button(numbered("one_more_for", "more_for", number, { framework: title }), name),
    );
    if (this.scope && framework) {
      const own = document.querySelector("#framework option:checked")?.textContent;
      if (own) buttons.unshift(button(say("back_to", { framework: own.trim() }), null));
    }
    return buttons;
  }

  options() {
    return Array.from(this.list.querySelectorAll("[role=option]"));
  }

  choose(at) {
    const options = this.options();
    options[this.active]?.setAttribute("aria-selected", "false");
    this.active = options.length && at >= 0 ? at : -1;
    const option = options[this.active];
    if (!option) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  pressed(event) {
    if (event.isComposing) return;
    const options = this.options();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const down = event.key === "ArrowDown";
      const last = options.length - 1;
      if (down) this.choose(this.active >= last ? 0 : this.active + 1);
      else this.choose(this.active <= 0 ? last : this.active - 1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      // What stands there belongs to what was typed before.
      if (this.input.value.trim() !== this.query) this.search();
      else (options[this.active] ?? options[0])?.click();
    } else if (event.key === "Escape" && dialog?.open) {
      event.preventDefault();
      dialog.close();
    }
  }
}

/** Return the pieces of a text, with their marks. */
const marked = (pieces) =>
  pieces.map(({ text, isMarked }) => (isMarked ? make("mark", {}, text) : text));

const excerpt = (section) =>
  section.excerpt.length
    ? make("span", { class: "search-excerpt" }, ...marked(section.excerpt))
    : null;

/** Open the search over the page. */
export async function openDialog() {
  await start();
  if (!dialog) {
    const panel = new Panel(false);
    dialog = make("dialog", { class: "search-dialog", "aria-label": say("search") }, panel.element);
    dialog.panel = panel;
    panel.close.addEventListener("click", () => dialog.close());
    // A click beside the panel, on the ground of the dialog.
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
    document.body.append(dialog);
  }
  if (!dialog.open) dialog.showModal();
  engine.begin(dialog.panel);
  if (dialog.panel.scope) {
    dialog.panel.scope = null;
    dialog.panel.search();
  }
  dialog.panel.input.focus();
  dialog.panel.input.select();
}

/** Show the search in a place of the page, with the query of the address. */
export async function showIn(place) {
  await start();
  const panel = new Panel(true);
  place.append(panel.element);
  panel.input.value = new URLSearchParams(location.search).get("q") ?? "";
  panel.search();
  panel.input.focus();
}
