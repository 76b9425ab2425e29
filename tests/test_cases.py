"""Cases: narrower matters are learned, found, stored and answered, and change no intent."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import Bot, modelfile
from bot.cases import Cases
from bot.classifier import Classifier
from bot.errors import UtteranceError
from bot.home import Home
from training import cases, trainer, utterances
from training.__main__ import main
from training.utterances import Utterance
from training.zones import HeldOut

FLAT = [
    "my tyre is flat again", "a flat front tyre", "the tyre lost its air", "puncture, no ride",
    "flat tyre on the way to work", "got a puncture by the river", "there is a nail in my tyre",
    "the back tyre went flat overnight",
]  # fmt: skip
LOST_DOG = ["my dog ran off", "have you seen a small brown dog", "dog missing since noon",
            "the dog slipped its lead"]  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The blank home with a case of a topic and one of what is out of scope, trained."""
    root = tmp_path_factory.mktemp("cases") / "shop"
    Home.create(root, blank=True)
    (root / "utterances" / "roadside_help.flat.txt").write_text("\n".join(FLAT) + "\n")
    (root / "utterances" / "out_of_scope.dogs.txt").write_text("\n".join(LOST_DOG) + "\n")
    faq = '[[faq]]\ntopic = "roadside_help"\ncase = "flat"\nanswer = "Bring the wheel."\n'
    phrase = '[phrase]\ndogs = "No dog is here."\n'
    (root / "guide" / "cases.toml").write_text(faq + phrase)
    assert main(["--home", str(root), "train", "--jobs", "1"]) == 0
    return root


def test_a_message_of_a_case_is_answered_by_its_own_words(home: Path) -> None:
    bot = Bot.load(home=home)
    assert bot.classify("a nail in the back tyre").case == "flat"
    assert "Bring the wheel." in bot.reply("there is a nail in the back tyre").text
    lost = bot.reply("my small dog ran off at noon")
    assert lost.text.startswith("No dog is here.")
    assert lost.zone == "unknown"


def test_a_case_counts_as_its_intent_and_has_no_place_in_the_ranking(home: Path) -> None:
    found = Bot.load(home=home).classify("puncture, the tyre is flat")
    assert (found.intent, found.case) == ("roadside_help", "flat")
    assert not any("." in intent for intent, _ in found.ranking)
    assert sum(share for _, share in found.ranking) == pytest.approx(1.0)


def test_cases_leave_the_weights_of_the_intents_as_they_were() -> None:
    shop = ["i want a new bell", "do you sell lamps", "how much is this helmet", "a lock please"]
    texts = {"fix": FLAT, "buy": shop, "out_of_scope": LOST_DOG}
    rows = [Utterance(intent, text) for intent, lines in texts.items() for text in lines]
    plain = trainer.train(rows, jobs=1)
    with_case = [replace(row, case="air") if "tyre" in row.text else row for row in rows]
    trained = trainer.train(with_case, jobs=1)
    labels = len(plain.description.labels)
    assert list(trained.description.cases) == ["air"]
    assert trained.description.labels == plain.description.labels
    np.testing.assert_array_equal(
        trained.weights.coefficients[:, :labels], plain.weights.coefficients
    )
    assert trained.weights.coefficients.shape[1] == labels + 1
    assert trained.description.data_hash != plain.description.data_hash


def test_many_messages_have_the_same_case_as_one_by_one(home: Path) -> None:
    bot = Bot.load(home=home)
    messages = [*FLAT, *LOST_DOG, "what do you charge", "good morning", "", "12345"]
    assert bot.classify_many(messages) == [bot.classify(message) for message in messages]


