"""The downloader that the book teaches, against a server on this machine."""

from __future__ import annotations

import ast
import hashlib
import io
import tarfile
import threading
import types
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import attrs
import pytest
from resources import REPOSITORY

NAMES = {"sha256_of", "fetch", "download", "extract"}
CONTENT = bytes(range(256)) * 4096
CHECKSUM = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(scope="module")
def d2l() -> types.ModuleType:
    """The downloader alone: the rest of the library needs a framework."""
    tree = ast.parse((REPOSITORY / "d2l/torch.py").read_text(encoding="utf-8"))
    own = [node for node in tree.body if getattr(node, "name", "") in NAMES]
    assert len(own) == len(NAMES)
    used = {node.id for each in own for node in ast.walk(each) if isinstance(node, ast.Name)}
    imports = [
        node
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        and {alias.asname or alias.name for alias in node.names} & used
    ]
    module = types.ModuleType("d2l")
    module.d2l = module
    exec(compile(ast.Module([*imports, *own], []), "d2l/torch.py", "exec"), vars(module))
    return module


@attrs.define
class Server:
    """A server of one file.

    Attributes:
        address: Where the file is.
        ranges: Whether it sends parts of it.
        cut: After how many bytes it closes the connection.
        asked: The header ``Range`` of each request; empty for the whole file.
        sent: How many bytes it has sent.
    """

    address: str = ""
    ranges: bool = True
    cut: int | None = None
    asked: list[str] = attrs.field(factory=list)
    sent: int = 0


@pytest.fixture
def server() -> Iterator[Server]:
    told = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/none":
                self.send_error(404)
                return
            asked = self.headers.get("Range", "")
            told.asked.append(asked)
            start = int(asked.removeprefix("bytes=").rstrip("-") or 0) if told.ranges else 0
            if start >= len(CONTENT):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(CONTENT) - start))
            self.end_headers()
            part = CONTENT[start : told.cut]
            told.sent += len(part)
            self.wfile.write(part)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        told.address = f"http://127.0.0.1:{http.server_port}/some%20data.bin?version=2"
        yield told
        http.shutdown()


def test_a_file_is_fetched_once(d2l, server: Server, tmp_path: Path) -> None:
    path = d2l.download(server.address, CHECKSUM, tmp_path / "new/data")
    assert path == tmp_path / "new/data/some data.bin"
    assert path.read_bytes() == CONTENT
    assert d2l.download(server.address, CHECKSUM, tmp_path / "new/data") == path
    assert server.asked == [""]
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_has_changed_here_is_fetched_anew(d2l, server: Server, tmp_path: Path) -> None:
    path = d2l.download(server.address, CHECKSUM, tmp_path)
    path.write_bytes(b"changed")
    assert d2l.download(server.address, CHECKSUM, tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize("ranges", [True, False], ids=["parts", "whole"])
def test_a_broken_download_goes_on_where_the_server_can(
    d2l, server: Server, tmp_path: Path, ranges: bool
) -> None:
    server.ranges, server.cut = ranges, 300_000
    with pytest.raises(ConnectionError, match="broke off; call again to go on"):
        d2l.download(server.address, CHECKSUM, tmp_path)
    (left,) = tmp_path.iterdir()
    assert (left.name, left.stat().st_size) == ("some data.bin.part", 300_000)
    server.cut, server.sent = None, 0
    assert d2l.download(server.address, CHECKSUM, tmp_path).read_bytes() == CONTENT
    assert server.asked[-1] == "bytes=300000-"
    assert server.sent == len(CONTENT) - (300_000 if ranges else 0)


def test_what_has_all_arrived_before_is_fetched_again(d2l, server: Server, tmp_path: Path) -> None:
    (tmp_path / "some data.bin.part").write_bytes(CONTENT + b"more")
    assert d2l.download(server.address, CHECKSUM, tmp_path).read_bytes() == CONTENT
    assert server.asked == [f"bytes={len(CONTENT) + 4}-", ""]


def test_another_file_than_the_one_that_was_published_is_refused(
    d2l, server: Server, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=f"some data.bin has the checksum {CHECKSUM}, not 000"):
        d2l.download(server.address, "0" * 64, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_is_an_error(d2l, server: Server, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="404"):
        d2l.download(f"{server.address.partition('/some')[0]}/none", CHECKSUM, tmp_path)
    assert not (tmp_path / "none").exists()


def zipped(path: Path, names: list[str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, f"content of {name}")
    return path


def tarred(path: Path, names: list[str]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.size = len(data := f"content of {name}".encode())
            archive.addfile(entry, io.BytesIO(data))
    return path


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_archives_are_unpacked(d2l, tmp_path: Path, pack) -> None:
    file = pack(tmp_path / "archive", ["a.csv", "in/b.csv"])
    assert d2l.extract(file, tmp_path / "out") == tmp_path / "out"
    assert (tmp_path / "out/in/b.csv").read_text() == "content of in/b.csv"


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("name", ["../stray", "in/../../stray"])
def test_what_would_leave_the_folder_is_refused(d2l, tmp_path: Path, pack, name: str) -> None:
    file = pack(tmp_path / "archive", ["a.csv", name])
    with pytest.raises((ValueError, tarfile.OutsideDestinationError)):
        d2l.extract(file, tmp_path / "out")
    assert not (tmp_path / "stray").exists()
