"""Names of places in a message, and the country of each, from the small gazetteer beside it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.text import composed

_FILE = Path(__file__).with_name("places.toml")
_TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}[^\W\d_]?|[^\W_]+(?:['’-][^\W_]+)*")
_ISSUED = re.compile(r"-issued\b", re.IGNORECASE)
ANYWHERE_ELSE = "*"
"""The country of words such as 'overseas', which name none."""
AT_HOME = "home"
"""The country of words such as 'stateside', whichever country is home."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place named in a message."""

    country: str
    """ISO 3166 code, ANYWHERE_ELSE or AT_HOME; empty when it could be in several countries."""
    adjective: bool
    """Whether it is a word like 'Canadian', which says where a thing is from."""
    start: int
    """First character of its name."""
    end: int
    """One past the last."""


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    countries: Mapping[str, str]
    """Name -> country, names in lower case with one space between words."""
    lengths: Mapping[str, tuple[int, ...]]
    """First word -> numbers of words of the names that begin with it, longest first."""
    capital_only: frozenset[str]
    adjectives: frozenset[str]


@lru_cache(maxsize=1)
def _gazetteer() -> _Gazetteer:
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    countries: dict[str, str] = {}
    for section in ("adjectives", "cities", "regions", "countries"):
        for code, names in table[section].items():
            countries.update({_key(name): code for name in names})
    countries.update({_key(name): "" for name in table["ambiguous"]["names"]})
    countries.update({_key(name): ANYWHERE_ELSE for name in table["generic"]["away"]})
    countries.update({_key(name): AT_HOME for name in table["generic"]["home"]})
    lengths: dict[str, set[int]] = {}
    for name in countries:
        row = name.split()
        lengths.setdefault(row[0], set()).add(len(row))
    return _Gazetteer(
        countries,
        {word: tuple(sorted(sizes, reverse=True)) for word, sizes in lengths.items()},
        frozenset(_key(name) for name in table["ambiguous"]["capital_only"]),
        frozenset(_key(name) for names in table["adjectives"].values() for name in names),
    )


def _key(name: str) -> str:
    return " ".join(match.group() for match in _TOKEN.finditer(name.lower()))


def find(text: str, *, any_case: bool = False) -> Iterator[Place]:
    """Yield the places named in `text` in order, of two that overlap the longer one.

    `any_case`: names that are also everyday words ('us') count in small letters too.
    """
    text = _ISSUED.sub(" issued", composed(text))
    gazetteer = _gazetteer()
    tokens = list(_TOKEN.finditer(text))
    lowered = [token.group().lower() for token in tokens]
    at = 0
    while at < len(tokens):
        for size in gazetteer.lengths.get(lowered[at], ()):
            name = " ".join(lowered[at : at + size])
            if at + size > len(tokens):
                continue
            if name in gazetteer.countries and (
                any_case or _written_as_name(name, tokens[at].group(), gazetteer)
            ):
                last = tokens[at + size - 1]
                adjective = name in gazetteer.adjectives
                yield Place(gazetteer.countries[name], adjective, tokens[at].start(), last.end())
                at += size - 1
                break
        at += 1


def _written_as_name(name: str, written: str, gazetteer: _Gazetteer) -> bool:
    """Tell whether a name that is also an everyday word was written with a capital."""
    if name not in gazetteer.capital_only:
        return True
    return written.isupper() if len(written) == 2 else written[0].isupper()
