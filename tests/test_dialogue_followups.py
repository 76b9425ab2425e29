"""What leans on the turn before: open questions, corrections, one detail changed, two wishes."""

from __future__ import annotations

from itertools import count

import pytest

from bot import Bot
from bot.messages import Reply
from training.conversations import TornBot

P1_US, P1_ABROAD = "1-800-528-2122", "+1-623-492-5450"
P2_US, P2_ABROAD = "1-800-492-3932", "+1-623-492-3932"
ALL_FOUR = {P1_US, P1_ABROAD, P2_US, P2_ABROAD}
CRACKED = "my card is cracked down the middle"
BOTH = "i want to change my address and also find my security code"
_ids = count()


Line = str | tuple[str, str, str]
"""What is said; in three parts: what is said, and the two topics that it could be about."""
BILL = ("my bill is wrong", "view_statement", "dispute_charge")


def talk(bot: Bot, *lines: Line) -> list[Reply]:
    """Say the lines in a conversation of their own."""
    name = f"followups {next(_ids)}"
    player, replies = TornBot(bot), []
    for line in lines:
        said, player.torn = (line, ()) if isinstance(line, str) else (line[0], line[1:])
        replies.append(player.reply(said, session_id=name))
    bot.forget(name)
    return replies


def last(bot: Bot, *lines: Line) -> Reply:
    return talk(bot, *lines)[-1]


def numbers(reply: Reply) -> set[str]:
    assert {n for n in ALL_FOUR if n in reply.text} == {
        r.value for r in reply.routes if r.channel == "phone"
    }
    return {n for n in ALL_FOUR if n in reply.text}


@pytest.mark.parametrize(
    "line",
    "i don't know what kind of card it is|not sure|no clue, sorry|i can't tell|hard to say|"
    "i'd rather not say|i don't have to tell you that|don't care|both".split("|"),
)
def test_not_knowing_and_refusing_are_answers(bot: Bot, line: str) -> None:
    reply = last(bot, "i lost my card", line)
    assert reply.asks == "calling_from"
    assert numbers(reply) == {P1_US, P2_US}


def test_what_was_refused_is_not_asked_again_for_the_next_wish(bot: Bot) -> None:
    reply = last(bot, "i lost my card", "no idea", "no idea", "i want to talk to a person")
    assert reply.asks is None
    assert numbers(reply) == ALL_FOUR


@pytest.mark.parametrize(
    "line", ["just give me the number", "stop asking me things, no more questions", "just tell me"]
)
def test_enough_of_questions_brings_the_answer_for_every_case_at_once(bot: Bot, line: str) -> None:
    reply = last(bot, CRACKED, line)
    assert reply.asks is None
    assert numbers(reply) == ALL_FOUR


def test_enough_of_questions_keeps_what_is_known(bot: Bot) -> None:
    reply = last(bot, "i lost my card", "corporate", "just give me the number")
    assert numbers(reply) == {P2_US, P2_ABROAD}


@pytest.mark.parametrize("line", ["why do you need to know", "why do you ask?", "what for"])
def test_asked_why_it_says_why_and_asks_once_more(bot: Bot, line: str) -> None:
    reply = last(bot, CRACKED, line)
    assert "the answer depends on it" in reply.text
    assert reply.asks == "card_kind"


def test_a_place_that_could_be_two_is_asked_for_by_its_name(bot: Bot) -> None:
    reply = last(bot, "which number do i call", "personal", "i'm in Georgia")
    assert "There is more than one Georgia." in reply.text
    assert reply.asks == "calling_from"
    assert numbers(last(bot, "which number do i call", "personal", "i'm in Georgia", "abroad")) == {
        P1_ABROAD
    }


def test_what_was_not_understood_in_a_form_is_owned_up_to(bot: Bot) -> None:
    reply = last(bot, CRACKED, "blue striped elephants")
    assert reply.text.startswith("I am sorry, I did not get that.")
    assert reply.asks == "card_kind"


def test_a_side_question_is_answered_and_the_open_one_returns(bot: Bot) -> None:
    aside, back, done = talk(
        bot, CRACKED, "where do i find the security code", "personal", "in the us"
    )[1:]
    assert "four digits" in aside.text
    assert aside.asks == "card_kind"
    assert back.asks == "calling_from"
    assert numbers(done) == {P1_US}


