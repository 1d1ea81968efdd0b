// Boots MathJax in a bare V8, which has no files, no network, no console and
// no document, and sets formulas to HTML. Python evaluates this file, then
// calls `boot` and `typeset`, whose promises give JSON.
"use strict";

const COMPONENTS = [
  "core",
  "adaptors/liteDOM",
  "input/tex",
  "output/chtml",
  "a11y/assistive-mml",
];

// From so many characters on, a formula in a line may be wider than a phone.
const LONG = 20;

// What goes wrong with the formula that is being read.
let problems = [];
// The stateful formulas that the present TeX reader has read, in order.
let state = null;

globalThis.console = { log() {}, info() {}, warn() {}, error() {} };

/**
 * Load MathJax.
 *
 * @param {Object<string, string>} sources - Its scripts by their path in the distribution.
 * @param {{tex: Object, chtml: Object, load: string[]}} settings - The book's.
 * @returns {Promise<string>} JSON: the version and the whole style sheet.
 */
async function boot(sources, settings) {
  let fail;
  // Without it, MathJax would wait for ever for a component that it cannot load.
  const failure = new Promise((_, reject) => (fail = reject));
  globalThis.MathJax = {
    loader: {
      paths: { mathjax: "" },
      load: [...COMPONENTS, ...settings.load],
      // Called with the path of a component that is needed and not there.
      require(path) {
        const source = sources[path.replace(/^\//, "")];
        if (source === undefined) throw Error(`MathJax has no ${path}`);
        (0, eval)(source);
      },
      failed: fail,
    },
    startup: { typeset: false },
    options: { enableAssistiveMml: true },
    tex: {
      ...settings.tex,
      formatError(jax, error) {
        // Thrown: the formula's source shall be seen, not a message in its place.
        throw error;
      },
    },
    // All rules, whatever has been set: the same ones from build to build.
    chtml: { ...settings.chtml, adaptiveCSS: false },
  };
  (0, eval)(sources["startup.js"]);
  await Promise.race([MathJax.startup.promise, failure]);
  reportUndefined();
  const { adaptor } = MathJax.startup;
  fresh();
  return JSON.stringify({
    version: MathJax.version,
    style: adaptor.textContent(MathJax.startup.output.styleSheet(MathJax.startup.document)),
  });
}

/** Let macros that nobody has defined be reported; MathJax shows their names in red. */
function reportUndefined() {
  const { ConfigurationHandler } = MathJax._.input.tex.Configuration;
  const fallback = ConfigurationHandler.get("noundefined")?.fallback;
  if (!fallback) return;
  const show = fallback.macro;
  fallback.macro = (parser, name) => {
    problems.push(`Undefined control sequence \\${name}`);
    return show(parser, name);
  };
}

/** Forget definitions, labels and what has been required: a reader of TeX as on a new page. */
function fresh() {
  const { startup } = MathJax;
  startup.input = startup.getInputJax();
  startup.output = startup.getOutputJax();
  startup.document = startup.getDocument();
  state = [];
}

/** Read a formula and set it; MathJax may have to load a package on the way. */
async function convert(tex, display) {
  const { document } = MathJax.startup;
  return MathJax._.mathjax.mathjax.handleRetriesFor(() => {
    problems = [];
    return document.convert(tex, { display, format: "TeX" });
  });
}

/** Bring the reader into the state after the stateful formulas `context`. */
async function establish(context) {
  const same = state.length <= context.length && state.every((each, i) => each === context[i]);
  if (!same) fresh();
  for (const each of context.slice(state.length)) {
    state.push(each);
    const [display, tex] = JSON.parse(each);
    try {
      await convert(tex, display);
    } catch {
      // It is reported where it stands itself.
    }
  }
}

/** Take away what is the same for every formula and stands in the style sheet instead. */
function shorten(container) {
  const { adaptor } = MathJax.startup;
  adaptor.removeAttribute(container, "jax");
  adaptor.removeAttribute(container, "style");
  for (const math of adaptor.tags(container, "mjx-math")) {
    if (adaptor.getAttribute(math, "style") === "margin-left: 0; margin-right: 0;") {
      adaptor.removeAttribute(math, "style");
    }
  }
  for (const mathml of adaptor.tags(container, "mjx-assistive-mml")) {
    adaptor.removeAttribute(mathml, "unselectable");
  }
}

/**
 * Let a long formula in a line of text break where TeX would, after relations and operators.
 * MathJax sets a space before these and no other signs.
 */
function breakLong(container) {
  const { adaptor } = MathJax.startup;
  const [math] = adaptor.tags(container, "mjx-math");
  if (adaptor.tags(math, "mjx-c").length < LONG) return;
  adaptor.addClass(math, "long");
  for (const part of adaptor.childNodes(math).slice(1, -1)) {
    if (adaptor.kind(part) !== "mjx-mo" || !adaptor.getAttribute(part, "space")) continue;
    const next = adaptor.next(part);
    const space = adaptor.getAttribute(next, "space");
    // The new line shall not begin with a space.
    if (space) {
      adaptor.removeAttribute(next, "space");
      adaptor.setAttribute(part, "after", space);
    }
    adaptor.insert(adaptor.node("wbr"), next);
  }
}

/**
 * Set formulas.
 *
 * @param {[string[], string, boolean, boolean][]} formulas - Of each: the stateful
 *     formulas before it (JSON of display and TeX), its TeX, whether it is
 *     displayed, whether it is itself one that later formulas depend on.
 * @returns {Promise<string>} JSON: for each its markup and, if any, its problem.
 */
async function typeset(formulas) {
  const done = [];
  for (const [context, tex, display, stateful] of formulas) {
    await establish(context);
    let markup = "";
    try {
      const container = await convert(tex, display);
      shorten(container);
      if (!display) breakLong(container);
      markup = MathJax.startup.adaptor
        .outerHTML(container)
        .replace(/ (?:data-mjx-texclass|xmlns)="[^"]*"/g, "");
    } catch (error) {
      problems = [error.message.split("\n")[0]];
    }
    done.push([markup, [...new Set(problems)].join("; ")]);
    if (stateful) state.push(JSON.stringify([display, tex]));
  }
  return JSON.stringify(done);
}
