"""Fitting: the solver suits the size, features are scikit-learn's, slips are no words."""

from __future__ import annotations

import logging
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from bot import text
from bot.modelfile import FeatureSettings
from training import features, fitting, folds, trainer
from training.features import BLOCKS, Counts
from training.fitting import EPOCHS, Solver
from training.utterances import Utterance

OBJECTS = "bill card statement points address".split()
ROWS = [
    *(Utterance("pay", f"{verb} my {noun}") for verb, noun in product(("pay", "settle"), OBJECTS)),
    *(
        Utterance("find", f"where is the {noun} {end}")
        for noun, end in product(OBJECTS, ("", "now"))
    ),
    *(Utterance("lose", f"i {verb} a {noun}") for verb, noun in product(("lost", "miss"), OBJECTS)),
]
MESSAGES = features.WordReader().transform([row.text for row in ROWS])
LABELS = [row.intent for row in ROWS]


@pytest.mark.parametrize(
    ("utterances", "intents", "name"),
    [(250, 25, "newton-cg"), (12_000, 150, "newton-cg"), (2_000, 4, "newton-cg"),
     (17_800, 38, "sgd"), (1_000_000, 20, "sgd"), (60_000, 300, "sgd")],
)  # fmt: skip
def test_many_utterances_of_an_intent_are_learned_by_steps_and_few_exactly(
    utterances: int, intents: int, name: str
) -> None:
    assert Solver.suited(utterances, intents).name == name


