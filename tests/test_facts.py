"""Every fact of the guide is reachable in a conversation, and nothing else is claimed."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import Bot
from bot.guide import Guide
from bot.home import Home
from training.utterances import read_folder

EXPECTED = {
    f"{letter}{number}"
    for letter, first, last in (
        ("P", 0, 10),
        ("C", 0, 6),
        ("M", 0, 5),
        ("A", 0, 7),
        ("W", 1, 7),
        ("S", 1, 3),
        ("T", 1, 10),
        ("D", 1, 6),
        ("H", 1, 13),
        ("Q", 1, 10),
    )
    for number in range(first, last + 1)
}

SAMPLE = 12
"""Every how many-th training utterance is played as a one-off."""

# A whole number with its dashes, so that two half phone numbers are not a right one.
_DIGITS = re.compile(r"\d(?:[\d-]*\d)?")
_ADDRESS = re.compile(r"https?:|www\.|[\w-]+\.(?:com|org|net|gov)\b|\d{3}-\d{4}|\d{5}-\d{4}")


@dataclass(frozen=True, slots=True)
class _Case:
    fact: str
    ask: tuple[str, ...]
    """The turns of one conversation."""
    must: tuple[str, ...]
    """What the last reply holds, in any case."""


def _cases() -> list[_Case]:
    tables = tomllib.loads(Path(__file__).with_name("facts.toml").read_text("utf-8"))
    return [
        _Case(fact, tuple(table["ask"]), tuple(table["must"]))
        for fact, entry in tables.items()
        for table in (entry if isinstance(entry, list) else [entry])
    ]


CASES = _cases()


def _play(bot: Bot, turns: Iterable[str]) -> list[str]:
    session = "a conversation of test_facts"
    try:
        return [bot.reply(turn, session_id=session).text for turn in turns]
    finally:
        bot.forget(session)


def _written(guide: Guide) -> Iterator[str]:
    """Yield all that the guide lets the bot say."""
    yield from (guide.caveat, *guide.phrases.values())
    yield from (say.text for say in guide.says.values())
    yield from (words for item in guide.checklist.values() for words in (item.text, item.short))
    for found in guide.routes.values():
        yield from (found.route.value, found.route.label, found.route.hours)
    for topic in guide.topics.values():
        yield from (topic.title, topic.answer, topic.lead, topic.tip)
        yield from (topic.urgent_lead, topic.urgent_answer, *(faq.answer for faq in topic.faqs))
    for slot in guide.slots.values():
        yield from (slot.ask, slot.again, slot.label, *(choice.label for choice in slot.choices))


def _strings(module: Path) -> str:
    """Return the strings of a module; documentation is no source of a number."""
    nodes = list(ast.walk(ast.parse(module.read_text("utf-8"))))
    documentation = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    constants = [n for n in nodes if isinstance(n, ast.Constant) and id(n) not in documentation]
    return "\n".join(node.value for node in constants if isinstance(node.value, str))


def _sources(root: Path) -> str:
    files = [*(root / "bot" / "guide").glob("*.toml"), root / "bot" / "defaults.toml"]
    modules = sorted((root / "bot").glob("*.py"))
    return "\n".join([*(f.read_text("utf-8") for f in files), *map(_strings, modules)])


def test_every_fact_has_a_question_and_a_place_in_the_guide(bot: Bot) -> None:
    assert len(EXPECTED) == 81
    assert {case.fact for case in CASES} == EXPECTED
    assert set(bot._knowledge.guide.facts) == EXPECTED


@pytest.mark.parametrize("case", CASES, ids=[f"{case.fact}: {case.ask[0]}" for case in CASES])
def test_a_fact_is_told_to_those_who_ask_for_it(bot: Bot, case: _Case) -> None:
    reply = _play(bot, case.ask)[-1]
    assert case.must
    assert [value for value in case.must if value.lower() not in reply.lower()] == [], reply


def test_every_number_address_and_site_is_written_in_one_place_only(bot: Bot, root: Path) -> None:
    sources = _sources(root)
    values = {found.route.value for found in bot._knowledge.guide.routes.values()}
    assert {value: sources.count(value) for value in values} == dict.fromkeys(values, 1)
    in_routes = sorted(_ADDRESS.findall("\n".join(values)))
    assert sorted(_ADDRESS.findall(sources)) == in_routes


def test_no_reply_holds_a_number_that_nobody_wrote(bot: Bot, shipped: Home) -> None:
    known = set(_DIGITS.findall("\n".join(_written(bot._knowledge.guide))))
    told = [(" ".join(case.ask), "\n".join(_play(bot, case.ask))) for case in CASES]
    for utterance in read_folder(shipped.utterances)[::SAMPLE]:
        told.append((utterance.text, bot.reply(utterance.text).text))
    for said, replies in told:
        assert set(_DIGITS.findall(replies)) <= known | set(_DIGITS.findall(said)), said
