"""Training: repeatable to the byte, sensible in what it chooses, careful in what it writes."""

from __future__ import annotations

import json
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
import pytest

from bot import modelfile
from bot.classifier import Classifier
from bot.errors import UtteranceError
from bot.home import Home
from bot.linear import probabilities
from bot.messages import OUT_OF_SCOPE
from bot.modelfile import FeatureSettings, Temperature
from training import acts, trainer, utterances, zones
from training.trainer import Trained
from training.utterances import Utterance

GARDEN = {
    "buy_plant": """i want to buy a rose|do you sell ferns|how much is that cactus|get me a fern
        order two oak trees|buy a plant for my desk|can i purchase tulips|i would like an orchid""",
    "water_plant": """how often do i water a rose|my fern looks dry|when should i water it
        does a cactus need water|watering an orchid|too much water on tulips|is it too dry for oak
        water every day or not""",
    "pests": """there are bugs on my rose|little green insects eat leaves|how to get rid of snails
        something eats my tulips|aphids everywhere|white bugs under the leaves|slugs ate my fern
        caterpillars on the oak""",
    "opening_hours": """when do you open|are you open on sunday|until what time is the shop open
        opening hours please|closing time today|is the shop open now|what time do you close
        open on holidays""",
    "greet": """hello|good morning|hi there|hey you|good evening friends|hello again my friend
        hi and good day|greetings to all""",
    "out_of_scope": """what is the capital of peru|tell me a joke|who won the football match
        play some music|how tall is the tower|book a flight to rome|fix my washing machine
        translate this into french""",
}


def garden() -> list[Utterance]:
    return [
        Utterance(intent, text.strip())
        for intent, lines in GARDEN.items()
        for line in lines.split("\n")
        for text in line.split("|")
    ]


def weights_bytes(trained: Trained, folder: Path) -> bytes:
    modelfile.save(folder, trained.description, trained.weights)
    return (folder / modelfile.WEIGHTS_FILE).read_bytes()


@pytest.fixture(scope="module")
def trained() -> Trained:
    assert len(garden()) == 48
    return trainer.train(garden(), jobs=1)


@pytest.mark.parametrize("jobs", [1, 2])
def test_training_again_gives_the_same_bytes_for_any_number_of_jobs(
    jobs: int, trained: Trained, tmp_path: Path
) -> None:
    again = trainer.train(garden()[::-1], jobs=jobs)
    assert weights_bytes(again, tmp_path / "b") == weights_bytes(trained, tmp_path / "a")
    assert replace(again.description, created="") == replace(trained.description, created="")


def test_other_utterances_give_other_weights(trained: Trained, tmp_path: Path) -> None:
    more = trainer.train([*garden(), Utterance("greet", "howdy")], jobs=1)
    assert weights_bytes(more, tmp_path / "b") != weights_bytes(trained, tmp_path / "a")


def test_the_data_hash_ignores_order_repeats_comments_and_marks(tmp_path: Path) -> None:
    (tmp_path / "pay.txt").write_text("pay my bill\ncafé\n", encoding="utf-8")
    plain = trainer.data_hash(utterances.read_folder(tmp_path))
    (tmp_path / "pay.txt").write_text(
        "# how to pay\n! cafe\u0301\n\npay my bill\npay my bill\n", encoding="utf-8"
    )
    assert trainer.data_hash(utterances.read_folder(tmp_path)) == plain


def test_the_data_hash_sees_every_text_label_and_setting() -> None:
    rows = garden()
    others = [
        [*rows[1:], Utterance(rows[0].intent, rows[0].text + "s")],
        [*rows[1:], Utterance("greet", rows[0].text)],
        rows[1:],
    ]
    hashes = [trainer.data_hash(some) for some in (rows, *others)]
    hashes.append(trainer.data_hash(rows, FeatureSettings(longest=5)))
    hashes.append(trainer.data_hash(rows, acts=[Utterance("refused", "and if they say no")]))
    assert len(set(hashes)) == len(hashes)


def test_the_shipped_model_was_trained_on_the_shipped_utterances(shipped: Home) -> None:
    path = shipped.models / "default" / "model.json"
    stored = json.loads(path.read_text(encoding="utf-8"))["data_hash"]
    lines, of_acts = utterances.read_folder(shipped.utterances), acts.read(shipped.utterances)
    current = trainer.data_hash(lines, acts=of_acts)
    assert stored == current, "utterances changed since: run bot-train train --name default"


def test_the_model_knows_what_it_was_taught(trained: Trained) -> None:
    assert trained.description.labels == tuple(sorted(GARDEN))
    classifier = Classifier(trained.description, trained.weights)
    right = [classifier.classify(row.text).ranking[0][0] == row.intent for row in garden()]
    assert sum(right) >= 39  # of the 40 in scope
    assert classifier.classify("bugs are eating my roses").ranking[0][0] == "pests"


