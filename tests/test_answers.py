"""The wording: what people read, in plain text and in Markdown."""

from __future__ import annotations

import re
from itertools import count
from statistics import median

import pytest

from bot import Bot, guide_reader
from bot.answers import word
from bot.decision import Decision
from bot.guide import Guide
from bot.home import Home
from bot.messages import OUT_OF_SCOPE, Classification, Reply, Understanding
from bot.session import Session

LINES = (
    "hello|what can you do|are you a bot|thanks|bye|repeat that|cancel|start over|blub blub|"
    "i lost my card|corporate, and i'm in lyon|my card is from the UK|case number AB-123456|"
    "my card number is 3782 822463 10005|which number do i call|personal|here in texas"
).split("|")
CAVEAT = "back of your card"
_ids = count()


@pytest.fixture(scope="module")
def guide() -> Guide:
    return guide_reader.read(Home.shipped().guide)


def talk(bot: Bot, *lines: str) -> list[Reply]:
    """Say the lines in a conversation of their own."""
    name = f"answers {next(_ids)}"
    return [bot.reply(line, session_id=name) for line in lines]


def plain(markdown: str) -> list[str]:
    return markdown.replace("**", "").split()


def offers(guide: Guide) -> dict[str, str]:
    found = {name: topic.offer for name, topic in guide.topics.items() if topic.offer}
    assert len(found) > 20
    return found


def test_markdown_says_the_same_words_as_the_text(bot: Bot, guide: Guide) -> None:
    replies = [bot.reply(line) for line in (*LINES, *offers(guide).values())]
    replies += talk(bot, *LINES)
    for reply in replies:
        assert plain(reply.markdown) == reply.text.split()
        assert "**" not in reply.text
        assert "\0" not in reply.text + reply.markdown


def test_markdown_sets_off_every_route_and_keeps_lines_apart(bot: Bot) -> None:
    reply = bot.reply("i lost my card")
    for route in reply.routes:
        assert f"**{route.value}**" in reply.markdown
    lines = reply.markdown.split("\n")
    first, last = lines.index(""), len(lines) - lines[::-1].index("") - 1
    assert [line[:2] for line in lines[first + 1 : last]] == ["- "] * 4
    assert all(line.endswith("  ") for line in lines[last + 1 : -1])


def test_every_offer_typed_into_a_fresh_session_reaches_its_topic(bot: Bot, guide: Guide) -> None:
    wrong = {}
    for name, offer in offers(guide).items():
        (reply,) = talk(bot, offer)
        if (reply.zone, reply.intent) != ("answer", name):
            wrong[offer] = (reply.zone, reply.intent)
    assert not wrong


def test_every_offer_is_answered_with_the_advice_of_its_topic(bot: Bot, guide: Guide) -> None:
    wrong = {}
    for name, offer in offers(guide).items():
        reply = bot.reply(offer)
        if not all(part in reply.text for part in re.split(r"\{\w+\}", guide.topics[name].answer)):
            wrong[offer] = reply.text
    assert not wrong


def test_every_suggested_answer_to_a_question_settles_it(bot: Bot) -> None:
    for kind in talk(bot, "which number do i call")[0].suggestions:
        places = talk(bot, "which number do i call", kind)[-1]
        assert places.asks == "calling_from", kind
        assert len(places.suggestions) == 2
        for place in places.suggestions:
            reply = talk(bot, "which number do i call", kind, place)[-1]
            assert reply.asks is None, place
            assert [r.channel for r in reply.routes][:1] == ["phone"], place


def test_one_off_answers_to_offers_are_short_enough_to_read(bot: Bot, guide: Guide) -> None:
    lengths = {name: len(bot.reply(offer).text) for name, offer in offers(guide).items()}
    assert max(lengths.values()) < 1_200, lengths
    assert min(lengths.values()) > 40, lengths
    assert median(lengths.values()) < 500, lengths


def test_answers_in_a_conversation_are_shorter_still(bot: Bot, guide: Guide) -> None:
    known = ("corporate", "i'm in lyon")
    lengths = [len(talk(bot, *known, offer)[-1].text) for offer in offers(guide).values()]
    assert median(lengths) < 500
    assert max(lengths) < 800