def test_the_more_utterances_the_less_often_each_is_seen() -> None:
    epochs = [Solver.suited(n, 20).epochs for n in (15_000, 30_000, 100_000, 1_000_000)]
    assert epochs == sorted(epochs, reverse=True)
    assert set(epochs) <= set(EPOCHS)
    assert epochs[0] > epochs[-1] == EPOCHS.start


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a few utterances count as many."""
    monkeypatch.setattr(fitting, "MANY_FOR_STEPS", 2)
    monkeypatch.setattr(fitting, "LARGE_FOR_STEPS", 2)


@pytest.mark.usefixtures("steps")
def test_steps_give_the_same_weights_for_any_number_of_jobs() -> None:
    first, second = (trainer.train(ROWS, jobs=jobs) for jobs in (1, 3))
    assert str(trainer.solver_for(ROWS)).startswith("sgd")
    for name in ("coefficients", "bias", "idf"):
        one, other = getattr(first.weights, name), getattr(second.weights, name)
        assert one.tobytes() == other.tobytes()
    assert first.description.temperature == second.description.temperature


@pytest.mark.usefixtures("steps")
def test_steps_learn_what_the_exact_solution_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    by_steps = trainer.train(ROWS, jobs=1)
    monkeypatch.setattr(fitting, "LARGE_FOR_STEPS", 10**9)
    exact = trainer.train(ROWS, jobs=1)
    assert by_steps.weights.coefficients.tobytes() != exact.weights.coefficients.tobytes()
    assert by_steps.description.scores["accuracy"] >= 0.9
    assert by_steps.description.data_hash != exact.description.data_hash


def test_the_log_says_which_solver_is_used(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        trainer.train(ROWS, jobs=1)
    assert "newton-cg" in caplog.text


@pytest.mark.parametrize("settings", [FeatureSettings(), FeatureSettings(0.9, 0.4, 1.2, 3, 5, 1)])
def test_features_are_those_that_scikit_learn_would_make(settings: FeatureSettings) -> None:
    rows = [n for n in range(len(ROWS)) if n % 3]
    found = Counts.of(MESSAGES, settings).features(rows)
    union = features.build(settings)
    wanted = union.fit_transform([MESSAGES[row] for row in rows])
    np.testing.assert_allclose(found.matrix.toarray(), wanted.toarray(), atol=1e-6)
    for name, vectorizer in union.transformer_list:
        assert isinstance(vectorizer, TfidfVectorizer)
        assert list(found.vocabulary[name]) == list(vectorizer.get_feature_names_out())


def test_a_block_without_an_entry_is_left_out() -> None:
    found = Counts.of([["card"], ["bill"]], FeatureSettings()).features([0, 1])
    assert found.vocabulary["bigrams"] == ()
    assert [*found.vocabulary] == list(BLOCKS)
    assert found.matrix.shape == (2, len(found.idf))


def test_a_stem_that_stands_once_beside_a_frequent_neighbour_is_doubtful() -> None:
    rows = [
        *ROWS,
        Utterance("pay", "pay the crad"),
        *(Utterance("pay", f"my card {n}") for n in range(30)),
    ]
    weights = trainer.train(rows, jobs=1).weights
    doubtful = {weights.stems[number] for number in weights.doubtful}
    assert "crad" in doubtful
    assert not doubtful & {"card", "bill", "pay"}


@pytest.mark.usefixtures("steps")
def test_a_line_more_leaves_the_steps_of_all_others_in_their_order() -> None:
    seen: list[list[str]] = []

    class Watched(fitting.SGDClassifier):  # type: ignore[misc]
        def fit(self, rows: object, labels: list[str]) -> Watched:
            seen.append(labels)
            super().fit(rows, labels)
            return self

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "SGDClassifier", Watched)
        for more in ([], [["ahoy", "there"]]):
            messages = [*MESSAGES, *more]
            rows = [Utterance(f"{n % 5} {n}", "") for n in range(len(messages))]
            counts = Counts.of(messages, FeatureSettings())
            solver = Solver("sgd", 3)
            fitting.fit(counts, messages, rows, range(len(messages)), solver=solver)
    before, after = seen
    assert [label for label in after if label in before] == before
    assert before != sorted(before)


ASIDE = [
    "i lsot my crad", "My card, says Carl", "12345", "", "pay 3 bills", "zzz unheard of",
    "where is the points now", "pay pay my my bill", "⟦card⟧ where is my statement",
]  # fmt: skip


@pytest.mark.parametrize("settings", [FeatureSettings(), FeatureSettings(0.9, 0.4, 1.2, 3, 5, 1)])
def test_held_out_lines_are_read_as_the_bot_reads_them(settings: FeatureSettings) -> None:
    crowd = [*ROWS, *(Utterance("pay", f"my card {n}") for n in range(30)), Utterance("x", "crad")]
    raw = [row.text for row in crowd] + ASIDE
    messages = [text.words(message) for message in raw]
    rows = [*crowd, *(Utterance("pay", aside, case="late") for aside in ASIDE)]
    counts = Counts.of(messages, settings)
    inside, outside = range(len(crowd)), np.arange(3, len(raw))
    fitted = fitting.fit(counts, messages, rows, inside, solver=Solver("newton-cg"))
    assert fitted.weights.doubtful.size
    logits, known = folds.ask_counted(fitted, counts, raw, outside)
    wanted = folds.ask(fitted, settings, [raw[row] for row in outside])
    np.testing.assert_allclose(logits, wanted[0], atol=1e-9)
    np.testing.assert_allclose(known, wanted[1], atol=1e-9)
    assert {0.0, 1.0} < set(known.tolist())


def test_pairs_of_stems_are_counted_as_scikit_learn_counts_them() -> None:
    messages = [*MESSAGES, [], ["o'clock"], *(text.words(message) for message in ASIDE)]
    counts = Counts.of(messages, FeatureSettings())
    vectorizer = CountVectorizer(analyzer=text.stem_bigrams)
    wanted = vectorizer.fit_transform(messages)
    assert list(counts.entries["bigrams"]) == list(vectorizer.get_feature_names_out())
    np.testing.assert_array_equal(counts.matrices["bigrams"].toarray(), wanted.toarray())


@given(
    st.lists(st.floats(-40, 40), min_size=1, max_size=60),
    st.sampled_from([0.001, 1.0, 30.0]),
)
def test_weights_of_any_size_fit_into_a_byte_each_and_are_off_by_half_a_step_at_most(
    numbers: list[float], scale: float
) -> None:
    weights = np.array(numbers)[:, None] * scale
    step = fitting.step_for(weights)
    assert np.frexp(step)[0] == 0.5  # a power of two
    found = fitting.rounded(weights, step)
    assert found.dtype == np.int8
    # The largest of so few may be cut by a hair.
    assert np.abs(found * step - weights).max() <= 0.501 * step
    assert not weights.any() or np.abs(weights).max() > 63 * step


def test_no_weights_at_all_have_a_step_too() -> None:
    assert fitting.step_for(np.zeros((0, 3))) == 1.0
    assert fitting.step_for(np.zeros((4, 3))) == 1.0
