"""Outputs as readers shall see them: without what differs from run to run or machine to machine."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence

from nbformat import NotebookNode

ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
# Where ipykernel says that a cell's code stands: a process number and a hash.
_CELL_FILE = re.compile(r"(?:/[^\s:'\"]*)?/ipykernel_\d+/\d+\.py")
_ADDRESS = re.compile(r"(?<=\bat )0x[0-9a-fA-F]{4,}\b")
# Said once per machine, by whichever notebook is the first to draw, if that takes long.
_FONT_CACHE = re.compile(
    r"^Matplotlib is building the font cache; this may take a moment\.\n?", re.MULTILINE
)
_ID = re.compile(r'(?<=\sid=")[^"]+(?=")')
_WIDGET = "application/vnd.jupyter.widget-view+json"
_PROGRESS_WIDGET = re.compile(r"^(HBox|VBox)\(children=.*Progress\(", re.DOTALL)


def tidied(
    outputs: Iterable[NotebookNode], folders: Sequence[tuple[str, str]]
) -> list[NotebookNode]:
    """Return ``outputs`` as the store keeps them.

    Progress bars show their end alone, neighbouring texts are one, colours of
    a terminal are gone except in tracebacks, and neither folders of this
    machine nor addresses in its memory nor news of its caches remain.

    Args:
        outputs: What a cell has put out, in order; changed in place.
        folders: Pairs of a folder's path and what stands for it.
    """
    kept = [output for output in _joined(outputs) if not _is_progress_widget(output)]
    for output in kept:
        match output.output_type:
            case "stream":
                # What is left of a sequence that was cut in two is no text either.
                text = _settled(ANSI.sub("", output.text)).replace("\x1b", "")
                output.text = neutral(_FONT_CACHE.sub("", text), folders)
            case "error":
                output.evalue = neutral(output.evalue, folders)
                output.traceback = [neutral(line, folders) for line in output.traceback]
            case _:
                for kind, value in output.data.items():
                    if isinstance(value, str) and (
                        kind.startswith("text/") or kind.endswith("xml")
                    ):
                        output.data[kind] = neutral(value, folders)
                    if kind == "image/svg+xml" and isinstance(value, str):
                        output.data[kind] = _with_unique_ids(output.data[kind])
    return [output for output in kept if output.output_type != "stream" or output.text]


def neutral(text: str, folders: Sequence[tuple[str, str]]) -> str:
    """Return ``text`` without paths of this machine and without memory addresses."""
    # First, for the folder that it seems to lie in may be one of those.
    text = _CELL_FILE.sub("cell.py", text)
    for path, name in folders:
        text = text.replace(path, name)
    return _ADDRESS.sub("0x...", text)


def _with_unique_ids(svg: str) -> str:
    """Return a drawing in which each id occurs once, as XML demands.

    Matplotlib names a picture by its content, so two equal ones in a figure share a name.
    """
    found: dict[str, int] = {}

    def unique(match: re.Match[str]) -> str:
        name = match.group()
        found[name] = found.get(name, 0) + 1
        return name if found[name] == 1 else f"{name}-{found[name]}"

    return _ID.sub(unique, svg)


def _joined(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring texts, standard output first.

    How a kernel cuts what it prints into messages is a matter of timing.
    """
    joined: list[NotebookNode] = []
    for is_text, group in itertools.groupby(outputs, lambda o: o.output_type == "stream"):
        if not is_text:
            joined += group
            continue
        texts: dict[str, NotebookNode] = {}
        for output in group:
            if output.name in texts:
                texts[output.name].text += output.text
            else:
                texts[output.name] = output
        joined += sorted(texts.values(), key=lambda output: output.name, reverse=True)
    return joined


def _settled(text: str) -> str:
    """Return what a terminal shows in the end, after carriage returns and backspaces."""
    if "\r" not in text and "\b" not in text:
        return text
    return "\n".join(_settled_line(line) for line in text.replace("\r\n", "\n").split("\n"))


def _settled_line(line: str) -> str:
    shown: list[str] = []
    at = 0
    for character in line:
        if character == "\r":
            at = 0
        elif character == "\b":
            at = max(at - 1, 0)
        else:
            shown[at : at + 1] = [character]
            at += 1
    return "".join(shown).rstrip() if "\r" in line else "".join(shown)


def _is_progress_widget(output: NotebookNode) -> bool:
    if output.output_type not in ("display_data", "execute_result") or _WIDGET not in output.data:
        return False
    return bool(_PROGRESS_WIDGET.match(str(output.data.get("text/plain", ""))))
