"""Two or three wishes in one message are all found; one wish is left whole."""

from __future__ import annotations

import pytest

from bot import Bot, walk
from bot.messages import Understanding
from bot.session import Session


def understood(bot: Bot, message: str) -> Understanding:
    """Read a message as the first of a conversation."""
    return walk.understand(message, Session(), bot._knowledge, None)


def test_both_wishes_are_found_and_the_urgent_one_comes_first(bot: Bot) -> None:
    reply = bot.reply("how do i check my points, and also my wallet was stolen", session_id="w")
    assert reply.intent == "report_lost_or_stolen_card"
    assert "rewards points" in reply.text
    bot.forget("w")


def test_the_second_wish_is_answered_on_yes_and_dropped_on_no(bot: Bot) -> None:
    both = "how do i check my points and what is the mailing address"
    first = bot.reply(both, session_id="w")
    assert "Shall we go on with that?" in first.text
    assert {first.intent, bot.reply("yes", session_id="w").intent} == {
        "rewards_points",
        "contact_by_mail",
    }
    bot.forget("w")
    bot.reply(both, session_id="w")
    bot.reply("no thanks", session_id="w")
    session = bot.session("w")
    assert session is not None
    assert session.later == ()
    bot.forget("w")


@pytest.mark.parametrize(
    "message",
    [
        "i lost my card, i need to change my address and i want to know my points",
        "i need to pay the bill, i want to see my points, and i lost my card",
        "hi i lost my card how do i get points",
        "lost my wallet where do i see my statement and what are the hours",
    ],
)
def test_a_lost_card_is_heard_among_any_other_wishes(bot: Bot, message: str) -> None:
    reply = bot.reply(message, session_id="w")
    assert reply.intent == "report_lost_or_stolen_card"
    assert reply.text.startswith("Call now, day or night: 1-800-528-2122")
    assert "After that we come to" in reply.text
    bot.forget("w")


def test_three_wishes_are_offered_one_after_the_other(bot: Bot) -> None:
    def say(message: str) -> str:
        return bot.reply(message, session_id="w").text

    first = say("i lost my card, i need to change my address and i want to know my points")
    assert "change of address, phone, e-mail or name and rewards points" in first
    assert "You also spoke of a change of address" in say("personal, in the us")
    declined = say("no")
    assert "You also spoke of rewards points" in declined
    assert "points balance" in say("yes")
    session = bot.session("w")
    assert session is not None
    assert session.later == ()
    bot.forget("w")


@pytest.mark.parametrize(
    "message",
    [
        "my wallet was stolen, my card was in it and i am scared",
        "i was charged twice, once on monday and once on tuesday",
        "hello and good morning, where is the security code",
        "I have a personal platinum card and live in Denver, I just want to see my points",
    ],
)
def test_a_message_with_one_wish_is_not_split(bot: Bot, message: str) -> None:
    reply = bot.reply(message, session_id="w")
    assert "You also spoke of" not in reply.text
    assert "After that we come to" not in reply.text
    bot.forget("w")


@pytest.mark.parametrize(
    "message",
    ["need a rep. my own card. im in toronto", "im in toronto, my own card, need a rep"],
)
def test_clauses_of_details_do_not_blur_the_wish_beside_them(bot: Bot, message: str) -> None:
    reply = bot.reply(message, session_id="w")
    assert (reply.intent, reply.asks) == ("reach_live_person", None)
    assert [route.value for route in reply.routes if route.channel == "phone"] == [
        "+1-623-492-5450"
    ]
    bot.forget("w")


@pytest.mark.parametrize(
    ("message", "first", "second"),
    [
        (
            "i wanted to use my points for a flight but now i lost my card too!!",
            "report_lost_or_stolen_card",
            "rewards points",
        ),
        (
            "how do I dispute a charge and where is the security code",
            "dispute_charge",
            "where the security code is",
        ),
        ("check my points + find the security code", "rewards_points", "security code"),
        ("i want a supervisor. also how do i take notes", "escalate_issue", "notes and next steps"),
    ],
)
def test_a_wish_that_is_announced_as_one_more_is_found_however_strong_the_first_is(
    bot: Bot, message: str, first: str, second: str
) -> None:
    reply = bot.reply(message, session_id="w")
    assert reply.intent == first
    assert second in reply.text
    bot.forget("w")


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        ("Good evening. Am I speaking to American Express?", "bot_challenge"),
        ("good evening!", "greet"),
        ("hello there my friend", "greet"),
        ("thank you so much, you have been great", "thank"),
        ("hello fraud", "dispute_charge"),
        ("hello stolen", "report_lost_or_stolen_card"),
        ("hi scammed", "dispute_charge"),
        ("hello, corporate card, fraud", "dispute_charge"),
        ("good morning america", "greet"),
        ("here again", "greet"),
    ],
)
def test_what_is_asked_after_a_greeting_is_answered(bot: Bot, message: str, intent: str) -> None:
    assert bot.reply(message, session_id="w").intent == intent
    bot.forget("w")


