"""`--scheduler`: the fits run on a real Dask cluster of two worker processes, to the same end."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.errors import ClusterError, MissingExtraError
from bot.home import Home
from training import folds, report, scheduler, search, trainer, utterances
from training.__main__ import main
from training.utterances import Utterance

BLANK = Home.shipped().guide.with_name("blank")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two worker processes, a thread each."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def rows() -> list[Utterance]:
    return utterances.read_folder(BLANK / "utterances")


def test_the_cluster_finds_the_same_figures_as_this_machine(
    cluster: Any, rows: list[Utterance]
) -> None:
    here = trainer.cross_validate(rows, jobs=1)
    curve_here, search_here = report.curve(rows, jobs=1), search.search(rows, jobs=1)
    with scheduler.connected(cluster.scheduler_address):
        there = trainer.cross_validate(rows)
        curve_there, search_there = report.curve(rows), search.search(rows)
    assert np.array_equal(here.logits, there.logits)
    assert np.array_equal(here.known, there.known)
    assert curve_here is not None
    assert curve_there is not None
    assert np.array_equal(curve_here.held_back, curve_there.held_back)
    assert search_here.to_dict() == search_there.to_dict()


def test_the_fits_run_in_the_workers_and_not_here(
    cluster: Any, rows: list[Utterance], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fit_here(*arguments: object) -> None:
        raise AssertionError("fitted in this process")

    # It goes to the workers by its name only, and there that is the real one.
    fit_here.__module__, fit_here.__qualname__ = folds.__name__, "_fit_fold"
    monkeypatch.setattr(folds, "_fit_fold", fit_here)
    with scheduler.connected(cluster.scheduler_address):
        assert len(trainer.cross_validate(rows).truth) == len(trainer.in_training_order(rows))
    with pytest.raises(AssertionError, match="in this process"):
        trainer.cross_validate(rows, jobs=1)


def test_the_model_trained_on_the_cluster_is_that_of_this_machine_to_the_byte(
    cluster: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home.create(tmp_path / "own", blank=True)
    where = ["--home", str(tmp_path / "own"), "train"]
    assert main([*where, "--name", "here", "--jobs", "1"]) == 0
    assert main([*where, "--name", "there", "--scheduler", cluster.scheduler_address]) == 0
    assert capsys.readouterr().err == ""
    here, there = ((home.models / name / "weights.npz").read_bytes() for name in ("here", "there"))
    assert here == there


def test_evaluate_on_the_cluster_prints_the_same_figures(
    cluster: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Home.create(tmp_path / "own", blank=True)
    said = []
    for more in (["--jobs", "1"], ["--scheduler", cluster.scheduler_address]):
        assert main(["--home", str(tmp_path / "own"), "evaluate", "--json", *more]) == 0
        said.append(json.loads(capsys.readouterr().out))
    assert said[0] == said[1]


def test_a_mistake_in_the_utterances_is_told_as_on_this_machine(
    cluster: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home.create(tmp_path / "own", blank=True)
    for path in home.utterances.iterdir():
        path.unlink()
    (home.utterances / "greet.txt").write_text(";\n!?\n--\n")
    (home.utterances / "help.txt").write_text("!!\n??\n...\n")
    arguments = ["--home", str(tmp_path / "own"), "train", "--scheduler", cluster.scheduler_address]
    assert main(arguments) == 2
    assert "cannot be learned from" in capsys.readouterr().err


def test_nobody_answering_is_one_clear_line() -> None:
    pytest.importorskip("distributed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    for address in (nobody, "nonsense://x"):
        # In a process of its own: a client that finds nobody leaves its event loop behind,
        # and the next one in the same process may wait for it for ever.
        code = (
            "import sys; from training import scheduler, __main__ as program; "
            "scheduler.PATIENCE = 0.5; "
            f"sys.exit(program.main(['evaluate', '--scheduler', {address!r}]))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"bot-train: {address}: no Dask scheduler answers there")
        assert done.stderr.count("\n") == 1


def test_a_cluster_without_workers_is_refused() -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=":0") as empty,
        pytest.raises(ClusterError, match="no workers"),
        scheduler.connected(empty.scheduler_address),
    ):
        pass


def test_without_the_extra_the_command_that_installs_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(MissingExtraError, match=r"pip install distributed"),
        scheduler.connected("tcp://127.0.0.1:1"),
    ):
        pass
