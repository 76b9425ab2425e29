"""The English words that tell what a detail has to do with the person, from the file beside it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

_FILE = Path(__file__).with_name("cues.toml")


@dataclass(frozen=True, slots=True)
class Cues:
    """Sets of words, each explained in the file."""

    negation: frozenset[str]
    between_negation: frozenset[str]
    doubt: frozenset[str]
    around: frozenset[str]
    of_a_charge: frozenset[str]
    of_the_person: frozenset[str]
    mishap: frozenset[str]
    past: frozenset[str]
    long_past: frozenset[str]
    called_off: frozenset[str]
    others: frozenset[str]
    writer: frozenset[str]
    their_own: frozenset[str]
    calling: frozenset[str]
    prepositions: frozenset[str]
    set_aside: frozenset[str]
    business: frozenset[str]
    generic: frozenset[str]
    no_name: frozenset[str]
    name_ends: frozenset[str]
    between_name: frozenset[str]
    other_date: frozenset[str]
    other_date_after: frozenset[str]
    other_date_next: frozenset[str]
    other_amount: frozenset[str]
    other_amount_after: frozenset[str]
    weight: frozenset[str]
    lasting: frozenset[str]
    received: frozenset[str]
    in_case: frozenset[str]


def _read() -> Cues:
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return Cues(**{field.name: frozenset(table[field.name].split()) for field in fields(Cues)})


CUES = _read()
"""Read once, with the module."""
