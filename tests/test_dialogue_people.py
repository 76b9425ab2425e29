"""How people are treated: anger, emergencies, secrets, questions about the bot itself."""

from __future__ import annotations

from itertools import count

import pytest

from bot import Bot
from bot.messages import Reply

P1_US, P2_ABROAD = "1-800-528-2122", "+1-623-492-3932"
ALL_FOUR = (P1_US, "+1-623-492-5450", "1-800-492-3932", P2_ABROAD)
SORRY = "I am sorry"
_ids = count()


def talk(bot: Bot, *lines: str) -> list[Reply]:
    """Say the lines in a conversation of their own."""
    name = f"people {next(_ids)}"
    replies = [bot.reply(line, session_id=name) for line in lines]
    bot.forget(name)
    return replies


ANGER = (
    "this is ridiculous, nothing works|wtf is this shit|you are useless|i am so fed up with this|"
    "you stupid bot|what a waste of time|are you kidding me|this sucks|you don't understand me"
).split("|")


@pytest.mark.parametrize("line", ANGER)
def test_anger_gets_one_calm_sentence_and_the_way_to_a_person(bot: Bot, line: str) -> None:
    (reply,) = talk(bot, line)
    first, second = reply.text.split("\n")[:2]
    assert first.startswith(SORRY)
    assert P1_US in second
    assert "representative" in reply.text
    assert reply.asks is None
    assert "Did you mean" not in reply.text


@pytest.mark.parametrize("line", ANGER)
def test_anger_in_a_form_ends_its_questions(bot: Bot, line: str) -> None:
    reply = talk(bot, "my card is cracked down the middle", "corporate", line)[-1]
    assert reply.asks is None
    assert "1-800-492-3932" in reply.text


def test_anger_twice_is_answered_in_other_words(bot: Bot) -> None:
    first, second = talk(bot, "this is ridiculous", "you are useless")
    assert first.text.split("\n")[0] != second.text.split("\n")[0]


@pytest.mark.parametrize(
    ("line", "intent"),
    [
        ("where the hell do i find the security code", "find_security_code"),
        ("damn, what is the mailing address", "contact_by_mail"),
        ("how do i see my fucking statement", "view_statement"),
    ],
)
def test_a_wish_among_curses_is_answered_after_a_calm_word(
    bot: Bot, line: str, intent: str
) -> None:
    (reply,) = talk(bot, line)
    assert reply.intent == intent
    assert reply.text.startswith(SORRY)
    assert reply.text.count(SORRY) == 1


@pytest.mark.parametrize(
    "line",
    [
        "my card was stolen",
        "shit, somebody stole my wallet",
        "my card 3782 822463 10005 was stolen",
        "somebody is using my card right now",
        "there are charges on my card that i did not make, this is ridiculous",
        "please block my card, it was stolen",
        "omg someones using my card rn",
        "money is missing from my account",
        "a stranger is shopping with my card right now",
        "there's a payment I don't recognise",
        "my card was used without my permission",
        "suspicious transaction on my account",
    ],
)
def test_an_emergency_has_the_number_in_its_first_line(bot: Bot, line: str) -> None:
    (reply,) = talk(bot, line)
    assert P1_US in reply.text.split("\n")[0]
    assert reply.text.index(P1_US) < reply.text.index("?")


def test_two_cases_of_an_emergency_stand_in_its_first_line(bot: Bot) -> None:
    reply = talk(bot, "my card was stolen", "i don't know what kind it is")[-1]
    first = reply.text.split("\n")[0]
    assert P1_US in first
    assert "1-800-492-3932" in first
    assert f"**{P1_US}**" in reply.markdown


def test_a_correction_in_an_emergency_does_not_push_the_number_down(bot: Bot) -> None:
    reply = talk(bot, "my card was stolen", "personal", "i'm in lyon", "no, my corporate card")[-1]
    assert P2_ABROAD in reply.text.split("\n")[0]
    assert "Noted: corporate card." in reply.text


@pytest.mark.parametrize(
    "lines",
    [
        ("i lost my card", "never mind, i found my card again"),
        ("i lost my card", "personal", "oh i found it"),
        ("i lost my card", "it turned up, it was in my jacket"),
        ("i lost my card", "we found it in the car"),
        ("i found my card again",),
        ("i lost my wallet", "in the us", "my husband found it"),
    ],
)
def test_a_card_found_again_gets_a_glad_word_and_no_alarm(bot: Bot, lines: tuple[str, ...]) -> None:
    reply = talk(bot, *lines)[-1]
    assert reply.text.startswith("I am glad it turned up.")
    assert (reply.asks, reply.routes) == (None, ())


@pytest.mark.parametrize(
    "line",
    [
        "somebody found my card and used it",
        "i have not found it",
        "found my wallet at lost and found but the amex had been pulled out of it",
        "it was in my jeans and my jeans are in a hotel laundry four hundred miles away",
    ],
)
def test_a_card_that_somebody_else_found_is_still_lost(bot: Bot, line: str) -> None:
    reply = talk(bot, "i lost my card", line)[-1]
    assert "glad" not in reply.text
    assert P1_US in reply.text