def test_the_exported_pipeline_knows_the_intents_alone(home: Path, tmp_path: Path) -> None:
    from training import pipeline

    folder = Home.at(home).model_folder()
    classifier, exported = Classifier.load(folder), pipeline.load(folder)
    np.testing.assert_allclose(
        exported.predict_proba(["a nail in my tyre"])[0],
        classifier.probabilities("a nail in my tyre"), atol=1e-6,
    )  # fmt: skip


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=2), st.booleans())
def test_a_message_is_of_the_case_farthest_above_its_border(
    scores: list[float], clear: bool
) -> None:
    borders = {"one": (-1.0, 1.0), "two": (0.0, 2.0)}
    above = {name: s - borders[name][clear] for name, s in zip(borders, scores, strict=True)}
    found = Cases(borders).likeliest(scores, clear)
    assert found == ("" if max(above.values()) < 0 else max(above, key=lambda n: above[n]))


def test_the_border_is_where_precision_and_recall_are_best_together() -> None:
    rows = [
        Utterance("out_of_scope", str(n), case="late" if n in (0, 1, 3) else "") for n in range(6)
    ]
    scores = np.array([[3.0], [2.0], [1.5], [1.0], [-1.0], [-2.0]])
    held_out = HeldOut(
        ("pay",), np.zeros(6, np.int64), np.zeros((6, 1)), np.ones(6), ("late",), scores
    )
    clear = np.zeros(6, dtype=bool)
    borders = cases.borders(held_out, rows, clear)
    assert borders == {"late": (0.0, cases.EVEN)}
    (figures,) = cases.found(held_out, rows, clear, borders)
    assert (figures.precision, figures.recall, figures.count) == (0.75, 1.0, 3)


def test_a_file_of_a_case_is_taught_moved_and_refused_like_any_other(tmp_path: Path) -> None:
    folder = tmp_path / "utterances"
    folder.mkdir()
    assert utterances.add(folder, "pay.late", "i paid too late")
    (row,) = utterances.read_folder(folder)
    assert (row.intent, row.case, row.label) == ("pay", "late", "pay.late")
    new, moved = utterances.move(folder, "pay", "i paid too late")
    assert (new, len(moved)) == (True, 1)
    assert [path.name for path in folder.iterdir()] == ["pay.txt"]
    for name in ("pay.late.again", "pay.", ".late", "pay.Late"):
        with pytest.raises(UtteranceError, match="lower-case letters"):
            utterances.add(folder, name, "too late")


def test_a_sentence_in_a_case_and_beside_it_is_a_contradiction(tmp_path: Path) -> None:
    (tmp_path / "pay.txt").write_text("too late\npay my bill\n")
    (tmp_path / "pay.late.txt").write_text("too late\n")
    rows = utterances.read_folder(tmp_path)
    assert len(utterances.contradictions(rows)) == 1


def test_check_names_a_case_that_changes_nothing(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = Path(shutil.copytree(home, tmp_path / "shop"))
    (own / "utterances" / "out_of_scope.cats.txt").write_text("my cat\na cat\n")
    (own / "utterances" / "prices.high.txt").write_text("so dear\n")
    capsys.readouterr()
    assert main(["--home", str(own), "check", "--quick"]) == 0
    out = capsys.readouterr().out
    assert "out_of_scope.cats.txt: the case out_of_scope.cats has no answer of its own" in out
    assert 'wanted a [[faq]] with topic = "prices" and case = "high"' in out
    assert "prices.high.txt: the case high has 1 utterance; wanted at least 2" in out
    assert "out_of_scope.dogs" not in out


def test_evaluate_says_how_well_each_case_is_found(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["--home", str(home), "evaluate", "--jobs", "1"]) == 0
    assert "  dogs " in capsys.readouterr().out
    assert main(["--home", str(home), "evaluate", "--jobs", "1", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)["report"]["cases"]
    assert figures["dogs"]["count"] == len(LOST_DOG)


def test_the_model_on_disk_keeps_its_cases(home: Path, tmp_path: Path) -> None:
    description, weights = modelfile.load(Home.at(home).model_folder())
    modelfile.save(tmp_path / "again", description, weights)
    again, _ = modelfile.load(tmp_path / "again")
    assert again.cases == description.cases
    assert len(again.cases) == 2
