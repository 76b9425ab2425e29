"""The English words that tell what a detail has to do with the person, from the file beside it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

_FILE = Path(__file__).with_name("cues.toml")


@dataclass(frozen=True, slots=True)
class Cues:
    """Sets of English words."""

    negation: frozenset[str]
    """Words that rule out what follows."""
    between_negation: frozenset[str]
    """Words that may stand between those and what they rule out."""
    doubt: frozenset[str]
    """Words of not knowing, before 'if'."""
    around: frozenset[str]
    """Small words that may stand around a detail between two pauses."""
    of_a_charge: frozenset[str]
    """Words that put a purchase or a thing into a place."""
    of_the_person: frozenset[str]
    """Words that put the writer there."""
    mishap: frozenset[str]
    """What happens to a card where its owner is."""
    lost: frozenset[str]
    """What a thing is that its owner misses."""
    gone: frozenset[str]
    """The same, in all the words that may stand after 'my bag is'."""
    took: frozenset[str]
    """What a thief did."""
    kept: frozenset[str]
    """What a machine or a waiter did, after the place."""
    dwelling: frozenset[str]
    """Verbs of where somebody lives, wherever they are now."""
    setting_out: frozenset[str]
    """Verbs of a journey."""
    ahead: frozenset[str]
    """Words of a time to come."""
    past: frozenset[str]
    """Verbs of what was once the case."""
    long_past: frozenset[str]
    """Spans of time after which it no longer is."""
    called_off: frozenset[str]
    """Words for a journey that will not be."""
    others: frozenset[str]
    """Other people."""
    writer: frozenset[str]
    """Words for the writer."""
    their_own: frozenset[str]
    """What belongs to others."""
    calling: frozenset[str]
    """Words for getting in touch, before 'from'."""
    prepositions: frozenset[str]
    """Words that lead to a place."""
    set_aside: frozenset[str]
    """Words before a place that change nothing."""
    business: frozenset[str]
    """Words that make a name of a place one of a shop."""
    generic: frozenset[str]
    """Words that alone are no seller's name."""
    no_name: frozenset[str]
    """Words with which no name begins."""
    name_ends: frozenset[str]
    """Words before which a name in small letters ends."""
    between_name: frozenset[str]
    """Words between a name and what its bearer did."""
    other_date: frozenset[str]
    """Words before a date that is not one of a transaction."""
    other_date_after: frozenset[str]
    """The same after a date."""
    other_date_next: frozenset[str]
    """The same right before a date."""
    other_amount: frozenset[str]
    """Words before an amount that was not charged."""
    other_amount_after: frozenset[str]
    """The same after an amount."""
    weight: frozenset[str]
    """Words by which pounds are a weight."""
    lasting: frozenset[str]
    """Words for what goes on until today."""
    origin: frozenset[str]
    """Verbs before 'from' that say where somebody comes from."""
    received: frozenset[str]
    """Words for calls that the writer did not make."""
    article: frozenset[str]
    """Words that begin a thing, after 'from'."""
    called_me: frozenset[str]
    """What a caller did."""
    in_case: frozenset[str]
    """Words before a 'case' without a number."""


def _read() -> Cues:
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return Cues(**{field.name: frozenset(table[field.name].split()) for field in fields(Cues)})


CUES = _read()
"""Read once, with the module."""
