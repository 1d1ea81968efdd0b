"""Who may ask the preview, and what it answers."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from preview.conftest import Author, served
from resources import BOOKS, Polybook

from polybook.preview.server import is_local


@pytest.fixture(scope="module")
def author(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Author]:
    """Return an author of the tiny book; tests only read."""
    import shutil

    folder = tmp_path_factory.mktemp("served") / "tiny"
    shutil.copytree(BOOKS / "tiny", folder)
    with served(folder, "--no-execute") as author:
        author.said("pages open")
        yield author


def ask(author: Author, path: str, **headers: str) -> tuple[int, str, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection(author.address.removeprefix("http://"))
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    connection.close()
    return answer.status, text, answer.headers


def test_pages_have_the_script_which_the_website_has_not(author: Author) -> None:
    status, text, _ = ask(author, "/guide/numbers.html")
    assert status == 200
    assert "/.polybook/live.js" in text
    built = author.folder / "_build/html/guide/numbers.html"
    assert "/.polybook/" not in built.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ["/guide/numbers.html", "/.polybook/live.js", "/_static/base.css"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
def test_other_hosts_are_refused(author: Author, path: str, host: str) -> None:
    assert ask(author, path, Host=host)[0] == 403


@pytest.mark.parametrize("path", ["/guide/numbers.html", "/.polybook/socket"])
def test_pages_of_other_sites_are_refused(author: Author, path: str) -> None:
    assert ask(author, path, Origin="http://evil.example")[0] == 403
    assert ask(author, path, Origin="http://127.0.0.1:1")[0] == 403


def test_a_socket_of_another_site_is_refused(author: Author) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    assert ask(author, "/.polybook/socket", Origin="http://evil.example", **upgrade)[0] == 403
    assert ask(author, "/.polybook/socket", Host="evil.example", **upgrade)[0] == 403


def test_files_outside_of_the_site_are_not_there(author: Author) -> None:
    for path in ("/../_config.yml", "/%2e%2e/%2e%2e/_config.yml", "//etc/passwd"):
        status, text, _ = ask(author, path)
        assert status in (403, 404)
        assert "polybook:" not in text


def test_files_are_asked_for_again_each_time(author: Author) -> None:
    status, _, headers = ask(author, "/_static/base.css")
    assert status == 200
    assert headers["Cache-Control"] == "no-cache"
    status, text, _ = ask(author, "/_static/base.css", **{"If-None-Match": headers["Etag"]})
    assert (status, text) == (304, "")


def test_the_root_leads_to_the_first_page(author: Author) -> None:
    assert "A Tiny Book" in ask(author, "/")[1]


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("[::1]:8000", True),
        ("127.0.0.1.nip.example", False),
        ("0.0.0.0", False),
        ("localhost.example", False),
    ],
)
def test_names_of_this_machine(host: str, local: bool) -> None:
    assert is_local(host) == local


def test_a_port_that_is_taken_is_told(tiny_book: Path, polybook: Polybook) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = polybook("serve", "--port", port, "--book", tiny_book)
    assert done.returncode == 1
    assert f"port {port}" in done.stderr and f"--port {port + 1}" in done.stderr
    assert "Traceback" not in done.stderr
