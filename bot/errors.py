"""Every error that a caller may want to catch, under one base class."""

from __future__ import annotations


class BotError(Exception):
    """Something that a person can mend; the message says what, where and how."""


class GuideError(BotError):
    """The guide is missing, unreadable or contradicts itself.

    `problems` holds every finding, one line each.
    """

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


class ModelError(BotError):
    """A model is missing, damaged or made for other settings."""


class UtteranceError(BotError):
    """The labelled utterances are missing, unreadable or unfit for training."""


class HomeError(BotError):
    """A home folder is missing, incomplete or may not be written to."""


class MissingExtraError(BotError):
    """A package is not installed that only some commands need."""


class ClusterError(BotError):
    """The cluster that work should be sent to does not answer, or lost it."""
