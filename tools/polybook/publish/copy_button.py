"""The words of the button that copies code: sphinx-copybutton has those of few languages."""

from __future__ import annotations

import json
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.locale import _

from polybook.publish.theme import has_theme

SCRIPT = "copy-words.js"
_EXTENSION = "sphinx_copybutton"
# The constants of copybutton.js, which runs just before: it may have put its buttons already.
_CODE = """\
"use strict";

(() => {{
  const words = {words};
  const old = messages[locale];
  messages[document.documentElement.lang] = words;
  locale = document.documentElement.lang;
  iconCopy = iconCopy.replace(old.copy_to_clipboard, () => words.copy_to_clipboard);
  iconCheck = iconCheck.replace(old.copy_success, () => words.copy_success);
  for (const button of document.querySelectorAll(".copybtn")) {{
    button.dataset.tooltip = words.copy;
    const title = button.querySelector("title");
    if (title?.textContent === old.copy_to_clipboard) title.textContent = words.copy_to_clipboard;
  }}
}})();
"""


def setup_copy_button(app: Sphinx) -> None:
    """Serve the words of the button where they are ours."""
    app.connect("builder-inited", _write)


def copy_words() -> dict[str, str]:
    """Return the words, by the names that copybutton.js has for them."""
    found = {
        "copy": _("Copy"),
        "copy_to_clipboard": _("Copy to clipboard"),
        "copy_success": _("Copied!"),
        "copy_failure": _("Failed to copy"),
    }
    return {name: str(word) for name, word in found.items()}


def _write(app: Sphinx) -> None:
    words = copy_words()
    if not has_theme(app) or _EXTENSION not in app.extensions or words["copy"] == "Copy":
        return
    target = Path(app.outdir) / "_static" / SCRIPT
    target.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(words, ensure_ascii=False, indent=4)
    target.write_text(_CODE.format(words=f"{text[:-1]}  }}"), encoding="utf-8")
    # After the button's own script.
    app.add_js_file(SCRIPT, priority=600, loading_method="defer")
