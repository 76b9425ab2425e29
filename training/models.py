"""The folder of trained models: writes one, puts one in use, and knows which was in use before.

| name | what it is |
|---|---|
| `current` | one line: the folder of the model in use |
| `history` | folders that were in use before, a line each, the latest last |
| `.NAME.PID` | a folder or file that is being written; the next writer clears it away |

At every moment `current` names a whole model, whenever the process is killed. All that
writes here wants the lock of training/lock.py to be held.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from bot import modelfile
from bot.errors import ModelError
from training import held_out

if TYPE_CHECKING:
    from training.trainer import Trained

HISTORY_FILE = "history"
_RESERVED = (modelfile.CURRENT_FILE, HISTORY_FILE)
_REMEMBERED = 100
"""Lines of the history."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ASIDE = re.compile(r"\.(.+?)(\.old|\.copy)?\.\d+")


def names(models: Path) -> list[str]:
    """Return the names of the models below `models`, sorted; damaged ones too."""
    found = models.iterdir() if models.is_dir() else ()
    return sorted(path.name for path in found if path.is_dir() and _NAME.fullmatch(path.name))


def in_use(models: Path) -> str:
    """Return the name of the model in use; empty when there is none, or `current` is damaged."""
    try:
        name = modelfile.current_name(models)
    except ModelError:
        return ""
    return name if (models / name).is_dir() else ""


def why_none(models: Path) -> str:
    """Return why `in_use` is empty; empty itself where there was never a model."""
    current = models / modelfile.CURRENT_FILE
    try:
        name = modelfile.current_name(models)
    except ModelError as error:
        return str(error)
    if not current.exists() and not names(models):
        return ""
    return f"{current}: names the model {name!r}, which is not there"


def before(models: Path) -> str:
    """Return the name of the model that was in use before; empty when none is left."""
    here, there = in_use(models), set(names(models))
    return next((name for name in reversed(_history(models)) if name in there - {here}), "")


def find(models: Path, name: str) -> str:
    """Return the name of a model; raises ModelError, with the nearest name, for no model."""
    known = names(models)
    if name in known:
        return name
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else "see them with: bot-train list"
    raise ModelError(f"{models}: there is no model {name!r}; {hint}")


def check_name(name: str | None) -> None:
    """Raise ModelError for what cannot name a model; None is a name still to be chosen."""
    if name is not None and (not _NAME.fullmatch(name) or name in _RESERVED):
        raise ModelError(
            f"the model's name is {name!r}; wanted letters, digits, '.', '_' or '-', "
            f"the first a letter or digit, and not {' or '.join(map(repr, _RESERVED))}"
        )


def write(trained: Trained, models: Path, name: str | None = None) -> Path:
    """Write the model into a new folder below `models` and put it in use; return the folder.

    Without a name the folder is called after the time. The old model stays; a model
    written under a name that exists takes the place of the old one.
    """
    return put_in_use(save_aside(trained, models, name))


def save_aside(trained: Trained, models: Path, name: str | None = None) -> Path:
    """Write the model into the folder `.NAME.PID`, to be put in use, or beside the others.

    What a killed process left is cleared away first. A write that fails leaves nothing.
    """
    check_name(name)
    models.mkdir(parents=True, exist_ok=True)
    mend(models)
    aside = _aside(models, name or _stamped(trained.description.data_hash))
    try:
        modelfile.save(aside, trained.description, trained.weights)
        held_out.save(aside, held_out.of(trained))
        _sync(aside)
    except OSError as error:
        discard(aside)
        error.filename = error.filename or str(aside)  # which a full disk does not name
        raise
    except BaseException:
        discard(aside)
        raise
    return aside


def discard(aside: Path) -> None:
    """Take away a model that was saved aside."""
    shutil.rmtree(aside, ignore_errors=True)


def put_in_use(aside: Path) -> Path:
    """Give a model that was saved aside its name, and put it in use; return its folder."""
    models, name = aside.parent, _name_of(aside)
    final = models / name
    if not final.exists():
        aside.rename(final)
        _sync(models)
        use(models, name)
        return final
    # Two folders cannot trade places in one step. So `current` names the new one where
    # it lies, until a copy of it stands in the place of the old one.
    copy, old = _aside(models, f"{name}.copy"), _aside(models, f"{name}.old")
    shutil.copytree(aside, copy)
    for path in (*copy.iterdir(), copy):
        _sync(path)
    _remember_before(models, name, aside.name)
    _point(models, aside.name)
    final.rename(old)
    copy.rename(final)
    _sync(models)
    _point(models, name)
    shutil.rmtree(old)
    shutil.rmtree(aside)
    return final


def put_beside(aside: Path) -> Path:
    """Give a model that was saved aside a name that no model has; return its folder."""
    models, name = aside.parent, _name_of(aside)
    if (models / name).exists():
        name = _stamped(modelfile.load(aside)[0].data_hash)
    final = models / name
    aside.rename(final)
    _sync(models)
    return final


def use(models: Path, name: str) -> None:
    """Put a model in use, and remember which was in use before."""
    _remember_before(models, name)
    _point(models, name)


def _remember_before(models: Path, *coming: str) -> None:
    """Add the model in use to the history, unless it is what comes into use."""
    here = in_use(models)
    if here and here not in coming:
        _write_history(models, [*_history(models), here])


def go_back(models: Path) -> str:
    """Put the model in use that was so before; return its name.

    Going back again goes back further. Raises ModelError when there is none, or it is
    damaged; the one in use stays then.
    """
    name = before(models)
    if not name:
        raise ModelError(f"{models}: no model was in use before; name one of: bot-train list")
    modelfile.load(models / name)
    history = _history(models)
    _point(models, name)
    _write_history(models, history[: len(history) - 1 - history[::-1].index(name)])
    return name


def mend(models: Path) -> None:
    """Finish or clear away what a killed process left; with the lock held, nobody writes it."""
    here = in_use(models)
    for path in sorted(models.iterdir()):
        if path.name == here or not _ASIDE.fullmatch(path.name):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    if _ASIDE.fullmatch(here):
        put_in_use(models / here)


def _stamped(data_hash: str) -> str:
    return f"{datetime.now(UTC).strftime('%Y%m%d-%H%M%S')}-{data_hash[:8]}"


def _aside(models: Path, name: str) -> Path:
    return models / f".{name}.{os.getpid()}"


def _name_of(aside: Path) -> str:
    found = _ASIDE.fullmatch(aside.name)
    assert found
    return found[1]


def _history(models: Path) -> list[str]:
    try:
        return (models / HISTORY_FILE).read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return []


def _write_history(models: Path, lines: Sequence[str]) -> None:
    kept = [line for line in lines if line][-_REMEMBERED:]
    _replace(models / HISTORY_FILE, "".join(f"{line}\n" for line in kept))


def _point(models: Path, name: str) -> None:
    """Make a folder the one that the one line of `current` names."""
    _replace(models / modelfile.CURRENT_FILE, f"{name}\n")


def _replace(path: Path, text: str) -> None:
    aside = _aside(path.parent, path.name)
    try:
        with aside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        error.filename = error.filename or str(path)
        raise
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    if path.is_dir() and os.name == "nt":
        return  # which cannot open folders
    file = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(file)
    finally:
        os.close(file)
