"""Details said anew, words called into question, matters dropped: what golden talks showed."""

from __future__ import annotations

from itertools import count

import pytest

from bot import Bot
from bot.messages import Reply

P1_US, P1_ABROAD = "1-800-528-2122", "+1-623-492-5450"
P2_US = "1-800-492-3932"
CRACKED = "my card is cracked down the middle"
_ids = count()


def talk(bot: Bot, *lines: str) -> list[Reply]:
    """Say the lines in a conversation of their own."""
    name = f"corrections {next(_ids)}"
    replies = [bot.reply(line, session_id=name) for line in lines]
    bot.forget(name)
    return replies


def last(bot: Bot, *lines: str) -> Reply:
    return talk(bot, *lines)[-1]


def test_a_corrected_detail_in_a_sentence_without_a_wish_gets_the_other_number(bot: Bot) -> None:
    said = "oh. it says the name of my company on it. so it's a corporate card"
    reply = last(bot, CRACKED, "personal", "in texas", said)
    assert "Noted: corporate card" in reply.text
    assert P2_US in reply.text


def test_scratch_that_before_a_detail_is_a_correction_and_drops_nothing(bot: Bot) -> None:
    reply = last(bot, "my own card got stolen, i am in toronto", "scratch that im in ohio now")
    assert P1_US in reply.text


def test_a_corrected_amount_is_noted_even_when_it_comes_with_a_pardon(bot: Bot) -> None:
    disputed = "i want to dispute a charge of $85, personal card, i am in ohio"
    reply = last(bot, disputed, "Pardon me, the amount was $58.")
    assert "Noted for your call sheet: $58" in reply.text
    assert "start the dispute" not in reply.text


def test_a_narrower_question_about_the_open_matter_is_answered_before_it_returns(
    bot: Bot,
) -> None:
    asked, paid = talk(bot, "what is your customer service number", "does it cost anything to call")
    assert asked.asks == paid.asks == "card_kind"
    assert "toll-free" in paid.text
    assert P1_US not in paid.text


def test_the_second_wish_alone_is_let_go_while_the_first_one_goes_on(bot: Bot) -> None:
    both = "my card was stolen and there is a charge i didnt make"
    first, dropped, ended = talk(bot, both, "forget about the charge", "personal, in los angeles")
    assert "After that we come to" in first.text
    assert dropped.asks == first.asks == "card_kind"
    assert "we leave that" in dropped.text
    assert P1_US in ended.text
    assert "You also spoke of" not in ended.text


@pytest.mark.parametrize(
    "line",
    [
        "never mind, i want to check my points instead",
        "never mind the dispute, i want to check my points",
    ],
)
def test_the_open_question_does_not_return_when_its_matter_was_called_off(
    bot: Bot, line: str
) -> None:
    asked, points = talk(bot, "i want to dispute a charge from Netflix", line)
    assert asked.asks == "card_kind"
    assert (points.intent, points.asks) == ("rewards_points", None)


def test_a_likely_wish_beside_details_is_asked_about_and_not_what_is_needed(bot: Bot) -> None:
    (reply,) = talk(bot, "and the number for personal cards in the us?")
    assert "What do you need?" not in reply.text
    assert "calling customer service" in reply.text or P1_US in reply.text


def test_a_detail_before_any_wish_is_noted_and_nothing_else_is_read_into_it(bot: Bot) -> None:
    (reply,) = talk(bot, "this is my personal card")
    assert "Noted: personal card" in reply.text
    assert "program" not in reply.text


def test_a_corrected_detail_after_a_side_topic_still_gets_the_other_number(bot: Bot) -> None:
    complaint = "i would like to complain about an agent, corporate card, currently in Madrid"
    reply = last(bot, complaint, "is twitter ok for that", "sorry i meant personal card")
    assert "Noted: personal card" in reply.text
    assert P1_ABROAD in reply.text


@pytest.mark.parametrize("line", ["no idea what you mean by abroad", "what do you mean by abroad?"])
def test_a_word_of_the_question_that_is_asked_about_is_no_answer(bot: Bot, line: str) -> None:
    reply = last(bot, CRACKED, "personal", line)
    assert "calling_from" not in reply.slots
    assert reply.asks == "calling_from"


def test_a_corrected_date_is_noted_in_whatever_sentence_it_stands(bot: Bot) -> None:
    disputed = "i want to dispute a charge of $85 on may 2nd, personal card, i am in ohio"
    reply = last(bot, disputed, "i think the date was may 3rd actually")
    assert "Noted for your call sheet: may 3rd" in reply.text


@pytest.mark.parametrize("line", ["abroad, i fly home tmrw tho", "abroad, going home tomorrow"])
def test_the_way_home_is_not_home_yet(bot: Bot, line: str) -> None:
    reply = last(bot, "what number do i call", "personal", line)
    assert [route.value for route in reply.routes if "1-" in route.value] == [P1_ABROAD]


