"""A message becomes the same words however it is typed, and never an error."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from bot.text import (
    MAX_WORD_LENGTH,
    MAX_WORDS,
    character_ngrams,
    composed,
    normalise,
    stem,
    stem_bigrams,
    stems,
    word_spans,
    words,
)

ANYTHING = st.text(st.characters(), max_size=60)  # lone surrogates too
TYPED = st.text("abcXYZ019'’´ -_.,!?⟦⟧éÉßİǅ²１\u0301\u200b\n", max_size=60)

STARTS = "charg cancel disput block lock repay report address deliver declin travel apply"
ENDS = "e ed es ing ings er ers ation ations ational ment ments able ably ful fully ness y ies ied"


@settings(max_examples=150, deadline=None)
@given(ANYTHING | TYPED)
def test_every_string_becomes_lower_case_words_and_never_an_error(message: str) -> None:
    for word in words(message):
        assert word
        assert word == word.lower()
        assert not any(character.isspace() for character in word)
        assert stem(word) == stem(word).lower()
    spans = word_spans(message)
    assert all(0 <= start < end <= len(composed(message)) for _, start, end in spans)
    assert [start for _, start, _ in spans] == sorted(start for _, start, _ in spans)


@settings(max_examples=100, deadline=None)
@given(TYPED.map(lambda message: message.replace("⟦", "")))
def test_normalising_twice_gives_the_same_as_once(message: str) -> None:
    once = normalise(message)
    assert normalise(once) == once


@settings(max_examples=100, deadline=None)
@given(TYPED)
def test_case_makes_no_difference(message: str) -> None:
    ascii_only = message.encode("ascii", "ignore").decode()
    assert words(ascii_only.upper()) == words(ascii_only.lower())


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("I can't", "i can not"),
        ("I cant", "i can not"),
        ("I cannot", "i can not"),
        ("I can’t", "i can not"),
        ("I CAN`T", "i can not"),
        ("im", "i am"),
        ("I'm", "i am"),
        ("don't've", "do not have"),
        ("it's", "it is"),
        ("its", "it is"),
        ("the card's code", "the card code"),
        ("won't", "will not"),
        ("we'll, they'd, you're", "we will they would you are"),
        ("pls u r", "please you are"),
        ("O'Neil", "oneil"),
        ("ＣＡＲＤ", "card"),
        ("log-in/sign_up", "log in sign up"),
        ("", ""),
        ("?!... \n", ""),
        ("💳 lost", "lost"),
    ],
)
def test_the_spellings_of_a_word_become_one(message: str, wanted: str) -> None:
    assert words(message) == wanted.split()


@pytest.mark.parametrize(
    ("message", "wanted"),
    [("123", "000"), ("98765", "00000"), ("１２３４", "0000"), ("24", "24"), ("7", "7")],
)
def test_a_long_number_keeps_only_its_length(message: str, wanted: str) -> None:
    assert words(message) == [wanted]


def test_a_masked_secret_is_no_word() -> None:
    assert words("my pin ⟦code⟧ and ⟦card⟧") == ["my", "pin", "and"]


@pytest.mark.parametrize(
    "message",
    [
        "I can't find it, the card's code: 1234",
        "it’s CORPORATE",
        "my pin ⟦code⟧ and ⟦card⟧",
        "ＣＯＲＰＯＲＡＴＥ",
        "Zu\u0308rich",
    ],
)
def test_words_with_their_places_are_the_same_words(message: str) -> None:
    assert [word for word, _, _ in word_spans(message)] == words(message)


def test_a_place_in_the_message_holds_the_word_as_it_was_typed() -> None:
    message = "No, I CAN’T pay Macy's"
    typed = {word: message[start:end] for word, start, end in word_spans(message)}
    assert typed["can"] == typed["not"] == "CAN’T"
    assert typed["macy"] == "Macy's"
    assert typed["pay"] == "pay"


def test_what_stands_after_the_first_words_of_a_flood_is_let_go() -> None:
    flood = words("card " * 5_000)
    assert flood == ["card"] * MAX_WORDS
    assert words("a" * 5_000) == ["a" * MAX_WORD_LENGTH]


@pytest.mark.parametrize("piece", ["a", "a ", "'", "a'", "can't ", "⟦", "⟦card", "é", "1", "_"])
def test_a_hundred_thousand_characters_take_well_under_a_second(piece: str) -> None:
    message = (piece * 100_000)[:100_000]
    start = time.process_time()
    words(message)
    word_spans(message)
    assert time.process_time() - start < 1.0


@pytest.mark.parametrize(
    ("first", "second"),
    [("cards", "card"), ("charged", "charging"), ("disputes", "dispute"), ("calling", "calls")],
)
def test_forms_of_one_word_share_a_stem(first: str, second: str) -> None:
    assert stem(first) == stem(second)


def test_different_words_do_not_share_a_stem() -> None:
    assert len({stem(word) for word in ("card", "charge", "call", "code", "cancel")}) == 5


def test_threads_that_stem_at_the_same_time_do_not_disturb_each_other() -> None:
    words_ = sorted({f"{a}{b}" for a in STARTS.split() for b in ENDS.split()})
    alone = stems(words_)
    stem.cache_clear()
    patience = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            # Each starts somewhere else: none finds a stem that another has kept.
            parts = [words_[n * 60 :] + words_[: n * 60] for n in range(4)]
            found = [
                dict(zip(part, row, strict=True))
                for part, row in zip(parts, pool.map(stems, parts), strict=True)
            ]
    finally:
        sys.setswitchinterval(patience)
        stem.cache_clear()
    assert all([row[word] for word in words_] == alone for row in found)


def test_pairs_of_stems_keep_the_order_of_the_message() -> None:
    assert stem_bigrams(["lost", "my", "cards"]) == ["lost my", "my card"]
    assert stem_bigrams(["cards"]) == []
    assert stems([]) == stem_bigrams([]) == []


@settings(max_examples=100, deadline=None)
@given(
    st.text(st.characters(categories=("L", "Nd")), min_size=6, max_size=20),
    st.integers(1, 5),
    st.integers(0, 4),
)
def test_character_ngrams_are_those_of_scikit_learn(word: str, shortest: int, more: int) -> None:
    longest = min(shortest + more, 5)
    analyse = CountVectorizer(
        analyzer="char_wb", ngram_range=(shortest, longest), lowercase=False
    ).build_analyzer()
    assert character_ngrams(word, shortest, longest) == analyse(word)
