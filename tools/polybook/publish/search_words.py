"""The words of the search's interface, by the names under which its script asks for them."""

from __future__ import annotations

from sphinx.locale import _

from polybook.publish.words import pgettext


def search_words() -> dict[str, str]:
    """Return the words in the language of the book. The script fills in what stands in braces."""
    found = {
        "search": _("Search"),
        "search_the_book": _("Search the book"),
        "close": _("Close"),
        "clear": _("Clear"),
        "search_results": _("Search results"),
        "symbols": pgettext("code", "Symbols"),
        "searching": _("Searching…"),
        "no_results": _("Nothing found for “{query}”."),
        "no_results_for": _("Nothing found for “{query}” in {framework}."),
        "one_result": _("1 result"),
        "results": _("{count} results"),
        "results_for": _("{results} in {framework}"),
        "some_words": _("No page has all of these words. Pages with some of them: {results}"),
        "more": _("Show more"),
        "one_more_for": _("1 more result for {framework}"),
        "more_for": _("{count} more results for {framework}"),
        "back_to": _("Back to {framework}"),
        "more_matches": _("{count} more places on this page"),
        "hint": _("Type words, a sentence, or a name from the code."),
        "keys": _("↑ ↓ to choose, Enter to open, Esc to close"),
        "needs_scripts": _("Searching needs JavaScript, which is switched off in this browser."),
        "needs_server": _(
            "Search works where the pages come from a server, not from a folder of files. "
            "Run “python -m http.server” in that folder and open the address that it names."
        ),
        "failed": _("The search index could not be loaded."),
    }
    return {name: str(word) for name, word in found.items()}
