"""Links to other sites lead where their authors say."""

from __future__ import annotations

from bs4 import BeautifulSoup
from resources import Polybook

ADDRESS = "https://www.example.org/?a=1&b=2&copy=3"


def test_an_address_with_several_parameters_is_written_once(polybook: Polybook, write_book) -> None:
    book = write_book({"index.md": f"# Book\n\n[One]({ADDRESS}) and <{ADDRESS}>.\n"})
    done = polybook("build", "html", "--no-execute", "--book", book)
    assert done.returncode == 0, done.stderr
    page = BeautifulSoup((book / "_build/html/index.html").read_text("utf-8"), "html.parser")
    links = page.select("article a[href^='https://www.example.org']")
    assert [link["href"] for link in links] == [ADDRESS, ADDRESS]
