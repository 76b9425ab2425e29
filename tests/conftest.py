"""What all tests share: one loaded bot, and nobody's real home."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from bot import Bot, Reply
from bot.home import Home

# A shell's background job, and all that the tests start from there, would ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
# CI looks at the same examples every time; at one's desk they are new ones.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(autouse=True)
def _nobodys_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.delenv("CARDLINE_HOME", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path_factory.getbasetemp()))


@pytest.fixture(scope="session")
def bot() -> Bot:
    """The shipped bot; tests give their conversations ids of their own."""
    return Bot.load()


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shipped() -> Home:
    """The shipped home."""
    return Home.shipped()


def thinned(root: Path, shipped: Home, every: int) -> Path:
    """Make a trained home of the shipped guide and every so-manieth utterance of a file."""
    from training import models, trainer, utterances

    shutil.copytree(shipped.guide, root / "guide", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("utterances", "conversations", "models"):
        (root / folder).mkdir()
    for path in shipped.utterances.glob("*.txt"):
        lines = path.read_text(encoding="utf-8").splitlines()[::every]
        (root / "utterances" / path.name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows = utterances.read_folder(root / "utterances")
    models.write(trainer.train(rows, jobs=1), root / "models", "default")
    return root


@pytest.fixture(scope="session")
def _small_home(tmp_path_factory: pytest.TempPathFactory, shipped: Home) -> Path:
    return thinned(tmp_path_factory.mktemp("small") / "mybot", shipped, 60)


@pytest.fixture
def small_home(_small_home: Path, tmp_path: Path) -> Path:
    """A home that trains in a second: the shipped guide, every sixtieth utterance."""
    return Path(shutil.copytree(_small_home, tmp_path / "mybot"))


@pytest.fixture
def say(bot: Bot) -> Callable[..., Reply]:
    """Say some messages in one conversation; the last reply."""
    bot.forget("said")

    def talk(*messages: str) -> Reply:
        return [bot.reply(message, session_id="said") for message in messages][-1]

    return talk
