"""What the dialogue decides to say, before any word of it is chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.guide import GuideRoute

Act = Literal["answer", "ask", "clarify", "unknown", "unanswered", "person", "over", "say", "aside"]

CALM = ("calm", "calm_again")
"""Phrases said to somebody who is angry, before the way to a person."""
ADMITTED = ("unknown", "unknown_again", "neither", "beyond", "same_again")
"""Phrases that own up to knowing no more, before the way to a person."""
WARNED = (
    "suspicious", "still_suspicious", "account_taken", "gave_away", "not_listed", "listed_caller",
    "after_warning",
)  # fmt: skip
"""Warnings of a crook, before the way to a person."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to say, before any word of it is chosen."""

    act: Act
    """What kind of reply it is."""
    intent: str
    """Topic, small talk or out_of_scope."""
    routes: tuple[GuideRoute, ...] = ()
    """The ways to customer service to name."""
    faq: int | None = None
    """Entry of the topic's FAQ to give instead of its answer."""
    asks: str | None = None
    """Slot to ask for."""
    again: bool = False
    """Whether it was asked just before, so that other words are wanted."""
    brief: bool = False
    """Whether the advice was given already, so that only the number is news."""
    person: tuple[GuideRoute, ...] = ()
    """Ways to a person, who can tell more than the answer."""
    options: tuple[str, ...] = ()
    """Topics to choose from."""
    urgent: bool = False
    """Whether the number comes before everything else."""
    caveat: bool = False
    """Whether to mention the number on the back of the card."""
    notes: tuple[str, ...] = ()
    """Names of phrases to say first, after the number where that cannot wait."""
    noted: tuple[str, ...] = ()
    """Slots to confirm along with them."""
    unclear: str = ""
    """What the person typed for the slot asked for, where it could be either."""
    offer: tuple[str, ...] = ()
    """Slots that the person may tell for the call sheet, to offer at the end."""
    later: tuple[str, ...] = ()
    """Topics of further wishes, to name at the end."""
    saying: str = ""
    """Name of the saying or phrase, for act 'say'; of what was done, for 'aside'."""
    beside: str = ""
    """What was done along with telling a detail, to be answered as well."""
    guess: str = ""
    """Topic that may have been meant instead: in a one-off, or an emergency."""
