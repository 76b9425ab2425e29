"""Killed, out of space, or broken by hand: a model answers and every labelled line is there."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from bot import Bot
from bot.errors import ModelError
from bot.home import Home
from training import models, utterances
from training.__main__ import main

MOMENTS = 20
WARM = """
import os, signal, sys
import training.commands.train, training.models, training.trainer, training.gate, training.lock
import training.review
from training.__main__ import main
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        sys.stdout = open(os.devnull, "w")
        os._exit(main(line.rstrip("\\n").split("\\t")))
    print(child, flush=True)
    status = os.waitpid(child, 0)[1]
    print(os.waitstatus_to_exitcode(status), flush=True)
"""
"""Forks a process for each command, with all that it imports at hand: so that the moments
of the kills lie in the work, and not in a second of imports."""
LIMITED = """
import resource, signal, sys
from training.__main__ import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
sys.exit(main(sys.argv[2:]))
"""
needs_posix = pytest.mark.skipif(os.name == "nt", reason="signals and limits of POSIX")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    Home.create(root, blank=True)
    assert main(["--home", str(root), "train", "--name", "first", "--jobs", "1"]) == 0
    return root


def labelled(home: Path) -> Counter[tuple[str, str]]:
    return Counter((row.intent, row.text) for row in utterances.read_folder(home / "utterances"))


def commands(dice: random.Random, number: int) -> list[str]:
    return dice.choice([
        ["train", "--jobs", "1", "--force"],
        ["train", "--jobs", "1", "--force", "--name", "first"],
        ["teach", "greet", f"ahoy number {number}"],
        ["rollback"],
    ])  # fmt: skip


@needs_posix
def test_killed_at_twenty_random_moments_the_bot_answers_and_no_line_is_lost(
    shop: Path, root: Path
) -> None:
    dice = random.Random(20_26)
    lines, killed = labelled(shop), 0
    with subprocess.Popen(
        [sys.executable, "-c", WARM], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, cwd=root,
    ) as warm:  # fmt: skip
        assert warm.stdin is not None
        assert warm.stdout is not None
        for number in range(MOMENTS):
            command = commands(dice, number)
            warm.stdin.write("\t".join(["--home", str(shop), *command]) + "\n")
            warm.stdin.flush()
            child = int(_next_number(warm))
            time.sleep(dice.uniform(0.0, 0.6 if command[0] == "train" else 0.02))
            with suppress(ProcessLookupError):  # it was done before
                os.kill(child, signal.SIGKILL)
            killed += _next_number(warm) == -signal.SIGKILL
            now = labelled(shop)
            assert not lines - now, command
            assert set(now - lines) <= {("greet", f"ahoy number {number}")}, command
            assert Bot.load(home=shop).reply("my chain snapped").text
            lines = now
        warm.stdin.close()
    assert killed >= MOMENTS // 2
    assert main(["--home", str(shop), "train", "--jobs", "1", "--force"]) == 0
    folder = shop / "models"
    assert not [p for p in folder.iterdir() if p.name.startswith(".") and p.name != ".lock"]
    assert main(["--home", str(shop), "teach", "greet", "ahoy at last"]) == 0
    assert not list((shop / "utterances").glob(".greet.txt.*"))
    assert models.in_use(folder)


def _next_number(warm: subprocess.Popen[str]) -> int:
    assert warm.stdout is not None
    return int(warm.stdout.readline())


@needs_posix
@pytest.mark.parametrize(
    ("size", "command"),
    [
        (100, ["train", "--jobs", "1"]),
        (1_000, ["train", "--jobs", "1"]),
        (30_000, ["train", "--jobs", "1"]),
        (0, ["teach", "greet", "ahoy there"]),
        (30_000, ["teach", "greet", "ahoy there"]),
        (0, ["rollback", "second"]),
    ],
)
def test_a_full_disk_is_one_clear_line_and_changes_nothing(
    size: int, command: list[str], shop: Path, root: Path
) -> None:
    shutil.copytree(shop / "models" / "first", shop / "models" / "second")
    path = shop / "utterances" / "greet.txt"
    path.write_text("".join(f"hello {n} {'there ' * 200}\n" for n in range(30)))
    lines, in_use = labelled(shop), models.in_use(shop / "models")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(size), "--home", str(shop), *command],
        cwd=root, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert re.match(rf"bot-train: {re.escape(str(shop))}/\S+: File too large", done.stderr)
    assert labelled(shop) == lines
    assert models.in_use(shop / "models") == in_use
    assert Bot.load(home=shop).reply("my chain snapped").text
    assert not [p for p in (shop / "models").iterdir() if p.name.endswith(tuple("0123456789"))]


@pytest.mark.parametrize("what", ["", "../first\n", "nobody\n", "\xff"])
def test_a_broken_current_is_said_in_a_line_and_a_training_mends_it(
    what: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    current = shop / "models" / "current"
    current.write_bytes(what.encode("latin-1"))
    with pytest.raises(ModelError, match=r"models"):
        Bot.load(home=shop)
    assert main(["--home", str(shop), "list"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "current" in error
    assert main(["--home", str(shop), "train", "--name", "second", "--jobs", "1"]) == 0
    assert current.read_text() == "second\n"
    assert Bot.load(home=shop).reply("my chain snapped").text


@pytest.mark.parametrize("file", ["model.json", "weights.npz"])
def test_a_broken_model_is_said_in_a_line(
    file: str, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(shop), "train", "--name", "second", "--jobs", "1"]) == 0
    (shop / "models" / "first" / file).write_bytes(b"{")
    capsys.readouterr()
    assert main(["--home", str(shop), "rollback"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert file in error
    assert models.in_use(shop / "models") == "second"
