"""Sphinx's builder of websites, which writes the pages that look different and no others.

A page is written into a folder beside the doctrees, with a mark where the site's table of contents
belongs, and is kept there under its key (:mod:`polybook.publish.page_key`). The site is put
together from these pages, so that a changed title changes every sidebar and renders nothing again.
Pages are resolved and written in as many processes as Sphinx may use.
"""

from __future__ import annotations

import gc
import json
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util import logging
from sphinx.util.parallel import ParallelTasks, parallel_available

from polybook.memory import program_state
from polybook.publish.contents import Contents, read_contents
from polybook.publish.highlighting import Highlighter
from polybook.publish.page_key import PageKeys, digest
from polybook.publish.site import Site

LOGGER = logging.getLogger(__name__)
CONTENTS_MARK = "<!-- polybook: contents -->"
LAST_SITE = "polybook_last_site"
SITE_READY = "polybook-site"
"""Event with the :class:`Site` when all pages are in it: parts of the extension add their files."""
# Styles and scripts with their checksums, as pages name them.
_ASSET = re.compile(r"(_static/[^\s\"?]+)\?v=([0-9a-f]{8})")
# Fewer pages than these are written sooner by one process.
_WORTH_SHARING = 6


def setup_builder(app: Sphinx) -> None:
    """Let this builder stand for Sphinx's own, also in a plain ``jupyter-book build``."""
    app.add_builder(BookBuilder, override=True)
    app.add_event(SITE_READY)
    # Where the site lies that the new one will replace, if not in its place.
    app.add_config_value(LAST_SITE, None, "")


