"""The vocabulary of a model: which word is meant, and how many it keeps in mind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bot import modelfile, reader
from bot.home import Home
from bot.reader import Reader

DESCRIPTION, WEIGHTS = modelfile.load(Home.shipped().models / "default")


def knowing(**counts: int) -> Reader:
    """Return a reader that takes slips for these words only, so frequent each."""
    of = np.array(list(counts.values()), dtype=np.uint32)
    return Reader(DESCRIPTION.features, replace(WEIGHTS, words=tuple(counts), counts=of))


def meant(found: Reader, message: str) -> list[str]:
    """Return the words that a message is taken to hold."""
    return [word.text for word in found.words(message)[1]]


def test_of_two_words_that_are_as_likely_neither_is_meant() -> None:
    assert meant(knowing(points=9, joints=9), "koints") == ["koints"]
    assert meant(knowing(joints=9, points=9), "koints") == ["koints"]


def test_the_likelier_of_two_words_is_meant_whichever_is_looked_at_first() -> None:
    assert meant(knowing(points=10, joints=9), "koints") == ["points"]
    assert meant(knowing(joints=9, points=10), "koints") == ["points"]


def test_a_word_that_is_likelier_than_a_tie_is_meant() -> None:
    found = knowing(points=9, joints=9, loints=80)
    assert meant(found, "koints") == ["loints"]


def test_the_words_beside_it_settle_a_tie() -> None:
    assert meant(knowing(points=9, joints=9), "redeem my koints") == ["redeem", "my", "points"]


def test_what_is_kept_in_mind_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_MEMO_SIZE", 50)
    found = knowing(card=9)
    for number in range(500):
        found.read([f"word{number}x and x{number}-y, you're {number}"])
        assert max(len(found._memo), len(found._spelt_out)) <= 50
    assert found.read(["my card"]).ids.tolist() == knowing(card=9).read(["my card"]).ids.tolist()
