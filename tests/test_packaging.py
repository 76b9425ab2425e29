"""What lands on a machine: the wheel's files, and a bot that works without the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    stray = root / "models" / "not-shipped"
    stray.mkdir(exist_ok=True)
    (stray / "model.json").write_text("{}")
    try:
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pip",
                "wheel",
                "--quiet",
                "--no-deps",
                "-w",
                str(folder),
                str(root),
            ],
            check=True,
            capture_output=True,
            timeout=170,
        )
    finally:
        (stray / "model.json").unlink()
        stray.rmdir()
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_home_and_nothing_else_of_the_checkout(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for wanted in (
        "bot/py.typed",
        "bot/defaults.toml",
        "bot/places.toml",
        "bot/english_words.txt",
        "bot/guide/topics.toml",
        "bot/_home/models/default/weights.npz",
        "bot/_home/utterances/greet.txt",
        "bot/_home/conversations/correction.txt",
        "bot/blank/guide/topics.toml",
        "bot/blank/utterances/book_repair.txt",
        "bot/blank/conversations/book_a_repair.txt",
        "training/__main__.py",
        "training/report.html",
    ):
        assert wanted in names
    assert [name for name in names if name.endswith("/licenses/NOTICE")]
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"bot", "training"}
    assert not [name for name in names if "not-shipped" in name or "/fresh/" in name]
    assert not [name for name in names if name.startswith("training/utterances/")]


def test_the_installed_bot_answers_outside_the_repository(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    environment = {**os.environ, "PYTHONPATH": str(site)}

    def run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-m", module, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    where = run("bot", "where do i post a letter")
    assert where.returncode == 0, where.stderr
    assert "El Paso" in where.stdout
    taught = run("training", "teach", "greet", "top of the morning")
    assert taught.returncode == 2
    assert "bot new" in taught.stderr
    assert run("bot", "new", "mine").returncode == 0
    assert run("training", "--home", "mine", "teach", "greet", "top of the morning").returncode == 0
    assert "top of the morning" in (tmp_path / "mine" / "utterances" / "greet.txt").read_text()
    assert run("bot", "new", "shop", "--blank").returncode == 0
    assert run("training", "--home", "shop", "train", "--jobs", "1").returncode == 0
    assert "9 to 6" in run("bot", "--home", "shop", "when are you open").stdout
