"""Repairing slips: what is mended, and what is left as it was typed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import Bot
from bot.typos import Repairer, common_words, intended, names

COUNTS = {"card": 90, "stolen": 40, "your": 30, "you": 80, "phone": 20, "points": 9, "joints": 9}
REPAIRER = Repairer(COUNTS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("stoln", "stolen"),
        ("stollen", "stolen"),
        ("stolwn", "stolen"),
        ("sotlen", "stolen"),
        ("crd", "card"),
        ("yoru", "your"),
    ],
)
def test_one_slip_is_mended_to_the_word_meant(typed: str, meant: str) -> None:
    assert REPAIRER.repair(typed) == meant


@pytest.mark.parametrize("typed", ["card", "care", "c4rd", "xy", "qwrtzp", "koints"])
def test_known_common_short_numbered_and_doubtful_words_are_left_alone(typed: str) -> None:
    assert REPAIRER.repair(typed) == ""


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=12))
def test_only_words_of_the_utterances_ever_come_out(typed: str) -> None:
    assert REPAIRER.repair(typed) in {"", *COUNTS}


def test_names_are_the_capitals_inside_a_sentence() -> None:
    assert names("my card, says Carl. Hello Stoln") == {"carl", "stoln"}
    assert names("STOLN CRAD NOW") == frozenset()
    assert names("Stoln crad") == frozenset()


def test_a_slip_that_stands_in_the_data_twice_is_no_word_to_mend_to() -> None:
    found = intended({"address": 60, "adress": 3, "once": 1, "card": 90, "care": 2})
    assert found == {"address": 60, "card": 90, "care": 2}


def test_common_words_are_lower_case_letters_only() -> None:
    assert all(word.isascii() and word.isalpha() and word.islower() for word in common_words())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("somebody stoel my walllet", "report_lost_or_stolen_card"),
        ("whats the mailling adress", "contact_by_mail"),
        ("wehre is the secruity cdoe", "find_security_code"),
        ("i wnat to dispuet a chrage", "dispute_charge"),
    ],
)
def test_a_message_full_of_slips_is_still_understood(bot: Bot, typed: str, meant: str) -> None:
    assert bot.classify(typed).ranking[0][0] == meant


def test_a_repaired_message_is_trusted_less_than_a_clean_one(bot: Bot) -> None:
    assert bot.explain("my card was stoklen").score < bot.explain("my card was stolen").score