def test_every_narrower_answer_names_its_ways_and_fits(guide: Guide) -> None:
    heard = Understanding("", Classification(OUT_OF_SCOPE, 0.5, "unknown", ()))
    seen = 0
    for name, topic in guide.topics.items():
        for number, faq in enumerate(topic.faqs):
            routes = guide.resolve(faq.routes or topic.routes, {})
            reply = word(Decision("answer", name, routes, faq=number), heard, Session(), guide)
            assert len(reply.text) < 1_200
            assert "{" not in reply.text
            assert plain(reply.markdown) == reply.text.split()
            seen += 1
    assert seen > 15


def test_whatever_way_stands_in_a_text_is_among_the_routes(bot: Bot, guide: Guide) -> None:
    values = {route.route.value for route in guide.routes.values()}
    replies = [bot.reply(line) for line in (*LINES, *offers(guide).values())]
    for reply in [*replies, *talk(bot, *LINES)]:
        given = {route.value for route in reply.routes}
        assert {value for value in values if value in reply.text} <= given, reply.text
        phones = {route.value for route in reply.routes if route.channel == "phone"}
        assert all(number in reply.text for number in phones), reply.text


@pytest.mark.parametrize("kind", ["personal", "corporate"])
def test_every_number_from_abroad_comes_with_the_note_on_other_countries(
    bot: Bot, guide: Guide, kind: str
) -> None:
    seen = 0
    for offer in offers(guide).values():
        reply = talk(bot, kind, "i'm in lyon", offer)[-1]
        if any(r.conditions.get("calling_from") == "abroad" for r in reply.routes):
            assert "issued in the U.S." in reply.text, offer
            assert "americanexpress.com" in reply.text, offer
            seen += 1
    assert seen >= 8


def test_calling_from_home_after_all_gets_no_advice_for_calls_from_abroad(bot: Bot) -> None:
    reply = talk(bot, "and from abroad?", "personal", "sorry, i'm in ohio")[-1]
    assert [route.value for route in reply.routes if route.channel == "phone"] == ["1-800-528-2122"]
    assert "abroad, call" not in reply.text
    assert "collect" not in reply.text


def test_a_card_that_is_american_after_all_gets_a_number(bot: Bot) -> None:
    lines = ("my card is from the UK", "i lost it", "actually it was issued in the us")
    replies = talk(bot, *lines)
    assert [route.channel for route in replies[1].routes] == ["web"]
    assert "phone" in {route.channel for route in replies[2].routes}


def test_the_number_on_the_card_is_mentioned_once_in_a_conversation(bot: Bot) -> None:
    lines = ("which number do i call", "personal", "in the us", "i want to talk to a person")
    assert sum(CAVEAT in reply.text for reply in talk(bot, *lines)) == 1


def test_nobody_is_sent_to_the_back_of_a_card_that_is_gone(bot: Bot) -> None:
    lines = ("i lost my card", "personal", "in the us", "which number do i call", "say that again")
    replies = talk(bot, *lines)
    assert "1-800-528-2122" in replies[-1].text
    assert not [reply.text for reply in replies if CAVEAT in reply.text]


def test_advice_is_given_along_with_the_question_for_the_number(bot: Bot) -> None:
    (reply,) = talk(bot, "He was rude to me and I want to complain")
    assert "ask for a supervisor first" in reply.text
    assert reply.asks == "card_kind"
    assert "1-800" not in reply.text


def test_a_card_number_alone_is_no_wish(bot: Bot) -> None:
    (reply,) = talk(bot, "my card is 4111 1111 1111 1111")
    assert "Please do not type" in reply.text
    assert (reply.asks, reply.routes) == (None, ())


def test_a_noted_detail_is_said_in_a_proper_sentence(bot: Bot) -> None:
    first = talk(bot, "corporate")[0].text.split("\n")[0]
    assert first.startswith("Noted: ")
    assert first.endswith(".")
    assert not first.endswith("..")


def test_an_answer_to_a_question_does_not_repeat_the_advice(bot: Bot) -> None:
    first, second = talk(bot, "i lost my card", "corporate")
    assert "reference number" in first.text
    assert "reference number" not in second.text
    assert "1-800-492-3932" in second.text


def test_small_talk_in_an_open_question_asks_one_thing_only(bot: Bot) -> None:
    for line in ("thanks", "hello", "yes", "what can you do"):
        reply = talk(bot, "my card is cracked down the middle", line)[-1]
        assert reply.text.count("?") <= 1, reply.text
