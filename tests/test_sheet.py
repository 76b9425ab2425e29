"""The call sheet: the right number, what is known ticked, and room for notes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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


def test_no_secret_gets_onto_it(bot: Bot) -> None:
    with sheet_after(bot, "dispute a charge from 4111 1111 1111 1111, pin 4821") as sheet:
        assert "4111" not in sheet.text + sheet.markdown
        assert "4821" not in sheet.text + sheet.markdown
