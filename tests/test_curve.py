"""The zone curve: every border beside the chosen one, and what each would cost."""

from __future__ import annotations

import json
from dataclasses import fields

import numpy as np
import pytest

from training import zones
from training.curve import BORDERS, Curve, separation
from training.zones import Scored, Thresholds

SIZE = 400
MANY = 30_000


def scored(*, outside: float = 0.25) -> Scored:
    """Return messages whose score and scope tell right from wrong, but not always."""
    random = np.random.default_rng(3)
    in_scope = random.random(SIZE) >= outside
    right = in_scope & (random.random(SIZE) < 0.8)
    return Scored(
        score=np.clip(0.5 * right + 0.6 * random.random(SIZE), 0.0, 1.0),
        scope=np.clip(0.5 * in_scope + 0.6 * random.random(SIZE), 0.0, 1.0),
        right=right,
        among_two=right | (in_scope & (random.random(SIZE) < 0.5)),
        in_scope=in_scope,
        probability=random.random(SIZE),
        best_right=right,
    )


def test_no_border_that_is_shown_costs_less_than_the_chosen_one() -> None:
    messages = scored()
    curve = Curve.of(messages, zones.choose(messages))
    for points in (curve.by_answer, curve.by_clarify):
        (chosen,) = [point for point in points if point.chosen]
        assert chosen.cost == pytest.approx(min(point.cost for point in points), abs=1e-3)


def test_where_borders_cost_the_same_a_few_lines_hardly_move_the_chosen_one() -> None:
    random = np.random.default_rng(5)
    found = []
    for _ in range(5):
        scope = random.random(MANY)
        # Between 0.3 and 0.7 asking about a message costs what refusing it does.
        inside = random.random(MANY) < np.select([scope < 0.3, scope < 0.7], [0.1, 0.5], 0.9)
        nothing = np.zeros(MANY)
        few = Scored(nothing, scope, nothing > 0, inside, inside, nothing, nothing > 0)
        found.append(zones.choose(few).clarify_from)
    assert max(found) - min(found) < 0.1


def test_more_lines_out_of_scope_that_say_the_same_move_no_border() -> None:
    few = scored(outside=0.2)
    many = np.concatenate([np.arange(SIZE), *[np.flatnonzero(~few.in_scope)] * 4])
    again = Scored(*(getattr(few, field.name)[many] for field in fields(Scored)))
    first, second = zones.choose(few), zones.choose(again)
    assert second.answer_from == pytest.approx(first.answer_from, abs=0.02)
    assert second.clarify_from == pytest.approx(first.clarify_from, abs=0.02)


def test_in_scope_every_message_is_answered_asked_about_or_refused() -> None:
    messages = scored()
    curve = Curve.of(messages, Thresholds(0.6, 0.4))
    for point in (*curve.by_answer, *curve.by_clarify):
        total = point.right + point.wrong + point.asked + point.refused
        assert total == pytest.approx(1.0)


def test_a_higher_border_answers_and_asks_less() -> None:
    curve = Curve.of(scored(), Thresholds(0.6, 0.4))
    answers = [point.right + point.wrong for point in curve.by_answer]
    refusals = [point.refused for point in curve.by_clarify]
    assert answers == sorted(answers, reverse=True)
    assert refusals == sorted(refusals)
    assert answers[0] > answers[-1]
    assert refusals[0] < refusals[-1]


def test_the_table_marks_the_chosen_borders_and_names_the_costs() -> None:
    shown = str(Curve.of(scored(), Thresholds(0.61, 0.4)))
    assert shown.count("*") == 3  # in the title, and once in each table
    assert "*     0.6100" in shown
    assert str(zones.COST_REFUSED) in shown
    assert len(shown.splitlines()) == 3 + 2 + 2 * len(BORDERS) + 1


def test_without_anything_out_of_scope_the_json_says_null() -> None:
    found = Curve.of(scored(outside=0.0), Thresholds(0.6, 0.4)).to_dict()
    read = json.loads(json.dumps(found, allow_nan=False))
    assert read["separation"] is None
    assert {point["outside_answered"] for point in read["by_answer"]} == {None}


def test_separation_is_the_chance_that_the_higher_score_is_in_scope() -> None:
    assert separation(np.array([0.9, 0.8]), np.array([0.1, 0.2])) == 1.0
    assert separation(np.array([0.1]), np.array([0.9])) == 0.0
    assert np.isnan(separation(np.array([0.1]), np.array([])))
