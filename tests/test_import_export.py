"""`bot-train import` and `export`, as a person runs them; a Rasa bot moves in, in one go."""

from __future__ import annotations

import builtins
import json
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from bot import Bot
from bot.home import Home
from training import utterances
from training.__main__ import main

pytest.importorskip("yaml")


def rasa_bot() -> str:
    """Return invented training data of a Rasa bot, with two dozen intents."""
    things = ("ferns", "roses", "tomatoes", "apple trees", "lavender", "bamboo")
    verbs = {"plant": "plant", "water": "water", "prune": "cut back", "faq/sell": "buy"}
    lines = ['version: "3.1"', "nlu:"]
    for (intent, verb), thing in product(verbs.items(), things):
        lines += [
            f"- intent: {intent}_{thing.replace(' ', '-')}",
            "  examples: |",
            f"    - how do i {verb} [{thing}](plant)",
            f'    - best time to {verb} my [{thing}]{{"entity": "plant"}}',
            f"    - {verb} {thing}?",
            f"    - i would like to {verb} some {thing} this spring",
        ]
    lines += ["- intent: greet", "  examples: |", "    - Hello", "    - salutations, gardener"]
    return "\n".join([*lines, "- lookup: plant", "  examples: |", "    - ferns", ""])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    Home.create(tmp_path / "own", blank=True)
    return tmp_path / "own"


@pytest.fixture
def nlu(tmp_path: Path) -> Path:
    path = tmp_path / "nlu.yml"
    path.write_text(rasa_bot())
    return path


def run(home: Path, *arguments: str) -> int:
    return main(["--home", str(home), *arguments])


def snapshot(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (home / "utterances").iterdir()}


