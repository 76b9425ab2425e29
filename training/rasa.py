"""Rasa NLU training data in YAML, format 2.0 and 3.x: sentences in, sentences out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from bot.errors import UtteranceError
from training.extras import missing
from training.formats import Document, decoded
from training.utterances import Utterance

try:
    import yaml
except ImportError as lacking:
    raise missing("rasa", "pyyaml", "a Rasa file") from lacking

VERSION = "3.1"
"""Of the format that is written."""
_MARKUP = re.compile(
    r"\[([^\]]+)\]"
    r"(?:\([^()]+\)"  # [Lyon](city), [Lyon](city:LYS)
    r"|\{[^{}]*\}"  # [Lyon]{"entity": "city", "value": "LYS"}
    r"|\[\s*\{.*?\}\s*\])"  # [Lyon][{"entity": "city"}, {"entity": "place"}]
)
_BRACKET = '[[]{"entity": "bracket"}'
"""Rasa knows no escape for '[': where a text looks like mark-up, its brackets are marked up."""
_KINDS = ("synonym", "lookup", "regex")
"""What else stands in a list of training data; it is of no use to this classifier."""
_SEQUENCE, _MAPPING, _SCALAR = "sequence", "mapping", "scalar"


def read(path: Path) -> Document:
    """Return the sentences of a file, entity mark-up taken out, and what is left out.

    The tree of the YAML is walked as it stands: no object is made from it, 'yes' and
    'no' stay words, and every sentence keeps its line.
    Raises UtteranceError when the file is not Rasa NLU YAML of version 2 or 3.
    """
    try:
        root = yaml.compose(decoded(path), Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        raise UtteranceError(f"{path}{line}: is not YAML ({error.problem})") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise UtteranceError(f"{path}: is not YAML (a character or nesting it forbids)") from error
    reader = _Reader(path)
    reader.document(root)
    marked = [row for row in reader.sentences if _MARKUP.search(row.text)]
    notes = [f"entity mark-up taken out of {len(marked):,} sentences"] if marked else []
    if any("/" in row.intent for row in reader.sentences):
        notes.append("retrieval intents (name/part) become intents of their own")
    plain = tuple(
        Utterance(row.intent, without_markup(row.text), source=row.source)
        for row in reader.sentences
    )
    return Document(plain, tuple(reader.left_out), tuple(notes))


def without_markup(text: str) -> str:
    """Return a sentence with each marked entity as it is said.

    >>> without_markup('a charge in [Lyon](city) on [Monday]{"entity": "day"}')
    'a charge in Lyon on Monday'
    """
    return _MARKUP.sub(lambda found: found[1], text)


@dataclass
class _Reader:
    """Walks the tree, and collects sentences and what is left out."""

    path: Path
    sentences: list[Utterance] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def where(self, node: Any, below: int = 0) -> str:
        return f"{self.path}:{node.start_mark.line + 1 + below}"

    def document(self, root: Any) -> None:
        keys = _pairs(root)
        version = keys["version"].value if "version" in keys else VERSION
        if "nlu" not in keys or str(version)[:2] not in ("2.", "3."):
            raise UtteranceError(
                f"{self.path}: holds no Rasa training data; wanted 'version: \"3.1\"' (or 2.0) "
                "and a list 'nlu:' with an 'intent:' and its 'examples:'"
            )
        for key, _ in root.value:
            if key.value not in ("version", "nlu"):
                self.left_out.append(
                    f"{self.where(key)}: {key.value!r}: no sentences to learn from"
                )
        if keys["nlu"].id != _SEQUENCE:
            raise UtteranceError(f"{self.where(keys['nlu'])}: 'nlu' is no list; wanted one")
        for item in keys["nlu"].value:
            self.item(item)

    def item(self, item: Any) -> None:
        keys = _pairs(item)
        for kind in _KINDS:
            if kind in keys:
                name = keys[kind].value
                self.left_out.append(
                    f"{self.where(item)}: {kind} {name!r}: put such details into the guide's slots"
                )
                return
        intent, examples = keys.get("intent"), keys.get("examples")
        if intent is None or intent.id != _SCALAR or not intent.value.strip():
            self.left_out.append(f"{self.where(item)}: has no name of an intent")
        elif examples is None or examples.id == _MAPPING:
            self.left_out.append(f"{self.where(item)}: {intent.value!r} has no examples")
        else:
            for text, source in self.examples(examples):
                self.sentences.append(Utterance(intent.value, text, source=source))

    def examples(self, node: Any) -> Iterator[tuple[str, str]]:
        """Yield (text, file:line) of a block of '- ' lines, or of a list."""
        if node.id == _SCALAR:
            yield from self.block(node)
            return
        for entry in node.value:
            text = _pairs(entry).get("text") if entry.id == _MAPPING else entry
            if text is None or text.id != _SCALAR or not text.value.strip():
                self.left_out.append(f"{self.where(entry)}: an example without a text")
            else:
                # Within a list a text may again be a block with a '- ' of its own.
                said = text.value.strip()
                block = text.style in ("|", ">") and said.startswith("- ")
                yield (said[1:].strip() if block else said), self.where(text, text.style == "|")

    def block(self, node: Any) -> Iterator[tuple[str, str]]:
        literal = node.style == "|"  # otherwise the lines of the value are not those of the file
        for number, line in enumerate(node.value.split("\n")):
            source = self.where(node, number + 1 if literal else 0)
            text = line.strip()
            if text.startswith("-") and text[1:].strip():
                yield text[1:].strip(), source
            elif text.strip("-"):
                self.left_out.append(f"{source}: an example that does not begin with '- '")


def _pairs(node: Any) -> dict[str, Any]:
    """Return the values of a mapping by their keys; nothing of another node."""
    if node is None or node.id != _MAPPING:
        return {}
    return {key.value: value for key, value in node.value if key.id == _SCALAR}


class _Block(str):
    """A text that is written as a literal block."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):  # type: ignore[misc]
    """Writes `_Block`s; the one in C would quote a block for the sake of an emoji."""


_Dumper.add_representer(
    _Block, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|")
)


def written(pairs: Sequence[tuple[str, str]]) -> str:
    """Return (intent, text) pairs, sorted, as a file that `read` and Rasa read back."""
    items = [
        {"intent": intent, "examples": _Block("".join(f"- {_escaped(text)}\n" for _, text in rows))}
        for intent, rows in groupby(pairs, key=lambda pair: pair[0])
    ]
    document = {"version": VERSION, "nlu": items}
    return str(yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False))


def _escaped(text: str) -> str:
    return text.replace("[", _BRACKET) if _MARKUP.search(text) else text
