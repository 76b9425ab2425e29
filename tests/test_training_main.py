"""The teaching command line: each command on a small home, and mistakes in one clear line."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import joblib
import pytest

from bot.classifier import Classifier
from bot.home import Home
from training.__main__ import main

LINES = {
    "greet": ["hello there", "good morning", "hi my friend", "good evening to you", "hello again"],
    "pay": ["pay my bill", "i want to pay", "settle the bill", "make a payment", "pay it now"],
    "hours": [
        "when do you open",
        "are you open today",
        "opening hours",
        "when is it open",
        "open?",
    ],
}


def make_home(root: Path) -> Path:
    for folder in ("guide", "utterances", "fresh"):
        (root / folder).mkdir(parents=True)
    for intent, lines in LINES.items():
        (root / "utterances" / f"{intent}.txt").write_text("\n".join(lines) + "\n")
    (root / "fresh" / "pay.txt").write_text("i must pay a bill\npayment please\n")
    (root / "fresh" / "out_of_scope.txt").write_text("# far\nпогода\n", encoding="utf-8")
    return root


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_home(tmp_path / "home")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = make_home(tmp_path_factory.mktemp("trained") / "home")
    assert run(root, "train", "--name", "first", "--jobs", "1") == 0
    return root


def run(home: Path, *arguments: str) -> int:
    return main(["--home", str(home), *arguments])


def refusal(capsys: pytest.CaptureFixture[str], home: Path, *arguments: str) -> str:
    """Run a command that must fail: status 2, one line on stderr, nothing on stdout."""
    capsys.readouterr()
    try:
        status: object = run(home, *arguments)
    except SystemExit as leaving:  # argparse says what is wrong below its usage line
        status = leaving.code
    out, err = capsys.readouterr()
    said = [line for line in err.splitlines() if not line.startswith(("usage:", " "))]
    assert status == 2
    assert out == ""
    assert "Traceback" not in err
    assert len(said) == 1
    assert said[0].startswith("bot-train")
    assert len(said[0]) > len("bot-train: ")
    return said[0]


def in_use(home: Path) -> Classifier:
    return Classifier.load(Home.at(home).model_folder())


def test_train_writes_a_model_and_puts_it_in_use(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "train", "--jobs", "1") == 0
    out, err = capsys.readouterr()
    folder = Home.at(home).model_folder()
    assert folder.name != "default"
    assert out.splitlines()[-1] == f"model in use: {folder}"
    assert "15 utterances, 3 intents" in out
    assert err == ""
    assert in_use(home).classify("hello there").ranking[0][0] == "greet"


def test_the_figures_of_a_training_are_shares_in_words(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "train", "--jobs", "1") == 0
    out = capsys.readouterr().out
    assert "held-out folds: each utterance asked of one of 3 models that had not seen it" in out
    assert re.search(r"^  in scope: answered right +\d+\.\d%$", out, re.MULTILINE)
    assert "_" not in out.partition("held-out")[2].partition("model in use")[0]


@pytest.mark.parametrize(
    ("command", "what"),
    [("list", "the models"), ("teach", "whether it was added"), ("import", "what is added"),
     ("rollback", "which model"), ("train", "the figures and"), ("check", "all findings"),
     ("evaluate", "the figures")],
)  # fmt: skip
def test_the_help_says_what_a_program_gets(
    command: str, what: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run(home, command, "--help")
    assert f"print {what}" in " ".join(capsys.readouterr().out.split())


def test_what_was_not_measured_is_said_in_words(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "evaluate", "--jobs", "1") == 0
    out = capsys.readouterr().out
    assert "area under the curve  not measured, for want of lines out of scope" in out
    assert "in scope against near misses" in out
    assert not re.search(r"\bnan\b", out)


def test_a_model_that_takes_the_place_of_another_is_said_to(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert run(home, "train", "--name", "mine", "--jobs", "1") == 0
    first, second = re.findall(r"^model in use: .*", capsys.readouterr().out, re.MULTILINE)
    assert first.endswith("mine")
    assert second == f"{first} (in place of the one of that name)"


def test_train_tells_a_program_what_it_measured(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "train", "--json", "--name", "mine", "--jobs", "1") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["model"] == str(home / "models" / "mine")
    assert document["utterances"] == 15
    assert 0 <= document["scores"]["accuracy"] <= 1


def test_what_was_taught_is_known_after_the_next_training(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for text in ("the zebra bit me", "a zebra again", "zebra!"):
        assert run(home, "teach", "--new", "animals", text) == 0
    out = capsys.readouterr().out
    assert out.count("(a new intent)") == 1
    assert f"now run: {Home.at(home).bot_train('train')}" in out
    assert (home / "utterances" / "animals.txt").read_text() == (
        "the zebra bit me\na zebra again\nzebra!\n"
    )
    assert run(home, "train", "--jobs", "1") == 0
    assert in_use(home).classify("is that a zebra").ranking[0][0] == "animals"


@pytest.mark.parametrize(
    ("intent", "guess"), [("gret", "did you mean 'greet'?"), ("zebras", "no intent 'zebras'")]
)
def test_a_mistyped_intent_is_refused_and_makes_no_file(
    intent: str, guess: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    message = refusal(capsys, home, "teach", intent, "top of the morning")
    assert guess in message
    assert "--new" in message
    assert not (home / "utterances" / f"{intent}.txt").exists()


def test_a_topic_of_the_guide_may_get_its_first_utterance_without_new(tmp_path: Path) -> None:
    own = Home.create(tmp_path / "own")
    (own.utterances / "make_payment.txt").unlink()
    assert run(tmp_path / "own", "teach", "make_payment", "i would like to pay") == 0
    assert (own.utterances / "make_payment.txt").read_text() == "i would like to pay\n"


@pytest.mark.parametrize("command", [["train"], ["train", "--json"], ["evaluate"]])
def test_an_intent_with_a_single_sentence_is_left_out_and_named_and_the_others_are_learned(
    command: list[str], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = home / "utterances" / "wheelie.txt"
    path.write_text("# begun today\nhow do i do a wheelie\nhow do i do a wheelie\n")
    assert run(home, *command, "--jobs", "1") == 0
    out, err = capsys.readouterr()
    assert err == (
        f"bot-train: warning: {path}:2: the only sentence of wheelie, which is left out; "
        "wanted at least 2\n"
    )
    if "--json" in command:
        assert json.loads(out)["utterances"] == 15
        assert "wheelie.txt:2" in json.loads(out)["left_out"][0]
    if "train" in command:
        assert set(in_use(home).description.labels) == set(LINES)


def test_what_was_left_out_of_training_does_not_make_the_model_look_out_of_date(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "utterances" / "wheelie.txt").write_text("how do i do a wheelie\n")
    assert run(home, "train", "--jobs", "1") == 0
    capsys.readouterr()
    run(home, "check", "--json", "--jobs", "1")
    found = json.loads(capsys.readouterr().out)
    assert "stale_model" not in {finding["kind"] for finding in found}
    (few,) = [each for each in found if each["file"].endswith("wheelie.txt")]
    assert (few["level"], few["kind"]) == ("warning", "few")


def test_with_fewer_than_two_intents_left_each_that_has_a_single_sentence_is_named(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for intent in ("greet", "pay"):
        (home / "utterances" / f"{intent}.txt").write_text(f"just {intent}\n")
    assert run(home, "train", "--jobs", "1") == 2
    err = capsys.readouterr().err
    assert "greet.txt:1: the intent greet has only one utterance; wanted at least 2" in err
    assert "pay.txt:1: " in err
    assert not (home / "models").exists()


def test_teaching_the_same_twice_says_so_and_adds_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (home / "utterances" / "pay.txt").read_bytes()
    assert run(home, "teach", "pay", "Pay my  bill") == 0
    assert "already" in capsys.readouterr().out
    assert (home / "utterances" / "pay.txt").read_bytes() == before


def test_evaluate_gives_held_out_and_fresh_figures_without_a_new_model(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "evaluate", "--json", "--jobs", "1") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["held-out folds"]["figures"]["accuracy"]["of"] == 15
    assert document["fresh set"]["figures"]["in scope: best intent right"]["of"] == 2
    assert document["fresh set"]["figures"]["far misses: honest no"]["of"] == 1
    assert not (home / "models").exists()


def test_evaluate_prints_a_table_also_without_a_fresh_set(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (home / "fresh").iterdir():
        path.unlink()
    (home / "fresh").rmdir()
    assert run(home, "evaluate", "--jobs", "1") == 0
    out = capsys.readouterr().out
    assert out.startswith("held-out folds")
    assert "fresh" not in out
    assert all(intent in out for intent in LINES)


def test_export_writes_a_pipeline_that_says_what_the_bot_says(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "pipeline.joblib"
    assert run(trained, "export", "--sklearn", str(path)) == 0
    assert str(path) in capsys.readouterr().out
    found = joblib.load(path).predict_proba(["pay the bill"])[0]
    wanted = in_use(trained).probabilities("pay the bill")
    assert found == pytest.approx(wanted, abs=1e-6)


def test_the_home_may_be_named_by_the_environment(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARDLINE_HOME", str(home))
    assert main(["teach", "pay", "charge me"]) == 0
    assert "charge me" in (home / "utterances" / "pay.txt").read_text()


@pytest.mark.parametrize(
    ("intent", "text", "reason"),
    [
        ("Pay Me", "charge me", "lower-case"),
        ("pay", "", "1 to"),
        ("pay", "my card is 4111 1111 1111 1111", "card number"),
        ("pay", "hello there", "greet.txt:1"),
        ("pay", "caf\udcc3", ""),
    ],
)
def test_what_cannot_be_taught_is_refused_in_one_line(
    intent: str, text: str, reason: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    message = refusal(capsys, home, "teach", intent, text)
    assert reason in message
    assert "4111" not in message


def test_utterances_that_cannot_be_learned_from_are_refused_and_nothing_is_written(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "utterances" / "greet.txt").write_text("hello there\nhello there\nPay my bill\n")
    assert "greet.txt:3" in refusal(capsys, home, "train", "--jobs", "1")
    (home / "utterances" / "greet.txt").write_bytes(b"gr\xfc\xdf\n")
    assert "greet.txt:1" in refusal(capsys, home, "evaluate", "--jobs", "1")
    for path in (home / "utterances").iterdir():
        path.unlink()
    assert "at least two" in refusal(capsys, home, "train")
    (home / "utterances").rmdir()
    for command in (["train"], ["evaluate"], ["teach", "pay", "charge me"]):
        assert str(home / "utterances") in refusal(capsys, home, *command)
    assert not (home / "models").exists()


def test_a_folder_that_is_no_home_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "bot new" in refusal(capsys, tmp_path / "nowhere", "train")


def test_exporting_without_a_model_or_to_a_place_that_is_not_there_is_refused(
    home: Path, trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "pipeline.joblib")
    assert "model.json" in refusal(capsys, home, "export", "--sklearn", file)
    nowhere = str(tmp_path / "no" / "pipeline.joblib")
    assert str(tmp_path / "no") in refusal(capsys, trained, "export", "--sklearn", nowhere)
    (tmp_path / "folder").mkdir()
    assert "folder" in refusal(capsys, trained, "export", "--sklearn", str(tmp_path / "folder"))
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".new"] == []


@pytest.mark.parametrize("jobs", ["0", "two"])
def test_a_number_of_jobs_that_makes_no_sense_is_refused(
    jobs: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "jobs" in refusal(capsys, home, "train", "--jobs", jobs)


@pytest.mark.parametrize("name", ["a/b", "../models2", "..", ".", "current"])
def test_a_name_that_is_no_folder_name_is_refused_and_the_model_stays_in_use(
    name: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "train", "--name", "first", "--jobs", "1") == 0
    assert name in refusal(capsys, home, "train", "--jobs", "1", "--name", name)
    assert (home / "models" / "current").read_text() == "first\n"
    names = {path.name for path in (home / "models").iterdir()}
    assert names == {"first", "current", ".lock"}


def test_help_and_mistakes_are_answered_without_loading_scikit_learn(root: Path) -> None:
    code = "import sys, training.__main__ as m; m.parser(); print('sklearn' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_a_command_that_does_not_exist_is_refused(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "trian" in refusal(capsys, home, "trian")
