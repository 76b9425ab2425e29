"""Phone numbers that people name: whether the guide has them is said, and who can be trusted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import Bot, Reply
from bot.numbers_said import said

US, ABROAD, CORPORATE_ABROAD = "1-800-528-2122", "+1-623-492-5450", "+1-623-492-3932"
LISTED, UNLISTED = "That number is in this guide", "That number is not in this guide"
Say = Callable[..., Reply]


@pytest.mark.parametrize(
    ("message", "number"),
    [("is 1-800-528-2122 your number", US),
     ("whose number is 8005282122", US),
     ("(800) 528-2122 ?", US),
     ("is +1 623 492 5450 legit", ABROAD),
     ("is 623.492.3932 for corporate", CORPORATE_ABROAD)],
)  # fmt: skip
def test_a_number_of_the_guide_is_owned_to_with_what_it_is_for(
    bot: Bot, message: str, number: str
) -> None:
    reply = bot.reply(message)
    assert reply.text.startswith(f"{LISTED}.")
    assert [r.value for r in reply.routes if r.channel == "phone"] == [number]


@pytest.mark.parametrize(
    "message",
    ["is 1-800-555-0147 your number", "1-888-555-0123",
     "someone called from 1-888-555-0123 saying they are amex",
     "they texted me to call 1-855-555-0199 about fraud", "+44 1273 555 012 is that amex",
     "got a voicemail, call back 866 555 0170, real?"],
)  # fmt: skip
def test_any_other_number_is_not_vouched_for_and_the_guides_own_is_given(
    bot: Bot, message: str
) -> None:
    reply = bot.reply(message)
    assert reply.text.startswith(UNLISTED)
    assert "Give nobody there a code" in reply.text
    assert [route.value for route in reply.routes] == [US]


def test_who_was_called_from_a_listed_number_hears_that_it_can_be_faked(say: Say) -> None:
    first = say("i got a call from 800 528 2122 was that you")
    assert first.text.startswith(LISTED)
    assert "dial it yourself" in first.text
    assert "cannot tell from here" in say("is it a scam").text


def test_the_number_printed_on_the_card_goes_first(bot: Bot) -> None:
    text = bot.reply("back of my card says 1-800-555-0100").text
    assert "printed on your card is the one to use" in text


def test_of_several_numbers_the_listed_one_is_named(bot: Bot) -> None:
    reply = bot.reply("is it 1-800-528-2122 or 1-800-555-2122")
    assert reply.text.startswith("Of these numbers, only this")
    assert [route.value for route in reply.routes] == [US]


def test_an_open_question_stays_open(say: Say) -> None:
    say("what number do i call")
    reply = say("is it 800 555 0100?")
    assert reply.text.startswith(UNLISTED)
    assert reply.asks == "card_kind"
    assert say("personal, from ohio").routes[0].value == US


def test_an_emergency_comes_before_a_strange_number(bot: Bot) -> None:
    text = bot.reply("my card was stolen and a man from 1-888-555-0100 called me").text
    assert text.startswith("Call now")
    assert text.index(US) < text.index(UNLISTED)


@pytest.mark.parametrize(
    "message",
    ["my number is 212-555-0187 can you call me", "change my phone to 212-555-0187",
     "charge from 8005551234 on my statement", "my new cell is 212 555 0187, is that updated?"],
)  # fmt: skip
def test_a_number_that_is_not_asked_about_is_let_be(bot: Bot, message: str) -> None:
    text = bot.reply(message).text
    assert UNLISTED not in text
    assert LISTED not in text


def test_a_code_given_to_the_caller_matters_more_than_the_number(bot: Bot) -> None:
    reply = bot.reply("1-888-555-0100 called me and i gave them my pin")
    assert reply.text.startswith("Call at once")


_gaps = st.sampled_from(["", " ", "-", ".", "- "])


@given(
    st.sampled_from([US, ABROAD, CORPORATE_ABROAD]),
    st.sampled_from(["", "1", "+1", "1-", "+1 "]),
    _gaps, _gaps, st.booleans(), st.sampled_from(["", "call ", "is it: "]),
)  # fmt: skip
def test_a_number_is_the_same_however_it_is_grouped(
    number: str, country: str, first: str, second: str, brackets: bool, before: str
) -> None:
    digits = "".join(filter(str.isdigit, number))[1:]
    area = f"({digits[:3]})" if brackets else digits[:3]
    assert said(f"{before}{country}{area}{first}{digits[3:6]}{second}{digits[6:]}") == [digits]


@given(st.text(alphabet="0123456789 +-().x", max_size=40))
def test_whatever_is_read_as_a_number_has_eight_to_twelve_digits(text: str) -> None:
    for digits in said(text):
        assert digits.isdigit()
        assert 8 <= len(digits) <= 12