def test_the_wish_said_once_more_does_not_bring_all_the_advice_again(bot: Bot) -> None:
    first, second = talk(bot, "i lost my card", "my card is lost!")
    assert "Say in your first sentence" in first.text
    assert "Say in your first sentence" not in second.text
    assert P1_US in second.text.split("\n")[0]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("and from abroad?", P1_ABROAD),
        ("and if i'm in Mexico?", P1_ABROAD),
        ("what about a corporate card?", P2_US),
        ("and for a corporate card", P2_US),
    ],
)
def test_a_follow_up_changes_one_detail_of_the_last_answer(
    bot: Bot, line: str, wanted: str
) -> None:
    reply = last(bot, "i lost my card", "personal", "in the us", line)
    assert reply.intent == "report_lost_or_stolen_card"
    assert numbers(reply) == {wanted}
    assert "Noted" not in reply.text
    assert "Have ready" not in reply.text


def test_from_abroad_after_a_lost_card_does_not_ask_for_the_card(bot: Bot) -> None:
    reply = last(bot, "i lost my card", "personal", "in the us", "what about from abroad?")
    assert "your card (they ask" not in reply.text
    assert "Call now" in reply.text


@pytest.mark.parametrize(
    "line",
    [
        "actually it is a corporate card",
        "sorry, it's a corporate card",
        "no wait, it is my company card",
    ],
)
def test_a_correction_is_confirmed_and_answered_again(bot: Bot, line: str) -> None:
    reply = last(bot, "which number do i call", "personal", "in the us", line)
    assert "Noted: corporate card." in reply.text
    assert numbers(reply) == {P2_US}


def test_a_correction_of_an_earlier_detail_in_a_later_topic(bot: Bot) -> None:
    lines = ("i lost my card", "personal", "in the us", "where do i find the security code")
    reply = last(bot, *lines, "actually it is a corporate card", "i want to talk to a person")
    assert numbers(reply) == {P2_US}


@pytest.mark.parametrize(
    "line", ["what was the number again?", "say the number again please", "i lost the number"]
)
def test_the_number_again_is_the_number_and_little_else(bot: Bot, line: str) -> None:
    reply = last(bot, "which number do i call", "corporate", "in the us", line)
    assert numbers(reply) == {P2_US}
    assert len(reply.text) < 120


def test_the_number_again_after_small_talk_and_other_topics(bot: Bot) -> None:
    lines = ("which number do i call", "corporate", "in the us", "where are my statements")
    reply = last(bot, *lines, "thanks", "what was the number again?")
    assert numbers(reply) == {P2_US}


def test_repeat_repeats_what_was_said_last(bot: Bot) -> None:
    for line in ("hello", "what can you do", "where do i find the security code", "blub blub"):
        first, second = talk(bot, line, "can you repeat that")
        assert first.text.split("\n")[0] == second.text.split("\n")[0], line


@pytest.mark.parametrize("line", ["both", "both of them please"])
def test_both_of_two_offered_topics_are_answered_one_after_the_other(bot: Bot, line: str) -> None:
    asked, first, second = talk(
        bot, ("something about my account", "update_personal_info", "view_statement"), line, "yes"
    )
    assert "Did you mean" in asked.text
    assert "Shall we go on with that?" in first.text
    assert second.zone
    assert second.intent != first.intent
    assert "Shall we go on" not in second.text


@pytest.mark.parametrize(
    ("line", "number"),
    [("1", 0), ("the first one", 0), ("number 1 please", 0), ("2", 1), ("the second, please", 1)],
)
def test_an_option_is_chosen_by_its_number_in_many_ways(bot: Bot, line: str, number: int) -> None:
    asked, answered = talk(
        bot, ("something about my account", "update_personal_info", "view_statement"), line
    )
    titles = [row.split(". ", 1)[1] for row in asked.text.split("\n")[1:3]]
    assert bot._knowledge.guide.topics[answered.intent].title == titles[number]


@pytest.mark.parametrize("line", ["1", "the first", "the second one", "both"])
def test_a_choice_where_none_is_open_asks_what_is_needed(bot: Bot, line: str) -> None:
    assert last(bot, "hello", line).text == "What do you need?"


