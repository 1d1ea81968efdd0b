"""From saving a chapter to its new text in Chromium: the largest page of a made book of 200 pages.

Prints the median of the edits with the fastest and the slowest, the time that the preview itself
takes of it, and the most memory that its process held:

    PYTHONPATH=tests python -m benchmarks.preview [PAGES]
"""

from __future__ import annotations

import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
from benchmarks.made_book import D2l, store_outputs, write_book
from playwright.sync_api import sync_playwright

EDITS = 20
_WAIT = 60_000

# Resolves with the browser's time, in milliseconds since 1970, at which a text is there.
_SEEN = """text => {
  window.seen = new Promise((resolve) => {
    const look = () => {
      if (!document.querySelector("article").textContent.includes(text)) return false;
      resolve(performance.timeOrigin + performance.now());
      return true;
    };
    const watch = new MutationObserver(() => look() && watch.disconnect());
    watch.observe(document.body, { childList: true, subtree: true, characterData: true });
  });
}"""


def main(pages: int) -> None:
    """Make a book, serve it, edit it, and print what that took."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "book"
        write_book(folder, pages, D2l())
        store_outputs(folder, pages)
        _measure(folder)


def _measure(folder: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "polybook", "--book", folder, "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    said = iter(process.stdout)
    address = next(filter(None, (re.search(r"http://[\d.]+:\d+", line) for line in said)))[0]
    next(line for line in said if "pages open" in line)
    inside: list[float] = []

    def listen() -> None:
        for line in said:
            if found := re.search(r"shown after ([\d.]+) s", line):
                inside.append(float(found[1]))

    threading.Thread(target=listen, daemon=True).start()
    try:
        seconds = _edits(folder, address)
        memory = psutil.Process(process.pid).memory_full_info()
        peak = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()
    print(
        f"from saving to the new text in Chromium: median {statistics.median(seconds):.3f} s "
        f"(fastest {min(seconds):.3f} s, slowest {max(seconds):.3f} s), {len(seconds)} edits"
    )
    print(f"  in the preview: median {statistics.median(inside):.2f} s")
    if peak:
        print(f"  memory: peak {int(peak[1]) / 2**20:.2f} GiB, now {memory.uss / 2**30:.2f} GiB")


def _edits(folder: Path, address: str) -> list[float]:
    file = max(folder.glob("page*.md"), key=lambda each: each.stat().st_size)
    text = file.read_text(encoding="utf-8")
    print(f"{file.name}: {len(text.encode()) / 1000:.1f} kB")
    title, _, rest = text.partition("\n\n")
    seconds = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.goto(f"{address}/{file.stem}.html")
        page.wait_for_selector("html[data-live=open]", timeout=_WAIT)
        for number in range(EDITS + 1):
            sentence = f"Edited for the time number {number}."
            page.evaluate(_SEEN, sentence)
            aside = file.with_name(f".{file.name}.saved")
            aside.write_text(f"{title}\n\n{sentence} {rest}", encoding="utf-8")
            saved = time.time()
            aside.replace(file)
            seen = page.evaluate("window.seen")
            # The first one finds all programs unused.
            if number:
                seconds.append(seen / 1000 - saved)
        browser.close()
    return seconds


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
