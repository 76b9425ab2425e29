"""Homes: which one is used, and how one of your own is made."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from bot import Bot
from bot.errors import HomeError, ModelError
from bot.home import Home


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "own" / "guide").mkdir(parents=True)
    return tmp_path / "own"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    (tmp_path / "other" / "guide").mkdir(parents=True)
    return tmp_path / "other"


def test_the_home_that_was_asked_for_goes_before_the_environment(
    own: Path, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARDLINE_HOME", str(other))
    assert Home.find(own).guide == own / "guide"
    assert Home.find(str(own)).guide == own / "guide"
    assert Home.find(Home.at(own)).guide == own / "guide"


def test_the_environment_goes_before_the_shipped_home(
    other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Home.find() == Home.shipped()
    monkeypatch.setenv("CARDLINE_HOME", str(other))
    assert Home.find().guide == other / "guide"
    monkeypatch.setenv("CARDLINE_HOME", "")
    assert Home.find() == Home.shipped()


@pytest.mark.parametrize("name", ["", "  "])
def test_an_empty_name_is_refused_and_never_the_shipped_home(
    name: str, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARDLINE_HOME", str(other))
    with pytest.raises(HomeError, match=r"empty.*bot new"):
        Home.find(name)


def test_the_current_folder_is_never_taken_for_a_home(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(own)
    assert Home.find() == Home.shipped()


def test_the_shipped_home_is_the_checkout(root: Path, shipped: Home) -> None:
    assert shipped.guide == root / "bot" / "guide"
    assert shipped.utterances == root / "training" / "utterances"
    assert shipped.conversations == root / "tests" / "conversations"
    assert shipped.models == root / "models"
    assert shipped.fresh == root / "tests" / "fresh"
    shipped.check_writable()


def test_a_folder_that_is_no_home_is_refused_with_the_command_that_makes_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = tmp_path / "missing"
    for folder in (tmp_path, missing):
        with pytest.raises(HomeError, match=r"bot new") as caught:
            Home.at(folder)
        assert str(folder) in str(caught.value)
    monkeypatch.setenv("CARDLINE_HOME", str(missing))
    with pytest.raises(HomeError, match="missing"):
        Home.find()


def test_the_installed_copy_is_not_written_to_and_says_what_to_do(own: Path) -> None:
    home = Home.at(own)
    home.check_writable()
    copy = Home(home.guide, home.utterances, home.conversations, home.models, read_only=True)
    with pytest.raises(HomeError, match="bot new"):
        copy.check_writable()


def test_a_relative_path_is_a_home(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(own.parent)
    for name in ("own", "./own", "own/"):
        assert Home.at(name).guide.resolve() == (own / "guide").resolve()


def test_a_home_named_by_a_relative_path_stays_the_same_when_the_folder_changes(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(own.parent)
    home = Home.at("own")
    monkeypatch.chdir(own)
    assert home.guide.resolve() == (own / "guide").resolve()


def test_the_command_that_comes_next_names_the_home_it_is_for(
    own: Path, shipped: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(own.parent)
    assert Home.at(own).bot_train("train") == f"bot-train --home {own.name} train"
    assert shipped.bot_train("train") == "bot-train train"


def test_the_command_that_comes_next_can_be_pasted_into_a_shell(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my $bots").mkdir()
    (tmp_path / "elsewhere").mkdir()
    home = Home.at(own.rename(tmp_path / "my $bots" / "it's mine"))
    monkeypatch.chdir(tmp_path / "elsewhere")
    words = shlex.split(home.bot_train("rollback first"))
    assert words == ["bot-train", "--home", str(home.guide.parent), "rollback", "first"]


def test_a_tilde_is_the_users_own_folder(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(own.parent))
    assert Home.at("~/own").guide == own / "guide"


def test_a_new_home_is_a_complete_copy_that_answers_like_the_shipped_one(
    tmp_path: Path, shipped: Home
) -> None:
    home = Home.create(tmp_path / "deep" / "mine")
    for name in ("guide", "utterances", "conversations"):
        before, after = getattr(shipped, name), getattr(home, name)
        found, wanted = (
            {str(path.relative_to(part)): path.read_bytes() for path in part.rglob("*.t*")}
            for part in (after, before)
        )
        assert found == wanted
    assert not home.read_only
    own = Bot.load(home=home.guide.parent).classify("i lost my card")
    assert own == Bot.load().classify("i lost my card")


def test_a_new_home_may_be_made_in_an_empty_folder_and_by_a_relative_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    Home.create("empty")
    assert (tmp_path / "empty" / "guide" / "topics.toml").is_file()
    assert (tmp_path / "empty" / "models" / "default" / "model.json").is_file()


def test_a_new_home_never_lands_on_something_that_is_there(tmp_path: Path) -> None:
    full, file = tmp_path / "full", tmp_path / "file"
    full.mkdir()
    (full / "diary.txt").write_text("dear diary")
    file.write_text("a file")
    for place in (full, file):
        with pytest.raises(HomeError, match="already"):
            Home.create(place)
    assert [path.name for path in full.iterdir()] == ["diary.txt"]
    assert file.read_text() == "a file"


def test_a_model_is_found_by_name_by_path_and_as_the_one_in_use(own: Path) -> None:
    home = Home.at(own)
    (own / "models" / "march").mkdir(parents=True)
    assert home.model_folder() == own / "models" / "default"
    assert home.model_folder("march") == own / "models" / "march"
    assert home.model_folder(own.parent / "elsewhere") == own.parent / "elsewhere"
    (own / "models" / "current").write_text("march\n")
    assert home.model_folder() == own / "models" / "march"


def test_a_home_whose_current_model_is_damaged_is_refused_loudly(tmp_path: Path) -> None:
    home = Home.create(tmp_path / "mine")
    (home.models / "current").write_text("gone\n")
    with pytest.raises(ModelError, match="gone"):
        Bot.load(home=home)
    (home.models / "current").write_text("../../etc\n")
    with pytest.raises(ModelError, match="current"):
        Bot.load(home=home)
