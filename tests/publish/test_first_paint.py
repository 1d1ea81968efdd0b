"""What a reader sees first in Chromium: the header is whole, however slowly a page arrives."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

# Looks at the half page some hundred times, then asks for the rest. Each look is an answer of
# the server, so the test does not wait on the clock.
LOOKS = """
window.shifts = [];
new PerformanceObserver(list => list.getEntries().forEach(shift => window.shifts.push(
  shift.sources.map(each => each.node?.outerHTML?.slice(0, 80))
))).observe({ type: "layout-shift", buffered: true });
const look = async () => {
  const styles = document.styleSheets.length;
  for (let each = 0; each < 300; each++) await fetch("/look");
  await fetch(styles ? "/rest" : "/look");
  if (!styles) await look();
};
look();
"""


class _Slow(SimpleHTTPRequestHandler):
    """Sends pages up to a place in them, and what follows when it is asked for."""

    def __init__(self, *args, until: bytes, rest: threading.Event, **options) -> None:
        self.until, self.rest = until, rest
        super().__init__(*args, **options)

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        if self.path in ("/look", "/rest"):
            if self.path == "/rest":
                self.rest.set()
            self.send_response(204)
            self.end_headers()
        elif self.path.endswith(".html"):
            page = Path(self.translate_path(self.path)).read_bytes()
            half = page.index(self.until)
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page[:half])
            self.rest.wait()
            self.wfile.write(page[half:])
        else:
            super().do_GET()


@pytest.mark.parametrize("until", [b"<option", b'<button type="button" class="icon-button theme-'])
def test_nothing_moves_in_a_header_that_arrives_in_parts(
    gallery: Path, reader, until: bytes
) -> None:
    handler = partial(
        _Slow, directory=str(gallery / "_build/html"), until=until, rest=threading.Event()
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    reader.context.add_init_script(LOOKS)
    reader.open(f"http://127.0.0.1:{server.server_port}/index.html")
    server.shutdown()
    server.server_close()
    assert reader.page.evaluate("window.shifts") == []
