"""The folder of models: what is in use, what was before, and no moment at which there is none."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from bot import modelfile
from bot.errors import ModelError
from training import models, trainer
from training.trainer import Trained
from training.utterances import Utterance

LINES = {
    "greet": ("hello there", "good morning", "hi to you", "hey friend"),
    "buy": ("i want a rose", "do you sell ferns", "how much is a cactus", "one orchid please"),
}


@pytest.fixture(scope="module")
def trained() -> Trained:
    rows = [Utterance(intent, text) for intent, texts in LINES.items() for text in texts]
    return trainer.train(rows, jobs=1)


def of_seed(trained: Trained, seed: int) -> Trained:
    return replace(trained, description=replace(trained.description, seed=seed))


def seed_in_use(folder: Path) -> int:
    return modelfile.load(folder / modelfile.current_name(folder))[0].seed


def visible(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_writing_makes_a_new_folder_and_puts_it_in_use(trained: Trained, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    first = models.write(trained, folder, "first")
    weights = (first / "weights.npz").read_bytes()
    second = models.write(trained, folder)
    assert second != first
    assert models.in_use(folder) == second.name
    assert modelfile.load(second)[0] == trained.description
    assert (first / "weights.npz").read_bytes() == weights
    assert visible(folder) == {"first", second.name, "current", "history"}
    assert models.names(folder) == sorted(["first", second.name])


def test_writing_under_a_name_in_use_replaces_that_model(trained: Trained, tmp_path: Path) -> None:
    models.write(trained, tmp_path, "mine")
    folder = models.write(of_seed(trained, 1), tmp_path, "mine")
    assert modelfile.load(folder)[0].seed == 1
    assert visible(tmp_path) == {"mine", "current"}


def test_going_back_from_a_replaced_model_finds_the_one_that_was_in_use(
    trained: Trained, tmp_path: Path
) -> None:
    for name in ("first", "second", "first"):
        models.write(trained, tmp_path, name)
    assert models.in_use(tmp_path) == "first"
    assert models.go_back(tmp_path) == "second"


def test_going_back_goes_back_further_each_time(trained: Trained, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        models.write(trained, tmp_path, name)
    assert models.before(tmp_path) == "b"
    assert [models.go_back(tmp_path), models.go_back(tmp_path)] == ["b", "a"]
    assert (tmp_path / "current").read_bytes() == b"a\n"
    with pytest.raises(ModelError, match="no model was in use before"):
        models.go_back(tmp_path)
    models.use(tmp_path, "c")
    assert models.before(tmp_path) == "a"


def test_the_model_before_is_one_that_is_still_there(trained: Trained, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        models.write(trained, tmp_path, name)
    shutil.rmtree(tmp_path / "b")
    assert models.go_back(tmp_path) == "a"


def test_a_damaged_model_is_not_gone_back_to(trained: Trained, tmp_path: Path) -> None:
    models.write(trained, tmp_path, "a")
    models.write(trained, tmp_path, "b")
    (tmp_path / "a" / "weights.npz").write_bytes(b"")
    with pytest.raises(ModelError, match="weights"):
        models.go_back(tmp_path)
    assert models.in_use(tmp_path) == "b"


def test_a_mistyped_name_is_answered_with_the_nearest(trained: Trained, tmp_path: Path) -> None:
    models.write(trained, tmp_path, "spring")
    with pytest.raises(ModelError, match="did you mean 'spring'"):
        models.find(tmp_path, "sprng")


def test_files_of_the_folder_name_no_model() -> None:
    for name in ("current", "history", "", "..", ".hidden", "a/b"):
        with pytest.raises(ModelError, match="wanted letters"):
            models.check_name(name)


class Killed(BaseException):
    """Stands for SIGKILL: what the functions do after it does not happen."""


def killed_after(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let so many changes to the folder happen, then none."""
    left = iter(range(steps))

    def counted(change: object) -> object:
        def call(*arguments: object, **more: object) -> object:
            if next(left, None) is None:
                raise Killed
            return change(*arguments, **more)  # type: ignore[operator]

        return call

    for name in ("rename", "replace", "unlink", "mkdir"):
        monkeypatch.setattr(Path, name, counted(getattr(Path, name)))
    for name in ("rmtree", "copytree"):
        monkeypatch.setattr(models.shutil, name, counted(getattr(shutil, name)))


@pytest.mark.parametrize("new_name", ["mine", "other"])
@pytest.mark.parametrize("steps", range(14))
def test_killed_between_any_two_steps_a_whole_model_is_in_use_and_the_next_writer_clears_up(
    steps: int, new_name: str, trained: Trained, tmp_path: Path
) -> None:
    models.write(trained, tmp_path, "mine")
    with pytest.MonkeyPatch.context() as patch:
        killed_after(steps, patch)
        try:
            models.write(of_seed(trained, 1), tmp_path, new_name)
            done = True
        except Killed:
            done = False
    assert seed_in_use(tmp_path) in {trained.description.seed, 1}
    assert not done or seed_in_use(tmp_path) == 1
    models.write(of_seed(trained, 2), tmp_path, "last")
    assert seed_in_use(tmp_path) == 2
    assert not [name for name in visible(tmp_path) if name.startswith(".")]
    assert "mine" in models.names(tmp_path)
    assert modelfile.load(tmp_path / models.go_back(tmp_path))


def test_what_another_process_left_is_cleared_away(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / ".old.12345").mkdir()
    (tmp_path / ".current.12345").write_text("x")
    (tmp_path / ".lock").write_text("")
    models.write(trained, tmp_path, "mine")
    assert visible(tmp_path) == {".lock", "mine", "current"}


def test_a_full_disk_leaves_the_folder_as_it_was(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.write(trained, tmp_path, "mine")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        models.write(of_seed(trained, 1), tmp_path, "new")
    assert visible(tmp_path) == {"mine", "current"}
    assert seed_in_use(tmp_path) == trained.description.seed
