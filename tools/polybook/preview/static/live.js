/* Keeps a page up to date while its author writes: in the preview alone.

   The page is remembered as it came, block by block, before other scripts change it. When it
   changes, the new one is compared with what is remembered, and the blocks that differ are put
   in place; all others stay as the reader has them. */
(function () {
  "use strict";
  const own = document.currentScript.dataset;
  const LINE = /^source-line-(\d+)$/;
  const CONTAINERS = "article, section, div, ul, ol, li, dl, dd, details, figure, blockquote";
  // Parts of the frame that name this or other pages.
  const REGIONS = ["#site-contents", ".on-this-page", ".neighbours", ".site-title"];
  const ARTICLE = "article.page";

  // The chapter's lines, by element. They are no part of what is compared: a new line
  // above moves them all.
  const lines = new Map();
  const pictures = new Map();
  let version = own.version;
  let record = null;
  let regions = new Map();
  let status = null;

  // What is remembered of a block.
  const read = (node) => {
    const isContainer =
      node.matches(CONTAINERS) &&
      node.children.length > 0 &&
      Array.from(node.childNodes).every((child) => child.nodeType !== 3 || !child.data.trim());
    return {
      node,
      shell: node.cloneNode(false).outerHTML,
      text: node.outerHTML,
      marks: marked(node),
      parts: isContainer ? Array.from(node.children, read) : null,
    };
  };
  const marked = (node) => [node, ...node.querySelectorAll("*")].filter((each) => lines.has(each));

  const takeLines = (root) => {
    for (const node of root.querySelectorAll("[class*='source-line-']")) {
      const numbers = [];
      for (const name of Array.from(node.classList)) {
        const found = LINE.exec(name);
        if (!found) continue;
        numbers.push(Number(found[1]));
        node.classList.remove(name);
      }
      if (!node.classList.length) node.removeAttribute("class");
      if (numbers.length) lines.set(node, numbers[0]);
    }
  };
  const readRegions = (root) =>
    new Map(REGIONS.map((name) => [name, root.querySelector(name)?.innerHTML]));

  // Putting in place

  const changed = [];
  const patch = (old, fresh) => {
    if (old.text === fresh.text) {
      old.marks.forEach((node, at) => lines.set(node, lines.get(fresh.marks[at])));
      return old;
    }
    if (old.parts && fresh.parts && old.shell === fresh.shell) {
      old.parts = patchParts(old, fresh);
      if (lines.has(fresh.node)) lines.set(old.node, lines.get(fresh.node));
      old.text = fresh.text;
      old.marks = marked(old.node);
      return old;
    }
    const open = old.node.open;
    const focused = old.node.contains(document.activeElement) && document.activeElement.id;
    const made = adopt(fresh);
    if (open && made.node.matches("details")) made.node.open = true;
    old.node.replaceWith(made.node);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    return made;
  };
  const adopt = (fresh) => {
    document.adoptNode(fresh.node);
    for (const image of fresh.node.querySelectorAll("img")) refresh(image);
    changed.push(fresh.node);
    return fresh;
  };
  const patchParts = (old, fresh) => {
    const result = [];
    let last = null;
    const place = (made) => {
      if (last) last.node.after(made.node);
      else old.node.prepend(made.node);
    };
    for (const [before, after] of aligned(old.parts, fresh.parts)) {
      if (before && after) {
        result.push((last = patch(before, after)));
      } else if (before) {
        before.node.remove();
      } else {
        const made = adopt(after);
        place(made);
        result.push((last = made));
      }
    }
    return result;
  };

  // Pairs of blocks: the same ones, and between them those that may have become each other.
  const aligned = (old, fresh) => {
    const pairs = [];
    let start = 0;
    while (start < old.length && start < fresh.length && old[start].text === fresh[start].text) {
      pairs.push([old[start], fresh[start]]);
      start += 1;
    }
    let ends = [old.length, fresh.length];
    const tail = [];
    while (ends[0] > start && ends[1] > start && old[ends[0] - 1].text === fresh[ends[1] - 1].text) {
      ends = [ends[0] - 1, ends[1] - 1];
      tail.unshift([old[ends[0]], fresh[ends[1]]]);
    }
    const a = old.slice(start, ends[0]);
    const b = fresh.slice(start, ends[1]);
    return [...pairs, ...common(a, b), ...tail];
  };
  // The longest common subsequence; what stands between two of its members is paired in order.
  const common = (a, b) => {
    const length = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
    for (let i = a.length - 1; i >= 0; i -= 1) {
      for (let j = b.length - 1; j >= 0; j -= 1) {
        length[i][j] =
          a[i].text === b[j].text
            ? length[i + 1][j + 1] + 1
            : Math.max(length[i + 1][j], length[i][j + 1]);
      }
    }
    const pairs = [];
    let gone = [];
    let come = [];
    const flush = () => {
      for (let at = 0; at < Math.max(gone.length, come.length); at += 1) {
        const one = gone[at];
        const other = come[at];
        if (one && other && one.node.tagName !== other.node.tagName) {
          pairs.push([one, null], [null, other]);
        } else {
          pairs.push([one, other]);
        }
      }
      gone = [];
      come = [];
    };
    let i = 0;
    let j = 0;
    while (i < a.length || j < b.length) {
      if (i < a.length && j < b.length && a[i].text === b[j].text) {
        flush();
        pairs.push([a[i++], b[j++]]);
      } else if (j >= b.length || (i < a.length && length[i + 1][j] >= length[i][j + 1])) {
        gone.push(a[i++]);
      } else {
        come.push(b[j++]);
      }
    }
    flush();
    return pairs;
  };

  // What the reader looks at, which stays where it is in the window.
  const anchored = (change) => {
    const leaves = [];
    const collect = (each) => (each.parts ? each.parts.forEach(collect) : leaves.push(each));
    if (record) collect(record);
    const seen = leaves
      .map((leaf) => ({ leaf, box: leaf.node.getBoundingClientRect() }))
      .filter(({ box }) => box.height && box.bottom > 60 && box.top < innerHeight);
    change();
    const kept = seen.find(({ leaf }) => leaf.node.isConnected && leaf.node.getClientRects().length);
    if (!kept || !scrollY) return;
    const moved = kept.leaf.node.getBoundingClientRect().top - kept.box.top;
    if (moved) scrollBy({ top: moved, behavior: "instant" });
  };

  const scripts = (root) =>
    Array.from(root.querySelectorAll("script[src]"), (each) => each.getAttribute("src"))
      .map((address) => address.split("?")[0])
      .filter((address) => !address.startsWith("/.polybook/"))
      .sort()
      .join();

  // Tells whether the frame of the page is the same, so that its parts can be put in place.
  const fits = (fresh) =>
    record &&
    fresh.querySelector(ARTICLE) &&
    scripts(fresh) === scripts(document) &&
    fresh.documentElement.dataset.pageFrameworks === root.dataset.pageFrameworks &&
    REGIONS.every((name) => !document.querySelector(name) === !fresh.querySelector(name));

  const root = document.documentElement;
  const show = (html) => {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    takeLines(fresh);
    if (!fits(fresh)) return location.reload();
    document.title = fresh.title;
    restyle(fresh);
    changed.length = 0;
    const next = read(fresh.querySelector(ARTICLE));
    anchored(() => {
      clear();
      record = patch(record, next);
      const found = readRegions(fresh);
      for (const [name, content] of found) {
        if (content === regions.get(name) || content === undefined) continue;
        const region = document.querySelector(name);
        const top = region.scrollTop;
        region.innerHTML = content;
        region.scrollTop = top;
        changed.push(region);
      }
      regions = found;
      // Those of the page that was compared with, and those that have gone.
      for (const node of lines.keys()) {
        if (node.ownerDocument !== document || !node.isConnected) lines.delete(node);
      }
      if (changed.length) announce();
      draw();
    });
  };
  const announce = () => {
    copyButtons();
    if (window.MathJax?.typesetPromise) window.MathJax.typesetPromise(changed.slice());
    document.dispatchEvent(
      new CustomEvent("polybook:replaced", { detail: { elements: changed.slice() } }),
    );
  };
  // The script of Sphinx's extension gives its buttons to what is there when the page is loaded.
  const copyButtons = () => {
    const button = document.querySelector("button.copybtn");
    if (!button) return;
    for (const code of changed.flatMap((each) => Array.from(each.querySelectorAll("div.highlight pre")))) {
      if (code.parentElement.querySelector("button.copybtn")) continue;
      code.id ||= `live_code_${(copied += 1)}`;
      const copy = button.cloneNode(true);
      copy.dataset.clipboardTarget = `#${code.id}`;
      code.after(copy);
    }
  };
  let copied = 0;

  // Styles and pictures

  const restyle = (fresh) => {
    const sheets = (place) =>
      new Map(
        Array.from(place.querySelectorAll("link[rel=stylesheet]"), (link) => [
          link.getAttribute("href").split("?")[0],
          link,
        ]),
      );
    const [here, there] = [sheets(document), sheets(fresh)];
    for (const [name, link] of there) {
      const mine = here.get(name);
      if (!mine) document.head.append(document.adoptNode(link));
      else if (mine.getAttribute("href") !== link.getAttribute("href")) {
        const made = mine.cloneNode();
        made.setAttribute("href", link.getAttribute("href"));
        made.addEventListener("load", () => mine.remove());
        mine.after(made);
      }
    }
    for (const [name, link] of here) if (!there.has(name)) link.remove();
  };
  const refresh = (image) => {
    const address = new URL(image.getAttribute("src"), location.href);
    const number = pictures.get(address.pathname);
    if (!number) return;
    address.searchParams.set("live", number);
    image.src = address.href;
  };

  // What is to be said at its place

  const clear = () => {
    for (const box of document.querySelectorAll(".live-box")) box.remove();
    for (const cell of document.querySelectorAll(".live-outdated")) {
      cell.classList.remove("live-outdated");
    }
  };
  // The block that begins closest above a line.
  const blockAt = (line) => {
    let best = null;
    for (const [node, at] of lines) {
      if (at <= line && (!best || at >= best.at)) best = { node, at };
    }
    return best?.node;
  };
  const put = (box, line) => {
    const block = blockAt(line);
    const outer = block?.closest("table, .cell") || block;
    if (!outer) document.querySelector(ARTICLE)?.prepend(box);
    else if (outer.matches("li, .cell, blockquote")) outer.append(box);
    else outer.after(box);
  };
  const element = (name, kind, text) => {
    const made = document.createElement(name);
    made.className = kind;
    made.textContent = text || "";
    return made;
  };
  const draw = () => {
    clear();
    if (!status) return;
    const found = [];
    for (const each of status.findings) {
      const box = element("aside", `live-box live-finding live-${each.severity}`);
      box.append(element("p", "live-message", `${each.path}:${each.line} · ${each.message}`));
      if (each.suggestion) box.append(element("p", "live-suggestion", each.suggestion));
      put(box, each.line);
      found.push({ ...each, box });
    }
    for (const each of status.failures) {
      const box = element("aside", "live-box live-finding live-error");
      box.append(element("p", "live-message", `Line ${each.line} · ${each.summary} (${each.framework})`));
      if (each.traceback) box.append(element("pre", "live-traceback", each.traceback));
      put(box, each.line);
      found.push({ message: each.summary, line: each.line, severity: "error", box });
    }
    for (const each of status.cells) drawCells(each);
    summarize(found);
    if (status.trouble.length) {
      const box = element("div", "live-box live-trouble");
      box.setAttribute("role", "alert");
      box.append(element("p", "live-message", "This is the last page that could be made."));
      for (const text of status.trouble) box.append(element("pre", "", text));
      document.body.append(box);
    }
  };
  const drawCells = ({ title, lines: starts, state }) => {
    const wanted = new Set(starts);
    for (const [node, at] of lines) {
      if (!wanted.has(at) || !node.matches(".cell")) continue;
      node.classList.add("live-outdated");
      if (state === "failed") continue;
      const said = state === "waiting" ? "waiting to run" : state.replace("running", "running …");
      node.append(element("p", "live-box live-running", `${title}: ${said}`));
    }
  };
  const summarize = (found) => {
    const errors = found.filter((each) => each.severity === "error");
    const shown = errors.length ? errors : found;
    if (!shown.length) return;
    const count = (list, noun) => `${list.length} ${noun}${list.length === 1 ? "" : "s"}`;
    const others = found.length - errors.length;
    const title = [
      errors.length ? count(errors, "mistake") : "",
      others ? count({ length: others }, "remark") : "",
    ];
    const box = element("details", "live-box live-summary");
    box.append(element("summary", "", title.filter(Boolean).join(", ")));
    const list = document.createElement("ul");
    found.forEach((each, at) => {
      each.box.id = `live_${at}`;
      const item = document.createElement("li");
      const link = element("a", "", `Line ${each.line}: ${each.message}`);
      link.href = `#live_${at}`;
      item.append(link);
      list.append(item);
    });
    box.append(list);
    box.open = summaryOpen;
    box.addEventListener("toggle", () => {
      if (box.isConnected) summaryOpen = box.open;
    });
    document.body.append(box);
  };
  let summaryOpen = false;

  // Talking with the server

  let asked = 0;
  const fetchPage = async (everything) => {
    const number = (asked += 1);
    const answer = await fetch(location.pathname, { cache: "no-store" });
    if (!answer.ok || number !== asked) return;
    const html = await answer.text();
    if (number !== asked) return;
    const found = /data-version="(\w*)"/.exec(html);
    if (found && found[1] === version && !everything) return;
    version = found ? found[1] : "";
    show(html);
  };
  const hear = {
    page: (message) => {
      if (message.version !== version || message.everything) fetchPage(message.everything);
    },
    pictures: (message) => {
      const base = new URL(root.dataset.content_root || "./", location.href);
      for (const file of message.files) {
        const place = new URL(file, base).pathname;
        pictures.set(place, (pictures.get(place) || 0) + 1);
      }
      for (const image of document.images) refresh(image);
    },
    status: (message) => {
      const before = JSON.stringify(status);
      status = message;
      if (JSON.stringify(message) !== before) anchored(draw);
    },
  };
  const connect = () => {
    const socket = new WebSocket(
      `ws://${location.host}/.polybook/socket?page=${encodeURIComponent(own.page)}&version=${version}`,
    );
    socket.addEventListener("message", (event) => {
      const message = JSON.parse(event.data);
      hear[message.kind]?.(message);
    });
    socket.addEventListener("open", () => (root.dataset.live = "open"));
    socket.addEventListener("close", () => {
      root.dataset.live = "closed";
      setTimeout(connect, 1000);
    });
  };

  takeLines(document);
  const article = document.querySelector(ARTICLE);
  if (article) record = read(article);
  regions = readRegions(document);
  connect();
})();
