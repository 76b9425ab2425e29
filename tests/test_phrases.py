"""Phrases are written out from their short form, and found wherever they stand."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import guide_reader
from bot.errors import GuideError
from bot.home import Home
from bot.phrases import Hit, Phrases, written_out


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [
        ("work card", ["work card"]),
        ("(work|office) card", ["work card", "office card"]),
        ("[my] card", ["card", "my card"]),
        ("[my|the] (a|b)", ["a", "b", "my a", "my b", "the a", "the b"]),
        ("(a|b)", ["a", "b"]),
        ("open (bracket", ["open (bracket"]),
    ],
)
def test_a_pattern_stands_for_each_of_its_phrases(pattern: str, wanted: list[str]) -> None:
    assert list(written_out(pattern)) == wanted


@pytest.mark.parametrize(
    "phrase", ["(work|office card", "work] card", "((a|b)|c) card", "work|office"]
)
def test_a_bracket_without_its_other_half_is_named_with_its_place(
    phrase: str, tmp_path: Path
) -> None:
    guide = tmp_path / "guide"
    shutil.copytree(Home.shipped().guide, guide)
    slots = (guide / "slots.toml").read_text(encoding="utf-8")
    broken = slots.replace('alone = ["', f'alone = ["{phrase}", "', 1)
    (guide / "slots.toml").write_text(broken, encoding="utf-8")
    with pytest.raises(GuideError, match=r"slots\.toml: slot\.card_kind\.choice\.alone: is "):
        guide_reader.read(guide)


def _phrases(*rows: tuple[str, str, str]) -> Phrases:
    phrases = Phrases()
    for phrase, group, value in rows:
        phrases.add(phrase.split(), group, value)
    return phrases


def test_of_two_phrases_from_the_same_word_on_the_longer_one_counts() -> None:
    phrases = _phrases(("my card", "g", "short"), ("my card is", "g", "long"))
    assert phrases.find("so my card is lost".split()) == {"g": [Hit("long", 1, 3)]}


def test_phrases_of_two_groups_may_overlap() -> None:
    phrases = _phrases(("my own card", "g", "a"), ("card from", "h", "b"))
    found = phrases.find("my own card from".split())
    assert found == {"g": [Hit("a", 0, 2)], "h": [Hit("b", 2, 3)]}


def test_a_phrase_that_breaks_off_is_none() -> None:
    assert _phrases(("my own card", "g", "a")).find("my own".split()) == {}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=3), max_size=6),
    st.lists(st.sampled_from("abcd"), max_size=12),
)
def test_what_is_found_stands_there_and_nothing_is_overlooked(
    rows: list[list[str]], words: list[str]
) -> None:
    phrases = Phrases()
    for row in rows:
        phrases.add(row, "g", " ".join(row))
    found = phrases.find(words).get("g", [])
    for hit in found:
        assert " ".join(words[hit.first : hit.last + 1]) == hit.value
    covered = {n for hit in found for n in range(hit.first, hit.last + 1)}
    for row in rows:
        for at in range(len(words) - len(row) + 1):
            if words[at : at + len(row)] == row:
                assert covered & set(range(at, at + len(row)))
