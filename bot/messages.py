"""The frozen nouns that travel down to the answer and back up to the caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

OUT_OF_SCOPE = "out_of_scope"
"""The label of everything that the guide does not cover."""

Zone = Literal["answer", "clarify", "unknown"]
"""How sure the classifier is: sure, torn between a few, or not sure enough to say anything."""


@dataclass(frozen=True, slots=True)
class Classification:
    """What a message was taken to mean, without looking at the conversation."""

    intent: str
    """Best in-scope intent in zones answer and clarify; 'out_of_scope' in zone unknown."""
    confidence: float
    """Probability of the first intent of `ranking`, 0 to 1, in every zone."""
    zone: Zone
    """'answer', 'clarify' or 'unknown'."""
    ranking: tuple[tuple[str, float], ...]
    """(intent, calibrated probability) of the in-scope intents, best first; sums to 1."""
    case: str = ""
    """The narrower matter that it sounds like, such as 'grief'; '' for none."""
    act: str = ""
    """What it would do in mid-conversation, such as 'refused'; '' for a matter of its own."""


MOST_WISHES = 3
"""Wishes of one message that are kept in mind."""
UNCLEAR = ""
"""Value of a detail that was given but could be either: 'Georgia'. It is asked, not guessed."""
ANY_SLOT = "*"
"""What is asked for where no question is open, but a detail may be said anew."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A detail found in a message."""

    slot: str
    """Name of the slot it fills."""
    value: str
    """The value in the guide's own form."""
    start: int
    """First character of it in the masked message."""
    end: int
    """One past its last character."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """All that was read from one message; everything after this point looks only here."""

    text: str
    """The message as typed, secrets masked."""
    classification: Classification
    """What the whole message means."""
    entities: tuple[Entity, ...] = ()
    """The details it holds, in order."""
    masked: tuple[str, ...] = ()
    """Kinds of secrets that were masked, such as 'card' or 'code'; each kind once."""
    wishes: tuple[str, ...] = ()
    """The intents of a message with two or three wishes, urgent ones first, the others in the
    order said; the one that stands beside a greeting or thanks; else empty."""
    beside: Classification | None = None
    """What the words beside the details mean on their own; None where there is no detail, or
    no doubt about the whole."""
    denied: str = ""
    """The topic that the message says it is not about: 'I did not lose my card'."""
    hears_acts: bool = False
    """Whether the model hears acts; one that does has seen enough to be held to its confidence."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way to reach customer service."""

    channel: str
    """'phone', 'chat', 'mail', 'app', 'web' or 'social'."""
    value: str
    """The number, address, site or place itself."""
    label: str
    """Whom or what it is for, in a few words."""
    hours: str = ""
    """When it is served; empty where the guide does not say."""
    conditions: Mapping[str, str] = field(default_factory=dict)
    """Slot values under which it applies; empty when it always does."""

    def to_dict(self) -> dict[str, Any]:
        """Return the route as JSON-ready values, keys as the attributes."""
        return {
            "channel": self.channel,
            "value": self.value,
            "label": self.label,
            "hours": self.hours,
            "conditions": dict(self.conditions),
        }


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says to one message."""

    text: str
    """The words, as plain text."""
    markdown: str
    """The same words with light mark-up."""
    intent: str
    """The topic being answered or asked about, or the small talk, or 'out_of_scope'."""
    confidence: float
    """Probability of the classifier's first choice for this message, 0 to 1."""
    zone: Zone
    """The classifier's zone for this message."""
    asks: str | None = None
    """Name of the slot asked for, or None."""
    slots: Mapping[str, str] = field(default_factory=dict)
    """Details known so far."""
    routes: tuple[Route, ...] = ()
    """The ways to customer service named in the text, best first."""
    suggestions: tuple[str, ...] = ()
    """Short texts that the person may type or click next."""

    def to_dict(self) -> dict[str, Any]:
        """Return the reply as JSON-ready values, keys as the attributes."""
        return {
            "text": self.text,
            "markdown": self.markdown,
            "intent": self.intent,
            "confidence": self.confidence,
            "zone": self.zone,
            "asks": self.asks,
            "slots": dict(self.slots),
            "routes": [route.to_dict() for route in self.routes],
            "suggestions": list(self.suggestions),
        }


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page to have beside the phone."""

    text: str
    """As plain text."""
    markdown: str
    """The same with light mark-up; what the person typed is escaped."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a message was classified as it was: exact contributions, nothing sampled."""

    intent: str
    """The classifier's first choice among the in-scope intents."""
    runner_up: str
    """Its second choice; empty when there is only one intent."""
    zone: Zone
    """'answer', 'clarify' or 'unknown'."""
    score: float
    """How far the message can be trusted to mean the winner, 0 to 1."""
    scope: float
    """How far it can be trusted to be in scope at all, 0 to 1."""
    thresholds: Mapping[str, float]
    """'clarify': the scope below which it is unknown; 'answer': the score that is answered."""
    bias: tuple[float, float]
    """What winner and runner-up have before any word is read, in calibrated log-odds units."""
    words: tuple[tuple[str, float, float], ...]
    """(word, for the winner, for the runner-up), in the order of the message, same units."""
    meant: tuple[str, ...] = ()
    """What each of the words was read as: the word itself but for a slip."""
    outside: tuple[float, ...] = ()
    """In zone unknown: what out of scope has before any word is read, then of each word, same
    units; empty in the other zones and for a model without that label."""

    def __str__(self) -> str:
        heads = [self.intent, self.runner_up or "-", *([OUT_OF_SCOPE] if self.outside else [])]
        rows = self._rows()
        width = max(len(name) for name, _ in rows)
        widths = [max(8, len(head)) for head in heads]
        known, sure = self.thresholds["clarify"], self.thresholds["answer"]
        lines = [
            f"{self.zone}, because of two scores from 0 to 1:",
            f"  scope {self.scope:.2f}: that the guide covers it; below {known:.2f} it is unknown",
            f"  score {self.score:.2f}: that it means {heads[0]}; "
            f"from {sure:.2f} on it is answered",
            *(["no word in it is known"] if self.scope <= 0.0 else []),
            "  ".join([" " * width, *(f"{h:>{w}}" for h, w in zip(heads, widths, strict=True))]),
        ]
        for name, shares in rows:
            cells = [f"{share:>+{w}.2f}" for share, w in zip(shares, widths, strict=True)]
            lines.append("  ".join([f"{name:{width}}", *cells]))
        lines.append("+ speaks for it, - against it; a sum higher by 1 is 2.7 times as likely")
        return "\n".join(lines)

    def _rows(self) -> list[tuple[str, tuple[float, ...]]]:
        """Return name and shares of each row, what a slip was read as beside it: 'lsot (lost)'."""
        words = [word for word, _, _ in self.words]
        names = [
            word if word == other else f"{word} ({other})"
            for word, other in zip(words, self.meant or words, strict=True)
        ]
        shares: list[tuple[float, ...]] = [self.bias, *((a, b) for _, a, b in self.words)]
        if self.outside:
            shares = [(*row, more) for row, more in zip(shares, self.outside, strict=True)]
        rows = list(zip(["(before any word)", *names], shares, strict=True))
        return [*rows, ("sum", tuple(map(sum, zip(*shares, strict=True))))]
