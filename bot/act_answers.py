"""What is said to an act of mid-conversation where the topic itself has nothing to say to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.guide_check import Findings

_TEXTS = ("answer", "after_phone", "without_phone", "with_opening")
_FLAGS = ("person", "number", "names_it", "leans", "ends_question", "ends_matter")


@dataclass(frozen=True, slots=True)
class ActAnswer:
    """A `[act.NAME]` of the guide."""

    answer: str
    """What is said; route names in braces."""
    after_phone: str = ""
    """The same where a number was the way that was told; it ends without one."""
    without_phone: str = ""
    """The same for somebody who has no phone; the number follows all the same."""
    with_opening: str = ""
    """The same where the topic has a first sentence to say, which stands for {opening} in it."""
    person: bool = False
    """Whether it ends with the way to a person."""
    number: bool = False
    """Whether it asks for a number, as some topics do."""
    names_it: bool = False
    """Whether it names what it is against: 'I have no app' is no question about the app."""
    leans: bool = False
    """Whether it leans on an answer: while that is still to come, it is none."""
    ends_question: bool = False
    """Whether a question that was open is let go of."""
    ends_matter: bool = False
    """Whether the matter itself is."""

    @classmethod
    def read(cls, name: str, table: dict[str, Any], findings: Findings) -> ActAnswer:
        """Return the answer of one table, and note what is wrong with it."""
        place = ("act", name)
        findings.keys(table, (*_TEXTS, *_FLAGS), place)
        findings.required(table, ("answer",), place)
        findings.note_facts(table, place)
        values: dict[str, Any] = {key: findings.value(table, key, str, place) for key in _TEXTS}
        values |= {key: findings.value(table, key, bool, place) for key in _FLAGS}
        return cls(**values)
