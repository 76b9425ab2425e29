"""Public intent sets: what is read, what is refused by file and line, draws and edits."""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UtteranceError
from training.intent_sets import IntentSet, draw, read_lines, with_edits
from training.utterances import Utterance

LINE = '{"text": "pay my bill", "intent": "Pay?"}\n'
ROWS = [
    Utterance(intent, f"{intent} {n}")
    for intent, size in (("pay", 9), ("hours", 3))
    for n in range(size)
]


def write(folder: Path, **files: str) -> Path:
    for name, content in files.items():
        (folder / f"{name}.jsonl").write_text(content, encoding="utf-8")
    return folder


def test_labels_are_taken_as_they_are(tmp_path: Path) -> None:
    data = IntentSet.read(write(tmp_path, train=LINE, dev="\ufeff" + LINE + "\n"))
    assert data.name == tmp_path.name
    assert [(row.intent, row.text) for row in data.dev] == [("Pay?", "pay my bill")]
    assert data.out_of_scope == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"text": "pay my bill", "intent"', "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ('["pay my bill", "pay"]', "'intent'"),
        ('{"text": "pay my bill"}', "'intent'"),
        ('{"text": " ", "intent": "pay"}', "'text'"),
        ('{"text": 5, "intent": "pay"}', "'text'"),
        (json.dumps({"text": "a" * 2_001, "intent": "pay"}), "too long"),
        ('{"text": "pay \\ud800", "intent": "pay"}', "half a character"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused_by_file_and_number(
    line: str, reason: str, tmp_path: Path
) -> None:
    path = write(tmp_path, train=LINE + line) / "train.jsonl"
    with pytest.raises(UtteranceError, match=r"train\.jsonl:2: ") as caught:
        read_lines(path)
    assert reason in str(caught.value)


def test_bytes_that_are_not_utf_8_are_refused_by_file_and_number(tmp_path: Path) -> None:
    (tmp_path / "dev.jsonl").write_bytes(b'{"text": "gr\xfc\xdf", "intent": "greet"}')
    with pytest.raises(UtteranceError, match=r"dev\.jsonl:1: is not JSON in UTF-8"):
        read_lines(tmp_path / "dev.jsonl")


def test_a_missing_or_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UtteranceError, match=r"train\.jsonl: cannot be read .*wanted lines"):
        IntentSet.read(tmp_path)
    with pytest.raises(UtteranceError, match=r"dev\.jsonl: is empty"):
        IntentSet.read(write(tmp_path, train=LINE, dev="\n"))


@pytest.mark.parametrize("intent", ["hours", "out_of_scope"])
def test_dev_holds_only_intents_that_can_be_learned(intent: str, tmp_path: Path) -> None:
    other = json.dumps({"text": "open?", "intent": intent}) + "\n"
    train = LINE + other.replace("hours", "opening")
    with pytest.raises(UtteranceError, match=f"dev.jsonl:2: '{intent}' is no intent"):
        IntentSet.read(write(tmp_path, train=train, dev=LINE + other))


def test_a_draw_takes_as_many_of_each_intent_and_all_where_there_are_fewer() -> None:
    drawn = draw([*ROWS, *ROWS], 5, seed=1)
    assert len(set(drawn)) == len(drawn) == 8
    assert sum(row.intent == "pay" for row in drawn) == 5


def test_a_draw_depends_on_the_seed_and_not_on_the_order() -> None:
    assert draw(ROWS, 5, seed=1) == draw(ROWS[::-1], 5, seed=1)
    assert draw(ROWS, 5, seed=1) != draw(ROWS, 5, seed=2)


def test_words_of_less_than_four_letters_and_numbers_are_left_alone() -> None:
    assert with_edits("pay my 123456 now", 2) == "pay my 123456 now"
    assert with_edits("pay 12345 please", 2).startswith("pay 12345 ")


@given(st.text(), st.text("abcdeé", min_size=4))
def test_one_edit_changes_one_or_two_neighbouring_letters(before: str, word: str) -> None:
    message = f"{before} {word}"
    edited = with_edits(message, 1)
    assert edited != message
    assert edited == with_edits(message, 1)
    assert abs(len(edited) - len(message)) <= 1
    blocks = SequenceMatcher(None, message, edited, autojunk=False).get_matching_blocks()
    assert sum(block.size for block in blocks) >= len(message) - 2
    assert with_edits(message, 0) == message
