"""Crooks, secrets, other companies, people who cannot phone: said plainly and kept in mind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot import Reply

US = "1-800-528-2122"
LOST = "i lost my card"
DISPUTE = "i want to dispute a charge"
Say = Callable[..., Reply]


@pytest.mark.parametrize(
    "message",
    ["got an email from amex saying my account is locked, is this real",
     "someone is on the phone with me now asking for my code",
     "some man calls and wants my pin for a refund"],
)  # fmt: skip
def test_a_likely_crook_is_warned_of_and_stays_the_matter(say: Say, message: str) -> None:
    first = say(message)
    assert "Give them no code" in first.text
    for more in ("should i click the link", "it is too late", "so is it a scam?"):
        reply = say(more)
        assert "cannot tell from here" in reply.text
        assert US in reply.text


def test_who_has_told_a_secret_is_told_to_call_and_told_so_again(say: Say) -> None:
    for message in ("i already gave them the code", "what do i do now"):
        told = say(message).text
        assert told.startswith("Call at once")
        assert US in told


@pytest.mark.parametrize(
    "message", ["someone changed my address, it wasnt me", "somebody got into my account"]
)
def test_somebody_else_in_the_account_is_urgent(say: Say, message: str) -> None:
    reply = say(message)
    assert reply.text.startswith("That is urgent.")
    assert US in reply.text
    assert US in say("personal us").text


@pytest.mark.parametrize(
    "message", ["my visa card was stolen", "it is not an amex, it is from chase"]
)
def test_another_companys_card_is_a_matter_for_that_company(say: Say, message: str) -> None:
    reply = say(message)
    assert "call that bank" in reply.text
    assert "1-800" not in reply.text


@pytest.mark.parametrize(
    "message",
    ["should i tell you the code?", "do you need my card number", "can i give you my pin"],
)
def test_whoever_asks_whether_to_tell_a_secret_is_told_not_to(say: Say, message: str) -> None:
    assert "never need" in say(message).text


def test_whoever_cannot_phone_is_told_of_the_chat_from_then_on_and_not_where_to_call_from(
    say: Say,
) -> None:
    assert "chat" in say("i'm deaf, i cannot call").text
    assert "If you cannot phone" in say("where do i report a lost card").text
    later = say("personal")
    assert later.asks is None
    assert US in later.text
    assert "If you cannot phone" not in say("i can call now", "what are your hours").text


def test_whoever_cannot_phone_is_not_asked_where_from_after_a_side_question_either(
    say: Say,
) -> None:
    reply = say("my card was stolen, i am deaf", "personal. what are the chat hours")
    assert reply.intent == "service_hours"
    assert reply.asks is None


@pytest.mark.parametrize(
    "message",
    ["there is no phone number on the back of my card", "i do not want to talk to a robot",
     "i see no phone number on your website"],
)  # fmt: skip
def test_not_every_missing_phone_is_ones_own(say: Say, message: str) -> None:
    assert "cannot phone" not in say(message, LOST).text


@pytest.mark.parametrize(
    "message",
    ["i have trouble getting into my account", "she changed my name on the account after marriage",
     "is it real gold in the gold card", pytest.param(
         "i gave my number to the agent, what happens next",
         marks=pytest.mark.xfail(strict=True, reason="crooks call themselves agents, too"),
     ),
     "i gave my card number to a restaurant and they charged me twice", "where do i click"],
)  # fmt: skip
def test_no_crook_is_seen_where_none_is_spoken_of(say: Say, message: str) -> None:
    told = say(message).text
    assert "Give them no code" not in told
    assert not told.startswith("Call at once")
    assert "That is urgent" not in told


def test_not_being_able_to_phone_is_no_wish_to(say: Say) -> None:
    assert "channel" not in say(DISPUTE, "i can't speak on the phone").slots