def test_the_confidence_has_the_least_loss_on_what_the_folds_had_not_seen(
    trained: Trained,
) -> None:
    held_out = trained.held_out
    right = held_out.logits.argmax(axis=1) == held_out.truth

    def loss(base: float, slope: float) -> float:
        highest = probabilities(held_out.logits, Temperature(base, slope)).max(axis=1)
        return float(-np.log(np.where(right, highest, 1 - highest)).mean())

    base, slope = astuple(trained.description.temperature)
    assert base > 0
    assert loss(base, slope) <= min(loss(base * 0.95, slope), loss(base * 1.05, slope)) + 1e-9
    assert loss(base, slope) <= min(loss(base, slope + 0.01), loss(base, max(0, slope - 0.01)))


def test_the_temperature_rises_only_where_what_is_out_of_scope_was_written_down() -> None:
    rows = garden()
    assert OUT_OF_SCOPE in {row.intent for row in rows}
    inside = [row for row in rows if row.intent != OUT_OF_SCOPE]
    assert trainer.train(inside, jobs=1).description.temperature.slope == 0.0


def test_the_thresholds_cost_hardly_more_than_any_others(trained: Trained) -> None:
    scored = zones.Scored.of(trained.held_out, trained.description.temperature)
    answered, asked, refused = zones.costs(scored)

    def cost(answer_from: float, clarify_from: float) -> float:
        at = np.where(scored.score >= answer_from, answered, asked)
        return float(np.where(scored.scope >= clarify_from, at, refused).sum())

    high, low = trained.description.answer_from, trained.description.clarify_from
    assert 0 <= low <= 1
    assert 0 <= high <= 1
    grid = np.linspace(0, 1.001, 60)
    best = min(cost(a, c) for a in grid for c in grid)
    assert cost(high, low) <= best + zones.NEARLY * len(scored.score) + 1e-9


def test_clear_cases_are_answered_doubtful_ones_asked_and_foreign_ones_refused() -> None:
    score = np.array([0.95, 0.9, 0.85, 0.5, 0.45, 0.4, 0.1, 0.05, 0.02])
    right = np.array([1, 1, 1, 0, 0, 1, 0, 0, 0], dtype=bool)
    among_two = np.array([1, 1, 1, 1, 1, 1, 0, 0, 0], dtype=bool)
    in_scope = np.array([1, 1, 1, 1, 1, 1, 0, 0, 0], dtype=bool)
    thresholds = zones.choose(zones.Scored(score, score, right, among_two, in_scope, score, right))
    assert 0.5 < thresholds.answer_from <= 0.85
    assert 0.1 < thresholds.clarify_from <= 0.4
    figures = zones.summary(
        zones.Scored(score, score, right, among_two, in_scope, score, right), thresholds
    )
    assert figures["in_scope_answered_right"] == 0.5
    assert figures["in_scope_answered_wrong"] == 0.0
    assert figures["in_scope_asked_back"] == 0.5
    assert figures["out_of_scope_refused"] == 1.0


def test_without_out_of_scope_lines_the_honest_no_is_learned_from_intents_left_out(
    shipped: Home,
) -> None:
    rows = [row for row in utterances.read_folder(shipped.utterances) if row.intent in FEW]
    trained = trainer.train(rows[::2], jobs=2)
    assert trained.held_out.strange_known is not None
    classifier = Classifier(trained.description, trained.weights)
    foreign = ["how tall is mount everest", "write me a poem about cheese", "who won the world cup"]
    assert [classifier.classify(message).zone for message in foreign].count("unknown") >= 2
    held = [row for row in rows[1::2] if classifier.classify(row.text).zone == "unknown"]
    assert len(held) < len(rows[1::2]) / 4


FEW = {
    "make_payment",
    "rewards_points",
    "contact_by_mail",
    "find_security_code",
    "service_hours",
    "report_lost_or_stolen_card",
}


def test_what_no_fold_could_know_is_not_understood(trained: Trained) -> None:
    for described in (trained, trainer.train(_in_scope(), jobs=1)):
        classifier = Classifier(described.description, described.weights)
        for message in ("", "🙂", "дождь", "?!"):
            assert classifier.classify(message).zone == "unknown"


def _in_scope() -> list[Utterance]:
    return [row for row in garden() if row.intent != "out_of_scope"]


def test_scores_are_shares(trained: Trained) -> None:
    assert {"accuracy", "in_scope_best_right", "out_of_scope_refused"} <= {
        *trained.description.scores
    }
    assert all(0 <= value <= 1 for value in trained.description.scores.values())


@pytest.mark.parametrize(
    "rows",
    [
        [("greet", "🙂"), ("greet", "🙂🙂"), ("bye", "👋"), ("bye", "👋👋")],
        [("greet", "hello you"), ("greet", "hello you"), ("bye", "so long"), ("bye", "bye now")],
    ],
    ids=["no words at all", "one utterance twice"],
)
def test_utterances_that_teach_nothing_are_refused_in_words(rows: list[tuple[str, str]]) -> None:
    with pytest.raises(UtteranceError, match=r"wanted"):
        trainer.train([Utterance(*row, source="x.txt:1") for row in rows], jobs=1)


def test_progress_is_reported_for_every_fit() -> None:
    steps: list[tuple[int, int]] = []
    trainer.train(garden(), jobs=1, report=lambda done, of: steps.append((done, of)))
    assert steps == [(n, trainer.TRAINING_FOLDS + 1) for n in range(1, trainer.TRAINING_FOLDS + 2)]
