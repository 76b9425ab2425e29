"""Two trainings at once: the second is refused, and a killed one blocks nobody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import ModelError
from training.__main__ import main
from training.lock import only_writer

HOLD = """
import sys, time
from pathlib import Path
from training.lock import only_writer
with only_writer(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_training_is_refused_until_the_first_is_gone_even_killed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "guide").mkdir()
    (tmp_path / "utterances").mkdir()
    for intent, lines in {"greet": "hello there\ngood day", "pay": "pay a bill\npay now"}.items():
        (tmp_path / "utterances" / f"{intent}.txt").write_text(lines + "\n")
    models = tmp_path / "models"
    train = ["--home", str(tmp_path), "train", "--jobs", "1"]
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(models)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        try:
            assert holder.stdout.readline() == "held\n"
            assert main(train) == 2
            err = capsys.readouterr().err
            assert err.count("\n") == 1
            assert "another training is running" in err
            assert not (models / "current").exists()
        finally:
            holder.kill()
    assert main(train) == 0
    assert (models / "current").exists()


def test_the_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="spoilt"), only_writer(tmp_path):
        raise ModelError("spoilt")
    with only_writer(tmp_path):
        assert (tmp_path / ".lock").exists()
