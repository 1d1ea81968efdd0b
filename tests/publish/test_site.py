"""Putting a site together: what has not changed is taken over, the rest is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from polybook.publish.site import Site

MANY = [f"pages/{number}.txt" for number in range(120)]


def opened(folder: Path, name: str, last: str) -> Site:
    (folder / name).mkdir(exist_ok=True)
    return Site(folder / name, folder / last, folder / "manifest.json")


def refuse() -> bytes:
    raise AssertionError("made although the last site has it")


@pytest.mark.parametrize("names", [MANY[:3], MANY], ids=["few", "many, in two processes"])
def test_what_the_last_site_has_is_the_same_file(tmp_path: Path, names: list[str]) -> None:
    first = opened(tmp_path, "one", "none")
    for name in names:
        first.put(name, "a", name.encode)
    first.close()
    second = opened(tmp_path, "two", "one")
    for name in names:
        second.put(name, "a", refuse)
    second.put("new.txt", "b", lambda: b"new")
    second.close()
    for name in names:
        assert (tmp_path / "two" / name).samefile(tmp_path / "one" / name)
        assert (tmp_path / "two" / name).read_bytes() == name.encode()


def test_a_file_that_was_edited_by_hand_is_made_again(tmp_path: Path) -> None:
    first = opened(tmp_path, "one", "none")
    first.put("page.html", "a", lambda: b"right")
    first.close()
    (tmp_path / "one/page.html").write_bytes(b"by hand")
    second = opened(tmp_path, "two", "one")
    second.put("page.html", "a", lambda: b"right")
    second.close()
    assert (tmp_path / "two/page.html").read_bytes() == b"right"


def test_in_its_own_folder_only_what_changed_is_written(tmp_path: Path) -> None:
    first = opened(tmp_path, "one", "one")
    first.put("same.html", "a", lambda: b"same")
    first.put("gone.html", "a", lambda: b"gone")
    first.close()
    second = opened(tmp_path, "one", "one")
    second.put("same.html", "a", refuse)
    second.close()
    assert [file.name for file in (tmp_path / "one").iterdir()] == ["same.html"]


def test_a_file_of_others_is_made_when_they_are_there(tmp_path: Path) -> None:
    site = opened(tmp_path, "one", "none")

    def joined() -> bytes:
        return b"".join((site.folder / name).read_bytes() for name in MANY)

    site.put("all.txt", "a", joined, of_others=True)
    for name in MANY:
        site.put(name, "a", name.encode)
    site.close()
    assert (tmp_path / "one/all.txt").read_text() == "".join(MANY)


def test_what_fails_in_another_process_fails_here(tmp_path: Path) -> None:
    def fail() -> bytes:
        raise OSError("no space left")

    site = opened(tmp_path, "one", "none")
    for name in MANY:
        site.put(name, "a", fail if name == MANY[-1] else name.encode)
    with pytest.raises(OSError, match="no space left"):
        site.close()


def test_files_that_are_made_together_are_put_beside_the_others(tmp_path: Path) -> None:
    site = opened(tmp_path, "one", "none")
    site.add(lambda: {"index/a": b"1", "index/b": b"2"})
    for name in MANY:
        site.put(name, "a", name.encode)
    site.close()
    assert (tmp_path / "one/index/b").read_bytes() == b"2"


def test_a_damaged_manifest_means_that_all_is_written(tmp_path: Path) -> None:
    first = opened(tmp_path, "one", "none")
    first.put("page.html", "a", lambda: b"text")
    first.close()
    (tmp_path / "manifest.json").write_text("{")
    second = opened(tmp_path, "two", "one")
    second.put("page.html", "a", lambda: b"text")
    second.close()
    assert not (tmp_path / "two/page.html").samefile(tmp_path / "one/page.html")