@pytest.mark.parametrize(
    "line",
    "are you a bot|are you amex|is this american express|are you a real person|"
    "am i talking to a human".split("|"),
)
@pytest.mark.parametrize("before", [(), ("my card is cracked down the middle",)])
def test_it_says_what_it_is_when_asked(bot: Bot, before: tuple[str, ...], line: str) -> None:
    reply = talk(bot, *before, line)[-1]
    for part in ("I am a program", "unofficial", "not American Express", "not a person"):
        assert part in reply.text, reply.text
    assert reply.asks == ("card_kind" if before else None)


@pytest.mark.parametrize(
    "line", ["can you cancel the charge for me", "can you freeze my card, i lost it"]
)
def test_it_says_that_it_cannot_do_it_and_tells_how(bot: Bot, line: str) -> None:
    (reply,) = talk(bot, line)
    assert "I cannot do that for you" in reply.text
    assert "americanexpress.com" in reply.text


def test_asked_to_reset_something_it_does_not_start_over(bot: Bot) -> None:
    replies = talk(bot, "it is a corporate card", "can you reset it for me", "i lost my card")
    assert "start over" not in replies[1].text
    assert "corporate" in replies[2].text


def test_a_secret_is_kindly_refused_and_the_question_stays_open(bot: Bot) -> None:
    reply = talk(bot, "my card is cracked down the middle", "3782 822463 10005")[-1]
    assert "Please do not type card numbers" in reply.text
    assert "3782" not in reply.text
    assert reply.asks == "card_kind"


def test_asked_why_not_it_says_why(bot: Bot) -> None:
    reply = talk(bot, "my card number is 3782 822463 10005", "why not?")[-1]
    assert "misuse" in reply.text


def test_an_apology_is_taken_and_the_question_comes_back(bot: Bot) -> None:
    reply = talk(bot, "my card is cracked down the middle", "sorry")[-1]
    assert reply.text.startswith("No harm done.")
    assert reply.asks == "card_kind"


def test_despair_comes_before_anything_else(bot: Bot) -> None:
    reply = talk(bot, "i lost my card", "this fucking life, i want to die")[-1]
    assert "talk to a person right now" in reply.text
    assert (reply.routes, reply.asks) == ((), None)


def test_no_question_of_the_guide_asks_for_a_secret(bot: Bot) -> None:
    guide = bot._knowledge.guide
    questions = [slot.ask + slot.again for slot in guide.slots.values()]
    questions += [text for name, text in guide.phrases.items() if "?" in text]
    for question in questions:
        for word in ("number", "code", "pin", "password", "cid", "digits"):
            said = question.lower()
            for allowed in (
                "its own number", "the right number", "the number depends", "card numbers",
                "codes masked",
            ):  # fmt: skip
                said = said.replace(allowed, "")
            assert f" {word}" not in said, question


def test_an_emergency_in_the_middle_of_a_form_is_not_taken_for_an_answer(bot: Bot) -> None:
    reply = talk(bot, "my card is cracked down the middle", "i think my card got cloned")[-1]
    assert P1_US in reply.text.split("\n")[0]


def test_an_emergency_that_holds_the_detail_asked_for_is_one(bot: Bot) -> None:
    lines = ("which number do i call", "i do not know", "lost my amex on vacation")
    assert "Call now" in talk(bot, *lines)[-1].text


def test_told_that_it_does_not_listen_it_offers_a_person(bot: Bot) -> None:
    reply = talk(bot, "my card is cracked down the middle", "personal", "i already told you")[-1]
    assert reply.text.startswith(SORRY)
    assert (reply.asks, P1_US in reply.text) == (None, True)


def test_a_sentence_that_looks_a_little_like_a_no_does_not_end_it(bot: Bot) -> None:
    reply = talk(bot, "my card expired", "i never got the new one")[-1]
    assert not reply.text.startswith("All right. Tell me")


@pytest.mark.parametrize("line", ["hm", "um", "let me think", "wait"])
def test_hesitation_is_waited_for(bot: Bot, line: str) -> None:
    reply = talk(bot, "where are my statements", line)[-1]
    assert reply.text.startswith("That is all right.")


@pytest.mark.parametrize("line", ["got it", "perfect", "ok", "i see"])
def test_a_nod_is_answered_with_one(bot: Bot, line: str) -> None:
    reply = talk(bot, "where are my statements", line)[-1]
    assert reply.text == "Good. Is there anything else you need?"


def test_thanks_with_that_is_all_is_not_answered_with_anything_else(bot: Bot) -> None:
    bot.reply("how do i see my points", session_id="thanks")
    reply = bot.reply("Thank you, that is all.", session_id="thanks")
    assert "You are welcome" in reply.text
    assert "?" not in reply.text
    bot.forget("thanks")


