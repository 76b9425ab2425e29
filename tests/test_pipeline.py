"""The exported scikit-learn pipeline says what the bot says, number for number."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.pipeline import Pipeline

from bot.classifier import Classifier
from bot.home import Home
from training import evaluation, models, pipeline, trainer
from training.utterances import Utterance

MODEL = Home.shipped().models / "default"
CLASSIFIER = Classifier.load(MODEL)
PIPELINE = pipeline.load(MODEL)

WORDS = st.sampled_from(
    """card lost Amex my can't CANT won't i'm o'clock the 4111111111111111 4111 1111 cvv pin 1234
    $5.00 12/31/2024 é ﬁ İ ß ’s rewards rewardz #1 ⟦card⟧ 🙂 你好 \u200d \u0301 \n two""".split(" ")
)
MESSAGES = st.one_of(st.text(), st.lists(WORDS, max_size=30).map(" ".join))


def assert_parity(messages: list[str], classifier: Classifier, model: Pipeline) -> None:
    """Compare both halves: probabilities within 1e-6, and the class but for ties."""
    ours = np.array([classifier.probabilities(message) for message in messages])
    theirs = model.predict_proba(messages)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)
    np.testing.assert_allclose(ours.sum(axis=1), 1.0, rtol=0, atol=1e-9)
    top = np.sort(ours, axis=1)
    clear = top[:, -1] - top[:, -2] >= 2e-6
    classes = np.array(classifier.description.labels)[ours.argmax(axis=1)]
    np.testing.assert_array_equal(classes[clear], model.predict(messages)[clear])


@settings(max_examples=300, deadline=None)
@given(MESSAGES)
def test_any_text_gets_the_same_probabilities_from_both(message: str) -> None:
    assert_parity([message], CLASSIFIER, PIPELINE)


def test_real_messages_get_the_same_probabilities_from_both(shipped: Home) -> None:
    parts = evaluation.read_fresh(shipped.fresh)
    messages = [row.text for rows in parts.values() for row in rows]
    assert len(messages) > 500
    assert_parity(messages, CLASSIFIER, PIPELINE)


def test_very_long_messages_get_the_same_probabilities_from_both() -> None:
    long = ["card " * 1_000, "x" * 5_000, "i lost my card " * 300, "a b c d e f g " * 99]
    assert_parity(long, CLASSIFIER, PIPELINE)


@pytest.fixture(scope="module")
def two_intents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lines = {
        "greet": ["hello there", "good morning", "hi my friend", "good evening to you"],
        "pay": ["pay my bill", "i want to pay", "settle the bill", "make a payment now"],
    }
    rows = [Utterance(intent, text) for intent, texts in lines.items() for text in texts]
    trained = trainer.train(rows, jobs=1)
    return models.write(trained, tmp_path_factory.mktemp("models"), "two")


def test_a_model_of_two_intents_agrees_too(two_intents: Path) -> None:
    messages = ["hello", "pay my bill", "", "good bill", "morning payment", "🙂"]
    model = pipeline.load(two_intents)
    assert_parity(messages, Classifier.load(two_intents), model)
    assert model.predict(["good morning", "pay the bill"]).tolist() == ["greet", "pay"]


def test_the_exported_file_is_loaded_by_joblib_in_another_process(
    tmp_path: Path, root: Path
) -> None:
    path = tmp_path / "pipeline.joblib"
    pipeline.export(MODEL, path)
    assert [file.name for file in tmp_path.iterdir()] == ["pipeline.joblib"]
    code = (
        "import joblib, sys; model = joblib.load(sys.argv[1]); "
        "print(model.predict(['i lost my card'])[0], len(model.classes_))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(path)],
        cwd=root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["report_lost_or_stolen_card", str(len(PIPELINE.classes_))]


def test_an_export_replaces_the_file_that_was_there(tmp_path: Path, two_intents: Path) -> None:
    path = tmp_path / "pipeline.joblib"
    path.write_bytes(b"old")
    pipeline.export(two_intents, path)
    assert joblib.load(path).classes_.tolist() == ["greet", "pay"]


def test_secrets_are_masked_before_the_pipeline_looks() -> None:
    with_card = "my card 4111 1111 1111 1111 is lost"
    found = PIPELINE.predict_proba([with_card, "my card is lost"])
    np.testing.assert_allclose(found[0], found[1], rtol=0, atol=1e-12)