@pytest.mark.parametrize("line", ["personal or corporate?", "personal or corporate"])
def test_the_choices_said_back_are_a_question_about_the_question(bot: Bot, line: str) -> None:
    reply = last(bot, "what number do i call", line)
    assert reply.asks == "card_kind"
    assert "from your employer" in reply.text
    assert "I am a program" not in reply.text
    assert "There is more than one" not in reply.text


def test_a_question_about_the_open_topic_is_answered_once_more(bot: Bot) -> None:
    reply = last(bot, "when are they open", "even on christmas?")
    assert "24 hours a day" in reply.text
    assert "did not get that" not in reply.text
    assert reply.asks == "card_kind"


def test_none_of_your_business_is_no_business_card(bot: Bot) -> None:
    reply = last(bot, "which number do i call", "none of your business")
    assert (reply.asks, dict(reply.slots)) == ("calling_from", {})


def test_a_cancelled_wish_said_again_is_answered_in_full(bot: Bot) -> None:
    dispute = "i want to dispute a charge from my gym"
    first, _, again = talk(bot, dispute, "stop", "ok how do i start the dispute online")
    assert "start the dispute there" in first.text
    assert "start the dispute there" in again.text


def test_a_number_is_given_for_the_place_in_the_message_whatever_its_wish_looks_like(
    bot: Bot,
) -> None:
    reply = last(bot, "need number personal us")
    assert reply.text.startswith("Call: 1-800-528-2122")
    assert "623" not in reply.text


def test_an_abbreviation_keeps_its_full_stop_before_another_detail(bot: Bot) -> None:
    assert last(bot, "US, personal").text.startswith("Noted: in the U.S. and personal card.")
    assert last(bot, "personal, US").text.startswith("Noted: personal card and in the U.S.\n")


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("personal and us", "1-800-528-2122"),
        ("us and personal", "1-800-528-2122"),
        ("business from us", "1-800-492-3932"),
        ("personal i am in us", "1-800-528-2122"),
        ("company one and abroad", "+1-623-492-3932"),
    ],
)
def test_two_answers_in_one_breath_settle_both_questions(bot: Bot, line: str, number: str) -> None:
    reply = last(bot, "dispute a charge", line)
    assert reply.asks is None
    assert [route.value for route in reply.routes if route.value[-1].isdigit()] == [number]


@pytest.mark.parametrize(
    ("answer", "number"),
    [("personal, from ohio", "1-800-528-2122"), ("personal from texas", "1-800-528-2122"),
     ("corporate, from london", "+1-623-492-3932")],
)  # fmt: skip
def test_both_details_are_read_from_an_answer_that_says_from_where(
    bot: Bot, answer: str, number: str
) -> None:
    assert last(bot, "what number do i call", answer).routes[0].value == number


def test_a_hotels_phone_moves_nobody_abroad(bot: Bot) -> None:
    reply = last(bot, "purse stolen along with my phone", "can i call from the hotel phone")
    assert reply.routes[0].value == "1-800-528-2122"
    assert "calling_from" not in reply.slots


@pytest.mark.parametrize(
    ("messages", "told"),
    [(("my payment went through twice", "so yes or no"), "That is all I know about it."),
     (("how do i set up autopay", "no i mean turn it OFF"), "That I do not know."),
     (("where are my statements", "can it be reversed"), "That I do not know."),
     (("how to complain about an agent", "thanks, sorry i was rude"), "No harm done.")],
)  # fmt: skip
def test_what_is_no_bare_yes_or_no_is_owned_up_to(
    bot: Bot, messages: tuple[str, ...], told: str
) -> None:
    assert last(bot, *messages).text.startswith(told)


@pytest.mark.parametrize(
    "messages",
    [("theres a charge i never made", "personal", "also i lost my card", "no its not lost"),
     ("i want to dispute a charge", "i told you it's not a charge")],
)  # fmt: skip
def test_what_is_denied_is_not_told_again(bot: Bot, messages: tuple[str, ...]) -> None:
    reply = last(bot, *messages)
    assert "lost or stolen" not in reply.text
    assert "start the dispute" not in reply.text


def test_the_second_wish_is_come_to_when_it_is_called_for(bot: Bot) -> None:
    reply = last(
        bot, "where are my statements and how do i see my points", "now the points question"
    )
    assert reply.intent == "rewards_points"


def test_two_cards_of_two_kinds_that_are_gone_get_both_numbers_at_once(bot: Bot) -> None:
    reply = last(bot, "my personal and my corporate amex got stolen")
    assert {route.value for route in reply.routes if route.channel == "phone"} == {P1_US, P2_US}
    assert reply.asks == "calling_from"