@pytest.mark.parametrize(
    "line", ["actually it was just misplaced, i have it here", "oh its right here in my pocket"]
)
def test_a_card_that_is_there_after_all_is_no_emergency_any_more(bot: Bot, line: str) -> None:
    reply = talk(bot, "hi my amex was stolen", line)[-1]
    assert "glad" in reply.text
    assert reply.asks is None


def test_an_apology_that_goes_on_is_taken_as_one(bot: Bot) -> None:
    reply = talk(bot, "i want a human", "sorry for swearing. been a long day")[-1]
    assert reply.text.startswith("No harm done.")
    assert reply.asks == "card_kind"


@pytest.mark.parametrize(
    "line", ["i'm sorry, my card was stolen", "i'm sorry, i don't know", "i'm sorry, corporate"]
)
def test_an_apology_before_something_else_does_not_swallow_it(bot: Bot, line: str) -> None:
    reply = talk(bot, "my card is cracked", line)[-1]
    assert "No harm done" not in reply.text


def test_who_has_had_enough_of_questions_is_not_asked_for_details_of_the_call_sheet(
    bot: Bot,
) -> None:
    reply = talk(bot, "there is a charge i did not make", "stop asking me things")[-1]
    assert "tell me the" not in reply.text
    assert all(number in reply.text for number in ALL_FOUR)


def test_can_you_see_my_account_is_answered_by_what_the_bot_is(bot: Bot) -> None:
    (reply,) = talk(bot, "can you see my account then")
    assert "cannot see your account" in reply.text
    assert "do not have an answer" not in reply.text


@pytest.mark.parametrize("line", ["I have no phone how do I call", "how do i call without a phone"])
def test_who_cannot_phone_is_told_of_the_chat(bot: Bot, line: str) -> None:
    reply = talk(bot, "i lost my card, personal, i'm in the us", line)[-1]
    assert "works from anywhere with internet" in reply.text


@pytest.mark.parametrize("before", [(), ("how do i check my points",), ("what number do i call",)])
@pytest.mark.parametrize(
    "line",
    ["im in tokyo, amex got stolen, its a work one", "i lost my card, corporate, i'm in spain"],
)
def test_an_emergency_told_with_all_its_details_is_heard(
    bot: Bot, before: tuple[str, ...], line: str
) -> None:
    reply = talk(bot, *before, line)[-1]
    assert reply.intent == "report_lost_or_stolen_card"
    assert P2_ABROAD in reply.text.split("\n")[0]


@pytest.mark.parametrize(
    "line",
    ["I don't have one, they never gave me any", "i don't know the number", "i'd rather not"],
)
def test_a_detail_for_the_call_sheet_that_is_not_known_is_let_go(bot: Bot, line: str) -> None:
    wish = "they never fixed my problem, i want a supervisor"
    reply = talk(bot, wish, "personal", "i'm in the us", line)[-1]
    assert reply.text.startswith("That is all right.")
    assert reply.asks is None


def test_praise_is_not_taken_for_a_complaint(bot: Bot) -> None:
    (reply,) = talk(bot, "where can i leave praise for a nice representative")
    assert reply.intent == "complaint_or_feedback"
    assert "frustrating" not in reply.text
    assert reply.asks is None


@pytest.mark.parametrize(
    "line", ["shut up and give me a number", "which damn number do i call", "wtf how do i call you"]
)
def test_who_asks_for_the_number_in_anger_has_it_before_any_question(bot: Bot, line: str) -> None:
    (reply,) = talk(bot, line)
    assert P1_US in reply.text.split("\n")[0]
    assert SORRY in reply.text


@pytest.mark.parametrize("line", ["what is the interest rate on a mortgage", "you are useless"])
def test_a_detail_after_the_way_to_a_person_gives_the_number_for_it(bot: Bot, line: str) -> None:
    reply = talk(bot, line, "it's a corporate card")[-1]
    assert "Noted: corporate card." in reply.text
    assert "1-800-492-3932" in reply.text
    assert P1_US not in reply.text


def test_who_mourns_is_not_asked_coldly_what_they_need(bot: Bot) -> None:
    reply = talk(bot, "my husband passed away", "it was a personal card")[-1]
    assert P1_US in reply.text
    assert "What do you need" not in reply.text


@pytest.mark.parametrize("how", ["nicked", "pinched", "swiped"])
def test_where_a_bag_was_taken_is_where_its_owner_is(bot: Bot, how: str) -> None:
    (reply,) = talk(bot, f"my bag got {how} in paris with my amex in it")
    assert "+1-623-492-5450" in reply.text.split("\n")[0]


def test_somebody_in_a_panic_is_not_told_that_there_is_no_answer(bot: Bot) -> None:
    reply = talk(bot, "i lost my card", "i'm so stressed i can't think")[-1]
    assert reply.text.startswith(SORRY)
    assert "do not have an answer" not in reply.text
    assert P1_US in reply.text


def test_who_cannot_hear_is_told_of_the_chat_before_any_call(bot: Bot) -> None:
    (reply,) = talk(bot, "i am deaf, how can i contact them")
    assert "works from anywhere with internet" in reply.text
