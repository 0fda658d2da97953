"""Read YAML that a stranger may have written.

PyYAML's own loader keeps the last of two equal keys without a word and lets a few nested
aliases grow into gigabytes. This one refuses duplicate keys, any alias, and files over 1 MB.
"""

import json
from pathlib import Path

import jsonschema
import yaml

MAX_BYTES = 1_000_000


class BadData(ValueError):
    """A data file that can't be used; the text names file, line, reason and what to do."""


class _StrictLoader(yaml.SafeLoader):
    def compose_node(self, parent, index):
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.MarkedYAMLError(None, None, "alias found; write the value out", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(None, None, f"key {key.value!r} stands twice; keep one", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def load(path: Path) -> object:
    """Return the data of the YAML file `path`; raise `BadData` for anything doubtful."""
    if path.stat().st_size > MAX_BYTES:
        raise BadData(f"{path}:1: larger than {MAX_BYTES} bytes; split the file")
    return loads(path.read_text(encoding="utf-8"), path)


def loads(text: str, path: Path) -> object:
    """Return the data of YAML `text`; `path` is only for messages."""
    try:
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadData(f"{path}:{line}: {error.problem}; correct the YAML") from None
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that no calendar has
        raise BadData(f"{path}:1: {error}; correct the YAML") from None


def load_checked(path: Path, schema: Path) -> object:
    """Return the data of `path` after checking it against the JSON schema; raise `BadData` for the first fault."""
    data = load(path)
    validator = jsonschema.Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))
    for error in validator.iter_errors(data):
        raise BadData(f"{path}:1: {error.json_path}: {error.message}; correct the entry")
    return data
