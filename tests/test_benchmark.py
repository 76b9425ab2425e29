"""The benchmark: the table and JSON of a tiny intent set, its figures, and refused data."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bot.errors import UtteranceError
from training import benchmark
from training.__main__ import main
from training.intent_sets import IntentSet
from training.utterances import Utterance
from training.zones import calibration_error

TRAIN = {
    "Greet?": "hello there|good morning|hi my friend|good evening to you|hello again|hi you there",
    "pay": "pay my bill|i want to pay|settle the bill|make a payment|pay it now|a bill to pay",
    "hours": "when do you open|are you open today|opening hours|when is it open|open at ten|open?",
}
DEV = {"Greet?": "hello my friend", "pay": "please pay the bill", "hours": "open today"}
SYSTEMS = ["cardline", "plain union", "scikit-learn defaults"]


def write(path: Path, content: dict[str, str]) -> None:
    pairs = [(intent, text) for intent, texts in content.items() for text in texts.split("|")]
    lines = [json.dumps({"text": text, "intent": intent}) for intent, text in pairs]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    folder.mkdir()
    write(folder / "train.jsonl", TRAIN)
    write(folder / "dev.jsonl", DEV)
    write(folder / "oos_dev.jsonl", {"oos": "zebras quietly munch|xylophone"})
    return folder


def run(folder: Path, *arguments: str) -> int:
    return main(["benchmark", "--data", str(folder), "--jobs", "1", *arguments])


def test_json_has_every_measure_of_every_system(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data, "--json") == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    measures = document.pop("measures")
    sizes = {"intents": 3, "train": 18, "dev": 3, "out_of_scope": 2}
    assert document == {"data": "tiny", **sizes}
    assert err == ""
    assert list(measures) == SYSTEMS
    assert all(list(figures) == list(benchmark.MEASURES) for figures in measures.values())
    ours = measures["cardline"]
    assert ours["accuracy"] == ours["oos_recall_at_91"] == ours["auroc"] == 1
    assert ours["oos_refused"] + ours["oos_asked_back"] + ours["oos_answered"] == 1
    assert measures["plain union"]["answered_right"] is None
    for figures in measures.values():
        assert figures["microseconds"] > 0
        assert 0 <= figures["accuracy_5_shots"] <= 1
        # No intent has ten examples.
        assert figures["accuracy_10_shots"] is figures["accuracy_20_shots"] is None


def test_the_table_has_a_row_for_what_was_measured(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "oos_dev.jsonl").unlink()
    assert run(data) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [f"| tiny | {' | '.join(SYSTEMS)} |", "|---|--:|--:|--:|"]
    assert all(line.count("|") == 5 for line in lines)
    rows = {line.split(" | ")[0].strip("| "): line.split(" | ")[1:] for line in lines}
    assert rows["accuracy"][0] == "100.0%"
    assert rows["in scope: asked back"][1:] == ["–", "– |"]
    assert "accuracy, examples per intent: 5" in rows
    assert "accuracy, examples per intent: 10" not in rows
    assert not any("out of scope" in name or "AUROC" in name for name in rows)


def test_what_refuses_a_message_is_what_is_measured_of_it(data: Path) -> None:
    rows = IntentSet.read(data)
    ours = benchmark.Cardline(rows.train, jobs=1)
    found = ours.read([row.text for row in (*rows.dev, *rows.out_of_scope)])
    border = ours.description.clarify_from
    assert found.zones is not None
    refused = [zone == "unknown" for zone in found.zones]
    assert refused == [score < border or score == 0 for score in found.score.tolist()]
    assert set(refused) == {True, False}


def test_progress_counts_the_fits(data: Path) -> None:
    seen: list[tuple[int, int]] = []
    benchmark.run(IntentSet.read(data), jobs=1, report=lambda *step: seen.append(step))
    assert seen == [(n, benchmark.FITS) for n in range(1, 13)]


@pytest.mark.parametrize("name", ["train.jsonl", "dev.jsonl"])
def test_a_missing_file_or_broken_line_is_one_clear_line(
    name: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = data / name
    path.write_text(path.read_text() + '{"text": "pay\n')
    number = len(path.read_text().splitlines())
    assert run(data) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"bot-train: {path}:{number}: is not JSON")
    assert err.count("\n") == 1
    path.unlink()
    assert run(data) == 2
    assert capsys.readouterr().err.startswith(f"bot-train: {path}: cannot be read")


def test_data_that_cannot_be_learned_from_is_refused(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(data / "train.jsonl", {**TRAIN, "other": "hello there|a thing"})
    assert run(data) == 2
    assert f"{data / 'train.jsonl'}:19: the same sentence" in capsys.readouterr().err
    with pytest.raises(UtteranceError, match="baseline"):
        benchmark.Baseline.defaults([Utterance("a", "?"), Utterance("b", "!")], 1)


def test_help_gives_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(["benchmark", "--help"])
    assert leaving.value.code == 0
    assert "bot-train benchmark --data clinc150" in capsys.readouterr().out
    with pytest.raises(SystemExit) as leaving:
        main(["benchmark"])
    assert leaving.value.code == 2


def test_recall_is_read_where_enough_right_messages_stay() -> None:
    inside = np.arange(100) / 100
    right = np.ones(100, dtype=bool)
    right[:2] = False
    outside = np.array([0.0, 0.05, 0.07, 0.08, 0.09, 0.5])
    # 92 of the 98 right ones stay from 0.08 on, 91 from 0.09 on; 99 cannot be reached.
    assert benchmark.recall_at(92, inside, right, outside) == pytest.approx(3 / 6)
    assert benchmark.recall_at(91, inside, right, outside) == pytest.approx(4 / 6)
    assert benchmark.recall_at(99, inside, right, outside) is None


def test_calibration_error_is_the_mean_gap_weighted_by_bin() -> None:
    confidence = np.array([0.9, 0.91, 0.5, 1.0])
    right = np.array([True, False, True, True])
    # 0.9 and 0.91 share a bin: |1 - 1.81|; 0.5 is alone: 0.5; 1.0 is alone: 0.
    assert calibration_error(confidence, right) == pytest.approx((0.81 + 0.5) / 4)
