"""YAML files whose values know their lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from polybook.book.text_file import TextFile
from polybook.source import BookError
from polybook.source.suggestion import did_you_mean


class YamlFile(TextFile):
    """A YAML file of the book.

    Attributes:
        data: Its content as plain Python values.

    Raises:
        BookError: The file is missing or is no YAML.
    """

    def __init__(self, folder: Path, name: str, missing: str) -> None:
        super().__init__(folder, name, missing)
        try:
            self._node, self.data = _read(self.text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            raise self.error(
                "invalid-yaml",
                f"this is no YAML: {getattr(error, 'problem', None) or error}",
                line=mark.line + 1 if mark else 1,
            ) from None
        except (ValueError, RecursionError) as error:
            # Such as a date with a 13th month: well-formed, yet no value.
            raise self.error("invalid-yaml", f"this cannot be read: {error}") from None

    def mapping(self, *keys: str) -> dict[str, Any]:
        """Return the mapping under ``keys``, empty when it is left out.

        Raises:
            BookError: Something else stands there.
        """
        value: Any = self.data
        for depth, key in enumerate(keys):
            value = value.get(key)
            if value is None:
                return {}
            if not isinstance(value, dict):
                reached = keys[: depth + 1]
                message = f"'{':'.join(reached)}' must be a mapping of keys to values"
                raise self.wrong(message, "", *reached)
        return value

    def only(self, given: Mapping[str, Any], known: Sequence[str], *keys: str) -> None:
        """Do nothing if ``given``, which stands under ``keys``, has ``known`` settings only.

        Raises:
            BookError: It has another one.
        """
        for key in given:
            if key not in known:
                raise self.error(
                    "unknown-setting",
                    f"unknown setting '{key}' under '{':'.join(keys)}'",
                    did_you_mean(str(key), known),
                    self.line(*keys, str(key)),
                )

    def wrong(self, message: str, suggestion: str, *keys: str) -> BookError:
        """Return the error of a value that cannot be used; ``keys`` lead to it."""
        return self.error("invalid-config", message, suggestion, self.line(*keys))

    def line(self, *keys: str) -> int:
        """Return the line of the value reached by ``keys``, or of the last key that exists."""
        node, line = self._node, 1
        for key in keys:
            if not isinstance(node, yaml.MappingNode):
                break
            for key_node, value in node.value:
                if key_node.value == key:
                    node, line = value, key_node.start_mark.line + 1
                    break
            else:
                break
        return line

    def line_of_scalar(self, value: str) -> int:
        """Return the line of the first scalar equal to ``value``; 1 if there is none."""
        waiting = [self._node]
        while waiting:
            node = waiting.pop(0)
            if isinstance(node, yaml.ScalarNode) and node.value == value:
                return node.start_mark.line + 1
            if isinstance(node, yaml.SequenceNode):
                waiting[:0] = node.value
            elif isinstance(node, yaml.MappingNode):
                waiting[:0] = [part for pair in node.value for part in pair]
        return 1


def _read(text: str) -> tuple[yaml.Node | None, Any]:
    """Return the nodes of ``text`` and its value."""
    fast = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _loaded(fast(text))
    except yaml.YAMLError:
        # Once more by the other parser, whose words for what is wrong are clearer.
        return _loaded(yaml.SafeLoader(text))


def _loaded(loader: yaml.SafeLoader) -> tuple[yaml.Node | None, Any]:
    try:
        node = loader.get_single_node()
        return node, None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


class _Dumper(yaml.SafeDumper):
    pass


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _represent_text)


def yaml_text(data: Any) -> str:
    """Return ``data`` as YAML that people can edit: in its order, with long lines whole."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
