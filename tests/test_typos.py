"""Repairing slips: what is mended, and what is left as it was typed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import Bot
from bot.typos import Repairer, common_words, intended, is_english, names, slips, within

COUNTS = {
    "card": 90, "stolen": 40, "your": 30, "you": 80, "phone": 20, "points": 9, "joints": 9,
    "complaint": 30, "company": 12,
}  # fmt: skip
REPAIRER = Repairer(COUNTS)


def likeliest(typed: str, *, seen: float = 0.0) -> list[str]:
    """Return the words that may have been meant, likeliest first."""
    found = REPAIRER.candidates(typed, seen=seen)
    return [word for word, _ in sorted(found, key=lambda entry: -entry[1])]


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
    assert likeliest(typed)[0] == meant


@pytest.mark.parametrize("typed", ["complnait", "cmplaitn", "comxlaiht", "coomplaintt", "cmplant"])
def test_two_slips_in_a_longer_word_are_mended(typed: str) -> None:
    assert likeliest(typed) == ["complaint"]


@pytest.mark.parametrize("typed", ["cxxd", "xmplaixx", "zzzzzz", "stzzzn"])
def test_a_short_word_or_a_third_slip_is_no_longer_a_guess(typed: str) -> None:
    assert likeliest(typed) == []


@pytest.mark.parametrize("typed", ["card", "care", "c4rd", "xy", "qwrtzp"])
def test_known_common_short_numbered_and_strange_words_are_left_alone(typed: str) -> None:
    assert REPAIRER.candidates(typed) == ()


def test_two_words_that_may_have_been_meant_are_both_named() -> None:
    assert sorted(likeliest("koints")) == ["joints", "points"]


def test_a_word_of_the_utterances_is_a_slip_only_of_a_far_more_frequent_one() -> None:
    assert likeliest("crad", seen=3.0) == ["card"]
    assert likeliest("crad", seen=30.0) == []
    assert likeliest("complnait", seen=1.0) == []  # two slips are no proof


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=12))
def test_only_words_of_the_utterances_ever_come_out(typed: str) -> None:
    assert {word for word, _ in REPAIRER.candidates(typed)} <= {*COUNTS}


def edits_by_the_book(first: str, second: str) -> int:
    """Count the edits without leaving anything out, cell by cell."""
    cell: dict[tuple[int, int], int] = {}
    for i in range(len(first) + 1):
        for j in range(len(second) + 1):
            ways = [max(i, j)] if not (i and j) else []
            if i and j:
                same = first[i - 1] == second[j - 1]
                ways += [cell[i - 1, j] + 1, cell[i, j - 1] + 1, cell[i - 1, j - 1] + (not same)]
            if i > 1 and j > 1 and first[i - 2 : i] == second[j - 2 : j][::-1]:
                ways.append(cell[i - 2, j - 2] + 1)
            cell[i, j] = min(ways)
    return cell[len(first), len(second)]


@settings(max_examples=300, deadline=None)
@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_edits_are_counted_as_by_the_book(first: str, second: str) -> None:
    counted = edits_by_the_book(first, second)
    assert [within(first, second, most) for most in range(9)] == [
        counted <= most for most in range(9)
    ]


def test_names_are_the_capitals_inside_a_sentence() -> None:
    assert names("my card, says Carl. Hello Stoln") == {"carl", "stoln"}
    assert names("STOLN CRAD NOW") == frozenset()
    assert names("Stoln crad") == frozenset()


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("a charge from O'Reilly", "oreilly"),
        ("a charge from O’Reilly", "oreilly"),
        ("WeWork charged me", "wework"),
        ("my StubHub refund", "stubhub"),
        ("ask Zoë about it", "zoë"),
        ("a charge from CRAD", "crad"),
        ("a charge from 'Crad'", "crad"),
        ("a charge from  Crad", "crad"),
        ("i know Carl and I've lost it", "carl"),
        ("Charge From The Best WeWork Ever", "wework"),
    ],
)
def test_a_name_shows_however_it_is_written(message: str, name: str) -> None:
    assert names(message) == {name}


@pytest.mark.parametrize(
    "message",
    [
        "Wehre Is The Secruity Cdoe",
        "Redem Membership Rewards Poitns",
        "MY CRAD WAS STOLN please",
        "hello\nSecruity cdoe",
        "I'Ve Losst My Crad",
        "I'M LSOT",
        "i lsot it... Crad",
    ],
)
def test_capitals_that_mean_nothing_make_no_name(message: str) -> None:
    assert names(message) == frozenset()


def test_a_slip_that_stands_in_the_data_twice_is_no_word_to_mend_to() -> None:
    counts = {"address": 60, "adress": 3, "once": 1, "card": 90, "care": 2, "crad": 1}
    assert slips(counts) == {"adress", "crad"}
    assert intended(counts, slips(counts)) == {"address": 60, "card": 90, "care": 2}


def test_common_words_are_lower_case_letters_only() -> None:
    assert all(word.isascii() and word.isalpha() and word.islower() for word in common_words())


def test_english_words_are_sorted_lines_of_small_letters(root: Path) -> None:
    lines = (root / "bot" / "english_words.txt").read_bytes().split(b"\n")
    words = lines[:-1]
    assert lines[-1] == b""
    assert words == sorted(set(words))
    assert all(word.isalpha() and word.islower() for word in words)
    assert common_words() <= {word.decode() for word in words}


def test_every_english_word_is_found_and_nothing_else(root: Path) -> None:
    words = (root / "bot" / "english_words.txt").read_text(encoding="utf-8").split()
    known = set(words)
    assert all(map(is_english, [*words[::7], words[-1]]))
    for word in ("", "a", "zzzzzz", "zoë", "qwrtzp", *words[::50]):
        assert is_english(f"{word}q") == (f"{word}q" in known)
        assert is_english(word[:-1]) == (word[:-1] in known)


@pytest.mark.parametrize(
    "message",
    [
        "lift the curse",
        "i got a curse",
        "i need a pint",
        "where can i buy hummus",
        "catch a carp",
        "lyft phone number",
    ],
)
def test_an_english_word_is_not_mended_into_a_word_of_the_guide(bot: Bot, message: str) -> None:
    assert list(bot.explain(message).meant) == message.split()


def test_talking_about_known_words_alone_reads_no_list_of_words() -> None:
    code = (
        "from bot import Bot, typos; bot = Bot.load(); bot.classify('i lost my card');"
        "assert not typos._english.cache_info().currsize;"
        "assert not typos.common_words.cache_info().currsize"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("file a cmplaitn agianst a waiter", "complaint_or_feedback"),
        ("somebody stoel my walllet", "report_lost_or_stolen_card"),
        ("whats the mailling adress", "contact_by_mail"),
        ("wehre is the secruity cdoe", "find_security_code"),
        ("i wnat to dispuet a chrage", "dispute_charge"),
        ("Wehre Is The Secruity Cdoe", "find_security_code"),
        ("How Do I Redem My Poitns", "rewards_points"),
        ("hello\nSecruity cdoe", "find_security_code"),
    ],
)
def test_a_message_full_of_slips_is_still_understood(bot: Bot, typed: str, meant: str) -> None:
    assert bot.classify(typed).ranking[0][0] == meant


def test_a_repaired_message_is_trusted_less_than_a_clean_one(bot: Bot) -> None:
    assert bot.explain("my card was stoklen").score < bot.explain("my card was stolen").score


def test_the_words_beside_a_slip_tell_which_word_was_meant(bot: Bot) -> None:
    # 'lsot' could be 'lost' or 'slot'; 'stoen' could be 'stolen' or 'stone'.
    for typed in ("i lsot my card", "my card was stoen"):
        words = [word for word, _, _ in bot.explain(typed).words]
        assert words == typed.split()
        assert bot.classify(typed).intent == "report_lost_or_stolen_card"


def test_a_name_inside_a_sentence_is_not_mended(bot: Bot) -> None:
    small, capital = bot.explain("charge from crad"), bot.explain("charge from Crad")
    assert small.words[-1][1:] != capital.words[-1][1:]
