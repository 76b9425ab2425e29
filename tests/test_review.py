"""Reviewing the inbox: the order, every decision, taking it back, and no crash that costs one."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot.errors import UtteranceError
from bot.home import Home
from bot.inbox import FileInbox, InboxEntry
from training import review_screen
from training.__main__ import main
from training.lock import LOCK_FILE
from training.review import DECIDED_FILE, Review

LINES = {
    "greet": "hello there\ngood morning\n",
    "pay": "pay my bill\ni want to pay",
    "opening_hours": "# when\nwhen do you open\n! are you open today\n",
}
TORN = (("pay", 0.4), ("greet", 0.35), ("opening_hours", 0.25))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    root = tmp_path / "home"
    for folder in ("guide", "utterances"):
        (root / folder).mkdir(parents=True)
    for intent, lines in LINES.items():
        (root / "utterances" / f"{intent}.txt").write_text(lines)
    return Home.at(root)


def put(
    home: Home, text: str, ranking: tuple[tuple[str, float], ...] = TORN, wanted: str = ""
) -> None:
    FileInbox(home.inbox).add(
        InboxEntry(
            text, "unknown", ranking, "2026-05-01T10:00:00+00:00",
            "corrected" if wanted else "unclear", wanted,
        )
    )  # fmt: skip


def lines(home: Home, intent: str) -> list[str]:
    return (home.utterances / f"{intent}.txt").read_text().splitlines()


def files(home: Home) -> dict[str, bytes]:
    """Return every file of the home and what it holds, but for the lock, which is empty."""
    top = home.inbox.parent
    found = (p for p in top.rglob("*") if p.is_file() and p.name != LOCK_FILE)
    return {str(p.relative_to(top)): p.read_bytes() for p in found}


def test_frequent_and_unsure_messages_come_first_and_near_duplicates_together(home: Home) -> None:
    put(home, "the zebra is late", (("pay", 0.9), ("greet", 0.1)))
    put(home, "settle the thing", TORN)
    for text in ("is the shop closed on sunday", "Is the shop closed on sunday?", "is teh shop "
                 "closed on sunday please"):  # fmt: skip
        put(home, text, (("opening_hours", 0.6), ("pay", 0.4)))
    review = Review(home)
    assert [(item.count, len(item.texts)) for item in review.left] == [(3, 3), (1, 1), (1, 1)]
    assert review.left[1].texts == ("settle the thing",)


def test_what_a_person_corrected_comes_before_guesses(home: Home) -> None:
    put(home, "settle the thing")
    put(home, "money for you", (("greet", 0.9), ("pay", 0.1)), wanted="pay")
    item = Review(home).left[0]
    assert item.texts == ("money for you",)
    assert item.guesses[0][0] == "pay"


def test_accepting_adds_every_text_of_the_group_and_it_does_not_come_back(home: Home) -> None:
    put(home, "settle the thing")
    put(home, "settle the thing please")
    review = Review(home)
    assert review.label("pay") == []
    assert lines(home, "pay")[2:] == ["settle the thing", "settle the thing please"]
    assert Review(home).left == []
    put(home, "Settle the  thing")
    assert Review(home).left == []


def test_an_accent_typed_as_a_letter_of_its_own_does_not_bring_a_message_back(home: Home) -> None:
    put(home, "cafe\u0301 bill, # please", wanted="pay")
    Review(home).label("pay")
    assert Review(home).current is None
    assert lines(home, "pay")[-1] == "caf\u00e9 bill, # please"


def test_undo_restores_every_file_byte_for_byte(home: Home) -> None:
    (home.utterances / "pay.txt").write_text("pay my bill\ni want to pay\n")
    put(home, "settle the thing")
    put(home, "a zebra")
    put(home, "quite another one")
    review = Review(home)
    before = files(home)
    first = review.current
    review.label("pay")
    review.label("animals")
    review.drop()
    assert review.current is None
    assert files(home) != before
    while review.undo():
        pass
    after = files(home)
    assert after.pop(DECIDED_FILE) == b""
    assert after == before
    assert review.current == first
    assert len(review.left) == 3


def test_a_dropped_message_never_comes_back_and_its_words_are_gone(home: Home) -> None:
    put(home, "zzqx asdf")
    Review(home).drop()
    put(home, "zzqx asdf")
    assert Review(home).current is None
    assert not any(b"zzqx" in blob for blob in files(home).values())


def test_a_skipped_message_comes_back_in_the_next_sitting(home: Home) -> None:
    put(home, "settle the thing")
    review = Review(home)
    review.skip()
    assert review.current is None
    assert review.summary() == {"added": 0, "labelled": 0, "dropped": 0, "left": 1}
    assert Review(home).current is not None


def test_a_group_can_be_taken_apart(home: Home) -> None:
    put(home, "settle the thing")
    put(home, "settle the thing not")
    review = Review(home)
    review.split()
    review.label("pay")
    assert lines(home, "pay")[-1] == "settle the thing"
    assert [item.texts for item in review.left] == [("settle the thing not",)]


def test_a_sentence_of_another_intent_is_refused_and_stays(home: Home) -> None:
    put(home, "good morning", wanted="pay")
    review = Review(home)
    before = files(home)
    with pytest.raises(UtteranceError, match=r"greet\.txt:2"):
        review.label("pay")
    assert files(home) == before
    assert review.current is not None
    review.label("greet")
    assert Review(home).current is None


def test_a_sentence_of_another_intent_can_be_moved_and_moved_back(home: Home) -> None:
    (home.utterances / "pay.txt").write_text("pay my bill\ni want to pay\n")
    put(home, "good morning", wanted="pay")
    before = files(home)
    review = Review(home)
    assert review.move("pay") == 1
    assert lines(home, "greet") == ["hello there"]
    assert lines(home, "pay")[-1] == "good morning"
    assert Review(home).current is None
    review.undo()
    after = files(home)
    assert after.pop(DECIDED_FILE) == b""
    assert after.pop("inbox.jsonl") == b""  # read once more in between, where it was settled
    assert after == {name: blob for name, blob in before.items() if name != "inbox.jsonl"}


def test_a_protected_line_is_not_moved(home: Home) -> None:
    put(home, "are you open today", wanted="greet")
    review = Review(home)
    before = files(home)
    with pytest.raises(UtteranceError, match=r"opening_hours\.txt:3: is a protected line"):
        review.move("greet")
    assert files(home) == before
    assert review.current is not None


def test_the_last_line_of_a_file_is_moved_and_the_file_comes_back(home: Home) -> None:
    only = home.utterances / "thank.txt"
    only.write_text("merci\n")
    put(home, "Merci", wanted="greet")
    review = Review(home)
    review.move("greet")
    assert not only.exists()
    review.undo()
    assert only.read_text() == "merci\n"
    assert "Merci" not in lines(home, "greet")


def test_a_broken_line_stays_in_the_file_and_is_named(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    put(home, "settle the thing")
    with home.inbox.open("ab") as file:
        file.write(b'{"text": "half\n')
    Review(home).label("pay")
    assert Review(home).current is None
    assert home.inbox.read_bytes() == b'{"text": "half\n'
    assert f"{home.inbox}:2" in caplog.text


def test_a_message_that_was_nothing_but_a_secret_is_not_asked_about(home: Home) -> None:
    put(home, "3782 822463 10005")
    put(home, "settle it for 3782 822463 10005 now")
    review = Review(home)
    assert [item.texts for item in review.left] == [("settle it for now",)]


def piped(home: Home, said: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "training", "--home", str(home.inbox.parent), "review"],
        input=said, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_plain_lines_in_plain_lines_out(home: Home) -> None:
    put(home, "settle the thing")
    put(home, "when is the door open")
    put(home, "a zebra bit me")
    put(home, "who won the game")
    put(home, "qwxz")
    done = piped(home, "\nu\nnonsens\npya\nopening hours\n9\nd\nu\no\nnew animals\n2\n")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert "1 of 5" in done.stdout
    assert "taken back" in done.stdout
    assert "there is no intent pya; did you mean pay?" in done.stdout
    assert "9: wanted a number from 1 to 3" in done.stdout
    assert (
        "-> animals (1 line); it is trained from its second sentence on; new: it needs a topic"
        in (done.stdout)
    )
    assert done.stdout.count("second sentence") == 2  # of out_of_scope, too, which has no file here
    assert "4 labelled (4 new lines), 0 dropped, 1 left. Now run: bot-train --home " in done.stdout
    found = {name: lines(home, name) for name in ("opening_hours", "out_of_scope", "animals")}
    assert [len(rows) for rows in found.values()] == [4, 1, 1]


def test_a_refusal_says_how_to_move_the_sentence(home: Home) -> None:
    put(home, "good morning", wanted="pay")
    said = piped(home, "\nmove pay\nq\n").stdout
    assert "take it out there first, or say: move pay" in said
    assert "-> pay (1 line moved)" in said
    assert lines(home, "pay")[-1] == "good morning"


def test_keys_may_be_capitals_or_words_and_a_bare_word_says_what_it_wants(home: Home) -> None:
    put(home, "settle the thing")
    put(home, "qwxz")
    said = piped(home, "new\nmove\npay\nundo\nskip\nU\nD\n?\nQ\n").stdout
    assert "new: wanted a name after it, as in: new lost_keys" in said
    assert "move: wanted a name after it" in said
    assert said.count("taken back") == 2
    assert "dropped" in said
    assert "move NAME" in said.splitlines()[0]
    assert "there is no intent" not in said


def test_the_name_of_an_intent_is_no_key(home: Home) -> None:
    (home.utterances / "skip.txt").write_text("skip this\nleave that one out\n")
    put(home, "settle the thing")
    assert "-> skip (1 line)" in piped(home, "skip\nq\n").stdout


def test_without_a_guess_a_name_is_asked_for(home: Home) -> None:
    put(home, "settle the thing", ())
    said = piped(home, "\n1\nq\n").stdout
    assert said.count("there is no guess here; wanted the name of an intent") == 2


@pytest.mark.parametrize("share", ["NaN", "Infinity", "-0.5", "1e9"])
def test_a_share_that_cannot_be_is_named_and_the_review_goes_on(home: Home, share: str) -> None:
    put(home, "settle the thing")
    line = home.inbox.read_text().replace("0.4", share).replace("settle", "mend")
    with home.inbox.open("a") as file:
        file.write(line)
    done = piped(home, "pay\nq\n")
    assert done.returncode == 0, done.stderr
    assert f"{home.inbox}:2: is no message of an inbox" in done.stderr
    assert "1 of 1" in done.stdout


def test_the_inbox_is_empty_and_says_how_it_fills(home: Home) -> None:
    done = piped(home, "")
    assert done.returncode == 0
    assert "/keep yes" in done.stdout


@pytest.mark.parametrize("leave", ["q\r", "\x03", "\x04"])
def test_typed_into_a_terminal_every_decision_is_on_disk_when_the_person_leaves(
    home: Home, leave: str
) -> None:
    put(home, "settle the thing")
    put(home, "a zebra bit me")
    review = Review(home)
    with create_pipe_input() as keys:
        keys.send_text(f"pay\r{leave}")
        review_screen.go_through(review, home, review_screen.Screen(keys, DummyOutput()))
    assert review.summary() == {"added": 1, "labelled": 1, "dropped": 0, "left": 1}
    assert len(lines(home, "pay")) == 3


def test_in_a_real_terminal_tab_completes_and_no_message_steers_it(home: Home) -> None:
    put(home, "settle \x1b[2J the \x9bthing")
    child = pexpect.spawn(
        sys.executable, ["-m", "training", "--home", str(home.inbox.parent), "review"],
        env={**os.environ, "PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm", "NO_COLOR": "1"},
        encoding="utf-8", timeout=20, dimensions=(40, 100),
    )  # fmt: skip
    try:
        child.expect("o out of scope")
        child.expect("1 of 1")
        child.expect("label> ")
        assert "settle [2J the thing" in (child.before or "")
        child.send("hours")
        time.sleep(0.3)
        child.send("\t")
        time.sleep(0.3)
        child.send("\r")
        child.expect("-> opening_hours")
        child.expect("That was the last one")
        child.send("u\r")
        child.expect("taken back")
        child.send("greet\r")
        child.expect("-> greet")
        child.send("\r")
        child.expect("1 labelled")
        child.expect(pexpect.EOF)
    finally:
        child.close(force=True)
    assert child.exitstatus == 0
    assert len(lines(home, "opening_hours")) == 3
    assert len(lines(home, "greet")) == 3


def test_killed_at_any_moment_no_label_and_no_message_is_lost(home: Home) -> None:
    count = 60
    for number in range(count):
        put(home, f"{'abcdefghij'[number % 10]}{number} {'zyxwvutsrq'[number // 6] * 9} {number}")
    protected = {intent: lines(home, intent) for intent in LINES}
    said = "1\n2\nd\ns\n1\nu\n" * 40
    chance = random.Random(5)
    for answers in (0, 1, 4, 7, 3, 6, 2):
        child = subprocess.Popen(
            [sys.executable, "-m", "training", "--home", str(home.inbox.parent), "review"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(said)
        child.stdin.flush()
        for _ in range(answers):
            # Nothing more comes from one that was quick and has answered all there was.
            while (line := child.stdout.readline()) and not line.startswith("-> "):
                pass
        time.sleep(chance.random() / 50)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        for intent, rows in protected.items():
            assert lines(home, intent)[: len(rows)] == rows
    records = (home.inbox.with_name(DECIDED_FILE)).read_bytes().splitlines()
    dropped = sum(not json.loads(line)["label"] for line in records if line.endswith(b"}"))
    taught = sum(len(lines(home, intent)) - len(rows) for intent, rows in protected.items())
    assert taught + dropped > 0
    assert len(Review(home).left) >= count - taught - dropped
    assert main(["--home", str(home.inbox.parent), "teach", "pay", "still works"]) == 0
