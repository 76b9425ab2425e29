"""Measuring: the intervals are Wilson's, and the shipped model keeps what it was good at."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bot.classifier import Classifier
from bot.errors import UtteranceError
from bot.home import Home
from training import evaluation
from training.evaluation import Evaluation, Share
from training.zones import HeldOut

FLOOR = 0.89
"""Least share of the fresh in-scope messages whose best intent is right."""
FLOOR_PER_INTENT = 0.60


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier.load(Home.shipped().models / "default")


@pytest.fixture(scope="module")
def shipped_scores(classifier: Classifier) -> Evaluation:
    return evaluation.fresh(classifier, Home.shipped().fresh)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [  # R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_intervals_are_those_of_the_literature(hits: int, of: int, low: float, high: float) -> None:
    assert Share(hits, of).interval == pytest.approx((low, high), abs=5e-5)


def test_a_perfect_share_has_an_interval_below_one_and_nothing_is_wholly_uncertain() -> None:
    low, high = Share(10, 10).interval
    assert low == pytest.approx(0.7225, abs=5e-5)
    assert high <= 1.0
    assert Share(0, 0).value == 0.0
    assert Share(0, 0).interval == (0.0, 1.0)


def test_a_share_reads_as_percent_with_its_interval_and_counts() -> None:
    assert str(Share(81, 263)).split() == ["30.8%", "[25.5%,", "36.6%]", "81", "of", "263"]


def test_a_comment_divides_near_misses_from_far_ones(tmp_path: Path) -> None:
    (tmp_path / "greet.txt").write_text("hello\n", encoding="utf-8")
    (tmp_path / "out_of_scope.txt").write_text(
        "# near misses\nraise my limit\nhow far is it\n# far misses\nwrite a poem\n",
        encoding="utf-8",
    )
    parts = evaluation.read_fresh(tmp_path)
    found = {name: [row.text for row in rows] for name, rows in parts.items()}
    assert found == {
        "in_scope": ["hello"],
        "near": ["raise my limit", "how far is it"],
        "far": ["write a poem"],
    }


@pytest.mark.parametrize(
    "comment", ["# near misses: what was found so far", "# farewell", "# Not far"]
)
def test_a_comment_that_only_holds_the_letters_divides_nothing(
    tmp_path: Path, comment: str
) -> None:
    (tmp_path / "out_of_scope.txt").write_text(f"{comment}\nwrite a poem\n", encoding="utf-8")
    parts = evaluation.read_fresh(tmp_path)
    assert (len(parts["near"]), len(parts["far"])) == (1, 0)


def test_lines_are_counted_to_the_border_as_the_reader_counts_them(tmp_path: Path) -> None:
    (tmp_path / "out_of_scope.txt").write_bytes(
        "a\u2028b\x0cc\nraise my limit\n  # Far misses: poems\r\nwrite a poem\n".encode()
    )
    parts = evaluation.read_fresh(tmp_path)
    assert [row.text for row in parts["far"]] == ["write a poem"]
    assert len(parts["near"]) == 2


def test_misses_that_are_not_divided_are_near_and_there_may_be_none(tmp_path: Path) -> None:
    (tmp_path / "out_of_scope.txt").write_text("raise my limit\n", encoding="utf-8")
    parts = evaluation.read_fresh(tmp_path)
    assert (len(parts["near"]), len(parts["far"])) == (1, 0)
    (tmp_path / "out_of_scope.txt").unlink()
    (tmp_path / "greet.txt").write_text("hello\n", encoding="utf-8")
    assert not evaluation.read_fresh(tmp_path)["near"]


def test_a_missing_fresh_set_is_named(classifier: Classifier, tmp_path: Path) -> None:
    with pytest.raises(UtteranceError, match="nowhere"):
        evaluation.fresh(classifier, tmp_path / "nowhere")


def test_the_fresh_figures_count_what_the_classifier_said(
    classifier: Classifier, tmp_path: Path
) -> None:
    (tmp_path / "make_payment.txt").write_text(
        "pay my bill\ni lost my card\ni lost my card | also: report_lost_or_stolen_card\n",
        encoding="utf-8",
    )
    (tmp_path / "out_of_scope.txt").write_text(
        "# near\npay my bill\n# far\n🙂\n你好\n", encoding="utf-8"
    )
    found = evaluation.fresh(classifier, tmp_path)
    counts = {name: (share.hits, share.of) for name, share in found.figures.items()}
    assert counts == {
        "in scope: best intent right": (2, 3),
        "in scope: answered right": (2, 3),
        "in scope: answered wrong": (1, 3),
        "in scope: asked back": (0, 3),
        "in scope: 'I do not know'": (0, 3),
        "near misses: honest no": (0, 1),
        "near misses: asked back": (0, 1),
        "near misses: answered wrong": (1, 1),
        "far misses: honest no": (2, 2),
        "far misses: asked back": (0, 2),
        "far misses: answered wrong": (0, 2),
    }
    assert found.by_intent == {"make_payment": Share(2, 3)}


def test_the_fresh_set_has_every_intent_of_the_model(classifier: Classifier) -> None:
    parts = evaluation.read_fresh(Home.shipped().fresh)
    intents = {row.intent for row in parts["in_scope"]}
    assert intents == set(classifier.description.labels) - {"out_of_scope"}
    assert min(len(parts["near"]), len(parts["far"])) >= 40


def test_no_fresh_sentence_of_four_words_or_more_is_trained_on(shipped: Home) -> None:
    trained = {
        line.strip().casefold()
        for path in shipped.utterances.glob("*.txt")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    fresh = [row for rows in evaluation.read_fresh(shipped.fresh).values() for row in rows]
    sentences = [row for row in fresh if len(row.text.split()) >= 4]
    assert len(sentences) > 300
    assert [row.source for row in sentences if row.text.casefold() in trained] == []


def test_the_shipped_model_finds_the_right_intent_often_enough(shipped_scores: Evaluation) -> None:
    share = shipped_scores.figures["in scope: best intent right"]
    weakest = sorted(shipped_scores.by_intent.items(), key=lambda item: item[1].value)[:5]
    worst = ", ".join(f"{name} {found.value:.0%}" for name, found in weakest)
    assert share.value >= FLOOR, f"{share.value:.1%} of the fresh set; lowest: {worst}"


def test_the_shipped_model_is_good_enough_at_every_intent(shipped_scores: Evaluation) -> None:
    low = {
        name: f"{share.value:.0%} ({share.hits} of {share.of})"
        for name, share in shipped_scores.by_intent.items()
        if share.value < FLOOR_PER_INTENT
    }
    assert not low, f"below {FLOOR_PER_INTENT:.0%}: {low}"


def test_the_shipped_model_seldom_answers_wrong_and_mostly_admits_what_it_does_not_know(
    shipped_scores: Evaluation,
) -> None:
    figures = shipped_scores.figures
    assert figures["in scope: answered wrong"].value <= 0.05
    assert figures["in scope: 'I do not know'"].value < 0.04
    assert figures["in scope: asked back"].value < 0.10
    assert figures["near misses: answered wrong"].value <= 0.15
    assert figures["far misses: answered wrong"].value < 0.03


def test_the_shipped_model_is_as_sure_as_it_is_right(classifier: Classifier) -> None:
    assert 0.0 < classifier.description.scores["calibration_error"] <= 0.02


def test_held_out_accuracy_counts_the_best_label() -> None:
    logits = np.array([[2.0, 1.0], [0.0, 3.0], [4.0, 1.0], [0.0, 1.0]])
    held_out = HeldOut(("greet", "pay"), np.array([0, 0, 0, 1]), logits, np.ones(4))
    found = evaluation.cross_validated(held_out)
    assert found.figures == {"accuracy": Share(3, 4)}
    assert found.by_intent == {"greet": Share(2, 3), "pay": Share(1, 1)}


def test_figures_are_ready_for_json_and_the_table_starts_with_the_lowest() -> None:
    shares = {"greet": Share(9, 10), "pay": Share(3, 10)}
    found = Evaluation({"accuracy": Share(12, 20)}, shares)
    document = json.loads(json.dumps(found.to_dict()))
    assert document["figures"]["accuracy"]["value"] == pytest.approx(0.6)
    assert document["by_intent"]["pay"]["hits"] == 3
    assert document["by_intent"]["pay"]["interval"] == pytest.approx(list(shares["pay"].interval))
    table = evaluation.table("held-out folds", found)
    assert table.startswith("held-out folds")
    assert table.index("pay") < table.index("greet")