@pytest.mark.parametrize("where", ["i'm in the us", "i'm in spain"])
def test_where_somebody_is_is_a_detail_and_no_second_wish(bot: Bot, where: str) -> None:
    reply = bot.reply(f"i lost my card, personal, {where}", session_id="w")
    assert reply.intent == "report_lost_or_stolen_card"
    assert "Shall we go on" not in reply.text
    bot.forget("w")


@pytest.mark.parametrize(
    "opener",
    [
        "good morning, i've got a corporate card",
        "hi i'm in ohio",
        "hey, personal card here",
    ],
)
def test_a_greeting_with_a_detail_is_no_emergency(bot: Bot, opener: str) -> None:
    reply = bot.reply(opener, session_id=opener)
    assert reply.text.startswith("Noted: ")
    assert reply.slots
    assert not reply.routes


def test_a_greeting_from_abroad_is_about_calling_from_there_and_no_emergency(bot: Bot) -> None:
    reply = bot.reply("hi i'm in spain", session_id="from-spain")
    assert (reply.asks, reply.slots["calling_from"]) == ("card_kind", "abroad")
    assert not reply.routes


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("my work card got nicked in Lyon", "+1-623-492-3932"),
        ("lost my personal card, in Denver", "1-800-528-2122"),
        ("hi, personal card, can't find it anywhere", "1-800-528-2122"),
        ("morning. business card, it's been swallowed by the atm in Rome", "+1-623-492-3932"),
        ("hi i'm abroad and have lost my card", "+1-623-492-5450"),
        ("help my personal card is gone", "1-800-528-2122"),
    ],
)
def test_an_emergency_beside_greetings_and_details_is_one(
    bot: Bot, message: str, number: str
) -> None:
    reply = bot.reply(message, session_id=message)
    assert reply.intent == "report_lost_or_stolen_card"
    assert number in reply.text


@pytest.mark.parametrize("join", ["{} and {}", "{}. {}", "{}, {}", "{}? {}", "{} {}"])
@pytest.mark.parametrize("lost", ["i lost my card", "my card is gone", "i can't find my card"])
@pytest.mark.parametrize(
    "other",
    ["is my application approved yet", "how do i set up alerts", "how many points do i have"],
)
def test_a_lost_card_is_heard_however_far_the_other_wish_is_from_it(
    bot: Bot, join: str, lost: str, other: str
) -> None:
    for message in (join.format(lost, other), join.format(other, lost)):
        assert bot.reply(message).intent == "report_lost_or_stolen_card", message


@pytest.mark.parametrize(
    "message",
    [
        "gift card lost",
        "my discover card got stolen",
        "Tell me what insurance I have if my luggage is lost",
        "What should I say when my card is stolen?",
    ],
)
def test_a_loss_is_not_torn_out_of_its_sentence(bot: Bot, message: str) -> None:
    assert "report_lost_or_stolen_card" not in understood(bot, message).wishes


def test_a_clause_of_two_words_is_a_wish_too(bot: Bot) -> None:
    reply = bot.reply("what are your hours and mailing address", session_id="w")
    assert reply.intent == "service_hours"
    assert "mail" in reply.text
    bot.forget("w")


def test_what_kind_of_charges_they_are_is_no_merchant_and_hides_no_wish(bot: Bot) -> None:
    reply = bot.reply("unauthorized charges, my card is cracked", session_id="w")
    assert (reply.intent, reply.slots) == ("dispute_charge", {})
    assert "a damaged card" in reply.text
    bot.forget("w")


def test_channels_that_are_counted_up_are_no_wishes(bot: Bot) -> None:
    assert (
        understood(bot, "phone, chat, letter - which is the one that actually works").wishes == ()
    )


def test_an_urgent_wish_comes_first_wherever_it_was_said(bot: Bot) -> None:
    for message in ("pay my bill and my wallet was stolen", "my wallet was stolen and pay my bill"):
        assert understood(bot, message).wishes == ("report_lost_or_stolen_card", "make_payment")
