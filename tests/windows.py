"""Browser windows that note what goes wrong in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page


@attrs.define
class Reader:
    """A reader's browser window and what went wrong in it."""

    context: BrowserContext
    page: Page
    problems: list[str]

    def open(self, address: str) -> None:
        """Open a page and wait until mathematics and scripts are done."""
        self.page.goto(address, wait_until="networkidle")

    def panels(self) -> list[str]:
        """Return the framework of each visible tab panel."""
        return self.page.eval_on_selector_all(
            ".framework-panel",
            "panels => panels.filter(p => p.getClientRects().length).map(p => p.dataset.framework)",
        )

    def width(self) -> int:
        """Return how wide the page is, in CSS pixels; more than the window is a defect."""
        return self.page.evaluate("document.documentElement.scrollWidth")


def complaint(said: ConsoleMessage) -> str:
    """Return what the console says, with the address of what failed: the text may not name it."""
    return f"console: {said.text} ({said.location['url']})"


def open_window(browser: Browser, width: int, height: int, **options: Any) -> Iterator[Reader]:
    """Open a window of this size, in CSS pixels, and yield it; close it afterwards."""
    context = browser.new_context(viewport={"width": width, "height": height}, **options)
    page = context.new_page()
    problems: list[str] = []
    page.on(
        "console",
        lambda said: problems.append(complaint(said)) if said.type == "error" else None,
    )
    page.on("pageerror", lambda error: problems.append(f"error: {error}"))
    page.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith(("http://127.0.0.1:", "data:", "blob:"))
            else problems.append(f"request to another host: {asked.url}")
        ),
    )
    yield Reader(context, page, problems)
    context.close()
