"""The gate: what a new model would make worse is named, and keeps it from being put in use."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from bot.classifier import Classifier
from bot.home import Home
from bot.messages import OUT_OF_SCOPE
from training import folds, gate, held_out, trainer, utterances
from training.__main__ import main
from training.gate import Pair
from training.held_out import ANSWER, CLARIFY, UNKNOWN
from training.trainer import Trained
from training.utterances import Utterance

URGENT = "roadside_help"
OTHER = "book_repair"


@pytest.fixture(scope="module")
def _taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("gate") / "shop"
    Home.create(root, blank=True)
    assert run(root, "train", "--name", "first") == 0
    return root


@pytest.fixture
def shop(_taught: Path, tmp_path: Path) -> Path:
    """The blank home, trained once, with its protected lines."""
    import shutil

    return Path(shutil.copytree(_taught, tmp_path / "shop"))


def run(home: Path, *arguments: str) -> int:
    return main(["--home", str(home), *arguments, *(["--jobs", "1"] * ("train" in arguments))])


def in_use(home: Path) -> str:
    return (home / "models" / "current").read_text().strip()


def spoil(home: Path) -> None:
    """Teach every sentence of the urgent topic, with a word more, as something else."""
    rows = [row for row in utterances.read_folder(home / "utterances") if row.intent == URGENT]
    lines = [f"{row.text} {word}" for row in rows for word in ("now", "today", "here", "there")]
    utterances.append(home / "utterances" / f"{OTHER}.txt", lines)


def test_the_first_model_of_a_home_is_compared_with_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Home.create(tmp_path / "new", blank=True)
    assert run(tmp_path / "new", "train", "--json") == 0
    found = json.loads(capsys.readouterr().out)["gate"]
    assert (found["better"], found["worse"], found["notes"]) == ([], [], [])


def test_training_again_on_the_same_lines_finds_nothing(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(shop, "train", "--json", "--name", "again") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["gate"]["better"], found["gate"]["worse"]) == ([], [])
    assert "found unseen" in found["gate"]["notes"][0]
    assert found["in_use"]
    assert in_use(shop) == "again"


def test_worse_on_a_protected_line_is_named_and_not_swapped_in(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(shop)
    assert run(shop, "train", "--name", "spoilt") == 3
    out, err = capsys.readouterr()
    line = shop / "utterances" / f"{URGENT}.txt"
    assert f'{line}:2: protected line, unseen, "my chain snapped' in err
    assert f"the urgent topic {URGENT}: of its" in err
    assert f"wanted {URGENT}" in err
    assert err.startswith("bot-train: not put in use")
    assert "rollback spoilt" in err
    assert len(err.splitlines()) <= gate.SHOWN + 3
    assert "model in use" not in out
    assert in_use(shop) == "first"
    assert (shop / "models" / "spoilt" / "model.json").exists()


def test_worse_on_an_urgent_topic_is_not_swapped_in_even_without_protected_lines(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shop / "utterances" / f"{URGENT}.txt"
    path.write_text(path.read_text().replace("! ", ""))
    spoil(shop)
    assert run(shop, "train", "--json") == 3
    out, err = capsys.readouterr()
    assert f"the urgent topic {URGENT}: of its" in err
    found = json.loads(out)
    assert found["gate"]["refused"]
    assert not found["in_use"]
    assert any(row["blocks"] and URGENT in row["text"] for row in found["gate"]["worse"])
    assert in_use(shop) == "first"


def test_force_puts_it_in_use_and_still_says_what_is_worse(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(shop)
    assert run(shop, "train", "--force", "--name", "forced") == 0
    out, err = capsys.readouterr()
    assert "worse than before:" in out
    assert err == ""
    assert in_use(shop) == "forced"
    assert run(shop, "rollback") == 0
    assert in_use(shop) == "first"


def test_a_refused_model_never_takes_the_place_of_the_one_in_use(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {p.name: p.read_bytes() for p in (shop / "models" / "first").iterdir()}
    spoil(shop)
    assert run(shop, "train", "--name", "first") == 3
    assert {p.name: p.read_bytes() for p in (shop / "models" / "first").iterdir()} == before
    name = capsys.readouterr().err.rpartition("rollback ")[2].partition(",")[0]
    assert run(shop, "rollback", name) == 0
    assert in_use(shop) == name != "first"


def test_an_urgent_topic_without_sentences_any_more_is_not_swapped_in(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "utterances" / f"{URGENT}.txt").unlink()
    assert run(shop, "train") == 3
    assert f"the urgent topic {URGENT} has fewer than two sentences" in capsys.readouterr().err


def test_an_urgent_topic_of_which_one_sentence_is_left_is_not_swapped_in(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shop / "utterances" / f"{URGENT}.txt"
    path.write_text("got a puncture in the middle of nowhere\n")
    assert run(shop, "train") == 3
    err = capsys.readouterr().err
    assert f"warning: {path}:1: the only sentence of {URGENT}, which is left out" in err
    assert f"the urgent topic {URGENT} has fewer than two sentences" in err
    assert in_use(shop) == "first"


def test_a_golden_conversation_that_fails_with_the_new_model_is_named(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    talk = shop / "conversations" / "mine.txt"
    talk.write_text(
        "> where is my bike, is it done\n= repair_status\n> once upon a time\n= prices\n"
    )
    lines = (shop / "utterances" / "repair_status.txt").read_text().splitlines()
    utterances.append(shop / "utterances" / "opening_times.txt", ["where is my bike, is it done"])
    (shop / "utterances" / "repair_status.txt").write_text("\n".join(lines[:3]) + "\n")
    run(shop, "train", "--json")
    worse = json.loads(capsys.readouterr().out)["gate"]["worse"]
    golden = [row for row in worse if "golden" in row["text"]]
    assert [(row["source"], row["blocks"]) for row in golden] == [(f"{talk}:1", False)]
    assert "the topic is" in golden[0]["text"]


def test_a_golden_conversation_that_ends_at_another_topic_than_an_urgent_one_blocks(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    talk = shop / "conversations" / "mine.txt"
    talk.write_text(f"> got a puncture in the middle of nowhere\n= {URGENT}\n")
    spoil(shop)
    said = [f"got a puncture in the middle of nowhere{end}" for end in ("", " now", " again", "?")]
    utterances.append(shop / "utterances" / f"{OTHER}.txt", said)
    assert run(shop, "train", "--json") == 3
    worse = json.loads(capsys.readouterr().out)["gate"]["worse"]
    assert [row["blocks"] for row in worse if row["source"] == f"{talk}:1"] == [True]


def test_a_model_in_use_that_cannot_be_read_is_replaced_and_the_gate_says_so(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "models" / "first" / "weights.npz").write_bytes(b"no weights")
    assert run(shop, "train", "--name", "mended") == 0
    assert "nothing was compared: " in capsys.readouterr().out
    assert in_use(shop) == "mended"


@pytest.mark.parametrize("damage", ["gone", "cut", "other", "folds"])
def test_without_held_out_answers_the_gate_says_that_intents_were_not_compared(
    damage: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shop / "models" / "first" / held_out.FILE
    blob, answers = path.read_bytes(), held_out.load(path.parent)
    assert answers is not None
    path.unlink()
    if damage == "cut":
        path.write_bytes(blob[: len(blob) // 2])
    elif damage == "other":
        np.savez(path, keys=np.arange(3))
    elif damage == "folds":
        held_out.save(path.parent, replace(answers, folds=answers.folds + 1))
    spoil(shop)
    run(shop, "train")
    out, err = capsys.readouterr()
    assert "no held-out answers" in out
    assert "of its" not in out + err


def test_a_protected_line_that_the_model_itself_answers_worse_blocks(trained: Trained) -> None:
    old = Classifier(trained.description, trained.weights)
    unsure = replace(trained, description=replace(trained.description, answer_from=1.0))
    new = Classifier(unsure.description, trained.weights)
    rows = [row for row in trained.rows if row.protected]
    sure = {row.source for row in rows if old.classify(row.text).zone == "answer"}
    assert sure
    found = gate.protected(unsure, old)
    assert {finding.source for finding in found if finding.blocks} == sure
    assert all("asked back" in str(finding) for finding in found)
    back = gate.protected(trained, new)
    assert {finding.source for finding in back if finding.better} == sure
    assert not any(finding.blocks for finding in back)


def test_a_guide_that_cannot_be_read_leaves_the_rest_of_the_comparison(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (shop / "guide").glob("*.toml"):
        path.write_text("[")
    spoil(shop)
    assert run(shop, "train") == 3
    out, err = capsys.readouterr()
    assert "golden conversations were not compared" in out
    assert "protected line" in err


def test_while_the_guide_does_not_tell_what_is_urgent_every_intent_counts_as_urgent(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shop / "utterances" / f"{URGENT}.txt"
    path.write_text(path.read_text().replace("! ", ""))
    topics = shop / "guide" / "topics.toml"
    topics.write_text(f"{topics.read_text()}\n[topic.x\n")
    spoil(shop)
    assert run(shop, "train", "--json") == 3
    out, err = capsys.readouterr()
    assert f"the intent {URGENT}: of its" in err
    assert "the urgent topic" not in err
    (warning,) = json.loads(out)["gate"]["warnings"]
    assert warning.startswith(f"{topics}: is not TOML")
    assert "every intent counts as urgent" in warning
    assert f"bot-train: warning: {warning}\n" in err
    assert in_use(shop) == "first"


def test_while_the_guide_cannot_be_read_what_does_not_get_worse_is_swapped_in(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "guide" / "topics.toml").write_text("[")
    utterances.append(shop / "utterances" / "prices.txt", ["tell me the price of a zebra"])
    assert run(shop, "train", "--name", "again") == 0
    assert "every intent counts as urgent" in capsys.readouterr().err
    assert in_use(shop) == "again"


def test_a_golden_conversation_that_cannot_be_read_is_named_and_the_others_are_compared(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "conversations" / "bad.txt").write_bytes(b"> hello\n> caf\xff\xfe\n")
    (shop / "conversations" / "folder.txt").mkdir()
    talk = shop / "conversations" / "mine.txt"
    talk.write_text(f"> got a puncture in the middle of nowhere\n= {URGENT}\n")
    spoil(shop)
    said = [f"got a puncture in the middle of nowhere{end}" for end in ("", " now", " again", "?")]
    utterances.append(shop / "utterances" / f"{OTHER}.txt", said)
    assert run(shop, "train", "--json") == 3
    found = json.loads(capsys.readouterr().out)["gate"]
    assert f"{talk}:1" in [row["source"] for row in found["worse"]]
    notes = "\n".join(found["notes"])
    bad = shop / "conversations" / "bad.txt"
    assert f"a golden conversation was not compared: {bad}:2: is not UTF-8; save" in notes
    assert f"{shop / 'conversations' / 'folder.txt'}: cannot be read" in notes


@pytest.mark.parametrize("what", ["nobody\n", "../up\n", ""])
def test_without_a_model_in_use_that_can_be_told_the_gate_says_that_nothing_was_compared(
    what: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    current = shop / "models" / "current"
    current.write_text(what)
    assert run(shop, "train", "--name", "mended") == 0
    assert f"nothing was compared: {current}: " in capsys.readouterr().out
    assert in_use(shop) == "mended"


@pytest.mark.parametrize(
    ("lost", "gained", "worse"),
    [(1, 0, False), (2, 0, False), (4, 0, False), (5, 0, True), (5, 1, False), (9, 2, True),
     (20, 20, False), (40, 20, True), (0, 9, False), (0, 0, False)],
)  # fmt: skip
def test_a_line_or_two_is_noise_for_an_urgent_topic_and_five_of_five_are_not(
    lost: int, gained: int, worse: bool
) -> None:
    right, wrong = (URGENT, ANSWER), (OTHER, ANSWER)
    row = Utterance(URGENT, "help me", source="x.txt:1")
    pairs = [
        *[Pair(row, right, wrong)] * lost,
        *[Pair(row, wrong, right)] * gained,
        *[Pair(row, right, right)] * 200,
    ]
    found = gate.intents(pairs, frozenset({URGENT}))
    assert any(finding.blocks for finding in found) is worse
    assert not any(finding.blocks for finding in gate.intents(pairs, frozenset()))


@given(lost=st.integers(0, 300), gained=st.integers(0, 300))
def test_the_chance_is_that_of_the_binomial_test(lost: int, gained: int) -> None:
    changes = lost + gained
    wanted = binomtest(lost, changes, 0.5, alternative="greater").pvalue if changes else 1.0
    assert gate.likelihood(lost, gained) == pytest.approx(wanted, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize(
    ("intent", "answer", "right"),
    [("pay", ("pay", ANSWER), True), ("pay", ("pay", CLARIFY), True),
     ("pay", ("pay", UNKNOWN), True), ("pay", ("greet", ANSWER), False),
     (OUT_OF_SCOPE, ("pay", ANSWER), False), (OUT_OF_SCOPE, ("pay", UNKNOWN), True)],
)  # fmt: skip
def test_in_scope_the_best_intent_counts_and_out_of_scope_the_zone(
    intent: str, answer: tuple[str, int], right: bool
) -> None:
    assert gate.is_right(intent, answer) is right


@pytest.fixture(scope="module")
def trained(_taught: Path) -> Trained:
    return trainer.train(utterances.read_folder(_taught / "utterances"), jobs=1)


def test_a_protected_line_that_flipped_by_the_luck_of_the_folds_is_asked_again(
    trained: Trained,
) -> None:
    model = Classifier(trained.description, trained.weights)
    clear = next(row for row in trained.rows if row.protected and row.intent == URGENT)
    flipped = Pair(clear, (URGENT, ANSWER), (OTHER, ANSWER))
    assert gate.protected(trained, model, [flipped]) == []
    # Under a wrong label no model that has not seen it is right.
    odd = replace(clear, intent="greet", text="how much do you charge for a new tyre", source="x:9")
    taught = trainer.train([*trained.rows, odd], jobs=1)
    same = Classifier(taught.description, taught.weights)
    found = gate.protected(taught, same, [Pair(odd, ("greet", ANSWER), ("prices", ANSWER))])
    assert [(finding.source, finding.blocks) for finding in found] == [("x:9", True)]


def test_held_out_answers_come_back_from_the_disk_as_they_were(
    trained: Trained, tmp_path: Path
) -> None:
    answers = held_out.of(trained)
    held_out.save(tmp_path, answers)
    found = held_out.load(tmp_path)
    assert found is not None
    assert found.by_key() == answers.by_key()
    assert found.folds == trainer.TRAINING_FOLDS
    assert len(found.by_key()) == len(trained.rows)
    right = [gate.is_right(row.intent, found.by_key()[held_out.key(row.text)])
             for row in trained.rows if row.intent != OUT_OF_SCOPE]  # fmt: skip
    assert abs(np.mean(right) - trained.description.scores["in_scope_best_right"]) < 0.15
    assert not any(row.text.encode() in (tmp_path / held_out.FILE).read_bytes()
                   for row in trained.rows)  # fmt: skip


def test_a_threshold_that_moved_makes_no_urgent_topic_worse() -> None:
    row = Utterance(URGENT, "help me", source="x.txt:1")
    moved = [Pair(row, (URGENT, ANSWER), (URGENT, UNKNOWN))] * 30
    assert gate.intents(moved, frozenset({URGENT})) == []


def test_a_sentence_stays_in_its_fold_when_others_come(trained: Trained) -> None:
    rows = trainer.in_training_order([*trained.rows, Utterance("greet", "ahoy there captain")])
    before, after = (
        [{some[place].text for place in fold.outside} for fold in folds._lasting_folds(some, 3)]
        for some in (trained.rows, rows)
    )
    moved = sum(len(old - new) for old, new in zip(before, after, strict=True))
    assert moved <= 3  # of 493
    assert set.union(*before) == {row.text for row in trained.rows}
    for intent in {row.intent for row in trained.rows}:
        own = {row.text for row in trained.rows if row.intent == intent}
        sizes = sorted(len(own & fold) for fold in before)
        assert sizes[-1] <= -(-len(own) // 3)


def test_with_several_urgent_topics_each_must_be_surer_so_that_the_gate_is_as_sure() -> None:
    def lost(count: int) -> list[gate.Finding]:
        topics = [f"urgent_{number}" for number in range(5)]
        pairs = [
            Pair(Utterance(name, "help me"), (name, ANSWER), (OTHER if worse else name, ANSWER))
            for name in topics
            for worse in [name == topics[0]] * count + [False] * 50
        ]
        return [finding for finding in gate.intents(pairs, frozenset(topics)) if finding.blocks]

    assert lost(6) == []  # 1 in 64, and five topics
    assert lost(7)  # 1 in 128
