"""The preview's pages on this machine: for browsers that run here and for nobody else."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import attrs
from tornado import netutil, web, websocket
from tornado.httpserver import HTTPServer

from polybook.preview.preview import Message, Preview, version
from polybook.source import BookError, Diagnostic

HOST = "127.0.0.1"
OWN = "/.polybook/"
"""Addresses of the preview itself; no book has a page there."""

STATIC = Path(__file__).parent / "static"


def bind(port: int) -> list[socket.socket]:
    """Return sockets that listen on ``port`` of this machine, on any free one for 0.

    Raises:
        BookError: Another program has it.
    """
    try:
        return netutil.bind_sockets(port, HOST)
    except OSError as error:
        message = f"port {port} of {HOST} cannot be used: {error.strerror or error}"
        suggestion = f"end the program that uses it, or type `polybook serve --port {port + 1}`"
        raise BookError(
            Diagnostic("polybook serve", 1, 1, "port-taken", message, suggestion)
        ) from None


@attrs.define(eq=False)
class Windows:
    """The windows that show pages, by their connection."""

    loop: asyncio.AbstractEventLoop
    pages: dict[Socket, str] = attrs.field(factory=dict)

    async def close(self) -> None:
        """Part from all windows; they look again now and then whether the preview is back."""
        for window in list(self.pages):
            window.close(1001)

    def shown(self) -> list[str]:
        """Return the pages that are shown."""
        return list(self.pages.copy().values())

    def tell(self, docname: str | None, message: Message) -> None:
        """Send a message to the windows of a page, or to all; callable in any thread."""
        text = json.dumps(message)

        def send() -> None:
            for window, name in list(self.pages.items()):
                if docname is None or name == docname:
                    window.send(text)

        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(send)


def application(preview: Preview, windows: Windows) -> web.Application:
    """Return what answers the requests of browsers."""
    parts = {"preview": preview}
    return web.Application(
        [
            (f"{OWN}socket", Socket, {**parts, "windows": windows}),
            (rf"{OWN}(live\.js|live\.css)", _Own, {"path": str(STATIC)}),
            (r"/(.*)", _File, {**parts, "path": str(STATIC)}),
        ],
        log_function=lambda handler: None,
    )


def serve(preview: Preview, windows: Windows, sockets: list[socket.socket]) -> HTTPServer:
    """Answer requests from now on, in the running event loop."""
    server = HTTPServer(application(preview, windows))
    server.add_sockets(sockets)
    return server


def is_local(address: str) -> bool:
    """Tell whether a host, with or without a port, is this machine by a name of its own.

    A page of another host could have its name point here and read the book; browsers send the
    name that they know.
    """
    name = urlsplit(f"//{address}").hostname or ""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def refuse_strangers(handler: web.RequestHandler) -> None:
    """Answer nobody but pages of this server.

    Raises:
        HTTPError: The request names another host, or comes from a page of one.
    """
    request = handler.request
    host, origin = request.headers.get("Host", ""), request.headers.get("Origin")
    try:
        local = is_local(host)
    except ValueError:
        local = False
    if not local:
        raise web.HTTPError(403, reason="This server is for this machine alone")
    if origin is not None and origin != f"{request.protocol}://{host}":
        raise web.HTTPError(403, reason="This server answers no other site")


class _Files(web.StaticFileHandler):
    """Files that browsers ask for again each time, for they may have changed."""

    def prepare(self) -> None:
        refuse_strangers(self)

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", "no-cache")
        self.set_header("X-Content-Type-Options", "nosniff")

    def compute_etag(self) -> str | None:
        # Tornado's own remembers the content that a file had first.
        stat = Path(self.absolute_path or "").stat()
        return f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'


class _Own(_Files):
    """The preview's own script and style."""


class _File(_Files):
    """A page of the book, as it is now, or any other file of the site."""

    def initialize(self, preview: Preview, path: str) -> None:  # type: ignore[override]
        super().initialize(path)
        self._preview = preview

    async def get(self, path: str, include_body: bool = True) -> None:
        session = self._preview.session
        if not path or path.endswith("/"):
            path += "index.html"
        docname = session.docname(path)
        if docname is not None:
            page = await asyncio.wrap_future(self._preview.ask(self._preview.page, docname))
            if page is not None:
                self._answer(with_script(page[0], docname, page[1]))
                return
        self._choose(path)
        file = Path(self.root, path)
        if not file.is_file():
            if path == "index.html" and (root := session.root):
                self.redirect(f"/{root}.html")
                return
            self._answer_without(path)
            return
        if path.endswith(".html") and not session.is_open:
            # Until the book is open, the pages are those of the last build.
            html = file.read_text(encoding="utf-8")
            self._answer(with_script(html, path.removesuffix(".html"), version(html)))
            return
        await super().get(path, include_body)

    def _choose(self, path: str) -> None:
        """Look for a file where the preview writes, then where the last build has."""
        built = self._preview.folder / "_build" / "html"
        for folder in filter(None, (self._preview.session.site, built)):
            # Nothing outside of these folders, whatever the address says.
            place = (folder / path).resolve()
            if place.is_relative_to(folder.resolve()) and place.is_file():
                self.root = str(folder)
                return

    def _answer(self, html: str) -> None:
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.write(html)

    def _answer_without(self, path: str) -> None:
        """Answer that there is no such page, with the script: it may come."""
        self.set_status(404)
        if path.endswith(".html"):
            name = path.removesuffix(".html")
            text = f"<h1>There is no page {escape(path)}</h1>"
            page = f"<!DOCTYPE html><html><head><title>Preview</title></head><body>{text}"
            self._answer(with_script(page, name, ""))

    def compute_etag(self) -> str | None:
        return super().compute_etag() if getattr(self, "absolute_path", None) else None


def with_script(html: str, docname: str, number: str) -> str:
    """Return a page with the script that keeps it up to date, before all others."""
    script = (
        f'<script defer src="{OWN}live.js" data-page="{escape(docname)}"'
        f' data-version="{number}"></script>'
        f'<link rel="stylesheet" href="{OWN}live.css">'
    )
    return html.replace("<head>", f"<head>{script}", 1)


class Socket(websocket.WebSocketHandler):
    """A window that shows a page and wants to hear of its changes."""

    def initialize(self, preview: Preview, windows: Windows) -> None:
        self._preview, self._windows = preview, windows

    def prepare(self) -> None:
        refuse_strangers(self)

    def check_origin(self, origin: str) -> bool:
        # Looked at before; browsers always send one.
        return True

    async def open(self, *arguments: Any) -> None:
        docname, number = self.get_argument("page", ""), self.get_argument("version", "")
        self._windows.pages[self] = docname
        for message in await asyncio.wrap_future(
            self._preview.ask(self._greeting, docname, number)
        ):
            self.send(json.dumps(message))

    def _greeting(self, docname: str, number: str) -> list[Message]:
        page = self._preview.page(docname)
        self._preview.session.examine(docname)
        greeting = [self._preview.status(docname)]
        if page is not None and page[1] != number:
            greeting.insert(0, {"kind": "page", "version": page[1]})
        return greeting

    def on_close(self) -> None:
        self._windows.pages.pop(self, None)

    def on_message(self, message: str | bytes) -> None:
        """Hear nothing: windows only listen."""

    def send(self, text: str) -> None:
        """Send a message; a window that has gone is none."""
        if self.ws_connection is not None:
            self.ws_connection.write_message(text)
