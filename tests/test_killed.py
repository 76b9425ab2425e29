"""Killed, out of space, read-only, or broken: a model answers and every labelled line is there."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import string
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from bot import Bot
from bot.errors import ModelError
from bot.home import Home
from bot.inbox import FileInbox, InboxEntry
from training import models, utterances
from training.__main__ import main

LANDED = 20
"""Kills that have to meet a command at work."""
TRIES = 10 * LANDED
WARM = """
import json, os, signal, sys, time
import prompt_toolkit.shortcuts
import training.commands.train, training.models, training.trainer, training.gate, training.lock
import training.formats, training.importing, training.review_screen
from training.__main__ import main
for line in sys.stdin:
    wanted = json.loads(line)
    begin, child = time.perf_counter(), os.fork()
    if child == 0:
        os.dup2(os.open(wanted["stdin"], os.O_RDONLY), 0)
        sys.stdin, sys.stdout = open(0), open(os.devnull, "w")
        os._exit(main(wanted["command"]))
    if wanted["after"] is not None:
        time.sleep(max(0.0, begin + wanted["after"] - time.perf_counter()))
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(json.dumps([status, time.perf_counter() - begin]), flush=True)
"""
"""Forks a process for each command, with all that it imports at hand: so that the moments
of the kills lie in the work, and not in a second of imports."""
LIMITED = """
import resource, signal, sys
from training.__main__ import main
sys.dont_write_bytecode = True  # what is imported from here on would be cut short, and stay so
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
sys.exit(main(sys.argv[2:]))
"""
READ_ONLY = """
import contextlib, io, json, os, sys
from training.__main__ import main
def told(home, command):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(["--home", home, *(word.replace("HOME", home) for word in command)])
    return status, err.getvalue()
commands = json.loads(sys.argv[3])
for command in commands:
    sys.stdin = open(os.devnull)
    told(sys.argv[1], command)  # on a twin, so that all is imported before rights are dropped
if os.geteuid() == 0:
    os.setuid(65534)  # root may write anywhere
print(json.dumps([told(sys.argv[2], command) for command in commands]))
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


def sentence(dice: random.Random) -> str:
    return " ".join("".join(dice.choices(string.ascii_lowercase, k=7)) for _ in range(4))


class Shop:
    """The bot that is killed over and over, and what must still be there each time."""

    def __init__(self, root: Path, dice: random.Random) -> None:
        self.root, self.dice, self.stdin = root, dice, root / "stdin"
        self.inbox = FileInbox(Home.at(root).inbox)
        self.lines = labelled(self.root)
        self.new: set[tuple[str, str]] = set()
        """What the command may add."""

    def ready(self, kind: str) -> list[str]:
        """Lay out what a command works on; return its words."""
        texts = [sentence(self.dice) for _ in range(4)]
        intents = ("greet", "out_of_scope") * 2
        self.new = set(zip(intents, texts, strict=True))
        self.stdin.write_text("".join(f"{intent}\n" for intent in intents))
        if kind == "teach":
            return ["teach", *min(self.new)]
        if kind == "import":
            rows = [json.dumps({"text": t, "intent": i}) for i, t in sorted(self.new)]
            (self.root / "rows.jsonl").write_text("\n".join(rows))
            return ["import", str(self.root / "rows.jsonl"), "--yes"]
        if kind == "review":
            for place, text in enumerate(texts):
                entry = InboxEntry(text, "unknown", (("greet", place / 10),), "2026-05-01T10:00Z")
                self.inbox.add(entry)
            self.new = {(intent, text) for text in texts for intent in intents}
            return ["review"]
        self.new = set()
        if kind == "rollback":
            folder = self.root / "models"
            if not models.before(folder):
                models.use(folder, next(n for n in models.names(folder) if n != "first"))
                models.use(folder, "first")
            return ["rollback"]
        return [*kind.split(), "--jobs", "1", "--force"]

    def check(self, kind: str) -> None:
        """Assert that the bot answers, and that every line and message is still there."""
        now = labelled(self.root)
        assert not self.lines - now, kind
        assert set(now - self.lines) <= self.new, kind
        if kind == "review":
            waiting = {entry.text for entry in self.inbox.read()}
            assert {text for _, text in self.new} <= waiting | {text for _, text in now}
        assert Bot.load(home=self.root).reply("my chain snapped").text
        self.lines = now


