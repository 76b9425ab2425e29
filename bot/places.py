"""Names of places in a message, and the country of each, from the small gazetteer beside it."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from bot import text as text_
from bot.phrases import Hit, Phrases

_FILE = Path(__file__).with_name("places.toml")
GROUP = "place"
"""Group of the names among the phrases of a message."""
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
    first: int
    """Number of its first word in the message."""
    last: int
    """Number of its last word."""

    @property
    def words(self) -> tuple[int, int]:
        """The numbers of its first and last word."""
        return self.first, self.last


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The names that are known."""

    countries: Mapping[str, str]
    """Name -> country, names as their words stand in a message."""
    capital_only: frozenset[str]
    """Names that count only with a capital."""
    adjectives: frozenset[str]
    """Names like 'Canadian'."""
    wide: frozenset[str]
    """Countries and regions, which may stand after a city to say which one."""
    often_mistyped: frozenset[str]
    """Names of one word in which slips are looked for."""
    codes: frozenset[str]
    """Short forms of regions, which count in small letters after a city."""
    codes_of: str
    """The country of these regions."""


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """Return the names, read once."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    countries: dict[str, str] = {}
    for section in ("adjectives", "cities", "regions", "countries"):
        for code, names in table[section].items():
            countries.update((_key(name), code) for name in names)
    countries.update((_key(name), "") for name in table["ambiguous"]["names"])
    countries.update((_key(name), ANYWHERE_ELSE) for name in table["generic"]["away"])
    countries.update((_key(name), AT_HOME) for name in table["generic"]["home"])
    known = (table["regions"][code] for code in table["generic"]["regions_of"])
    single = (*table["countries"].values(), table["generic"]["away"], *known)
    capital_only = frozenset(map(_key, table["ambiguous"]["capital_only"]))
    wide = (*table["countries"].values(), *table["regions"].values())
    own = {name for names in table["countries"].values() for name in names}
    return Gazetteer(
        countries,
        capital_only,
        # 'New Zealand' is a country before it is what a thing comes from.
        frozenset(
            _key(name)
            for names in table["adjectives"].values()
            for name in names
            if name not in own
        ),
        frozenset(_key(name) for names in wide for name in names),
        frozenset(n for names in single for n in names if n.isalpha()) - capital_only,
        frozenset(table["generic"]["region_codes"]),
        table["generic"]["regions_of"][0],
    )


def _key(name: str) -> str:
    return name if name.isascii() and name.isalpha() else " ".join(text_.words(name))


def add_names(phrases: Phrases) -> None:
    """Add the names of the gazetteer to the phrases that a message is searched for."""
    phrases.add_all_alike(gazetteer().countries, GROUP)


@lru_cache(maxsize=1)
def _only_names() -> Phrases:
    phrases = Phrases()
    add_names(phrases)
    return phrases


_SIGNS = (",", ";", ".", ":", "!", "?")


def find(text: str, *, any_case: bool = False) -> Iterator[Place]:
    """Yield the places named in `text` in order, of two that overlap the longer one.

    `any_case`: names that are also everyday words ('turkey') count in small letters too.
    """
    text = text_.composed(text)
    spans = text_.word_spans(text)
    hits = _only_names().find([word for word, _, _ in spans]).get(GROUP, ())
    return among(hits, text, spans, names={hit.first for hit in hits} if any_case else ())


def _is_alone(text: str, start: int, end: int) -> bool:
    """Tell whether a name stands between two signs: 'number please, us, personal'."""
    before, after = text[:start].rstrip(), text[end:].lstrip()
    return before.endswith(_SIGNS) and (not after or after.startswith(_SIGNS))


def among(
    hits: Iterable[Hit],
    text: str,
    spans: list[tuple[str, int, int]],
    *,
    names: Collection[int] = (),
) -> Iterator[Place]:
    """Yield the places that the hits of a message in GROUP stand for.

    `names`: numbers of the words that are names in small letters too.
    """
    known = gazetteer()
    city: Place | None = None
    for hit in hits:
        start, end = spans[hit.first][1], spans[hit.last][2]
        if (
            hit.first not in names
            and hit.value in known.capital_only
            and not (len(hit.value) == 2 and _is_alone(text, start, end))
        ):
            written = text[start:end]
            plain = written.isupper() if len(written) == 2 else written[0].isupper()
            inside = spans[hit.first - 1][0] == "in" if hit.first and len(written) > 2 else False
            if not plain and not (inside and hit.value not in known.adjectives):
                continue  # but 'in turkey' is no dish
        if text[end - 2 : end - 1] == "." == text[end : end + 1]:
            end += 1  # the last dot of 'U.S.'
        country, wide = known.countries[hit.value], hit.value in known.wide
        place = Place(country, hit.value in known.adjectives, start, end, hit.first, hit.last)
        if city is not None:
            if wide and country and text[city.end : start] in (", ", " ", ","):
                # 'Naples, Florida', 'Rome, New York'
                place, wide = replace(place, start=city.start, first=city.first), True
            else:
                yield city
        following = spans[hit.last + 1][0] if hit.last + 1 < len(spans) else ""
        if following in known.codes and text[end : end + 2].strip(" ,") in ("", following[:1]):
            place, wide = replace(place, country=known.codes_of), True  # 'paris tx'
        city = None if wide or place.adjective else place
        if city is None:
            yield place
    if city is not None:
        yield city
