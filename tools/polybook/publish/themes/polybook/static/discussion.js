/* Loads a page's discussion when a reader asks for it, and not before: until then no other host
   learns of the visit. */
(function () {
  "use strict";
  const root = document.documentElement;
  const framework = () => root.dataset.framework || "";

  // A thread of its own for each framework: what says so in the settings is filled in here.
  const filled = (value) => value.replaceAll("{framework}", framework());

  const script = (source, attributes) => {
    const element = document.createElement("script");
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, filled(value));
    element.async = true;
    element.src = source;
    return element;
  };

  const load = (thread, section) => {
    const place = document.createElement("div");
    section.replaceChildren(place);
    const attributes = { ...thread.attributes };
    const dark = root.dataset.theme === "dark";
    if (thread.service === "discourse") {
      place.id = "discourse-comments";
      window.DiscourseEmbed = {
        discourseUrl: `${thread.forum}/`,
        discourseEmbedUrl: filled(thread.page),
      };
    } else if (thread.service === "hypothesis") {
      window.hypothesisConfig = () => ({ openSidebar: true, ...thread.settings });
    } else if (thread.service === "giscus") {
      attributes["data-theme"] = attributes["data-theme"] || (dark ? "dark" : "light");
    } else if (thread.service === "utterances") {
      attributes.theme = attributes.theme || (dark ? "github-dark" : "github-light");
    }
    const loading = script(thread.source, attributes);
    loading.addEventListener("error", () => {
      place.setAttribute("role", "status");
      place.textContent = section.dataset.failed;
    });
    place.append(loading);
  };

  for (const section of document.querySelectorAll(".thread[data-thread]")) {
    const thread = JSON.parse(section.dataset.thread);
    let shown = null;
    const show = () => {
      shown = framework();
      load(thread, section);
    };
    section.querySelector("button").addEventListener("click", show);
    document.addEventListener("polybook:framework", () => {
      if (shown !== null && thread.each_framework && shown !== framework()) show();
    });
  }
})();