class BookBuilder(StandaloneHTMLBuilder):
    """Writes the website of a book."""

    # Readers search with Pagefind.
    search = False
    copysource = False

    def init(self) -> None:
        """Prepare."""
        super().init()
        self._pages = Path(self.app.doctreedir) / "pages"

    def init_highlighter(self) -> None:
        """Choose the styles of code."""
        super().init_highlighter()
        chosen, self.highlighter = self.highlighter, Highlighter("html")
        self.highlighter.formatter_args = chosen.formatter_args

    def get_outdated_docs(self) -> list[str]:
        """Return all pages: which of them are written is decided when all have been read."""
        return sorted(self.env.found_docs)

    def write(
        self,
        build_docnames: Iterable[str] | None,
        updated_docnames: Iterable[str],
        method: str = "update",
    ) -> None:
        """Write the pages that look different from what was written last."""
        every = sorted(self.env.found_docs)
        self.prepare_pages()
        keys = self.page_keys(self.common())
        self._keys = {docname: keys.key(docname) for docname in every}
        stale = [name for name in every if self._note(name).get("key") != self._keys[name]]
        self._write_pages(stale)

    def prepare_pages(self) -> None:
        """Make ready what pages need when they are written, and copy what they load."""
        self.events.emit("write-started", self)
        self.prepare_writing(set(self.env.found_docs))
        self.copy_assets()

    def page_keys(self, common: str) -> PageKeys:
        """Return the keys of the pages as they have been read; ``common`` is what all share."""
        return PageKeys(self.app, self.relations, common)

    def common(self) -> str:
        """Return a digest of what all pages share: settings, templates and programs."""
        # Of styles and scripts the names; what they hold is told when the site is put together.
        assets = [str(each.filename) for each in chain(self._css_files, self._js_files)]
        templates = self.templates.newest_template_mtime()
        return digest(str(self.build_info.config_hash), assets, templates, program_state())

    def _note(self, docname: str) -> dict[str, Any]:
        """Return what was noted of a page when it was written."""
        try:
            found = json.loads((self._pages / f"{docname}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write_pages(self, docnames: Sequence[str]) -> None:
        if not docnames:
            return
        shared = self.parallel_ok and parallel_available and len(docnames) >= _WORTH_SHARING
        if not shared:
            self._write_batch(docnames)
            return
        # One page first: what every page needs is then ready for all processes.
        self._write_batch(docnames[:1])
        gc.collect()
        gc.freeze()
        workers = self.app.parallel
        tasks = ParallelTasks(workers)
        for at in range(2 * workers):
            if batch := docnames[1 + at :: 2 * workers]:
                tasks.add_task(self._write_batch, batch)
        tasks.join()
        gc.unfreeze()

    def _write_batch(self, docnames: Sequence[str]) -> None:
        with logging.pending_warnings():
            for docname in docnames:
                self.write_page(docname, self._keys[docname])

    def write_page(self, docname: str, key: str) -> None:
        """Write a page, complete but for the contents of the site, and note its key."""
        note = self._pages / f"{docname}.json"
        # No note, no page: a process that is killed here leaves nothing that looks finished.
        note.unlink(missing_ok=True)
        self.images = {}
        doctree = self.env.get_and_resolve_doctree(docname, self)
        self.write_doc_serialized(docname, doctree)
        self.write_doc(docname, doctree)
        text = self.kept_page(docname).read_text(encoding="utf-8")
        found = {
            "key": key,
            "images": self.images,
            "assets": dict(_ASSET.findall(text)),
        }
        note.write_text(json.dumps(found, sort_keys=True), encoding="utf-8")

    def get_outfilename(self, pagename: str) -> Any:
        """Return where a page is written: those of the book beside the doctrees."""
        if pagename in self.env.all_docs:
            return self.kept_page(pagename)
        return super().get_outfilename(pagename)

    def get_output_path(self, page_name: str, /) -> Path:
        """Return the same, for Sphinx 8."""
        if page_name in self.env.all_docs:
            return self.kept_page(page_name)
        return Path(super().get_output_path(page_name))

    def kept_page(self, docname: str) -> Path:
        """Return where a page is kept, complete but for the contents of the site."""
        return self._pages / f"{docname}{self.out_suffix}"

    def update_page_context(
        self, pagename: str, templatename: str, ctx: dict[str, Any], event_arg: Any
    ) -> None:
        """Leave a mark where the contents of the site belong."""
        super().update_page_context(pagename, templatename, ctx, event_arg)
        ctx["site_contents"] = CONTENTS_MARK

    def finish(self) -> None:
        """Put the site together."""
        notes = {docname: self._note(docname) for docname in sorted(self.env.found_docs)}
        self.images = {src: dest for note in notes.values() for src, dest in note["images"].items()}
        super().finish()
        self.finish_tasks.join()
        contents = self.contents()
        checksums: dict[str, str] = {}
        last = Path(self.config[LAST_SITE] or self.outdir)
        site = Site(Path(self.outdir), last, Path(self.app.doctreedir) / "site.json")
        for docname, note in notes.items():
            self._put_page(site, contents, checksums, docname, note)
        self._complete_other_pages(contents)
        self.events.emit(SITE_READY, site)
        site.close()

    def contents(self) -> Contents:
        """Return the contents of the site, which stand beside every page."""
        parts = read_contents(self.env, lambda title: self.render_partial(title)["title"])
        return Contents(parts, lambda docname: f"{docname}{self.out_suffix}")

    def _put_page(
        self,
        site: Site,
        contents: Contents,
        checksums: dict[str, str],
        docname: str,
        note: Mapping[str, Any],
    ) -> None:
        beside = contents.html(docname)
        assets = sorted((name, self._checksum(name, checksums)) for name in note["assets"])
        site.put(
            f"{docname}{self.out_suffix}",
            digest(note["key"], beside, assets),
            lambda: self.complete(docname, contents, checksums).encode(),
        )

    def complete(self, docname: str, contents: Contents, checksums: dict[str, str]) -> str:
        """Return a page that has been written, with what it shows of the rest of the site.

        Args:
            docname: The page.
            contents: The contents that stand beside it.
            checksums: What browsers tell new styles and scripts by, as far as it is known; the
                rest is added.
        """
        text = self.kept_page(docname).read_text(encoding="utf-8")
        text = text.replace(CONTENTS_MARK, contents.html(docname))
        return _ASSET.sub(lambda found: f"{found[1]}?v={self._checksum(found[1], checksums)}", text)

    def _checksum(self, name: str, known: dict[str, str]) -> str:
        """Return what tells browsers that a file has changed, as Sphinx computes it."""
        if name not in known:
            data = (Path(self.outdir) / name).read_bytes().translate(None, b"\r")
            known[name] = f"{zlib.crc32(data):08x}"
        return known[name]

    def _complete_other_pages(self, contents: Contents) -> None:
        """Complete the pages that are none of the book, such as its index."""
        for file in sorted(Path(self.outdir).glob(f"*{self.out_suffix}")):
            text = file.read_text(encoding="utf-8")
            if CONTENTS_MARK in text:
                beside = contents.html(file.name.removesuffix(self.out_suffix))
                file.write_text(text.replace(CONTENTS_MARK, beside), encoding="utf-8")
