"""Searches for the settings that suit a data set, and says which a home has found before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot import modelfile
from bot.errors import ModelError
from bot.home import Home
from bot.modelfile import FeatureSettings
from training import folds, trainer, zones
from training.folds import Report
from training.utterances import Utterance

BIGRAM_WEIGHTS, LONGEST, RARE_BELOW = (0.42, 1.0), (4, 5), (1, 2)
"""What is tried, each with each (docs/measurements.md has what was tried once, and left)."""
SURELY = 2.0
"""Standard errors by which settings must be cheaper than those that go by the size of the data."""


@dataclass(frozen=True, slots=True)
class Tried:
    """Settings, and what held-out utterances say of them; n of these."""

    settings: FeatureSettings
    """How a message becomes numbers."""
    best_right: float
    """Share whose best label of all is the right one, 0 to 1."""
    costs: NDArray[np.float64]
    """What each utterance costs, see `training.zones`; shape (n,)."""

    @property
    def cost(self) -> float:
        """Return the mean cost of a message."""
        return float(self.costs.mean())

    def surely_cheaper(self, other: Tried) -> bool:
        """Tell whether these are cheaper by more than chance explains, on the same utterances."""
        saved = other.costs - self.costs
        by_chance = float(saved.std() / np.sqrt(len(saved)))
        return float(saved.mean()) > SURELY * by_chance

    def __str__(self) -> str:
        settings = self.settings
        what = (
            f"pairs of words {settings.bigram_weight:.2f}, {settings.shortest} to "
            f"{settings.longest} letters, in {settings.rare_below} or more"
        )
        return f"{what:50}{self.best_right:16.1%}{self.cost:10.4f}"


@dataclass(frozen=True, slots=True)
class Found:
    """All that was tried, and which of it to take."""

    tried: tuple[Tried, ...]
    """Those that go by the size of the data first."""
    taken: Tried
    """The cheapest, if it is surely cheaper than those; else those."""

    def __str__(self) -> str:
        lines = [f"{'settings, on held-out folds; * as taken':54}best label right      cost"]
        cheapest_first = sorted(self.tried, key=lambda one: one.cost)
        lines += [f"  {'*' if one is self.taken else ' '} {one}" for one in cheapest_first]
        if self.taken is self.tried[0]:
            lines.append("  none is surely cheaper than what goes by the number of utterances")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, object]:
        """Return JSON-ready values."""
        return {
            "tried": [
                {
                    **{name: getattr(one.settings, name) for name in _VARIED},
                    "best_right": round(one.best_right, 4),
                    "cost": round(one.cost, 4),
                    "taken": one is self.taken,
                }
                for one in self.tried
            ]
        }


_VARIED = ("bigram_weight", "longest", "rare_below")


def candidates(utterances: Sequence[Utterance]) -> list[FeatureSettings]:
    """Return the settings to try, those that go by the number of utterances first."""
    own = trainer.settings_for(utterances)
    others = [
        replace(own, bigram_weight=weight, longest=longest, rare_below=rare)
        for weight in BIGRAM_WEIGHTS
        for longest in LONGEST
        for rare in RARE_BELOW
    ]
    return [own, *(settings for settings in others if settings != own)]


def search(
    utterances: Sequence[Utterance], *, jobs: int = -1, report: Report = lambda done, of: None
) -> Found:
    """Cross-validate every candidate in the folds of a training, and choose.

    `jobs`: threads side by side, -1 for one a core. `report(done, of)` is called after each of
    the settings. The result is the same for any number of jobs, and on a cluster.
    """
    rows = trainer.in_training_order(utterances)
    tried: list[Tried] = []
    wanted = candidates(rows)
    for settings in wanted:
        held_out, _ = folds.fit_all(
            rows, settings, trainer.folds_for(rows), with_whole=False, jobs=jobs,
            report=lambda done, of: None,
        )  # fmt: skip
        scored = zones.Scored.of(held_out, trainer.calibrate(held_out))
        thresholds = zones.choose(scored)
        figures = zones.summary(scored, thresholds)
        tried.append(Tried(settings, figures["accuracy"], zones.paid(scored, thresholds)))
        report(len(tried), len(wanted))
    best = min(tried, key=lambda one: one.cost)
    return Found(tuple(tried), best if best.surely_cheaper(tried[0]) else tried[0])


def kept(home: Home) -> FeatureSettings | None:
    """Return the settings that a search found for the model in use; None where none was made."""
    try:
        description, _ = modelfile.load(home.model_folder())
    except (ModelError, OSError):
        return None
    return description.features if description.searched else None