def forget(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a module be imported afresh."""
    monkeypatch.delitem(sys.modules, module, raising=False)
    package, _, name = module.rpartition(".")
    monkeypatch.delattr(sys.modules[package], name, raising=False)


def test_a_rasa_bot_is_imported_trained_and_evaluated_in_one_go(
    home: Path, nlu: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "import", str(nlu), "--yes") == 0
    said = capsys.readouterr().out
    assert "98 new sentences for 25 intents, 24 of them new" in said
    assert "lookup 'plant': put such details into the guide's slots" in said
    assert "faq/sell_apple-trees -> faq_sell_apple_trees" in said
    assert "without an answer in the guide: faq_sell_apple_trees" in said
    assert f"{nlu}:" in said.split("lookup")[0]
    assert run(home, "train", "--jobs", "1") == 0
    assert run(home, "evaluate", "--jobs", "1") == 0
    said = capsys.readouterr().out
    assert "water_roses" in said
    assert "warning: understood, but without an answer in the guide: faq_sell_apple_trees" in said
    bot = Bot.load(home=home)
    reply = bot.reply("how do i water roses")
    assert reply.intent == "water_roses"
    assert reply.text.startswith(
        "I understood that this is about water roses, but I have no answer for it yet."
    )
    assert reply.routes[0].channel == "phone"
    assert bot.reply("when are you open").intent == "opening_times"


def test_topics_without_utterances_are_named_too(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "utterances" / "prices.txt").unlink()
    assert run(home, "evaluate", "--jobs", "1") == 0
    assert "warning: topics without utterances: prices\n" in capsys.readouterr().out


def test_on_no_terminal_nothing_is_added_without_yes(
    home: Path, nlu: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = snapshot(home)
    assert run(home, "import", str(nlu)) == 2
    out, err = capsys.readouterr()
    assert "98 new sentences" in out
    assert "say --yes" in err
    assert snapshot(home) == before


@pytest.mark.parametrize(
    ("answer", "added"), [("y", True), ("YES", True), ("n", False), ("", False)]
)
def test_on_a_terminal_it_asks_after_the_preview(
    answer: str,
    added: bool,
    home: Path,
    nlu: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = snapshot(home)

    def asked(question: str) -> str:
        assert "98 new sentences" in capsys.readouterr().out
        assert question == "Add them? [y/N] "
        return answer

    on_terminal(monkeypatch, asked)
    assert run(home, "import", str(nlu)) == 0
    assert (snapshot(home) != before) == added
    assert ("nothing was added" in capsys.readouterr().out) != added


def on_terminal(monkeypatch: pytest.MonkeyPatch, answer: Callable[[str], str]) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(builtins, "input", answer)


def test_leaving_at_the_question_adds_nothing(
    home: Path, nlu: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def leave(question: str) -> str:
        raise EOFError

    on_terminal(monkeypatch, leave)
    before = snapshot(home)
    assert run(home, "import", str(nlu)) == 0
    out, err = capsys.readouterr()
    assert out.endswith("\nnothing was added\n")
    assert err == ""
    assert snapshot(home) == before


def test_what_was_taught_elsewhere_while_it_asked_is_not_added_under_a_second_intent(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = home / "rows.csv"
    rows.write_text(
        "text,intent\nwhere is my giraffe please,greet\nahoy there captain,greet\n"
        "zebra one,zebra\nzebra two,zebra\n"
    )

    def teach_meanwhile(question: str) -> str:
        assert run(home, "teach", "prices", "where is my giraffe please") == 0
        assert run(home, "teach", "prices", "zebra two") == 0
        return "y"

    on_terminal(monkeypatch, teach_meanwhile)
    assert run(home, "import", str(rows)) == 0
    out = capsys.readouterr().out
    assert "the utterances changed meanwhile; not added: 3 sentences" in out
    assert f"{rows}:2: 'where is my giraffe please' is greet here, and prices in" in out
    assert f"{rows}:4: the only sentence of zebra" in out
    assert "added to" in out
    assert (home / "utterances" / "greet.txt").read_text().endswith("\nahoy there captain\n")
    assert not (home / "utterances" / "zebra.txt").exists()
    assert utterances.contradictions(utterances.read_folder(home / "utterances")) == []


def test_an_export_says_what_its_format_has_no_place_for(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "utterances" / "prices.by_mail.txt").write_text("a price list by mail\n")
    assert run(home, "export", "--csv", str(tmp_path / "out.csv")) == 0
    out = capsys.readouterr().out
    protected = sum(row.protected for row in utterances.read_folder(home / "utterances"))
    assert f"the '! ' before {protected} protected lines\n" in out
    assert "the case of 1 line (1 case: prices.by_mail), written as the intent alone\n" in out
    with pytest.raises(SystemExit):
        run(home, "export", "--help")
    said = " ".join(capsys.readouterr().out.split())
    assert "the '! ' of protected lines and cases stay behind" in said


def test_a_program_gets_the_plan_as_json(
    home: Path, nlu: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "import", str(nlu), "--yes", "--json") == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["added"]["greet"] == 2
    assert len(plan["new_intents"]) == 24
    assert plan["conflicts"] == []


def test_importing_the_same_again_says_that_there_is_nothing_to_add(
    home: Path, nlu: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "import", str(nlu), "--yes") == 0
    before = snapshot(home)
    assert run(home, "import", str(nlu)) == 0
    said = capsys.readouterr().out
    assert "nothing to add" in said
    assert "there already, not added again: 98" in said
    assert "and 86 more" in said
    assert snapshot(home) == before


def test_an_import_into_the_installed_copy_is_refused(
    nlu: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = Home.at(home)
    copy = Home(found.guide, found.utterances, found.conversations, found.models, read_only=True)
    monkeypatch.setattr(Home, "find", lambda home: copy)
    assert main(["import", str(nlu), "--yes"]) == 2
    assert "bot new" in capsys.readouterr().err


def test_exports_go_into_another_home_and_come_out_the_same(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind, suffix in (("rasa", "yml"), ("csv", "csv"), ("jsonl", "jsonl")):
        path = tmp_path / f"out.{suffix}"
        assert run(home, "export", f"--{kind}", str(path)) == 0
        assert f"wrote 493 sentences to {path}" in capsys.readouterr().out
        other = tmp_path / kind
        (other / "guide").mkdir(parents=True)
        assert run(other, "import", str(path), "--yes") == 0
        again = tmp_path / f"again.{suffix}"
        assert run(other, "export", f"--{kind}", str(again)) == 0
        assert again.read_bytes() == path.read_bytes()
        assert run(home, "export", f"--{kind}", str(path)) == 2


def test_without_pyyaml_the_command_that_installs_it_is_said(
    home: Path, nlu: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    forget("training.rasa", monkeypatch)
    assert run(home, "import", str(nlu), "--yes") == 2
    err = capsys.readouterr().err
    assert "-m pip install pyyaml" in err
    assert err.count("\n") == 1


def test_without_matplotlib_the_command_is_said_before_the_work(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    forget("training.report_page", monkeypatch)
    assert run(home, "evaluate", "--report", str(tmp_path / "out.html")) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "-m pip install matplotlib" in err
    assert err.count("\n") == 1


def test_a_report_that_cannot_be_written_is_refused_before_the_work(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    for place in (tmp_path / "no" / "out.html", tmp_path):
        assert run(home, "evaluate", "--report", str(place)) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert str(place) in err


def test_evaluate_writes_the_page_it_promises(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    path = tmp_path / "out.html"
    assert run(home, "evaluate", "--report", str(path), "--jobs", "1") == 0
    assert capsys.readouterr().out.endswith(f"wrote {path}\n")
    page = path.read_text(encoding="utf-8")
    assert "493 utterances, 18 intents" in page
    assert "Learning curve." in page
