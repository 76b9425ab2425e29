"""Where guide, utterances, conversations and models lie: the shipped home or one of your own."""

from __future__ import annotations

import os
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from bot.errors import HomeError
from bot.modelfile import DEFAULT_NAME, current_name

ENVIRONMENT_VARIABLE = "CARDLINE_HOME"
INBOX_FILE = "inbox.jsonl"
_ONLY_DATA = shutil.ignore_patterns("__pycache__", "*.py", "*.pyc")
_PACKAGE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Home:
    """The four folders of one bot."""

    guide: Path
    """TOML files: what the bot knows."""
    utterances: Path
    """Labelled utterances: what it learns from."""
    conversations: Path
    """Golden conversations: what must stay true."""
    models: Path
    """Trained models, a folder each."""
    read_only: bool = False
    """Whether this is the installed copy, which nothing may be written to."""

    @property
    def fresh(self) -> Path:
        """Return the folder of the test sentences that are never trained on; it may be missing."""
        return self.conversations.with_name("fresh")

    @property
    def inbox(self) -> Path:
        """Return the file of the messages set aside for review; it may be missing."""
        return self.models.with_name(INBOX_FILE)

    @classmethod
    def at(cls, folder: Path | str) -> Home:
        """Return the home in `folder`; raises HomeError when it holds no guide."""
        # Absolute, so that a program that changes its folder still reloads this home.
        root = Path(folder).expanduser().absolute()
        if not (root / "guide").is_dir():
            raise HomeError(
                f"{root}: is not a home (it has no folder 'guide'); make one with: bot new {root}"
            )
        return cls(root / "guide", root / "utterances", root / "conversations", root / "models")

    @classmethod
    def shipped(cls) -> Home:
        """Return the home that came with the program: the checkout's, or the installed copy."""
        root = _PACKAGE.parent
        if (root / "pyproject.toml").is_file() and (root / "models").is_dir():
            return cls(
                guide=_PACKAGE / "guide",
                utterances=root / "training" / "utterances",
                conversations=root / "tests" / "conversations",
                models=root / "models",
            )
        inside = _PACKAGE / "_home"
        return cls(
            guide=_PACKAGE / "guide",
            utterances=inside / "utterances",
            conversations=inside / "conversations",
            models=inside / "models",
            read_only=True,
        )

    @classmethod
    def create(cls, folder: Path | str, *, blank: bool = False) -> Home:
        """Copy the shipped home into the new folder `folder`; return it.

        `blank`: copy instead a tiny complete guide of another field, to be replaced by
        one's own; it has no model until it is trained.
        Raises HomeError when the folder exists and is not empty.
        """
        root = Path(folder).expanduser()
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            raise HomeError(f"{root}: is there already; wanted a new or empty folder")
        shipped = cls.at(_PACKAGE / "blank") if blank else cls.shipped()
        for part in ("guide", "utterances", "conversations"):
            shutil.copytree(getattr(shipped, part), root / part, ignore=_ONLY_DATA)
        if blank:
            (root / "models").mkdir()
        else:
            shutil.copytree(shipped.model_folder(), root / "models" / DEFAULT_NAME)
        return cls.at(root)

    @classmethod
    def find(cls, home: Home | Path | str | None = None) -> Home:
        """Return the home asked for, else `$CARDLINE_HOME`, else the shipped one.

        Raises HomeError for an empty name, which mostly is a variable that nobody set: the
        shipped home in its place would be trained instead of one's own.
        """
        if isinstance(home, Home):
            return home
        if isinstance(home, str) and not home.strip():
            raise HomeError(
                "the name of the home is empty; wanted a folder made with: bot new mybot "
                "(without --home the shipped one is taken)"
            )
        named = home if home is not None else os.environ.get(ENVIRONMENT_VARIABLE)
        return cls.at(named) if named else cls.shipped()

    def model_folder(self, model: Path | str | None = None) -> Path:
        """Return the folder of a model: by name, by path, or (None) the one in use.

        Raises ModelError when the file that names the one in use is damaged.
        """
        if model is None:
            return self.models / current_name(self.models)
        named = self.models / model
        return named if named.is_dir() else Path(model).expanduser()

    def bot_train(self, command: str) -> str:
        """Return `bot-train command` for this home, as it is typed in a shell where one is now."""
        if self == Home.shipped():
            return f"bot-train {command}"
        root, here = self.guide.parent, Path.cwd()
        short = root.relative_to(here) if root.is_relative_to(here) else root
        return f"bot-train --home {shlex.quote(str(short))} {command}"

    def check_writable(self) -> None:
        """Raise HomeError when this is the installed copy."""
        if self.read_only:
            raise HomeError(
                "this is the installed copy, which is not written to; make a home of your own "
                "with: bot new mybot - then say: bot-train --home mybot ..."
            )
