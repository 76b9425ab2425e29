"""The README's terminal transcript of the teaching loop, replayed in a real terminal.

The block after `<!-- loop -->`: `$ ` begins a command, `> ` and `label> ` what a person
types, `...`, a line or a word, stands for anything; every other line must come as it
stands, but for its digits. To add a step, add its lines to the README.
"""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

import pexpect
from conftest import thinned

from bot.home import Home

PROMPTS = ("> ", "label> ")
SECONDS = 90


def transcript(root: Path) -> list[list[str]]:
    """Return the lines of each command of the loop, the command first."""
    text = (root / "README.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- loop -->\n```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found
    steps: list[list[str]] = []
    for line in filter(None, found[1].splitlines()):
        if line.startswith("$ "):
            steps.append([line[2:]])
        else:
            steps[-1].append(line)
    return steps


class Terminal:
    """A command in a terminal, and how far its output was looked at."""

    def __init__(self, command: str, folder: Path, environment: dict[str, str]) -> None:
        self.child = pexpect.spawn(
            "/bin/sh", ["-c", command], cwd=str(folder), encoding="utf-8",
            env=environment, dimensions=(50, 100),
        )  # fmt: skip
        self.raw = ""
        self.seen = 0

    @property
    def text(self) -> str:
        """Return what was written, without the codes that move the cursor."""
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\r", "", self.raw)

    def find(self, pattern: str, *, next_to: bool = False) -> None:
        """Wait for the pattern after what was seen; `next_to` it but for blank space."""
        ends = time.monotonic() + SECONDS
        over = False
        while (match := re.compile(pattern).search(self.text, self.seen)) is None:
            assert not over, f"wanted {pattern!r} after:\n{self.text}"
            assert time.monotonic() < ends, f"waited for {pattern!r} after:\n{self.text}"
            try:
                self.raw += self.child.read_nonblocking(10_000, timeout=0.2)
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                over = True
        between = self.text[self.seen : match.start()]
        assert not next_to or not between.strip(), f"{between!r} came before {pattern!r}"
        self.seen = match.end()


def replay(lines: list[str], terminal: Terminal) -> None:
    next_to = False
    for line in lines:
        prompt = next((p for p in PROMPTS if line.startswith(p)), "")
        if prompt:
            terminal.find(rf"(?:^|\n){prompt}")
            terminal.child.send(f"{line.removeprefix(prompt)}\r")
        elif line != "...":
            # Spaces are counted by the width of a number, so any will do.
            words = [
                ".+?" if word == "..." else re.sub(r"\d+", r"\\d+", re.escape(word))
                for word in line.split()
            ]
            terminal.find(r"\s+".join(words), next_to=next_to)
        next_to = not prompt and line != "..."
    terminal.child.expect(pexpect.EOF, timeout=SECONDS)
    terminal.child.close()
    assert terminal.child.exitstatus == 0


def test_the_loop_of_the_readme_is_what_happens(root: Path, shipped: Home, tmp_path: Path) -> None:
    home = thinned(tmp_path / "mybot", shipped, 50)  # enough to understand what is said in it
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, module in (("bot", "bot"), ("bot-train", "training")):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
        program.chmod(0o755)
    environment = {
        **os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(root),
        "XDG_STATE_HOME": str(tmp_path / "state"), "PROMPT_TOOLKIT_NO_CPR": "1",
        "TERM": "xterm", "NO_COLOR": "1",
    }  # fmt: skip
    steps = transcript(root)
    assert len(steps) >= 4
    for command, *lines in steps:
        terminal = Terminal(command, home.parent, environment)
        try:
            replay(lines, terminal)
        finally:
            terminal.child.close(force=True)
