"""A crook, a secret told, an account taken and a death are heard however they are said."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot import Bot, Reply

US = "1-800-528-2122"
WARNING, URGENT, AT_ONCE = "I cannot tell who called you", "That is urgent.", "Call at once"
LOSS = "I am so sorry for your loss"
Say = Callable[..., Reply]

# None of these lines was taught: they came up in conversations with testers.
SAID = [
    ("this guy from amex has me on the phone for an hour and wants me to buy gift cards", WARNING),
    ("got a call saying my amex was used at walmart, press 1 to talk", WARNING),
    ("got an email from americanexpress@secure-amx.com is that you", WARNING),
    ("NO. a man called me and said he was from american express", WARNING),
    ("i answered an email and typed my card number in, stupid me", AT_ONCE),
    ("i gave a caller my card details, he said he was amex", AT_ONCE),
    ("i pressed 1 and told him my ssn", AT_ONCE),
    ("my elderly father fell for a phone scam and read his card number to a man", AT_ONCE),
    ("i cant log in any more and the email on my account isnt mine", URGENT),
    ("neither, somebody opened one in my name!", URGENT),
    ("somebody took over my profile, i think, my phone has no signal since morning", URGENT),
    ("my husband died and they keep sending bills", LOSS),
]  # fmt: skip


@pytest.mark.parametrize(("message", "begins"), SAID)
def test_danger_and_loss_are_heard_in_words_nobody_taught(
    bot: Bot, message: str, begins: str
) -> None:
    reply = bot.reply(message)
    assert reply.text.startswith(begins)
    assert US in reply.text


@pytest.mark.parametrize("opening", ["where are my statements", "what number do i call"])
def test_danger_is_heard_whatever_was_being_asked(say: Say, opening: str) -> None:
    reply = say(opening, "no i mean a stranger rang and i told him my pin")
    assert reply.text.startswith(AT_ONCE)
    assert US in reply.text


def test_a_warning_stays_while_what_is_said_leans_on_it(say: Say) -> None:
    say("a man on the phone says he is amex and wants a code")
    for leaning in ("it says my account will close in 24h", "it was 10 minutes ago"):
        reply = say(leaning)
        assert "cannot tell from here" in reply.text
        assert US in reply.text


def test_a_secret_told_stays_urgent_when_the_caller_comes_again(say: Say) -> None:
    say("a stranger rang and i told him my pin")
    assert say("he called again just now").text.startswith(AT_ONCE)


def test_asked_what_now_the_urgent_advice_is_said_again(say: Say) -> None:
    say("a man rang me and i gave the code")
    assert say("ok and now").text.startswith(AT_ONCE)


def test_after_a_warning_the_number_comes_before_any_question(say: Say) -> None:
    reply = say("got a weird call from amex, they wanted a code", "which number do i call then")
    assert reply.text.startswith(f"Call: {US}")


def test_a_lost_card_comes_before_a_warning(bot: Bot) -> None:
    reply = bot.reply("my card was stolen an hour ago and now a man calls and says he is amex")
    assert reply.text.startswith("Call now")


def test_a_death_stays_the_matter_against_a_denial(say: Say) -> None:
    reply = say("my husband died", "no! not a dispute. he's dead, i want the account closed")
    assert reply.text.startswith(LOSS)


@pytest.mark.parametrize(
    ("messages", "unwanted"),
    [(("are you a real amex thing or a scam",), WARNING),
     (("the chip is dead",), LOSS),
     (("my wife lost her card",), LOSS),
     (("which number", "my company gave it to me"), AT_ONCE),
     (("which number", "honestly no clue, my dad set it up"), URGENT),
     (("my card is cracked", "personal", "i already told you"), AT_ONCE),
     (("how do i change my email",), URGENT),
     (("can you text me when something odd is bought",), WARNING)],
)  # fmt: skip
def test_no_danger_or_loss_is_heard_where_there_is_none(
    say: Say, messages: tuple[str, ...], unwanted: str
) -> None:
    assert unwanted not in say(*messages).text


@pytest.mark.parametrize(
    ("message", "answer"),
    [("the money left my bank but my balance has not moved", "what became of that payment"),
     ("delta told me they sent the refund, so where is it", "refund has come in"),
     ("to where do i post the cheque for my bill", "not to the general address"),
     ("approved two weeks ago and still no card in the mail", "Where your card is")],
)  # fmt: skip
def test_a_narrower_matter_of_a_topic_has_its_own_answer(
    bot: Bot, message: str, answer: str
) -> None:
    assert answer in bot.reply(message).text


@pytest.mark.parametrize(
    "messages",
    [("i clicked a link and entered my card number", "yes they have the cvv too"),
     ("a stranger rang and i told him my pin", "I hung up. now what")],
)  # fmt: skip
def test_what_goes_on_after_a_secret_was_told_stays_urgent(
    say: Say, messages: tuple[str, ...]
) -> None:
    assert say(*messages).text.startswith(AT_ONCE)


def test_a_card_given_to_ones_own_child_is_no_crook(bot: Bot) -> None:
    text = bot.reply("i gave my card to my son to use, is that ok").text
    assert AT_ONCE not in text
    assert US in text


def test_nobody_picking_up_has_an_answer_of_its_own(bot: Bot) -> None:
    reply = bot.reply("nobody picks up the phone at amex, it just rings and rings")
    assert "so try again" in reply.text