def test_help_that_did_not_help_is_followed_by_a_person(bot: Bot) -> None:
    first, second = talk(bot, "what can you do", "help")
    assert first.text != second.text
    assert P1_US in second.text


@pytest.mark.parametrize("yes", ["yes", "sure", "go on", "ok", "please do", "yes please", "yeah"])
def test_the_second_wish_is_taken_up_on_yes(bot: Bot, yes: str) -> None:
    first, second = talk(bot, BOTH, yes)
    assert first.text.endswith("Shall we go on with that?")
    assert {first.intent, second.intent} == {"update_personal_info", "find_security_code"}
    assert "Shall we go on" not in second.text


@pytest.mark.parametrize("no", ["no", "no thanks", "nope", "not now"])
def test_the_second_wish_is_dropped_on_no(bot: Bot, no: str) -> None:
    replies = talk(bot, BOTH, no, "where are my statements")
    assert not [r for r in replies[1:] if "Shall we go on" in r.text]


def test_the_second_wish_is_offered_at_most_twice(bot: Bot) -> None:
    lines = ("where are my statements", "how do i chat with them", "what is the mailing address")
    replies = talk(bot, BOTH, *lines)
    assert sum("Shall we go on" in reply.text for reply in replies) == 2


def test_a_dispute_offers_a_place_on_the_call_sheet_without_a_hurdle(bot: Bot) -> None:
    replies = talk(bot, "i was charged twice for lunch", "personal", "in the us")
    assert "call sheet" not in replies[0].text + replies[1].text
    assert "tell me the date of the transaction, merchant and amount" in replies[2].text
    assert replies[2].asks is None
    assert numbers(replies[2]) == {P1_US}


def test_details_for_the_call_sheet_are_noted_and_what_is_missing_is_named(bot: Bot) -> None:
    lines = ("i was charged twice for lunch", "personal", "in the us")
    yes, some, rest = talk(bot, *lines, "yes", "it was $45.99 on march 3rd", "charge from Uber")[3:]
    assert "date of the transaction, merchant and amount" in yes.text
    assert "Noted for your call sheet" in some.text
    assert "$45.99" in some.text
    assert "If you know the merchant too, tell me." in some.text
    assert "Uber" in rest.text
    assert rest.text.endswith("Is there anything else you need?")


def test_details_told_in_the_middle_of_a_form_are_noted_and_it_goes_on(bot: Bot) -> None:
    reply = last(bot, "i was charged twice for lunch", "it was $45.99")
    assert "Noted for your call sheet: $45.99." in reply.text
    assert reply.asks == "card_kind"


def test_the_same_answer_twice_says_that_it_is_all(bot: Bot) -> None:
    reply = last(bot, "I can't log in to my account", "i still can not log in to my account")
    assert "That is all I know about it." in reply.text
    assert "1-800-528-2122" in reply.text


def test_unknown_twice_is_said_in_other_words(bot: Bot) -> None:
    first, second = talk(bot, "who won the football world cup", "how do i cook rice for ten people")
    assert first.text.split("\n")[0] != second.text.split("\n")[0]
    assert P1_US in first.text
    assert P1_US in second.text


@pytest.mark.parametrize("line", ["not sure actually", "i'm not sure", "hm, not really sure"])
def test_not_sure_is_no_yes(bot: Bot, line: str) -> None:
    reply = last(bot, BOTH, line)
    assert "Good." not in reply.text
    assert reply.intent not in ("find_security_code", "affirm")


@pytest.mark.parametrize(
    ("line", "wanted"),
    [("us", P1_US), ("no, corporate", P2_ABROAD), ("no sorry corporate", P2_ABROAD)],
)
def test_a_bare_detail_corrects_the_last_answer(bot: Bot, line: str, wanted: str) -> None:
    reply = last(bot, "which number do i call", "personal", "abroad", line)
    assert numbers(reply) == {wanted}


def test_a_bare_detail_for_the_other_question_is_taken_too(bot: Bot) -> None:
    reply = last(bot, "which number do i call", "us")
    assert (reply.asks, dict(reply.slots)) == ("card_kind", {"calling_from": "us"})


