"""The book's progress board: live for a reader who watches, drawn once when a program runs it."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Callable, Iterator

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager
from resources import REPOSITORY

NAMES = {"d2l", "HyperParameters", "ProgressBoard", "Trainer", "use_svg_display", "is_watched"}
# What the board needs beside the standard library; not the framework.
IMPORTED = {"IPython", "matplotlib", "matplotlib_inline", "numpy"}
# An epoch after which more than half a second seems to have passed.
TRAINING = """
class Falling(Trainer):
    def fit_epoch(self):
        self.board.add(self.epoch + 1, 1 / (self.epoch + 1), 'loss')
        self.board.drawn = -1.0

class Nothing:
    def train_dataloader(self):
        pass
    def val_dataloader(self):
        pass
    def configure_optimizers(self):
        pass
"""


@pytest.fixture(scope="module")
def kernel() -> Iterator[BlockingKernelClient]:
    """Return the client of a kernel that has the board; the rest needs a framework."""
    tree = ast.parse((REPOSITORY / "d2l/torch.py").read_text(encoding="utf-8"))
    kept = [node for node in tree.body if _bound(node) & NAMES or _is_needed(node)]
    manager = KernelManager()
    manager.kernel_spec.argv[0] = sys.executable
    manager.start_kernel()
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        code = ast.unparse(ast.Module(kept, [])) + TRAINING
        assert _messages(client, code, watched=False) == []
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _bound(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.Assign):
        return {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {getattr(node, "name", "")}


def _is_needed(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return False
    module = getattr(node, "module", None) or node.names[0].name
    return module.partition(".")[0] in {*sys.stdlib_module_names, *IMPORTED}


def _messages(client: BlockingKernelClient, code: str, *, watched: bool) -> list[tuple[str, str]]:
    """Run a cell; return its outputs, each as its kind and the place that it names."""
    outputs: list[tuple[str, str]] = []

    def note(message: dict) -> None:
        kind, content = message["msg_type"], message["content"]
        if kind == "error":
            raise AssertionError("\n".join(content["traceback"]))
        if kind in ("display_data", "update_display_data"):
            assert "image/svg+xml" in content["data"], json.dumps(content)
            outputs.append((kind, content["transient"].get("display_id", "")))

    client.execute_interactive(code, allow_stdin=watched, output_hook=note, timeout=60)
    return outputs


@pytest.fixture
def train(kernel: BlockingKernelClient) -> Callable[..., list[tuple[str, str]]]:
    def trained(settings: str, *, watched: bool) -> list[tuple[str, str]]:
        code = f"Falling(max_epochs=3{settings}).fit(Nothing(), Nothing())"
        return _messages(kernel, code, watched=watched)

    return trained


def test_a_program_draws_the_curves_once(train) -> None:
    assert train("", watched=False) == [("display_data", "")]


def test_a_reader_sees_them_grow_in_one_place(train) -> None:
    (first, place), *rest = train("", watched=True)
    assert (first, bool(place)) == ("display_data", True)
    assert rest == [("update_display_data", place)] * 3


def test_a_second_training_draws_in_a_place_of_its_own(train) -> None:
    [(_, first), *_], [(kind, second), *_] = train("", watched=True), train("", watched=True)
    assert kind == "display_data"
    assert first != second


@pytest.mark.parametrize("watched", [False, True])
def test_the_curves_can_be_left_out(train, watched: bool) -> None:
    assert train(", show_progress=False", watched=watched) == []
