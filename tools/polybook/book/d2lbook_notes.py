"""What a d2lbook project's ``config.ini`` says that a book's configuration does not."""

from __future__ import annotations

import ast
from collections.abc import Collection
from typing import Any

from polybook.book.ini_file import IniFile

_LIBRARY = ("lib_file", "lib_name", "simple_alias", "fluent_alias", "reverse_alias", "alias")
# What the import reads.
_CARRIED = {
    "project": ("title", "author", "copyright", "release", "lang"),
    "build": ("index", "notebooks", "exclusions", "non-notebooks", "tabs", "sphinx_configs"),
    "html": ("favicon", "html_logo"),
    "pdf": ("bibfile",),
}
# Saying what holds anyway needs no note.
_HOLDS_ANYWAY = {
    ("build", "eval_notebook"): "true",
    ("build", "source_dir"): ".",
    ("build", "output_dir"): "_build",
    ("build", "warning_is_error"): "false",
}
# Settings in Python text, among those for Sphinx, that mean the same here.
_SPHINX_SETTINGS = ("numfig_format", "math_eqref_format")


def left_behind(file: IniFile, libraries: Collection[str]) -> list[str]:
    """Return one line for each section of ``file`` with keys that are not carried over.

    Args:
        file: The project's ``config.ini``.
        libraries: The ``[library-TAB]`` sections that belong to a framework.
    """
    notes = []
    for section in file.sections:
        carried = _LIBRARY if section in libraries else _CARRIED.get(section, ())
        keys = [
            key
            for key in file.keys(section)
            if key not in carried
            and file.get(section, key).lower() != _HOLDS_ANYWAY.get((section, key))
        ]
        if section == "build":
            keys += [f"sphinx_configs: {name}" for name in _statements(file)[1]]
        if keys:
            where = f"{file.name}:{file.line(section, keys[0])}"
            notes.append(f"{where}: [{section}] not carried over: {', '.join(keys)}")
    return notes


def sphinx_settings(file: IniFile) -> dict[str, Any]:
    """Return the settings in ``[build] sphinx_configs`` that a book can keep."""
    return _statements(file)[0]


def _statements(file: IniFile) -> tuple[dict[str, Any], list[str]]:
    """Return what is kept of ``sphinx_configs``, and names for what is not."""
    text = file.get("build", "sphinx_configs")
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError):
        return {}, ["(no Python)"]
    kept: dict[str, Any] = {}
    dropped = []
    for statement in statements:
        name = ""
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name = statement.targets[0].id
        try:
            if name not in _SPHINX_SETTINGS:
                raise ValueError
            kept[name] = ast.literal_eval(statement.value)  # type: ignore[attr-defined]
        except ValueError:
            dropped.append(name or ast.unparse(statement).split("\n")[0])
    return kept, dropped
