"""A mistyped word is taken for the one it was meant to be, where there is only one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import slips
from bot.slips import Slips
from bot.typos import common_words

TARGETS = ("corporate", "business", "company", "employer", "germany", "france", "italy")
SLIPS = Slips(TARGETS, [*TARGETS, "cooperate"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("coporate", "corporate"),
        ("corperate", "corporate"),
        ("corpporate", "corporate"),
        ("corporat", "corporate"),
        ("buisness", "business"),
        ("germnay", "germany"),
        ("itlay", "italy"),
    ],
)
def test_a_word_one_slip_away_is_repaired(typed: str, meant: str) -> None:
    assert SLIPS.repaired(["my", typed]) == ["my", meant]


@pytest.mark.parametrize(
    "word",
    ["cooperate", "employed", "employee", "frank", "it", "itali", "companys", "zzzz", "a1b2c3"],
)
def test_a_word_that_is_meant_as_it_is_stays(word: str) -> None:
    assert SLIPS.repaired([word]) == [word]


def test_a_word_between_two_others_stays() -> None:
    assert Slips(["marina", "martina"], ()).repaired(["martna"]) == ["martna"]
    assert Slips(["cantor", "castor"], ()).repaired(["cartor"]) == ["cartor"]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=12), max_size=6))
def test_any_words_stay_as_many_and_common_ones_stay_themselves(words: list[str]) -> None:
    repaired = SLIPS.repaired(words)
    assert len(repaired) == len(words)
    for word, found in zip(words, repaired, strict=True):
        assert found in (word, *TARGETS)
        if word in common_words():
            assert found == word


def test_what_is_remembered_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slips, "_REMEMBERED", 10)
    found = Slips(TARGETS, ())
    for number in range(100):
        found.repaired([f"word{number}"])
    assert len(found._remembered) == 10
    assert found.repaired(["germnay"]) == ["germany"]
