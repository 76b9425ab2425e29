"""Dates and amounts are found whole, and resolved only where that is certain."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.quantities import AMOUNT, DATE, resolve

TODAY = date(2024, 3, 15)
"""A Friday of a leap year."""
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("charged on March 3rd at noon", "March 3rd"),
        ("charged on Sept. 4, 2023, twice", "Sept. 4, 2023"),
        ("it was the 3rd of May", "the 3rd of May"),
        ("5th June 2024", "5th June 2024"),
        ("03/04/2024?", "03/04/2024"),
        ("(2024-03-04)", "2024-03-04"),
        ("12.03.2024", "12.03.2024"),
        ("yesterday's charge", "yesterday"),
        ("the day before yesterday", "the day before yesterday"),
        ("about two weeks ago", "two weeks ago"),
        ("a couple of days ago", "a couple of days ago"),
        ("last Friday", "last Friday"),
        ("it was TUESDAY", "TUESDAY"),
        ("last night", "last night"),
        ("on the 5th", "on the 5th"),
        ("it was the 3rd of last month", "the 3rd of last month"),
        ("on the fifteenth of May, I think", "the fifteenth of May"),
        ("on the twenty-first", "on the twenty-first"),
        ("May third, 2024", "May third, 2024"),
        ("on Black Friday they took it", "on Black Friday"),
        ("Christmas Eve", "Christmas Eve"),
        ("Tuesday last week", "Tuesday last week"),
        ("on Saturday night", "on Saturday night"),
        ("in March", "in March"),
        ("a week ago today", "a week ago today"),
    ],
)
def test_a_date_is_found_whole(message: str, wanted: str) -> None:
    assert [match.group() for match in DATE.finditer(message)] == [wanted]


@pytest.mark.parametrize(
    "message",
    [
        "call 1-800-528-2122",
        "may I march in?",
        "24/7",
        "valid to 12/26",
        "$12.03.20",
        "card ending 1005",
        "monetary",
        "the 4 digits",
        "version 1.2.3.4",
        "I second that",
        "the second card",
        "Black Friday deals",
        "in marching order",
        "model 2-3-4-5",
    ],
)
def test_what_is_no_date_is_not_taken_for_one(message: str) -> None:
    assert DATE.search(message) is None


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("today", "2024-03-15"),
        ("this morning", "2024-03-15"),
        ("Yesterday", "2024-03-14"),
        ("last night", "2024-03-14"),
        ("the day before yesterday", "2024-03-13"),
        ("3 days ago", "2024-03-12"),
        ("two  weeks ago", "2024-03-01"),
        ("a week ago", "2024-03-08"),
        ("Monday", "2024-03-11"),
        ("last friday", "2024-03-08"),
        ("on Thursday", "2024-03-14"),
        ("March 3", "2024-03-03"),
        ("march 15", "2024-03-15"),
        ("March 16", "2023-03-16"),
        ("December 25", "2023-12-25"),
        ("Feb 29", "2024-02-29"),
        ("March 3rd, 2022", "2022-03-03"),
        ("the 3rd of May 2023", "2023-05-03"),
        ("3/4/2024", "2024-03-04"),
        ("3-4-24", "2024-03-04"),
        ("13/4/2023", "2023-04-13"),
        ("2024-01-31", "2024-01-31"),
        ("the 3rd", "2024-03-03"),
        ("the 15th", "2024-03-15"),
        ("on the 20th", "2024-02-20"),
        ("the 3rd of last month", "2024-02-03"),
        ("the 3rd of this month", "2024-03-03"),
        ("the fifteenth of January", "2024-01-15"),
        ("on the twenty-first", "2024-02-21"),
        ("May third, 2023", "2023-05-03"),
        ("on 3/4", "2024-03-04"),
        ("on 12/30", "2023-12-30"),
        ("on Black Friday", "2023-11-24"),
        ("Cyber Monday", "2023-11-27"),
        ("last Thanksgiving", "2023-11-23"),
        ("on Christmas Eve", "2023-12-24"),
        ("New Year’s Day", "2024-01-01"),
        ("Valentine's Day", "2024-02-14"),
        ("a week ago today", "2024-03-08"),
        ("last Friday night", "2024-03-08"),
        ("earlier today", "2024-03-15"),
    ],
)
def test_a_certain_date_is_resolved(said: str, wanted: str) -> None:
    assert resolve(said, TODAY) == wanted


@pytest.mark.parametrize(
    "said",
    (
        "last week|last month|a few days ago|two months ago|Feb 30|30/30/2024|2024-02-30|"
        "the 31st|the 99th|Tuesday last week|in the summer|"
        "in March|last March|the 31st of last month|"
    ).split("|"),
)
def test_an_uncertain_date_stays_as_said(said: str) -> None:
    assert resolve(said, TODAY) == said


def test_a_day_of_last_month_is_found_across_the_new_year() -> None:
    assert resolve("the 28th", date(2024, 1, 5)) == "2023-12-28"


@settings(max_examples=100, deadline=None)
@given(DAYS)
def test_a_full_date_is_found_and_resolved_in_every_way_of_writing_it(day: date) -> None:
    month = day.strftime("%B")
    for said in (
        day.isoformat(),
        f"{day.month}/{day.day}/{day.year}",
        f"{month} {day.day}, {day.year}",
        f"{day.day} {month[:3]} {day.year}",
    ):
        match = DATE.search(f"I was charged on {said}.")
        assert match is not None
        assert match.group() == said
        assert resolve(said, TODAY) == day.isoformat()


@settings(max_examples=100, deadline=None)
@given(DAYS, st.sampled_from("mon tues wednes thurs fri satur sun".split()))
def test_a_weekday_is_the_last_one_before_today(today: date, day: str) -> None:
    found = date.fromisoformat(resolve(f"last {day}day", today))
    assert timedelta(1) <= today - found <= timedelta(7)
    assert found.strftime("%A").lower() == f"{day}day"


_PAST = (
    "the 1st|on the 28th|the ninth of May|March 3|Feb 29|Dec 31|on 12/31|on 2/29|Black Friday|"
    "Thanksgiving|Christmas Day|New Year's Eve|Halloween|yesterday|last night|today|12 days ago|"
    "a week ago|two weeks ago today|last Monday|Sunday night|the day before yesterday|"
    "the 30th of last month|Independence Day"
).split("|")


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(_PAST), st.dates())
def test_what_lies_behind_is_never_resolved_to_a_day_ahead(said: str, today: date) -> None:
    found = resolve(said, today)
    assert found == said or date.fromisoformat(found) <= today


@settings(max_examples=100, deadline=None)
@given(st.integers(2000, 2099), st.integers(1, 12))
def test_black_friday_is_the_day_after_the_fourth_thursday_of_november(year: int, day: int) -> None:
    found = date.fromisoformat(resolve("Black Friday", date(year, 12, day)))
    assert (found.year, found.month, found.strftime("%A")) == (year, 11, "Friday")
    assert 23 <= found.day <= 29


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(
        "may feb sept. the on a few last ago days 31st 12 29 99/99/9999 0 ² ٣ ,".split()
    )
    .flatmap(lambda first: st.text(" 0123456789/-.adefmosty", max_size=12).map(first.__add__))
    .map(str.strip),
    DAYS,
)
def test_whatever_reads_as_a_date_can_be_resolved(said: str, today: date) -> None:
    for match in DATE.finditer(said):
        assert resolve(match.group(), today)


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("charged $45.99 twice", "$45.99"),
        ("charged $ 45.", "$ 45"),
        ("$1,200.50!", "$1,200.50"),
        ("about 20 bucks", "20 bucks"),
        ("1,200 dollars", "1,200 dollars"),
        ("1200 US dollars", "1200 US dollars"),
        ("USD 45", "USD 45"),
        ("€30", "€30"),
        ("12.50 euros", "12.50 euros"),
        ("£99", "£99"),
        ("50 quid", "50 quid"),
        ("it was 99.99.", "99.99"),
        ("($7)", "$7"),
        ("from $20 to", "$20"),
        ("forty-five bucks", "forty-five bucks"),
        ("a hundred and twenty dollars", "a hundred and twenty dollars"),
        ("45 dollars and 99 cents", "45 dollars and 99 cents"),
        ("ten dollars fifty cents", "ten dollars fifty cents"),
        ("two grand in all", "two grand"),
        ("about $1.2k", "$1.2k"),
        ("US$ 45", "US$ 45"),
        ("$45 USD", "$45 USD"),
        ("45,99 €", "45,99 €"),
        ("20$ less", "20$"),
        ("99 cents", "99 cents"),
        ("charged a dollar", "a dollar"),
    ],
)
def test_an_amount_is_found_whole(message: str, wanted: str) -> None:
    assert [match.group() for match in AMOUNT.finditer(message)] == [wanted]


@pytest.mark.parametrize(
    "message",
    [
        "call 1-800-528-2122",
        "on 12.03.2024",
        "on 03/04/2024",
        "card ending 1005",
        "two cards",
        "24/7",
        "dollars",
        "version 1.2.345",
        "a grand total",
        "a hundred people",
        "forty minutes",
        "one by one",
    ],
)
def test_what_is_no_amount_is_not_taken_for_one(message: str) -> None:
    assert AMOUNT.search(message) is None


def test_an_amount_with_a_decimal_comma_is_never_cut_in_half() -> None:
    assert [match.group() for match in AMOUNT.finditer("45,99 euro")] in ([], ["45,99 euro"])


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10_000_000), st.sampled_from("$€£"))
def test_every_amount_with_a_currency_sign_is_found_whole(cents: int, sign: str) -> None:
    for written in (f"{sign}{cents / 100:,.2f}", f"{sign}{cents / 100:.2f}"):
        assert [m.group() for m in AMOUNT.finditer(f"I paid {written}, wrongly")] == [written]


_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def _spelt(number: int) -> str:
    if number >= 100:
        hundreds, rest = divmod(number, 100)
        return f"{_UNITS[hundreds]} hundred" + (f" and {_spelt(rest)}" if rest else "")
    tens, units = divmod(number, 10)
    if number < 20:
        return _UNITS[number]
    return _TENS[tens - 2] + (f"-{_UNITS[units]}" if units else "")


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 999), st.sampled_from(["dollars", "bucks", "euros"]))
def test_every_amount_in_words_is_found_whole(number: int, unit: str) -> None:
    written = f"{_spelt(number)} {unit}"
    assert [m.group() for m in AMOUNT.finditer(f"they took {written}, wrongly")] == [written]


@pytest.mark.parametrize(
    "piece", ["1", "1,111", "the ", "$", "a couple of ", "1/", "may 1", "two hundred and ", " "]
)
def test_a_whole_message_of_near_misses_takes_well_under_a_second(piece: str) -> None:
    message = (piece * 4_000)[:4_000]
    start = time.process_time()
    list(DATE.finditer(message))
    list(AMOUNT.finditer(message))
    assert time.process_time() - start < 0.5
