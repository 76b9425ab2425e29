"""Measures how long the program takes to start: prints a table, medians over several runs.

python docs/startup.py [--runs 7]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pexpect

from bot.home import Home
from training import pipeline

PYTHON = sys.executable
SKLEARN = "import sklearn.linear_model, sklearn.feature_extraction.text"
ENVIRONMENT = {**os.environ, "PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm"}
# An installed program is compiled once; one run from a checkout is too, unless this forbids it.
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)
OURS = "from bot import Bot; Bot.load().classify('i lost my card')"
PIPELINE = "import joblib, sys; joblib.load(sys.argv[1]).predict_proba(['i lost my card'])"


def timed(*command: str) -> float:
    """Return the seconds that one run of a command takes."""
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=ENVIRONMENT)
    return time.perf_counter() - started


def first_prompt() -> float:
    """Return the seconds until the chat has painted its prompt and can be typed into."""
    started = time.perf_counter()
    child = pexpect.spawn(PYTHON, ["-m", "bot"], env=ENVIRONMENT, timeout=30)
    child.expect("> ")
    taken = time.perf_counter() - started
    child.close(force=True)
    return taken


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=7, help="runs of each (default 7)")
    runs = options.parse_args().runs
    folder = tempfile.TemporaryDirectory()
    exported = Path(folder.name) / "pipeline.joblib"
    pipeline.export(Home.shipped().model_folder(), exported)
    cases: dict[str, Callable[[], float]] = {
        "python -c pass": lambda: timed(PYTHON, "-c", "pass"),
        "import numpy": lambda: timed(PYTHON, "-c", "import numpy"),
        "import sklearn (TF-IDF and logistic regression)": lambda: timed(PYTHON, "-c", SKLEARN),
        "first classification, exported pipeline": lambda: timed(
            PYTHON, "-c", PIPELINE, str(exported)
        ),
        "first classification": lambda: timed(PYTHON, "-c", OURS),
        "first painted prompt of the chat": first_prompt,
        'bot "i lost my card"': lambda: timed(PYTHON, "-m", "bot", "i lost my card"),
    }
    seconds: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(runs):  # in turn, so that a busy minute touches all of them
        for name, case in cases.items():
            seconds[name].append(case())
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    bases = [value for name, value in medians.items() if "sklearn" in name or "pipeline" in name]
    print("| what | median s | of import sklearn | of the pipeline |\n|---|--:|--:|--:|")
    for name, value in medians.items():
        print(f"| {name} | {value:.3f} | {value / bases[0]:.2f} | {value / bases[1]:.2f} |")
    folder.cleanup()


if __name__ == "__main__":
    main()
