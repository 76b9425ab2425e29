"""The engine names nothing of the shipped guide: whoever brings their own guide edits data only.

Looked at are all identifiers and all string constants of `bot/` and `training/`, also the
parts of f-strings; and, for words of the shipped guide's field (cards, customers, charges), all
that reads like a sentence, in Python and in what the program says by default. Not looked at:
comments; docstrings and `EXAMPLES` or `epilog` texts, which show a person the shipped bot; the
two hundred words that only tell one stemmer from another; `redaction.py` and `secret_spans.py`,
which know card numbers; and the words that the engine shares with every guide: the control
intents, the channels and the types of slot.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import guide_reader
from bot.guide import Guide
from bot.guide_check import DEFAULTS
from bot.home import Home

BRANDS = ("american express", "americanexpress", "amex", "el paso")
"""Names of the guide, also as part of another word."""
BRAND_WORDS = {"express", "cardmember"}
"""The same where only a whole word counts."""
EXEMPT = {"redaction.py", "secret_spans.py"}
SHOWN = {"EXAMPLES", "_FINGERPRINT_WORDS"}
COMMON = {"us", "here"}
"""Slot values that are also plain English words: counted only where they are a whole string."""

FIELD = re.compile(
    r"\b(cards?(?! numbers?)|customers?|representatives?|accounts?|charges?|payments?|statements?|"
    r"banks?|banking|credit|refunds?|disputes?|merchants?|rewards?|stolen|spain|unofficial)\b",
    re.IGNORECASE,
)
"""What a sentence of the engine never speaks of; that a card number is masked it may say."""
SENTENCE = 3
"""Words from which on a text is one that a person reads; but for lists that are split."""


@pytest.fixture(scope="module")
def guide() -> Guide:
    return guide_reader.read(Home.shipped().guide)


def sources(root: Path) -> list[Path]:
    found = [path for part in ("bot", "training") for path in sorted((root / part).rglob("*.py"))]
    return [path for path in found if path.name not in EXEMPT]


def written(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of every identifier and string constant that counts."""
    skipped = set(shown_to_people(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
            if id(node) not in skipped:
                text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
                yield node.lineno, text
        else:
            for name in ("id", "attr", "arg", "name", "asname", "module"):
                if isinstance(value := getattr(node, name, None), str):
                    yield getattr(node, "lineno", 0), value


def shown_to_people(tree: ast.Module) -> Iterator[int]:
    """Yield the ids of docstrings, and of what is given as EXAMPLES or an epilog."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)  # of a lambda it is no list
        for statement in body if isinstance(body, list) else ():
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                yield id(statement.value)
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id in SHOWN for target in node.targets
        ):
            yield from map(id, ast.walk(node.value))
        if isinstance(node, ast.keyword) and node.arg == "epilog":
            yield from map(id, ast.walk(node.value))


def sentences(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of every string constant that a person may read."""
    skipped = set(shown_to_people(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "split":
            skipped.update(map(id, ast.walk(node.value)))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in skipped:
            continue
        if isinstance(node.value, str) and len(node.value.split()) >= SENTENCE:
            yield node.lineno, node.value


def mentions(text: str, guide: Guide) -> Iterator[str]:
    """Yield what a text holds of the guide's content."""
    words = set(re.findall(r"\w+", text.casefold()))
    shared = {*guide_reader.CHANNELS, *guide_reader.SLOT_TYPES}
    yield from sorted(words & {*guide.topics} - {*guide.says})
    values = {choice.value for slot in guide.slots.values() for choice in slot.choices} - shared
    yield from sorted((words & (values - COMMON)) | ({text.casefold()} & values & COMMON))
    for route in guide.routes.values():
        if len(route.route.value) > 3 and route.route.value.casefold() in text.casefold():
            yield route.route.value
        digits = re.sub(r"\D", "", route.route.value)
        if route.route.channel == "phone" and digits in re.sub(r"\D", "", text):
            yield route.route.value
    yield from (brand for brand in BRANDS if brand in text.casefold())
    yield from sorted(words & BRAND_WORDS)


def test_no_python_file_names_anything_of_the_shipped_guide(root: Path, guide: Guide) -> None:
    found = [
        f"{path.relative_to(root)}:{line}: {name!r} in {text[:60]!r}"
        for path in sources(root)
        for line, text in written(ast.parse(path.read_text(encoding="utf-8")))
        for name in mentions(text, guide)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        'x = "make_payment"',
        "make_payment = 1",
        "def f(make_payment): ...",
        "import make_payment",
        'f"{x} corporate {y}"',
        'call("1-800-528-2122")',
        'x = b"18005282122"',
        'x = "see AMERICANEXPRESS.com"',
        'x = {"us": 1}',
        'x = ["american", "express"]',
    ],
)
def test_a_name_of_the_guide_is_found_wherever_code_holds_it(line: str, guide: Guide) -> None:
    assert any(list(mentions(text, guide)) for _, text in written(ast.parse(line)))


@pytest.mark.parametrize(
    "line",
    [
        'def f():\n    """Say make_payment."""',
        '"""Amex."""',
        'EXAMPLES = "bot-train teach make_payment"',
        'add(epilog="make_payment\\n" "x")',
        "# make_payment",
        'x = "phone", "greet", "tell us", "out_of_scope"',
    ],
)
def test_what_is_shown_to_people_or_shared_with_every_guide_is_left_alone(
    line: str, guide: Guide
) -> None:
    assert not any(list(mentions(text, guide)) for _, text in written(ast.parse(line)))


def test_no_sentence_in_python_is_about_cards_or_customer_service(root: Path) -> None:
    found = [
        f"{path.relative_to(root)}:{line}: {match[0]!r} in {text[:60]!r}"
        for path in sources(root)
        for line, text in sentences(ast.parse(path.read_text(encoding="utf-8")))
        if (match := FIELD.search(text))
    ]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        'WELCOME = """Hello!\nI tell you how to reach customer service."""',
        'show("Write, for example:\\n  i lost my card\\n")',
        'show(f"{x} there is a charge i did not make {y}")',
        'f("which number do i call from spain")',
    ],
)
def test_a_sentence_about_the_field_of_the_shipped_guide_is_found(line: str) -> None:
    assert [text for _, text in sentences(ast.parse(line)) if FIELD.search(text)]


@pytest.mark.parametrize(
    "line",
    [
        'x = "my the card gone".split()',
        'x = {"card", "cards"}',
        'x = "holds a card number or code"',
    ],
)
def test_words_that_are_listened_for_are_left_alone(line: str) -> None:
    assert not [text for _, text in sentences(ast.parse(line)) if FIELD.search(text)]


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def test_what_the_program_says_by_default_fits_any_field(guide: Guide) -> None:
    defaults = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))
    said = [text for key in ("say", "phrase", "sheet") for text in texts(defaults[key])]
    assert len(said) > 50
    assert [text for text in said if FIELD.search(text) or list(mentions(text, guide))] == []
    heard = "\n".join(texts(defaults["words"])).casefold()
    assert [brand for brand in BRANDS if brand in heard] == []