def told(
    warm: subprocess.Popen[str], shop: Shop, command: list[str], after: float | None
) -> tuple[int, float]:
    """Run a command, and kill it `after` so many seconds; return its status and how long it ran."""
    wanted = {
        "command": ["--home", str(shop.root), *command], "after": after,
        "stdin": str(shop.stdin),
    }  # fmt: skip
    assert warm.stdin is not None
    assert warm.stdout is not None
    warm.stdin.write(f"{json.dumps(wanted)}\n")
    warm.stdin.flush()
    status, seconds = json.loads(warm.stdout.readline())
    return status, seconds


@needs_posix
def test_killed_at_twenty_random_moments_the_bot_answers_and_nothing_is_lost(
    shop: Path, root: Path
) -> None:
    dice = random.Random(20_26)
    it = Shop(shop, dice)
    kinds = ("train", "train --name first", "teach", "rollback", "import", "review")
    killed: Counter[str] = Counter()
    with subprocess.Popen(
        [sys.executable, "-c", WARM], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, cwd=root,
    ) as warm:  # fmt: skip
        takes = {}
        for kind in kinds:  # once to the end, to know within what time to kill
            status, takes[kind] = told(warm, it, it.ready(kind), None)
            assert status == 0, kind
            it.check(kind)
        for number in range(TRIES):
            if killed.total() >= LANDED and len(killed) == len(kinds):
                break
            kind = kinds[number % len(kinds)]
            status, took = told(warm, it, it.ready(kind), dice.uniform(0.0, takes[kind]))
            killed[kind] += status == -signal.SIGKILL
            if status == 0:  # done before: the first time was one of a busy machine
                takes[kind] = min(takes[kind], took)
            it.check(kind)
        assert warm.stdin is not None
        warm.stdin.close()
    assert killed.total() >= LANDED, killed
    assert len(+killed) == len(kinds), killed
    assert main(["--home", str(shop), "train", "--jobs", "1", "--force"]) == 0
    folder = shop / "models"
    assert not [p for p in folder.iterdir() if p.name.startswith(".") and p.name != ".lock"]
    assert main(["--home", str(shop), "teach", "greet", "ahoy at last"]) == 0
    assert not list((shop / "utterances").glob(".greet.txt.*"))
    assert models.in_use(folder)


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


@needs_posix
def test_a_read_only_home_is_one_clear_line_and_stays_as_it_is(shop: Path, root: Path) -> None:
    models.use(shop / "models", "first")
    rows = shop / "rows.csv"
    rows.write_text("text,intent\nahoy there friend,greet\n")
    FileInbox(Home.at(shop).inbox).add(
        InboxEntry("ahoy ahoy", "unknown", (("greet", 0.3),), "2026-05-01T10:00Z")
    )
    with tempfile.TemporaryDirectory() as name:
        home, twin = Path(name) / "home", Path(name) / "twin"
        for copy in (home, twin):
            shutil.copytree(shop, copy)
        commands = [
            ["train", "--jobs", "1"], ["teach", "greet", "ahoy there"], ["rollback", "first"],
            ["review"], ["import", "HOME/rows.csv", "--yes"], ["export", "--csv", "HOME/out.csv"],
        ]  # fmt: skip
        for path in (Path(name), home, *home.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, str(twin), str(home), json.dumps(commands)],
            cwd=root, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        for command, (status, error) in zip(commands, json.loads(done.stdout), strict=True):
            assert status == 2, command
            assert error.count("\n") == 1, error
            assert re.match(rf"bot-train: {re.escape(str(home))}/\S+: Permission denied", error)
        after = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
        assert after == before
        for path in (Path(name), home, *home.rglob("*")):
            if path.is_dir():
                path.chmod(0o755)


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
