"""What was told already is told again where it is wanted, and gives way to a wish of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot import Bot

Say = Callable[..., str]
LOST = "i lost my card"
DISPUTE = ("i want to dispute a charge", "personal", "us")


@pytest.fixture
def say(bot: Bot) -> Say:
    """Say some messages in one conversation; the text of the last reply."""
    bot.forget("again")

    def talk(*messages: str) -> str:
        return [bot.reply(message, session_id="again").text for message in messages][-1]

    return talk


def test_where_is_it_after_a_side_question_is_about_that(say: Say) -> None:
    say("i lost my card and i have no phone", "what are my rewards points?")
    assert "points balance is on the dashboard" in say("where is it?")


def test_where_is_it_keeps_the_topic_of_an_open_question(bot: Bot, say: Say) -> None:
    say("how do i phone you", "personal", "can i use the app")
    say("where is it")
    session = bot.session("again")
    assert session is not None
    assert session.topic == "contact_by_phone"


@pytest.mark.parametrize(
    "message",
    ["what do you mean, my card was stolen", "i don't remember the number, i lost my card"],
)
def test_a_lost_card_is_heard_while_the_call_sheet_is_on_offer(say: Say, message: str) -> None:
    assert say(*DISPUTE, message).startswith("Call now, day or night")


@pytest.mark.parametrize(
    "message", ["does it matter when i call?", "what's the difference between a bill and a refund?"]
)
def test_a_question_is_no_question_about_the_call_sheet(say: Say, message: str) -> None:
    assert "Your call sheet has" not in say(*DISPUTE, message)


def test_a_number_that_fails_is_given_with_where_else_to_look(say: Say) -> None:
    told = say(LOST, "personal us", "the number doesn't work")
    assert "1-800-528-2122" in told
    assert "americanexpress.com" in told
    assert "back of your card" not in told  # it is gone


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("i lost my card and the number doesn't work", "Call now, day or night"),
        ("my phone number is wrong in my account", "profile settings"),
    ],
)
def test_a_number_that_fails_hides_no_other_wish(say: Say, message: str, wanted: str) -> None:
    assert wanted in say("what number do i call", "personal us", message)


@pytest.mark.parametrize("message", ["cancel this", "forget it, stop this", "stop it"])
def test_a_wish_for_a_person_can_be_called_off(say: Say, message: str) -> None:
    assert "we leave that" in say("i want to speak to a person", message)


@pytest.mark.parametrize("message", ["please do not cancel my card", "don't block it"])
def test_a_card_that_is_not_to_be_stopped_is_not(say: Say, message: str) -> None:
    assert "only a guide" not in say(LOST, "personal us", message)


def test_why_is_answered_to_an_open_question_and_owned_up_to_after_an_answer(say: Say) -> None:
    assert "the answer depends on it" in say("my card is cracked", "why?")
    assert say("start over", "how do i pay my bill", "why?").startswith("That is all I know")


@pytest.mark.parametrize(
    "message",
    [
        "i want to dispute a charge and i lost my card and i want to pay my bill",
        "can i speak to someone, i want to pay my bill, and i lost my card",
    ],
)
def test_a_lost_card_comes_before_other_emergencies(say: Say, message: str) -> None:
    assert say(message).startswith("Call now, day or night")


@pytest.mark.parametrize(
    "message",
    [
        "if my card gets stolen, am I covered? and how do I get points",
        "i never lost my card. i want to change my address",
    ],
)
def test_a_loss_that_has_not_happened_is_no_emergency(say: Say, message: str) -> None:
    assert "Call now" not in say(message)


def test_where_somebody_works_is_no_kind_of_card(bot: Bot, say: Say) -> None:
    say(LOST, "i work abroad")
    session = bot.session("again")
    assert session is not None
    assert "card_kind" not in session.slots


def test_the_second_of_three_wishes_is_let_go_without_the_third(say: Say) -> None:
    say("i lost my card, i need to change my address and i want to know my points", "personal us")
    assert "rewards points" in say("nope, not now")
