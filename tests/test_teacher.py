"""bot-train beside the chat: what it prints and how it ends is passed on, and it can be stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import teacher
from bot.teacher import Outcome, Teacher

Program = Callable[[str], Teacher]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Return a way to put another program in the place of bot-train."""

    def put(code: str) -> Teacher:
        folder = tmp_path / "beside" / "training"
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
        (folder / "__main__.py").write_text(f"import json, os, sys, time\n{code}\n")
        monkeypatch.setattr(teacher, "_BESIDE", folder.parent)
        return Teacher(None)

    return put


def test_progress_messages_status_and_document_are_told_apart(program: Program) -> None:
    run = program(
        "for done in range(3):\n"
        "    print(json.dumps({'done': done, 'of': 2}), file=sys.stderr)\n"
        "print('bot-train: \\u00fcber: greet gets worse', file=sys.stderr)\n"
        "print(json.dumps({'model': 'x' * 300_000}))\n"
        "sys.exit(3)"
    )
    seen: list[tuple[int, int]] = []
    outcome = run.train(lambda done, of: seen.append((done, of)))
    assert seen == [(0, 2), (1, 2), (2, 2)]
    assert outcome.status == teacher.WORSE
    assert outcome.messages == "bot-train: über: greet gets worse"
    assert len(outcome.document["model"]) == 300_000
    assert not outcome.stopped


def test_a_worse_model_is_told_with_what_gets_worse() -> None:
    from bot.repl_commands import _not_trained

    said = _not_trained(Outcome(3, {}, "bot-train: greet: 'hello' is no longer understood"))
    assert said.splitlines() == [
        "The new model would be worse, so it is not used.",
        "greet: 'hello' is no longer understood",
        "The model in use is as it was.",
    ]


def test_the_home_is_named_wherever_the_program_runs(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program("print(json.dumps({'given': sys.argv[1:]}))")
    monkeypatch.chdir(tmp_path)
    given = Teacher("mine").teach("greet", "-- hello").document["given"]
    assert given == [
        "--home",
        str(tmp_path / "mine"),
        "teach",
        "--json",
        "--",
        "greet",
        "-- hello",
    ]


@pytest.mark.parametrize(
    "deaf", ["", "import signal; signal.signal(signal.SIGINT, lambda *_: 0)\n"]
)
def test_control_c_ends_the_program_and_its_helpers(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deaf: str
) -> None:
    monkeypatch.setattr(teacher, "_STOPS_WITHIN", 0.5)
    run = program(
        f"import subprocess\n{deaf}"
        f"child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(tmp_path / 'pids')!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        "print(json.dumps({'done': 0, 'of': 1}), file=sys.stderr, flush=True)\n"
        "while True: time.sleep(0.05)"
    )

    def press(done: int, of: int) -> None:
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()

    outcome = run.train(press)
    assert outcome.stopped
    assert outcome.status != 0
    for pid in (tmp_path / "pids").read_text().split():
        ends = time.monotonic() + 5
        while _runs(pid):
            assert time.monotonic() < ends
            time.sleep(0.05)


def _runs(pid: str) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_bot_train_tells_a_program_how_far_it_is(small_home: Path, root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "training", "--home", str(small_home), "train", "--json"],
        env={**os.environ, teacher.PROGRESS_VARIABLE: "1"},
        cwd=root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = done.stderr.splitlines()
    assert lines[0] == '{"done": 0, "of": 4}'
    assert lines[-1] == '{"done": 4, "of": 4}'
