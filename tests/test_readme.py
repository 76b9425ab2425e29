"""The README is true: its Python runs, its commands exist, its shell lines are the ones CI runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.__main__ import main


def blocks(root: Path, language: str) -> list[str]:
    text = (root / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_python_of_the_readme_runs(root: Path) -> None:
    snippets = blocks(root, "python")
    assert snippets
    for snippet in snippets:
        exec(compile(snippet, "README.md", "exec"), {})


def test_the_conversation_of_the_readme_is_what_the_bot_says(root: Path) -> None:
    from bot import Bot

    bot = Bot.load()
    (talk,) = blocks(root, "text")[:1]
    turns = re.findall(r"^> (.*)\n((?:(?!> ).*\n?)*)", talk, re.MULTILINE)
    assert len(turns) >= 3
    for question, answer in turns:
        assert bot.reply(question, session_id="readme").text.strip() == answer.strip()


def test_both_shell_lines_make_their_own_environment(root: Path) -> None:
    lines = [block.strip() for block in blocks(root, "sh") if "-m venv" in block]
    assert len(lines) == 2
    assert all(line.startswith("python3 -m venv .venv && ") for line in lines)
    assert all("\n" not in line for line in lines)


def test_the_readme_says_that_the_guide_is_unofficial(root: Path) -> None:
    text = " ".join((root / "README.md").read_text(encoding="utf-8").split())
    assert "not affiliated with or endorsed by American Express" in text


def test_every_file_of_the_map_is_there(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `([\w./]+)` ", text, re.MULTILINE)
    assert len(named) > 10
    missing = [name for name in named if not (root / name).exists()]
    assert missing == []


def test_the_commands_of_the_readme_exist(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from training.__main__ import parser

    text = (root / "README.md").read_text(encoding="utf-8")
    known = parser().format_help()
    for command in set(re.findall(r"bot-train (?:--home \w+ )?([a-z]+)", text)):
        assert re.search(rf"^    {command}\s", known, re.MULTILINE), command
    assert main(["hello"]) == 0
