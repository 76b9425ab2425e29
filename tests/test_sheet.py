"""The call sheet: the right number, what is known ticked, and room for notes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot import Bot
from bot.messages import Sheet

ALL_FOUR = ("1-800-528-2122", "+1-623-492-5450", "1-800-492-3932", "+1-623-492-3932")


@contextmanager
def sheet_after(bot: Bot, *lines: str) -> Iterator[Sheet]:
    for line in lines:
        bot.reply(line, session_id="sheet")
    yield bot.sheet("sheet")
    bot.forget("sheet")


def test_the_number_is_the_one_for_the_case_and_known_details_are_ticked(bot: Bot) -> None:
    said = ("there is a charge from Uber that i did not make, $45.99", "corporate", "in the us")
    with sheet_after(bot, *said) as sheet:
        assert [number for number in ALL_FOUR if number in sheet.text] == ["1-800-492-3932"]
        assert "[x] merchant: Uber" in sheet.text
        assert "[x] amount: $45.99" in sheet.text
        assert "[ ] date of the transaction: ..." in sheet.text
        assert "dispute a charge" in sheet.text
        for note in ("name", "reference number", "next step", "follow up on"):
            assert note in sheet.text.lower()


def test_without_a_conversation_it_shows_every_number(bot: Bot) -> None:
    sheet = bot.sheet("nobody")
    assert all(number in sheet.text for number in ALL_FOUR)
    assert bot.session("nobody") is None


def test_the_markdown_has_the_same_words_and_shows_what_was_typed_as_it_is(bot: Bot) -> None:
    with sheet_after(bot, "i want to dispute a charge from <b>*Joe*</b>, it is wrong") as sheet:
        assert "<b>" not in sheet.markdown
        assert "# Call sheet" in sheet.markdown
        assert "1-800-528-2122" in sheet.markdown
        headings = [line for line in sheet.text.splitlines() if line and line[0] not in "-["]
        assert all(heading in sheet.markdown for heading in headings)


SECTIONS = ("Whom to call", "Say first", "Have ready", "Ask", "Write down")
NOTES = ("name", "date and time", "reference number", "agreed", "next step", "follow up on")


def test_it_is_one_page_with_every_part_for_every_topic(bot: Bot) -> None:
    for topic in bot._knowledge.guide.topics.values():
        with sheet_after(bot, topic.offer) as sheet:
            lines = sheet.text.splitlines()
            assert len(lines) <= 45, topic.id
            assert all(part in sheet.text for part in SECTIONS), sheet.text
            assert all(f"{note}: ....." in sheet.text.lower() for note in NOTES), sheet.text
            assert "{" not in sheet.text
            assert topic.opening in sheet.text, topic.id


def test_the_opening_line_holds_the_details_that_are_known(bot: Bot) -> None:
    with sheet_after(bot, "i want to dispute a charge from Uber, $45.99", "corporate") as sheet:
        (opening,) = [line for line in sheet.text.splitlines() if "I am calling" in line]
        assert "corporate card; merchant Uber; amount $45.99." in opening
        assert "{" not in opening


def test_a_reference_number_told_later_is_ticked(bot: Bot) -> None:
    said = ("they still have not solved my problem, i want a supervisor", "case number AB-12345")
    with sheet_after(bot, *said) as sheet:
        assert "[x] reference number: AB-12345" in sheet.text


def test_hours_and_what_overrules_the_number_stand_beside_it(bot: Bot) -> None:
    with sheet_after(bot, "which number do i call", "personal", "i'm in lyon") as sheet:
        assert sheet.text.count("24 hours a day") == 1
        assert "issued in the U.S." in sheet.text
        assert "back of your card" in sheet.text


def test_nobody_whose_card_is_gone_is_told_to_look_at_it(bot: Bot) -> None:
    with sheet_after(bot, "i lost my card") as sheet:
        assert "back of your card" not in sheet.text
        assert "[ ] your card" not in sheet.text
        assert "the card number if you kept it somewhere" in sheet.text


def test_for_a_foreign_card_it_gives_the_website_and_no_number(bot: Bot) -> None:
    with sheet_after(bot, "my card is from the UK and it is damaged") as sheet:
        assert not any(number in sheet.text for number in ALL_FOUR)
        assert "americanexpress.com (lists the number for your country" in sheet.text


def test_a_letter_comes_with_the_address_and_what_to_check(bot: Bot) -> None:
    with sheet_after(bot, "what is the mailing address") as sheet:
        assert "P.O. Box 981535" in sheet.text
        assert "check on the website" in sheet.text


def test_no_secret_gets_onto_it(bot: Bot) -> None:
    with sheet_after(bot, "dispute a charge from 4111 1111 1111 1111, pin 4821") as sheet:
        assert "4111" not in sheet.text + sheet.markdown
        assert "4821" not in sheet.text + sheet.markdown


@pytest.mark.parametrize(
    ("line", "merchant"),
    [
        ("walmart", "walmart"),
        ("uber eats 23.40", "uber eats"),
        ("Lyft, 23.40, yesterday", "Lyft"),
        ("Best Buy", "Best Buy"),
        ("zara.com", "zara.com"),
        ("AMZN MKTP", "AMZN MKTP"),
        ("the shop was uber eats", "uber eats"),
        ("idk the date, walmart", "walmart"),
    ],
)
def test_a_merchant_needs_no_word_around_it_once_it_was_asked_for(
    bot: Bot, line: str, merchant: str
) -> None:
    with sheet_after(bot, "dispute a charge", "personal", "us", "yes", line) as sheet:
        assert f"[x] merchant: {merchant}\n" in sheet.text


@pytest.mark.parametrize(
    "line",
    "nope|no thx|thx|idk|Help|agent|ok|why|statment|lost my card|human please|Spain|23.40|"
    "yesterday|kk|none|later|my wife|the gym|corporate|wat".split("|"),
)
def test_what_else_is_said_there_is_no_merchant(bot: Bot, line: str) -> None:
    with sheet_after(bot, "dispute a charge", "personal", "us", "yes", line) as sheet:
        assert "merchant: .." in sheet.text or "merchant" not in sheet.text
