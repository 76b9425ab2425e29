"""The inbox: only where it was asked for, only what was unclear, never a secret."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import Bot, inbox
from bot.inbox import FileInbox, InboxEntry
from bot.messages import Classification

UNKNOWN = "can you order me a taxi to the moon"
CARD = "3782 822463 10005"
TORN = Classification("pay", 0.5, "clarify", tuple((name, 0.1) for name in "abcdefgh"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "inbox.jsonl"


@pytest.fixture
def keeper(path: Path) -> Bot:
    return Bot.load(inbox=path)


def test_nothing_is_kept_unless_it_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Bot.load().reply(UNKNOWN)
    assert list(tmp_path.iterdir()) == []


def test_an_unclear_message_is_kept_with_zone_ranking_and_time(keeper: Bot, path: Path) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    keeper.reply(UNKNOWN, session_id="u1")
    (entry,) = FileInbox(path).read()
    meant = keeper.classify(UNKNOWN)
    assert (entry.text, entry.zone, entry.reason) == (UNKNOWN, meant.zone, "unclear")
    assert [intent for intent, _ in entry.ranking] == [i for i, _ in meant.ranking[: inbox.TOP]]
    assert before <= datetime.fromisoformat(entry.time) <= datetime.now(UTC)


def test_what_was_understood_is_not_kept(keeper: Bot, path: Path) -> None:
    keeper.reply("i lost my card", session_id="u1")
    keeper.reply("what is the mailing address")
    keeper.reply("...!")
    assert not path.exists()


def test_the_answer_to_a_question_is_not_kept_though_it_means_nothing_on_its_own(
    keeper: Bot, path: Path
) -> None:
    assert keeper.reply("i lost my card", session_id="u1").asks == "card_kind"
    assert keeper.reply("corporate", session_id="u1").asks == "calling_from"
    keeper.reply("the US of A, around Boise", session_id="u1")
    assert not path.exists()


@pytest.mark.parametrize("said", [f"taxi to the moon for {CARD}", "a taxi, pin 9137, in Spain"])
def test_a_message_with_a_secret_is_not_kept_as_the_reply_says(
    keeper: Bot, path: Path, said: str
) -> None:
    assert "have not kept" in keeper.reply(said, session_id="u1").text
    assert not path.exists()


def test_no_secret_reaches_the_disk_whoever_made_the_entry(path: Path) -> None:
    FileInbox(path).add(InboxEntry(f"card {CARD}, pin 9137", "unknown", (), "2026-01-01"))
    FileInbox(path).add(InboxEntry.of(f"eaten {CARD}", TORN, reason="corrected"))
    blob = path.read_text(encoding="utf-8")
    assert blob.count("⟦card⟧") == 2
    for digits in ("3782", "822463", "10005", "9137"):
        assert digits not in blob


def test_a_secret_that_a_hand_put_into_the_file_is_masked_when_it_is_read(path: Path) -> None:
    line = InboxEntry("x", "unknown", (), "2026-01-01").to_json().replace('"x"', f'"{CARD}"')
    path.write_text(f"{line}\n", encoding="utf-8")
    assert FileInbox(path).read()[0].text == "⟦card⟧"


def test_a_broken_line_is_skipped_and_named(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    FileInbox(path).add(InboxEntry.of("one", TORN))
    with path.open("ab") as file:
        file.write(
            b'{"text": "half\n[]\n\xff\xfe\n\n{"text":1,"zone":"x","ranking":[],"time":""}\n'
        )
    FileInbox(path).add(InboxEntry.of("two", TORN))
    with caplog.at_level(logging.WARNING):
        assert [entry.text for entry in FileInbox(path).read()] == ["one", "two"]
    warned = [record.getMessage() for record in caplog.records]
    assert [line.split(": ")[0] for line in warned] == [f"{path}:{n}" for n in (2, 3, 4, 6)]
    assert all("wanted one JSON object a line" in line for line in warned)
    assert "half" not in "".join(warned)


def test_a_full_inbox_takes_no_more_and_says_so_without_the_message(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    small = FileInbox(path, most_bytes=700)
    with caplog.at_level(logging.WARNING):
        for number in range(9):
            small.add(InboxEntry.of(f"zebra {number}", TORN))
    assert path.stat().st_size <= 700
    assert 0 < len(small.read()) < 9
    assert "bot-train review" in caplog.text
    assert "zebra" not in caplog.text


def test_the_reply_goes_out_when_the_message_cannot_be_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bot = Bot.load(inbox=tmp_path / "nowhere" / "inbox.jsonl")
    with caplog.at_level(logging.WARNING):
        reply = bot.reply(UNKNOWN)
    assert reply.routes
    assert "nowhere" in caplog.text
    assert "taxi" not in caplog.text


def test_an_embedder_may_bring_an_inbox_of_its_own() -> None:
    class Kept:
        def __init__(self) -> None:
            self.entries: list[InboxEntry] = []
            self.add: Callable[[InboxEntry], None] = self.entries.append

    kept = Kept()
    Bot.load(inbox=kept).reply(UNKNOWN)
    assert [entry.text for entry in kept.entries] == [UNKNOWN]


def test_what_is_taught_holds_no_token() -> None:
    assert inbox.teachable("my ⟦card⟧ was  eaten\nby ⟦code⟧") == "my was eaten by"


@given(st.text(), st.sampled_from(("unclear", "corrected")), st.text(max_size=20))
def test_every_entry_survives_the_way_to_the_file_and_back(
    text: str, reason: inbox.Reason, wanted: str
) -> None:
    entry = InboxEntry.of(text, TORN, reason=reason, wanted=wanted)
    line = entry.to_json()
    assert "\n" not in line
    assert InboxEntry.from_json(line) == entry
    assert len(entry.text) <= inbox.LONGEST


@given(st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(
        st.sampled_from(("text", "zone", "ranking", "time", "reason", "wanted")), inner
    ),
))  # fmt: skip
def test_a_line_that_is_no_entry_is_a_value_error(document: object) -> None:
    try:
        entry = InboxEntry.from_json(json.dumps(document))
    except ValueError:
        return
    assert entry.zone in ("answer", "clarify", "unknown")


@pytest.mark.parametrize(
    "message",
    ["a stranger rang and i told him my pin", "my husband passed away last week",
     "is 1-800-555-0147 your number"],
)  # fmt: skip
def test_who_was_warned_or_felt_with_was_understood(keeper: Bot, path: Path, message: str) -> None:
    keeper.reply(message)
    assert not path.exists()
