"""What leads beyond the guide is owned up to, with the way to a person; the rest is answered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import Bot, Reply

US, ABROAD = "1-800-528-2122", "+1-623-492-5450"
LOST = "i lost my card"
DISPUTE = "i want to dispute a charge"
Say = Callable[..., Reply]


@pytest.mark.parametrize(
    "answer",
    ["personal us. can my hotel have it", "PERSONAL USA WHAT NOW", "personal and yes us",
     "personal, texas. how do i know nobody used it", "us, personal. is that all",
     "personal us, and do i have to pay for that stuff"],
)  # fmt: skip
def test_both_details_are_read_whatever_is_asked_beside_them(say: Say, answer: str) -> None:
    reply = say(LOST, answer)
    assert dict(reply.slots) == {"card_kind": "personal", "calling_from": "us"}
    assert US in reply.text
    assert reply.asks is None


@pytest.mark.parametrize(
    ("answer", "place"),
    [("us. the charge is from Netflix", "us"), ("us and i need it fast", "us"),
     ("usa already said", "us"), ("im american", "us"), ("canada. is the call free", "abroad"),
     ("us! found it later in the car", "us")],
)  # fmt: skip
def test_a_place_is_an_answer_at_the_head_of_a_message(say: Say, answer: str, place: str) -> None:
    assert say(DISPUTE, "personal", answer).slots["calling_from"] == place


@pytest.mark.parametrize("answer", ["let us know", "tell us more", "both of us", "he gave us it"])
def test_us_is_no_country_after_a_word_that_takes_it(say: Say, answer: str) -> None:
    assert "calling_from" not in say(DISPUTE, "personal", answer).slots


@pytest.mark.parametrize(
    "question", ["does it beep when scanned", "does my boss hear of it", "do they tell my wife"]
)
def test_a_question_instead_of_an_answer_is_owned_up_to_and_the_number_given(
    say: Say, question: str
) -> None:
    reply = say(LOST, question)
    assert "do not know" in reply.text
    assert "did not get that" not in reply.text
    assert US in reply.text
    assert reply.asks == "card_kind"


def test_a_question_beside_an_answer_is_owned_up_to(say: Say) -> None:
    reply = say(DISPUTE, "personal. can my dog see it too")
    assert "do not know the answer to your question" in reply.text
    assert reply.asks == "calling_from"


@pytest.mark.parametrize("question", ["what now", "us so who do i call", "do i have to call"])
def test_what_the_number_answers_is_not_owned_up_to(say: Say, question: str) -> None:
    reply = say(LOST, "personal", question)
    assert US in reply.text
    assert "not know" not in reply.text


def test_another_topic_beside_a_detail_is_answered_and_the_first_one_gone_on_with(say: Say) -> None:
    aside = say("what is the phone number", "personal. how do i use points btw")
    assert "rewards" in aside.text
    assert aside.asks == "calling_from"
    assert US in say("us").text


def test_a_topic_whose_last_detail_came_with_a_side_question_is_offered_again(say: Say) -> None:
    aside = say(DISPUTE, "personal", "us. how do i use my points")
    assert "points" in aside.text
    assert aside.asks is None
    assert US in say("yes please").text


def test_what_the_call_costs_keeps_the_question_open_and_the_number_in_mind(say: Say) -> None:
    aside = say("need a human", "does the call cost anything")
    assert "toll-free" in aside.text
    assert aside.asks == "card_kind"
    assert US in say("personal us").text


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("will i get a new card", "new card"),
        ("can somebody use it now", "see no account"),
        ("do i have to pay for what he bought", "have to pay"),
        ("do i need a police report", "police"),
    ],
)
def test_after_a_lost_card_questions_are_about_it(say: Say, question: str, told: str) -> None:
    reply = say(LOST, "personal us", question)
    assert reply.intent == "report_lost_or_stolen_card"
    assert told in reply.text
    assert US in reply.text


@pytest.mark.parametrize(
    "message", ["what if i do not have the old one", "they deliver there?", "who do i ask for it"]
)
def test_amid_a_conversation_nobody_chooses_between_two_unlikely_topics(
    say: Say, message: str
) -> None:
    reply = say("where are my statements", message)
    assert "Did you mean" not in reply.text
    assert US in reply.text


def test_the_first_unclear_message_is_still_asked_about(say: Say) -> None:
    assert "Did you mean" in say("how do i get a message to someone").text


def test_a_further_question_gets_a_person_instead_of_the_same_answer(say: Say) -> None:
    first = say("how do i pay my bill")
    again = say("no i mean how do i pay it")
    assert again.text != first.text
    assert "pay" in again.text
    assert "That is all I know about it." in again.text
    assert US in again.text


@pytest.mark.parametrize("message", ["yes the number please", "the number", "so what's the number"])
def test_the_number_is_given_to_whoever_asks_for_it_after_an_answer(say: Say, message: str) -> None:
    assert US in say("how do i pay my bill", message).text


@pytest.mark.parametrize("message", ["great. can they text me", "thanks. is it safe there"])
def test_thanks_with_a_question_are_no_end(say: Say, message: str) -> None:
    reply = say("where are my points", message)
    assert "You are welcome" not in reply.text
    assert "Goodbye" not in reply.text


def test_a_date_without_a_year_is_read_where_it_is_told(say: Say) -> None:
    assert say(DISPUTE, "personal us", "the date is 3/14").slots["transaction_date"] == "3/14"


def test_a_share_is_no_date(say: Say) -> None:
    assert "transaction_date" not in say(DISPUTE, "personal us", "i own 1/2 of the shop").slots


def test_several_details_for_the_sheet_are_noted_in_a_longer_sentence(say: Say) -> None:
    told = say(DISPUTE, "personal us", "amount was $612 on the 4th of july, it is the hotel bar")
    assert "Noted" in told.text


@pytest.mark.parametrize(
    "message",
    [
        "i did not lose my card, it was stolen",
        "i did not lose it, somebody stole it",
        "nobody stole my wallet, i lost it on the bus",
        "i did not lose my card, it got stolen in paris",
        "i have not lost my temper but i lost my card",
        "i lost my wallet with my visa card and my amex card",
        "my amex, not my visa card, was stolen",
        "someone stole my debit card and my american express",
    ],
)
def test_an_emergency_is_heard_beside_a_denial_and_another_card(say: Say, message: str) -> None:
    assert say(message).text.startswith("Call now, day or night")


def test_a_denied_topic_is_let_go_of(say: Say) -> None:
    assert "hours a day" in say("its not a lost card, i just need the hours").text
    assert say("not a dispute, i want to change my name").intent == "update_personal_info"
    assert say(LOST, "no i did not lose my card").routes == ()
    assert "What do you need" in say("NO LOST CARD").text


@pytest.mark.parametrize(
    ("turns", "number"),
    [
        (("corporate number from us please",), "1-800-492-3932"),
        (("personal number from the us",), US),
        (("number for corporate in us",), "1-800-492-3932"),
        (("whats the number", "personal", "i am in france", "whats the us number again"), US),
        (("lost card, personal, in spain", "give me the toll free one"), US),
        (("lost card personal us", "and from brazil?"), ABROAD),
        (("lost card, personal, tokyo", "and back home again?"), US),
        (("number please", "personal us", "cool thanks, and for corporate?"), "1-800-492-3932"),
    ],
)
def test_the_number_is_that_of_the_place_and_card_named_last(
    say: Say, turns: tuple[str, ...], number: str
) -> None:
    told = say(*turns).text
    assert number in told
    assert sum(one in told for one in (US, ABROAD, "1-800-492-3932", "+1-623-492-3932")) == 1


@pytest.mark.parametrize(
    ("first", "question", "told"),
    [("is there a chat", "is it a real person", "representative answers in the chat"),
     ("how do i use the app", "is it safe", "encrypted"),
     ("whats the mailing address", "whats the address again", "El Paso"),
     ("do i need anything ready", "do i need my card number too", "card")],
)  # fmt: skip
def test_what_was_told_is_not_said_to_be_unknown(
    say: Say, first: str, question: str, told: str
) -> None:
    reply = say(first, question)
    assert told in reply.text
    assert "not know" not in reply.text
    assert "all I know" not in reply.text


@pytest.mark.parametrize(("said", "amount"), [("230", "230"), ("it was 1200", "1200")])
def test_a_bare_number_is_the_amount_that_was_asked_for(say: Say, said: str, amount: str) -> None:
    say(DISPUTE, "personal us", "from Netflix, may 2")
    assert say(said).slots["amount"] == amount


def test_a_merchant_is_read_beside_date_and_amount_whatever_question_is_open(say: Say) -> None:
    assert say(DISPUTE, "delta airlines, $640, march 3").slots["merchant"] == "delta airlines"


@pytest.mark.parametrize("answer", ["personal, $45, may 2", "i paid $45 last friday i think"])
def test_no_merchant_is_read_into_other_details(say: Say, answer: str) -> None:
    assert "merchant" not in say(DISPUTE, answer).slots


def test_a_no_that_tells_more_is_no_goodbye(say: Say) -> None:
    told = say("how do i change my email", "no i did NOT change it somebody else did!!")
    assert "if you need something else" not in told.text
    assert told.routes


def test_a_bare_number_is_no_amount_where_none_was_asked_for(say: Say) -> None:
    assert "amount" not in say(DISPUTE, "personal, i have 230 of them").slots


@pytest.mark.parametrize("message", ["will do, thanks", "thanks a lot, ok?", "thanks, all good?"])
def test_thanks_that_ask_for_nothing_are_thanks(say: Say, message: str) -> None:
    assert "You are welcome" in say("where are my points", message).text


@pytest.mark.parametrize(
    ("message", "topic"),
    [("do i get one point per dollar", "rewards_points"),
     ("can i get one statement printed", "view_statement")],
)  # fmt: skip
def test_another_wish_after_a_lost_card_is_its_own(say: Say, message: str, topic: str) -> None:
    assert say(LOST, "personal us", message).intent == topic


def test_hours_are_told_beside_a_detail(say: Say) -> None:
    told = say("what is the phone number", "personal. are you open on sundays").text
    assert "24 hours" in told
    assert "not know" not in told


def test_after_two_side_questions_every_case_is_answered(say: Say) -> None:
    told = say(LOST, "do they tell my wife", "does it beep when scanned").text
    assert {number in told for number in (US, "1-800-492-3932")} == {True}


def test_the_way_to_a_person_says_for_whom_it_is(say: Say) -> None:
    told = say("i forgot my password").text
    assert "Other cards" in told
    assert "issued in the U.S." in say("i am in spain. the app crashes").text


@pytest.mark.parametrize("answer", ["he came with us", "go with us", "please tell us"])
def test_us_beside_others_is_no_place_while_a_question_is_open(say: Say, answer: str) -> None:
    assert "calling_from" not in say(DISPUTE, answer).slots


def test_thanks_before_a_question_are_set_aside(say: Say) -> None:
    assert "24 hours" in say("need a human", "personal us", "ok thx. is that number 24/7").text


def test_a_detail_beside_a_trouble_gets_the_number_for_it(say: Say) -> None:
    assert ABROAD in say("im in london and my card is being declined").text


@pytest.mark.parametrize(
    "message", ["does it work from a cell phone", "do they work nights", "will the app work here"]
)
def test_what_something_does_is_no_kind_of_card(say: Say, message: str) -> None:
    assert "card_kind" not in say("what is the phone number", message).slots


WORDS = st.sampled_from(
    """us usa personal corporate canada . , ? do i have to can they use it what now yes no lost
    the number please scam link deaf and is that safe thanks my card new one police pay""".split()
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=8).map(" ".join), min_size=1, max_size=4))
def test_no_question_after_a_lost_card_ends_without_a_way_or_a_word(turns: list[str]) -> None:
    bot = _bot()
    bot.forget("walk")
    bot.reply(LOST, session_id="walk")
    for turn in turns:
        reply = bot.reply(turn, session_id="walk")
        owned_up = "not know" in reply.text or "have an answer" in reply.text
        assert reply.text
        assert not owned_up or reply.routes or reply.asks, (turn, reply.text)


def _bot() -> Bot:
    global _shared
    if _shared is None:
        _shared = Bot.load()
    return _shared


_shared: Bot | None = None


@pytest.mark.parametrize("message", ["ok and now what", "now what", "ok and now"])
def test_what_now_after_an_answer_is_no_plea_to_hear_what_the_program_does(
    say: Say, message: str
) -> None:
    reply = say("atm in prague ate my card", "corporate", message)
    assert reply.intent != "help"
    assert "I tell you how to reach" not in reply.text
