"""Rasa, CSV and JSON Lines: what comes in, what goes out, and that both ways agree."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot import redaction
from bot.errors import UtteranceError
from training import formats, importing, utterances
from training.utterances import Utterance

pytest.importorskip("yaml")

# Invented; every kind of mark-up and of entry that occurs in such files.
NLU = """\
version: "3.1"

nlu:
- intent: water_plants
  examples: |
    - please water the [ferns](plant)
    - give the [cactus]{"entity": "plant", "value": "cacti", "role": "thirsty"} a drink
    - water [everything](scope:all) in the [hall][{"entity": "room"}, {"entity": "place"}]

    - is [this] watered # not a comment
    this line has no dash
- intent: faq/when_to_prune
  metadata:
    sentiment: neutral
  examples:
  - text: |
      - when do i prune the [roses](plant)
    metadata:
      sentiment: curious
  - text: "is it time to: prune"
  - metadata: only
- intent: yes
  examples: |
    - yes
    - yep, no doubt
- intent: Grüße senden
  examples: |
    - send my regards to the gardener
    - regards
- intent: lonely
  examples: |
    - a single sentence
- synonym: ferns
  examples: |
    - fern plants
- lookup: plant
  examples: |
    - rose
- regex: pot_number
  examples: |
    - \\d{3}
- intent: no_examples
responses:
  utter_hi:
  - text: hi
