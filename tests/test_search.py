"""`bot-train train --search`: settings tried on held-out folds, and kept in the home."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot import modelfile
from bot.home import Home
from bot.modelfile import FeatureSettings
from training import models, search, trainer, utterances
from training.__main__ import main
from training.search import Found, Tried

SIZE = 500
OTHER = FeatureSettings(longest=5)


def tried(costs: NDArray[np.float64], settings: FeatureSettings = OTHER) -> Tried:
    return Tried(settings, 0.8, costs)


@pytest.fixture
def blank(tmp_path: object) -> Home:
    return Home.create(f"{tmp_path}/own", blank=True)


def in_use(home: Home) -> modelfile.ModelDescription:
    return modelfile.load(home.model_folder())[0]


def test_what_saves_a_little_on_every_message_is_surely_cheaper() -> None:
    before = np.random.default_rng(1).random(SIZE)
    assert tried(before - 0.01).surely_cheaper(tried(before))


@given(st.integers(0, 10_000))
def test_of_two_that_differ_by_chance_alone_at_most_one_is_surely_cheaper(seed: int) -> None:
    first, second = np.random.default_rng(seed).random((2, SIZE))
    both = (tried(first).surely_cheaper(tried(second)), tried(second).surely_cheaper(tried(first)))
    assert both != (True, True)
    assert not tried(first).surely_cheaper(tried(first))


def test_chance_rarely_looks_like_a_gain() -> None:
    random = np.random.default_rng(2)
    pairs = [random.random((2, SIZE)) for _ in range(300)]
    gains = [tried(first).surely_cheaper(tried(second)) for first, second in pairs]
    assert sum(gains) < 0.06 * len(gains)


def test_a_search_tries_each_settings_once_and_counts_them(blank: Home) -> None:
    rows = utterances.read_folder(blank.utterances)
    steps: list[tuple[int, int]] = []
    found = search.search(rows, jobs=1, report=lambda done, of: steps.append((done, of)))
    wanted = search.candidates(rows)
    assert [one.settings for one in found.tried] == wanted
    assert len(set(wanted)) == len(wanted) == 8
    assert wanted[0] == trainer.settings_for(rows)
    assert steps == [(done, 8) for done in range(1, 9)]
    assert found.taken is found.tried[0] or found.taken.surely_cheaper(found.tried[0])
    assert min(one.cost for one in found.tried) <= found.taken.cost


def test_the_table_marks_what_is_taken_and_says_when_nothing_is_better() -> None:
    costs = np.full(SIZE, 0.2)
    same, better = tried(costs, FeatureSettings()), tried(costs - 0.1)
    shown = str(Found((same, better), better)).splitlines()
    assert [line.startswith("  * ") for line in shown] == [False, True, False]
    assert "2 to 5 letters" in shown[1]
    assert "80.0%" in shown[1]
    assert "0.1000" in shown[1]
    assert "surely" in str(Found((same, better), same))


def test_the_next_training_keeps_what_a_search_found_until_it_is_told_to_forget(
    blank: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = utterances.read_folder(blank.utterances)
    models.put_in_use(models.save_aside(trainer.train(rows, settings=OTHER), blank.models, "found"))
    where = ["--home", str(blank.utterances.parent), "train", "--jobs", "1"]
    assert main(where) == 0
    assert (in_use(blank).features, in_use(blank).searched) == (OTHER, True)
    assert main(["--home", str(blank.utterances.parent), "check", "--quick"]) == 0
    assert "other utterances or settings" not in capsys.readouterr().out
    assert main([*where, "--no-search"]) == 0
    assert (in_use(blank).features, in_use(blank).searched) == (trainer.settings_for(rows), False)


def test_train_with_search_prints_what_it_tried_and_trains_with_what_it_took(
    blank: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LONGEST", (4,))  # for time: the others are tried above
    assert main(["--home", str(blank.utterances.parent), "train", "--search", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)["search"]["tried"]
    (taken,) = [one for one in said if one["taken"]]
    features = in_use(blank).features
    assert features.longest == taken["longest"]
    assert features.bigram_weight == taken["bigram_weight"]
    assert in_use(blank).searched == (taken is not said[0])
