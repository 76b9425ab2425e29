"""Confident learning: who is accused of a wrong label, and in which order."""

from __future__ import annotations

import numpy as np

from bot.modelfile import Temperature
from training.confident import suspects
from training.zones import HeldOut


def held_out(rows: list[tuple[int, list[float], float]]) -> HeldOut:
    """Return folds that said these: own column, probabilities, share of known words."""
    truth, chances, known = zip(*rows, strict=True)
    logits = np.log(np.array(chances))
    names = tuple("abc"[: logits.shape[1]])
    return HeldOut(names, np.array(truth), logits, np.array(known, dtype=float))


def test_a_line_is_accused_by_an_intent_that_is_as_sure_of_it_as_of_its_own() -> None:
    rows = [
        (0, [0.9, 0.1], 1.0),
        (0, [0.8, 0.2], 1.0),
        (0, [0.1, 0.9], 1.0),  # as much b as the lines of b are
        (1, [0.2, 0.8], 1.0),
        (1, [0.3, 0.7], 1.0),
    ]
    assert suspects(held_out(rows), Temperature(1.0)) == [(2, 1)]


def test_a_guess_below_what_is_usual_for_an_intent_accuses_nobody() -> None:
    sure = [(1, [0.05, 0.95], 1.0)] * 3
    assert (
        suspects(held_out([(0, [0.9, 0.1], 1.0), (0, [0.3, 0.7], 1.0), *sure]), Temperature(1.0))
        == []
    )
    unsure = [(1, [0.4, 0.6], 1.0)] * 3
    rows = [(0, [0.9, 0.1], 1.0), (0, [0.3, 0.7], 1.0), *unsure]
    assert suspects(held_out(rows), Temperature(1.0)) == [(1, 1)]


def test_the_least_likely_label_comes_first_and_unknown_words_come_last() -> None:
    usual = [(0, [0.9, 0.1], 1.0)] * 4 + [(1, [0.3, 0.7], 1.0)] * 4
    rows = [*usual, (0, [0.2, 0.8], 1.0), (0, [0.01, 0.99], 1.0), (0, [0.001, 0.999], 0.1)]
    assert [row for row, _ in suspects(held_out(rows), Temperature(1.0))] == [9, 8, 10]


def test_a_label_without_rows_accuses_nobody_by_being_usual_at_nothing() -> None:
    rows = [(0, [0.9, 0.05, 0.05], 1.0), (1, [0.05, 0.9, 0.05], 1.0)]
    assert suspects(held_out(rows), Temperature(1.0)) == []
