"""What stands in a message and what does not: the tables in tests/details, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import dates, guide_reader
from bot.entities import Extractor
from bot.home import Home
from bot.messages import UNCLEAR
from bot.redaction import mask
from bot.text import composed, word_spans

GUIDE = guide_reader.read(Home.shipped().guide)
EXTRACTOR = Extractor(GUIDE.slots)
TABLES = sorted(Path(__file__).with_name("details").glob("*.txt"))
_LINE = re.compile(r"(?P<miss>~ )?(?:\[(?P<asked>\w+)\] )?(?P<message>.+?) =>(?P<wanted>.*)")


def _rows() -> Iterator[object]:
    for path in TABLES:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                match = _LINE.fullmatch(line)
                assert match, f"{path.name}:{number}: wanted 'message => slot=value; ...'"
                pairs = [pair.strip().split("=", 1) for pair in match["wanted"].split(";")]
                wanted = {pair[0]: pair[1] for pair in pairs if len(pair) == 2}
                name = f"{path.stem}:{number}"
                marks = [pytest.mark.xfail(strict=True)] if match["miss"] else []
                row = (match["message"], match["asked"] or "", wanted)
                yield pytest.param(*row, id=name, marks=marks)


def test_dates_are_looked_for_wherever_one_may_begin() -> None:
    """`dates.find` tries only at some words; it must find what a whole search finds."""
    for path in TABLES:
        for line in path.read_text(encoding="utf-8").splitlines():
            for message in (composed(line), line.lower().replace("tuesday", "tueday")):
                whole = [
                    (match.start(), match.start() + len(match.group().rstrip(".")))
                    for match in dates.DATE.finditer(message)
                ]
                assert dates.find(message, word_spans(message)) == whole, message


@pytest.mark.parametrize(("message", "asked", "wanted"), list(_rows()))
def test_exactly_the_details_that_were_given_are_read(
    message: str, asked: str, wanted: dict[str, str]
) -> None:
    masked = mask(message, keep=GUIDE.numbers).text
    found = EXTRACTOR.extract(masked, asked=asked)
    assert {e.slot: e.value for e in found if e.value != UNCLEAR} == wanted
