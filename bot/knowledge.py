"""What a bot knows: a guide and a model, read from a home."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bot import guide_reader
from bot.classifier import Classifier
from bot.guide import Guide
from bot.home import Home

if TYPE_CHECKING:
    from bot.entities import Extractor


class Knowledge:
    """Guide and model that belong together: swapped as one."""

    def __init__(self, guide: Guide, classifier: Classifier) -> None:
        self.guide = guide
        self.classifier = classifier
        topics = guide.topics.values()
        self.urgent = tuple(t.id for t in topics if t.urgent or t.urgent_when)
        """Topics that are emergencies, always or by a word, in the guide's order."""

    @cached_property
    def extractor(self) -> Extractor:
        """What reads details; who only classifies does without, and starts an eighth sooner."""
        from bot.entities import Extractor

        return Extractor(self.guide.slots)


def know(home: Home, model: Path | str | None) -> Knowledge:
    """Return the guide and the model of a home; raises BotError when one is missing or unfit."""
    guide = guide_reader.read(home.guide)
    classifier = Classifier.load(home.model_folder(model))
    return Knowledge(guide, classifier)
