"""Utterance files: what a line means, what is refused, and that teaching loses nothing."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import UtteranceError
from bot.home import Home
from training import utterances
from training.utterances import Utterance

MARKS = [
    "#",
    "!",
    "! ",
    "\\",
    "\\#",
    "\\!",
    "| also:",
    "|",
    ",",
    " ",
    "pay",
    "é",
    "e\u0301",
    "\ufeff",
]
LINES = st.one_of(st.lists(st.sampled_from(MARKS), max_size=6).map("".join), st.text(max_size=60))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "greet", "hello", "good morning")
    write(tmp_path, "pay", "pay my bill", "! i want to pay")
    return tmp_path


def write(folder: Path, intent: str, *lines: str) -> Path:
    path = folder / f"{intent}.txt"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def refusal(folder: Path) -> str:
    with pytest.raises(UtteranceError) as caught:
        utterances.check_trainable(utterances.read_folder(folder))
    return str(caught.value)


def test_marks_escapes_and_comments_are_read(tmp_path: Path) -> None:
    path = write(
        tmp_path, "pay", "# how people pay", "", "  pay my bill  ", "! pay now", r"\#1 pay",
        r"\! pay", "#no", "!pay", "pay or chat | also: chat, help",
    )  # fmt: skip
    assert utterances.read_folder(tmp_path, with_also=True) == [
        Utterance("pay", "pay my bill", source=f"{path}:3"),
        Utterance("pay", "pay now", protected=True, source=f"{path}:4"),
        Utterance("pay", "#1 pay", source=f"{path}:5"),
        Utterance("pay", "! pay", source=f"{path}:6"),
        Utterance("pay", "!pay", source=f"{path}:8"),
        Utterance("pay", "pay or chat", also=("chat", "help"), source=f"{path}:9"),
    ]


def test_letters_typed_in_two_ways_are_one_utterance(tmp_path: Path) -> None:
    write(tmp_path, "place", "cafe\u0301")
    assert utterances.read_folder(tmp_path)[0].text == "caf\u00e9"


def test_files_from_other_systems_are_read(tmp_path: Path) -> None:
    (tmp_path / "greet.txt").write_bytes(b"\xef\xbb\xbfhello\r\n\r\nhi there\r\nno end of line")
    found = [row.text for row in utterances.read_folder(tmp_path)]
    assert found == ["hello", "hi there", "no end of line"]


@given(LINES)
@example("pay | also: chat")
@example("\\#1")
@example("\ufeffhello")
def test_any_one_line_text_survives_writing_and_reading(text: str) -> None:
    wanted = " ".join(unicodedata.normalize("NFC", text).split())
    line = utterances.format_line(text)
    assert "\n" not in line
    assert not line.startswith("#")
    if wanted:
        assert utterances.parse_line(line, "pay") == Utterance("pay", wanted)


def test_a_line_in_another_encoding_is_refused_by_file_and_line(folder: Path) -> None:
    (folder / "greet.txt").write_bytes("hello\ngrüezi\n".encode("latin-1"))
    assert f"{folder / 'greet.txt'}:2: is not UTF-8" in refusal(folder)


def test_a_line_as_long_as_a_book_is_refused_by_file_and_line(folder: Path) -> None:
    write(folder, "greet", "hello", "x" * 2_000)
    utterances.read_folder(folder)
    write(folder, "greet", "hello", "hi", "x" * 2_001)
    assert f"{folder / 'greet.txt'}:3: 2,001 characters" in refusal(folder)


def test_a_sentence_under_two_intents_is_refused_naming_both_lines(folder: Path) -> None:
    write(folder, "pay", "pay my bill", "HELLO")
    message = refusal(folder)
    assert f"{folder / 'pay.txt'}:2" in message
    assert f"{folder / 'greet.txt'}:1" in message


def test_one_intent_alone_and_one_utterance_alone_cannot_be_learned(folder: Path) -> None:
    write(folder, "pay", "pay my bill")
    assert f"{folder / 'pay.txt'}:1" in refusal(folder)
    (folder / "pay.txt").unlink()
    assert "at least two" in refusal(folder)


def test_the_same_utterance_twice_does_not_count_as_two(folder: Path) -> None:
    write(folder, "pay", "pay my bill", "pay my bill")
    assert f"{folder / 'pay.txt'}:1" in refusal(folder)


def test_a_file_whose_name_is_no_intent_is_refused_by_name(folder: Path) -> None:
    write(folder, "My Intent", "hello there")
    assert str(folder / "My Intent.txt") in refusal(folder)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert str(tmp_path / "no") in refusal(tmp_path / "no")


def test_every_mistake_is_listed_at_once(folder: Path) -> None:
    write(folder, "greet", "x" * 3_000)
    (folder / "pay.txt").write_bytes(b"\xff\n")
    message = refusal(folder)
    assert f"{folder / 'greet.txt'}:1" in message
    assert f"{folder / 'pay.txt'}:1" in message


def test_the_shipped_utterances_can_be_learned(root: Path) -> None:
    utterances.check_trainable(utterances.read_folder(root / "training" / "utterances"))


def test_a_taught_utterance_is_added_after_all_that_was_there(folder: Path) -> None:
    path = folder / "pay.txt"
    path.write_bytes("# über\r\n! i want to pay\r\n\nno end".encode())
    assert utterances.add(folder, "pay", "  settle\tmy bill ")
    assert path.read_bytes() == "# über\r\n! i want to pay\r\n\nno end\nsettle my bill\n".encode()
    assert [file.name for file in folder.iterdir() if file.suffix != ".txt"] == []


def test_a_new_intent_gets_a_file_and_a_known_utterance_no_second_line(folder: Path) -> None:
    assert utterances.add(folder, "alerts", "warn me")
    assert not utterances.add(folder, "alerts", "Warn  me")
    assert (folder / "alerts.txt").read_text(encoding="utf-8") == "warn me\n"


@pytest.mark.parametrize("text", ["#1 way to pay", "! pay", "\\#1", "pay | also: greet"])
def test_what_was_taught_is_what_is_read(text: str, folder: Path) -> None:
    assert utterances.add(folder, "alerts", text)
    assert [r.text for r in utterances.read_folder(folder) if r.intent == "alerts"] == [text]
    assert not utterances.add(folder, "alerts", text)


@pytest.mark.parametrize(
    ("intent", "text", "reason"),
    [
        ("pay", "my card is 4111 1111 1111 1111", "card number"),
        ("pay", "my pin is 4711", "code"),
        ("pay", "Hello", "greet.txt:1"),
        ("pay", "", "wanted 1 to"),
        ("pay", " \n ", "wanted 1 to"),
        ("pay", "!!!", "no word"),
        ("pay", "...", "no word"),
        ("pay", "🙏", "no word"),
        ("pay", "x" * 2_001, "2,000"),
        ("pay", "caf\udcc3", ""),
        ("../pay", "settle my bill", "lower-case"),
        ("Pay", "settle my bill", "lower-case"),
        ("", "settle my bill", "lower-case"),
    ],
)
def test_what_cannot_be_taught_is_refused_and_changes_no_file(
    intent: str, text: str, reason: str, folder: Path
) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(UtteranceError) as caught:
        utterances.add(folder, intent, text)
    assert reason in str(caught.value)
    assert "4711" not in str(caught.value)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_refused_file_is_not_added_to(folder: Path) -> None:
    (folder / "pay.txt").write_bytes(b"pay\n\xff\xfe\n")
    with pytest.raises(UtteranceError, match=r"pay\.txt:2"):
        utterances.add(folder, "greet", "good evening")
    assert "evening" not in (folder / "greet.txt").read_text(encoding="utf-8")


def test_the_file_is_replaced_whole_so_that_a_reader_never_sees_half(folder: Path) -> None:
    path = folder / "pay.txt"
    with path.open(encoding="utf-8") as reader:
        assert utterances.add(folder, "pay", "settle my bill")
        assert reader.read() == "pay my bill\n! i want to pay\n"
    assert path.read_text(encoding="utf-8").endswith("settle my bill\n")


def test_every_urgent_topic_has_sentences_that_the_gate_protects(shipped: Home) -> None:
    from training import gate

    rows = utterances.read_folder(shipped.utterances)
    for topic in gate.urgent_topics(shipped):
        assert sum(row.protected and row.intent == topic for row in rows) >= 30, topic