@pytest.mark.parametrize("line", ["dunno", "i don't know", "that's everything", "nothing else"])
def test_little_words_with_nothing_open_are_not_guessed_at(bot: Bot, line: str) -> None:
    reply = last(bot, "where are my statements", line)
    assert "Did you mean" not in reply.text
    assert reply.text.startswith(("That is all right.", "All right."))


def test_somebody_in_mourning_hears_a_word_of_it(bot: Bot) -> None:
    reply = last(bot, "my husband died and i have to close his account")
    assert reply.text.startswith("I am so sorry for your loss.")
    assert P1_US in reply.text


def test_the_call_sheet_is_named_to_those_who_ask_for_it(bot: Bot) -> None:
    reply = last(bot, "i was charged twice for lunch", "show me my call sheet")
    assert "call sheet has" in reply.text
    assert reply.asks == "card_kind"


@pytest.mark.parametrize(
    ("line", "intent"),
    [
        ("how does the mobile app work", "contact_by_app"),
        ("how do i pay my bill", "make_payment"),
        ("which company is behind this bot", "bot_challenge"),
    ],
)
def test_a_question_in_a_form_is_not_searched_for_an_answer(
    bot: Bot, line: str, intent: str
) -> None:
    reply = last(bot, "i lost my card", line)
    assert (reply.intent, reply.asks, dict(reply.slots)) == (intent, "card_kind", {})


def test_a_question_that_names_the_detail_asked_for_gives_it(bot: Bot) -> None:
    reply = last(bot, "i lost my card", "what are the hours for business cards")
    assert reply.slots["card_kind"] == "corporate"


def test_somebody_abroad_who_is_not_after_all_gets_a_number_or_a_question(bot: Bot) -> None:
    reply = last(bot, "expat in costa rica here, US customer service from a tico phone??")
    assert reply.intent == "contact_by_phone"


def test_a_correction_that_sounds_like_cancelling_is_one(bot: Bot) -> None:
    lines = ("which number for my corporate card", "abroad", "scrap that, it's my personal one")
    assert numbers(last(bot, *lines)) == {P1_ABROAD}


def test_hours_asked_in_an_emergency_do_not_push_it_aside(bot: Bot) -> None:
    lines = ("my card's been stolen", "are they even open at 3 in the morning")
    reply = last(bot, *lines, "ok it's the corporate one")
    assert reply.intent == "report_lost_or_stolen_card"
    assert numbers(reply) == {P2_US}


def test_details_beside_a_wish_do_not_hide_it(bot: Bot) -> None:
    reply = last(bot, "phone number for my personal card, i'm in nevada")
    assert numbers(reply) == {P1_US}


def test_two_values_and_both_are_a_do_not_know(bot: Bot) -> None:
    lines = ("which number do i call", "maybe personal, maybe corporate, i have both")
    assert last(bot, *lines).slots.get("card_kind") is None
    assert numbers(last(bot, *lines, "i am in texas")) == {P1_US, P2_US}


def test_bare_details_one_after_the_other_are_all_read(bot: Bot) -> None:
    reply = last(bot, "agent. now. personal card. us.")
    assert (reply.asks, numbers(reply)) == (None, {P1_US})


def test_a_detail_instead_of_a_choice_is_noted_and_the_choice_stays_open(bot: Bot) -> None:
    noted, chosen = talk(bot, BILL, "it's a corporate card btw", "2")[1:]
    assert noted.text.startswith("Noted: corporate card.")
    assert "Did you mean" in noted.text
    assert chosen.intent == "dispute_charge"
    assert chosen.slots["card_kind"] == "corporate"


def test_details_instead_of_a_choice_do_not_keep_it_open_for_ever(bot: Bot) -> None:
    lines = ("it's a corporate card btw", "it's a personal card btw", "it's a corporate card btw")
    assert "Did you mean" not in last(bot, BILL, *lines).text


def test_a_detail_refused_before_and_told_at_last_is_taken(bot: Bot) -> None:
    line = "fine it's a corporate card if you must know"
    assert numbers(last(bot, "what number do i call", "pass", "in the us", line)) == {P2_US}


def test_the_other_place_is_read_while_a_choice_is_open(bot: Bot) -> None:
    lines = ("what number do i call", "corporate", "abroad", BILL, "and from the us?")
    assert numbers(last(bot, *lines)) == {P2_US}
