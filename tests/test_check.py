"""`bot-train check`: each kind of finding on a small home, and that nothing is written."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import redaction
from bot.home import Home
from bot.inbox import InboxEntry
from training.__main__ import main

CARD = "3782-822463 10005"


@pytest.fixture(scope="module")
def _trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("check") / "own"
    Home.create(root, blank=True)
    assert run(root, "train", "--name", "first", "--jobs", "1") == 0
    return root


@pytest.fixture
def home(_trained: Path, tmp_path: Path) -> Path:
    """The blank home, trained."""
    return Path(shutil.copytree(_trained, tmp_path / "own"))


def run(home: Path, *arguments: str) -> int:
    return main(["--home", str(home), *arguments])


def findings(
    home: Path, capsys: pytest.CaptureFixture[str], *arguments: str
) -> list[dict[str, object]]:
    """Return the findings of a quick check, or of one with other arguments."""
    capsys.readouterr()
    status = run(home, "check", "--json", *(arguments or ("--quick",)))
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    assert status == any(finding["level"] == "error" for finding in found)
    return found


def append(path: Path, *lines: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))


def count(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def snapshot(home: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def utterance(intent: str, *lines: str) -> Callable[[Path], None]:
    return lambda home: append(home / "utterances" / f"{intent}.txt", *lines)


def guide(old: str, new: str, file: str = "topics.toml") -> Callable[[Path], None]:
    def change(home: Path) -> None:
        path = home / "guide" / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def file(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda home: (home / name).write_bytes(content) and None


def gone(name: str) -> Callable[[Path], None]:
    return lambda home: (home / name).unlink()


KINDS = {
    "a line that is not UTF-8": (
        file("utterances/prices.txt", b"how much is it\nwhat does it c\xf6st\nprice of a tube\n"),
        "error", "unreadable", "utterances/prices.txt:2", "is not UTF-8",
    ),
    "a file that names no intent": (
        file("utterances/My Prices.txt", b"how much is it now\n"),
        "error", "unreadable", "utterances/My Prices.txt", "not an intent; wanted lower-case",
    ),
    "one sentence under two intents": (
        file("utterances/zebra.txt", b"a zebra\nTHANK you\n"),
        "error", "contradiction", "utterances/zebra.txt:2", "stands under thank",
    ),
    "a card number": (
        file("utterances/zebra.txt", f"my zebra\nit is {CARD} ok\n".encode()),
        "error", "secret", "utterances/zebra.txt:2", "'it is ⟦card⟧ ok'",
    ),
    "a code": (
        file("utterances/zebra.txt", b"my zebra\nmy pin is 8264\n"),
        "error", "secret", "utterances/zebra.txt:2", "'my pin is ⟦code⟧'",
    ),
    "a line without a word": (
        utterance("thank", "🙏"),
        "warning", "wordless", "utterances/thank.txt:27", "holds no word, so it teaches nothing",
    ),
    "an intent with one utterance, twice": (
        file("utterances/zebra.txt", b"a zebra\na zebra\n"),
        "warning", "few", "utterances/zebra.txt",
        "zebra has 1 utterance, so it is not learned; wanted at least 2",
    ),
    "an intent without utterances": (
        file("utterances/zebra.txt", b"# to be written\n"),
        "warning", "few", "utterances/zebra.txt",
        "zebra has 0 utterances, so it is not learned; wanted at least 2",
    ),
    "an intent with very few": (
        file("utterances/zebra.txt", b"a zebra\nsome zebras\nzebra\nzebras!\n"),
        "warning", "few", "utterances/zebra.txt", "zebra has 4 utterances; wanted at least 5",
    ),
    "an intent with few beside the others": (
        file("utterances/zebra.txt", b"a zebra\nsome zebras\nzebra\nzebras!\nmy zebra\n"),
        "warning", "unbalanced", "utterances/zebra.txt",
        "zebra has 5 utterances, the others 26 (median); wanted at least 20% of that",
    ),
    "an intent with many beside the others": (
        utterance("prices", *(f"the price of zebra number {number}" for number in range(105))),
        "warning", "unbalanced", "utterances/prices.txt",
        "prices has 131 utterances, the others 26 (median); wanted at most 5 times that",
    ),
    "a card number in a comment": (
        utterance("thank", f"# said by the owner of {CARD}"),
        "error", "secret", "utterances/thank.txt:27", "'# said by the owner of ⟦card⟧'",
    ),
    "a card number in the guide": (
        guide("[topic.prices]\n", f"# {CARD}\n[topic.prices]\n"),
        "error", "secret", "guide/topics.toml:39", "'# ⟦card⟧'; wanted the guide without it",
    ),
    "a card number in a conversation": (
        file("conversations/wrong.txt", f"> thank you\n> it is {CARD}\n".encode()),
        "warning", "secret", "conversations/wrong.txt:2", "⟦card⟧'; wanted a made-up one",
    ),
    "near-duplicates across intents": (
        file("utterances/zebra.txt", b"zebra crossing\nwhat would a new chain sett me back?\n"),
        "warning", "near_duplicate", "utterances/zebra.txt:2", "which is prices (",
    ),
    "a key that the guide does not know": (
        guide("[topic.prices]\n", "[topic.prices]\ncolour = 'red'\n"),
        "error", "guide", "guide/topics.toml:39", "topic.prices.colour: is not a key I know",
    ),
    "a guide that is not TOML": (
        guide("[topic.prices]\n", "[topic.prices]\ncolour = = 'red'\n"),
        "error", "guide", "guide/topics.toml:40", "is not TOML",
    ),
    "a route without a label": (
        guide('label = "electric bench, for e-bikes"\n', "", "guide.toml"),
        "error", "guide", "guide/guide.toml:22", "has no 'label'; wanted a text",
    ),
    "an intent without an answer": (
        file("utterances/zebra.txt", b"a zebra\nsome zebras\n"),
        "warning", "unanswered", "utterances/zebra.txt", "wanted a [topic.zebra] there",
    ),
    "a topic without utterances": (
        gone("utterances/prices.txt"),
        "warning", "untaught", "guide/topics.toml:39", "the topic prices has no utterances",
    ),
    "a conversation that goes otherwise": (
        file("conversations/wrong.txt", b"# a remark\n> thank you\n= prices\n"),
        "error", "conversation", "conversations/wrong.txt:2",
        "the topic is 'thank'; wanted 'prices'",
    ),
    "a conversation with a line without a mark": (
        file("conversations/wrong.txt", b"> thank you\nprices\n"),
        "error", "conversation", "conversations/wrong.txt:2", "wanted '> ' first",
    ),
    "a conversation that is not UTF-8": (
        file("conversations/wrong.txt", b"> thank y\xf6u\n"),
        "error", "conversation", "conversations/wrong.txt:1", "is not UTF-8; save the file",
    ),
    "a model of other utterances": (
        utterance("prices", "tell me the price of a zebra"),
        "warning", "stale_model", "models/first/model.json", "wanted a new one: bot-train --home ",
    ),
    "a model that is broken": (
        file("models/first/weights.npz", b"nonsense"),
        "warning", "no_model", "models", "wanted one: bot-train --home ",
    ),
    "a line of the inbox that is no message": (
        file("inbox.jsonl", b'\n{"text": "secret thing"}\n'),
        "warning", "inbox", "inbox.jsonl:2", "is no message of an inbox; wanted one JSON object",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "level", "kind", "place", "text"), KINDS.values(), ids=list(KINDS)
)
def test_each_kind_of_finding_has_its_level_and_place_and_is_not_there_before(
    change: Callable[[Path], None], level: str, kind: str, place: str, text: str,
    home: Path, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert run(home, "check", "--quick") == 0
    said = capsys.readouterr().out
    assert f"{home / place}: " not in said
    change(home)
    assert run(home, "check", "--quick") == (level == "error")
    lines = capsys.readouterr().out.splitlines()
    said = "\n".join(line for line in lines if line.startswith(f"{home / place}: "))
    assert text in said
    shown = [each for each in findings(home, capsys) if each["kind"] == kind]
    assert {each["level"] for each in shown} == {level}
    file, _, line = place.partition(":")
    assert (str(home / file), int(line) if line else None) in [
        (each["file"], each["line"]) for each in shown
    ]


def test_a_home_in_order_has_no_errors_and_says_how_many_warnings(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = findings(home, capsys)
    assert {finding["kind"] for finding in found} <= {"near_duplicate"}
    assert run(home, "check", "--quick") == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[-1] == f"errors: 0, warnings: {len(found)}"
    assert err == ""


def test_errors_stand_apart_from_warnings_and_before_them(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "utterances" / "zebra.txt").write_text("a zebra\nthank you\n")
    assert run(home, "check", "--quick") == 1
    above, below = capsys.readouterr().out.split("\n\nwarnings:\n")
    assert above.startswith("errors:\n")
    assert "stands under thank" in above
    assert "no answer in the guide" in below


def test_a_secret_is_never_printed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for intent in ("zebra", "lion"):  # near-duplicates and a contradiction, too
        append(home / "utterances" / f"{intent}.txt", f"it is {CARD}", f"it is {CARD} {intent}")
    for flags in ([], ["--json"], ["--quick"]):
        assert run(home, "check", "--jobs", "1", *flags) == 1
        out, err = capsys.readouterr()
        assert "⟦card⟧" in out or "\\u27e6card" in out
        assert "3782" not in out + err
        assert "10005" not in out + err


def test_control_characters_of_an_utterance_do_not_reach_the_terminal(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    append(home / "utterances" / "zebra.txt", "thank you\x1b[2J", "my zebra")
    run(home, "check", "--quick")
    out = capsys.readouterr().out
    assert "zebra.txt:1: 'thank you" in out
    assert "\x1b" not in out


def test_lines_under_the_wrong_intent_are_found_first_and_only_by_the_whole_check(
    small_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = small_home / "utterances" / "rewards_points.txt"
    before = count(path)
    append(
        path, "someone stole my card yesterday", "my card was stolen on the train",
        "please help me i lost my card at the airport", "how do i pay my bill online",
        "i want to dispute a charge on my statement", "what time do your lines open",
    )  # fmt: skip
    found = findings(small_home, capsys, "--jobs", "1")
    doubtful = [finding for finding in found if finding["kind"] == "mislabelled"]
    planted = [
        int(str(finding["line"])) - before if finding["file"] == str(path) else 0
        for finding in doubtful
    ]
    # Which ones stand out most depends on the newest lines beside them.
    assert sum(line > 0 for line in planted[:20]) >= 3
    assert len({line for line in planted if line > 0}) >= 5
    assert "reads like report_lost_or_stolen_card" in str(doubtful[planted.index(2)]["what"])
    assert len(doubtful) <= 100
    assert "mislabelled" not in {finding["kind"] for finding in findings(small_home, capsys)}


def test_an_inbox_that_is_nearly_full_is_a_warning(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = InboxEntry("z" * 1900, "unknown", (("zebra", 0.3),), "2026-05-01T10:00:00+00:00")
    for count, said in ((2_000, False), (2_400, True)):
        (home / "inbox.jsonl").write_text(f"{entry.to_json()}\n" * count)
        about = [f for f in findings(home, capsys) if f["kind"] == "inbox"]
        assert len(about) == said
    assert str(about[0]["wanted"]).startswith("a review: bot-train --home ")


def test_many_findings_of_a_kind_are_counted_and_json_lists_them_all(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "inbox.jsonl").write_text("nonsense\n" * 13)
    assert run(home, "check", "--quick") == 0
    out = capsys.readouterr().out
    assert f"{home}/inbox.jsonl:10: " in out
    assert f"{home}/inbox.jsonl:11: " not in out
    assert "and 3 more of this kind (inbox)" in out
    assert sum(finding["kind"] == "inbox" for finding in findings(home, capsys)) == 13


def test_a_line_that_cannot_be_read_hides_no_other_finding(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "utterances" / "zebra.txt").write_bytes(b"a z\xebbra\nthank you\nmy pin is 8264\n")
    kinds = {str(finding["kind"]) for finding in findings(home, capsys)}
    assert kinds >= {"unreadable", "contradiction", "secret", "unanswered"}
    assert "stale_model" not in kinds  # what was not read may be what the model was made of


def test_a_home_with_nothing_trained_gets_one_warning_for_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Home.create(tmp_path / "own", blank=True)
    found = findings(tmp_path / "own", capsys)
    assert [each["kind"] for each in found if each["kind"] != "near_duplicate"] == ["no_model"]


def test_a_home_without_utterances_is_an_error_and_no_traceback(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (home / "utterances").iterdir():
        path.unlink()
    wanted = "holds 0 intent(s) with 2 utterances or more; wanted at least two files"
    assert run(home, "check") == 1
    assert f"{home / 'utterances'}: {wanted}" in capsys.readouterr().out
    (home / "utterances").rmdir()
    assert run(home, "check") == 1
    assert f"{home / 'utterances'}: no such folder; wanted" in capsys.readouterr().out


def test_one_intent_that_can_be_learned_is_too_few_and_an_error(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (home / "utterances").iterdir():
        path.unlink()
    append(home / "utterances" / "thank.txt", "thank you", "thanks a lot")
    append(home / "utterances" / "prices.txt", "what is it")
    assert run(home, "check") == 1
    assert "holds 1 intent(s) with 2 utterances or more" in capsys.readouterr().out


def test_what_is_out_of_scope_may_have_any_number_of_lines(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    append(home / "utterances" / "out_of_scope.txt", *(f"zebra {number}" for number in range(200)))
    assert "unbalanced" not in {finding["kind"] for finding in findings(home, capsys)}


def test_the_phone_numbers_of_a_guide_side_by_side_are_no_card_number(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    guide = home / "guide" / "guide.toml"
    numbers = ", ".join(re.findall(r'value = "(\d+-\d+)"', guide.read_text()))
    assert redaction.mask(numbers).kinds  # which is what they look like to a stranger
    append(guide, f"# {numbers}")
    append(home / "conversations" / "mine.txt", f"# {numbers}")
    assert "secret" not in {finding["kind"] for finding in findings(home, capsys)}


def test_utterances_without_a_word_are_an_error_and_the_rest_is_still_said(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (home / "utterances").iterdir():
        path.unlink()
    append(home / "utterances" / "affirm.txt", "?", "??")
    append(home / "utterances" / "thank.txt", "!", "!?")
    found = findings(home, capsys, "--jobs", "1")
    errors = [finding for finding in found if finding["level"] == "error"]
    assert [(each["kind"], each["file"], each["wanted"]) for each in errors] == [
        ("unreadable", str(home / "utterances"), "sentences")
    ]
    assert "untaught" in {finding["kind"] for finding in found}


def test_a_broken_guide_is_said_once_and_the_rest_is_still_looked_at(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (home / "guide").glob("*.toml"):
        path.unlink()
    append(home / "utterances" / "thank.txt", "good evening to all of you")
    kinds = [finding["kind"] for finding in findings(home, capsys)]
    assert kinds.count("guide") == 1
    assert "stale_model" in kinds
    assert not {"unanswered", "untaught", "conversation"} & set(kinds)


def test_a_check_writes_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "inbox.jsonl").write_text("nonsense\n")
    before = snapshot(home)
    run(home, "check", "--jobs", "1")
    assert snapshot(home) == before


def test_a_program_may_follow_the_steps(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARDLINE_PROGRESS", "1")
    assert run(home, "check", "--jobs", "1") == 0
    steps = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [step["done"] for step in steps] == list(range(steps[-1]["of"] + 1))
    assert {step["of"] for step in steps} == {14}


def test_the_shipped_home_has_no_errors_but_those_of_its_conversations(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["check", "--quick", "--json"])  # the conversations have tests of their own
    found = json.loads(capsys.readouterr().out)
    errors = [finding for finding in found if finding["level"] == "error"]
    assert [finding for finding in errors if finding["kind"] != "conversation"] == []