"""


@pytest.fixture
def nlu(tmp_path: Path) -> Path:
    path = tmp_path / "nlu.yml"
    path.write_text(NLU, encoding="utf-8")
    return path


def line_of(text: str) -> int:
    """Return the number of a line of the file."""
    return NLU.splitlines().index(text) + 1


def test_rasa_mark_up_is_taken_out_and_each_sentence_keeps_its_line(nlu: Path) -> None:
    found = {row.text: row for row in formats.read(nlu).sentences}
    assert "please water the ferns" in found
    assert "give the cactus a drink" in found
    assert "water everything in the hall" in found
    assert "is [this] watered # not a comment" in found
    assert found["when do i prune the roses"].intent == "faq/when_to_prune"
    assert found["is it time to: prune"].intent == "faq/when_to_prune"
    assert found["yes"].intent == "yes"
    lines = NLU.splitlines()
    for row in found.values():
        line = int(row.source.removeprefix(f"{nlu}:"))
        assert row.text.split()[-1].strip(":") in lines[line - 1]


def test_rasa_entries_that_are_no_intents_are_reported_with_their_line(nlu: Path) -> None:
    said = "\n".join(formats.read(nlu).left_out)
    for text, part in (
        ("    this line has no dash", "'- '"),
        ("  - metadata: only", "without a text"),
        ("- synonym: ferns", "synonym 'ferns'"),
        ("- lookup: plant", "lookup 'plant'"),
        ("- regex: pot_number", "regex 'pot_number'"),
        ("- intent: no_examples", "'no_examples' has no examples"),
        ("responses:", "'responses'"),
    ):
        start = f"{nlu}:{line_of(text)}: "
        assert any(entry.startswith(start) and part in entry for entry in said.split("\n")), said


def test_the_plan_names_what_is_new_renamed_known_in_conflict_and_unfit(
    nlu: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "utterances"
    folder.mkdir()
    (folder / "greet.txt").write_text("hello\nRegards\n")
    (folder / "yes.txt").write_text("yes\n")
    plan = importing.plan(formats.read(nlu), folder)
    assert plan.intents() == {"faq_when_to_prune": 2, "water_plants": 4, "yes": 1}
    assert plan.names["faq/when_to_prune"] == "faq_when_to_prune"
    assert plan.names["Grüße senden"] == "grue_senden"
    (duplicate,) = plan.duplicates
    assert duplicate.startswith(f"{nlu}:{line_of('    - yes')}: ")
    assert f"{folder / 'yes.txt'}:1" in duplicate
    (conflict,) = plan.conflicts
    assert conflict.startswith(f"{nlu}:{line_of('    - regards')}: 'regards'")
    assert f"{folder / 'greet.txt'}:2" in conflict
    # The conflict leaves one sentence behind, and nothing can be learned from one.
    lonely = [entry for entry in plan.left_out if "only sentence" in entry]
    assert [entry.split(": ")[0] for entry in lonely] == [
        f"{nlu}:{line_of('    - send my regards to the gardener')}",
        f"{nlu}:{line_of('    - a single sentence')}",
    ]
    said = importing.preview(plan)
    assert "faq/when_to_prune -> faq_when_to_prune" in said
    assert "entity mark-up taken out of 4 sentences" in said


def test_applying_a_plan_twice_adds_nothing_and_leaves_every_old_line_in_place(
    nlu: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "utterances"
    folder.mkdir()
    before = "# mine\n! yes indeed\nyes"
    (folder / "yes.txt").write_text(before)
    importing.apply(importing.plan(formats.read(nlu), folder), folder)
    assert (folder / "yes.txt").read_text() == f"{before}\nyep, no doubt\n"
    assert importing.plan(formats.read(nlu), folder).added == ()
    assert not list(folder.glob("*.new"))


def test_secrets_and_endless_lines_are_left_out_without_being_repeated(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    path.write_text(
        f"text,intent\nmy card is 4111 1111 1111 1111,a\n{'x' * 2_001},a\nfine,a\nok,a\n"
    )
    plan = importing.plan(formats.read(path), tmp_path / "none")
    assert plan.intents() == {"a": 2}
    assert [entry.split(": ")[0] for entry in plan.left_out] == [f"{path}:2", f"{path}:3"]
    assert "4111" not in importing.preview(plan)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("greet", "greet"),
        ("a__b_", "a__b_"),
        ("chitchat/ask_weather", "chitchat_ask_weather"),
        ("bookTable", "book_table"),
        ("book-a table", "book_a_table"),
        ("FAQ", "faq"),
        ("2fa", "intent_2fa"),
        ("out_of_scope/non_english", "out_of_scope"),
        ("Out Of Scope", "out_of_scope"),
        ("café", "cafe"),
    ],
)
def test_an_intent_gets_the_nearest_name_that_can_name_a_file(name: str, wanted: str) -> None:
    assert importing.valid_name(name) == wanted


@given(st.lists(st.text(min_size=1), max_size=8))
@example(["faq/a", "faq_a", "faq-a", "FAQ A", "问", "天", "/", "x" * 300])
def test_every_name_becomes_a_valid_one_and_two_names_stay_two(names: list[str]) -> None:
    found = importing.valid_names(names)
    assert set(found) == set(names)
    assert all(utterances.INTENT.fullmatch(name) and len(name) < 200 for name in found.values())
    apart = [name for name in found.values() if name != "out_of_scope"]
    assert len(set(apart)) == len(apart)


INTENTS = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40),
    st.text(st.sampled_from("[]{}()\"'-:#!\\,|& ab\n\t\u0085\u2028\ufeff\0😀é"), max_size=20),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(INTENTS, TEXTS), min_size=1, max_size=6),
    st.sampled_from(["rasa", "csv", "jsonl"]),
)
@example([("a", "[x](y) and [z"), ("a", '[x]{"entity": "y"}'), ("a", "[x][{}]")], "rasa")
@example([("yes", "- dash"), ("yes", "! bang"), ("null", "# hash"), ("on", "\\# both")], "rasa")
@example([("a", '"quoted", comma'), ("a", "\r\n"), ("a", "=1+1"), ("a", "'")], "csv")
def test_what_is_exported_is_imported_the_same(pairs: list[tuple[str, str]], kind: str) -> None:
    wanted = {
        (intent, importing.folded(text))
        for intent, text in pairs
        if importing.folded(text) and not redaction.mask(importing.folded(text)).kinds
    }
    assume(wanted)
    intents = {intent for intent, _ in wanted}
    # Two sentences of each, so that none is left out as the only one.
    wanted |= {(intent, f"{intent} number {n}") for intent in intents for n in ("one", "two")}
    assume(len({text.casefold() for _, text in wanted}) == len(wanted))
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        path = root / f"out.{ {'rasa': 'yml'}.get(kind, kind) }"
        rows = [Utterance(intent, text) for intent, text in wanted]
        assert formats.write(path, kind, rows) == len(wanted)
        plan = importing.plan(formats.read(path), root / "utterances")
        assert (plan.left_out, plan.duplicates, plan.conflicts, plan.names) == ((), (), (), {})
        importing.apply(plan, root / "utterances")
        found = {(row.intent, row.text) for row in utterances.read_folder(root / "utterances")}
    assert found == wanted


def test_the_shipped_utterances_come_back_whole(tmp_path: Path, root: Path) -> None:
    rows = utterances.read_folder(root / "training" / "utterances")[::40]
    path = tmp_path / "all.yml"
    formats.write(path, "rasa", rows)
    found = {(row.intent, row.text) for row in formats.read(path).sentences}
    assert found == {(row.intent, " ".join(row.text.split())) for row in rows}


def test_an_export_never_takes_the_place_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("precious")
    with pytest.raises(UtteranceError, match="already"):
        formats.write(path, "csv", [Utterance("a", "b")])
    assert path.read_text() == "precious"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.yml", b"nlu: [", r"a\.yml:2: is not YAML"),
        ("a.yml", b"nlu:\n- intent: a\n   examples: |\n", r"a\.yml:3: is not YAML"),
        ("a.yml", b"stories:\n- story: x\n", "no Rasa training data"),
        ("a.yml", b"version: '1.0'\nnlu: []\n", "no Rasa training data"),
        ("a.yml", b"nlu: yes\n", r"a\.yml:1: 'nlu' is no list"),
        ("a.yml", b"- just\n- a list\n", "no Rasa training data"),
        ("a.yml", b"", "no Rasa training data"),
        ("a.yml", b"[" * 5_000, "is not YAML"),
        ("a.yml", b"nlu: \x00", "is not YAML"),
        ("a.yml", b"x: 1\nnlu: \xff", r"a\.yml:2: is not UTF-8"),
        ("a.csv", b"pay my bill,pay\n", r"a\.csv:1: the first line is no header"),
        ("a.csv", b"", "no header"),
        ("a.csv", b'text,intent\n"open,a\n', "is not CSV"),
        ("a.jsonl", b'{"text": "a"}\n', r"a\.jsonl:1: the 'intent'"),
        ("a.jsonl", b"{\n", r"a\.jsonl:1: is not JSON"),
        ("a.md", b"## intent:a\n- b\n", "do not know this kind"),
        ("gone.yml", None, "cannot be read"),
        ("gone.csv", None, "cannot be read"),
        ("gone.jsonl", None, "cannot be read"),
    ],
)
def test_a_file_that_is_something_else_is_refused_in_one_line(
    name: str, content: bytes | None, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UtteranceError, match=reason) as caught:
        formats.read(path)
    assert "\n" not in str(caught.value)


def test_aliases_that_lead_to_themselves_end(tmp_path: Path) -> None:
    path = tmp_path / "loop.yml"
    path.write_text("nlu: &a\n- *a\n- intent: x\n  examples: &b\n  - *b\n  - text: fine\n")
    document = formats.read(path)
    assert [row.text for row in document.sentences] == ["fine"]
    assert len(document.left_out) == 2


def test_csv_columns_may_come_in_any_order_and_a_short_row_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('\ufeffIntent,note,Text\na,x,"two\nlines"\n\na,only two\na,y,three\n', "utf-8")
    document = formats.read(path)
    assert [(row.text, row.source) for row in document.sentences] == [
        ("two\nlines", f"{path}:2"),
        ("three", f"{path}:6"),
    ]
    assert document.left_out == (f"{path}:5: 2 cells; wanted 3, as in the first line",)


def test_csv_rows_without_a_text_or_an_intent_say_which_of_them_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,intent\n,pay\npay my bill, \nfine,pay\nx\n")
    assert formats.read(path).left_out == (
        f"{path}:2: the 'text' is empty; wanted a text and an intent",
        f"{path}:3: the 'intent' is empty; wanted a text and an intent",
        f"{path}:5: 1 cell; wanted 2, as in the first line",
    )


def test_a_bad_line_of_json_lines_is_left_out_and_named_and_the_others_come_in(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b'{"text": "one", "intent": "a"}\n{"text": "half\n\n{"text": "two", "intent": "a"}\n'
        b'{"text": "", "intent": "a"}\n{"text": "caf\xe9", "intent": "a"}\n[1]\n'
    )
    document = formats.read(path)
    assert [(row.text, row.source) for row in document.sentences] == [
        ("one", f"{path}:1"),
        ("two", f"{path}:4"),
    ]
    assert [line.split(": ")[0] for line in document.left_out] == [
        f"{path}:{number}" for number in (2, 5, 6, 7)
    ]


def test_what_a_file_has_no_place_for_is_counted_and_named() -> None:
    rows = [
        Utterance("pay", "pay my bill", protected=True),
        Utterance("pay", "by cheque", case="by_mail"),
        Utterance("pay", "by post", case="by_mail", protected=True),
    ]
    assert formats.left_behind(rows) == [
        "the '! ' before 2 protected lines",
        "the case of 2 lines (1 case: pay.by_mail), written as the intent alone",
    ]
    assert formats.left_behind([Utterance("pay", "pay my bill")]) == []


def test_json_lines_are_written_one_object_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    formats.write(path, "jsonl", [Utterance("b", "é\n\n x"), Utterance("a", "1")])
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert rows == [{"text": "1", "intent": "a"}, {"text": "é x", "intent": "b"}]
