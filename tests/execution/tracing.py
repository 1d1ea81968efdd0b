"""Watching at run time which symbols of a library a notebook reaches.

The traced module runs the library in a dictionary that notes each name that is
read, and a profiler notes each of its functions that is called. Which names a
statement reads while the module is imported is kept by statement, because a
constant, a base class or a decorator reaches a notebook only through what was
made of it.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable

from polybook.library.statement import acts, bound_names, statement_name

_TEMPLATE = """\
import ast as _ast, sys as _sys, types as _types, json as _json

_STATEMENTS = _json.loads({statements!r})


class _Names(dict):
    reads = {{}}
    reading = None

    def note(self, name):
        self.reads.setdefault(self.reading, set()).add(name)

    def __getitem__(self, name):
        # No `super()`: TensorFlow translates functions from their text, and this one lacks a class.
        value = dict.__getitem__(self, name)
        self.note(name)
        return value


_names = _Names(__name__=__name__, __builtins__=__builtins__)


class _Traced(_types.ModuleType):
    def __getattribute__(self, name):
        if not name.startswith("__") and name in _names:
            return _names[name]
        return _types.ModuleType.__getattribute__(self, name)

    def __setattr__(self, name, value):
        _names[name] = value
        _types.ModuleType.__setattr__(self, name, value)


def _called(frame, event, argument):
    if event == "call" and frame.f_globals is _names and frame.f_code.co_name != "<module>":
        _names.note(frame.f_code.co_qualname.partition(".")[0])


_module = _Traced(__name__)
_sys.modules[__name__] = _module
_sys.setprofile(_called)
for _bound, _source in _STATEMENTS:
    _names.reading = "/".join(_bound)
    exec(compile(_source, __file__, "exec"), _names)
_names.reading = "the notebook"
for _name, _value in list(_names.items()):
    if not _name.startswith("__"):
        _types.ModuleType.__setattr__(_module, _name, _value)


def _report():
    _sys.setprofile(None)
    return _json.dumps({{reader: sorted(read) for reader, read in _names.reads.items()}})


_types.ModuleType.__setattr__(_module, "_report", _report)
"""


def traced_module(source: str) -> str:
    """Return the text of a module that does what ``source`` does and notes what is reached."""
    statements = []
    for node in ast.parse(source).body:
        names = [statement_name(node)] if acts(node) else []
        statements.append(([*names, *bound_names(node)], ast.unparse(node)))
    return _TEMPLATE.format(statements=json.dumps(statements))


def reached(report: str, names: Iterable[str]) -> frozenset[str]:
    """Return those of ``names`` that a notebook reached.

    Args:
        report: What the traced module's ``_report()`` gave.
        names: The symbols of the library.
    """
    reads: dict[str, set[str]] = {}
    waiting: list[str] = []
    for reader, read in json.loads(report).items():
        if reader == "the notebook":
            waiting += read
        for name in reader.split("/"):
            reads.setdefault(name, set()).update(read)
            if name.startswith("<"):
                waiting.append(name)  # It runs whatever the notebook does.
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += reads.get(name, ())
    return frozenset(found & set(names))
