"""Card numbers, codes and PINs never get past masking; what is no secret does."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import guide_reader, redaction
from bot.home import Home
from bot.redaction import Masked, mask

KEEP = guide_reader.read(Home.shipped().guide).numbers
PHONES = [number for number in KEEP if number.startswith(("1-", "+1-"))]

# No digit of any script and no invisible character: what is left of a card shows.
NO_DIGITS = st.text(
    st.characters(exclude_categories=("Nd", "Nl", "No", "Cf", "Cs", "Sc")),
    max_size=20,
)
# A currency sign makes an amount of what follows, and amounts are kept.
SEPARATORS = st.text(" -./,_:;()|*\u00a0\u2013\u200b\u200d\u2060\ufeff\t\n", max_size=3)
SCRIPTS = ("0123456789", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९")


def passes_luhn(digits: str) -> bool:
    doubled = [int(d) * (2 if n % 2 else 1) for n, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _with_check_digit(digits: str) -> str:
    """Append the digit that makes a card number of it (the textbook rule, from the right)."""
    doubled = "0246813579"
    total = sum(
        int(doubled[int(d)]) if n % 2 == 0 else int(d) for n, d in enumerate(reversed(digits))
    )
    return digits + str(-total % 10)


CARDS = st.text("0123456789", min_size=12, max_size=18).map(_with_check_digit)


@st.composite
def _written_cards(draw: st.DrawFn) -> str:
    """Draw a card number as somebody could type it: any separators, any digits."""
    written = ""
    for digit in draw(CARDS):
        written += draw(st.sampled_from(SCRIPTS))[int(digit)] + draw(SEPARATORS)
    return written


def _digits(text: str) -> str:
    return "".join(
        str(unicodedata.digit(c)) for c in text if unicodedata.digit(c, None) is not None
    )


@settings(max_examples=150, deadline=None)
@given(NO_DIGITS, _written_cards(), NO_DIGITS)
def test_no_digit_of_a_card_number_survives_however_it_is_written(
    before: str, card: str, after: str
) -> None:
    masked = mask(before + card + after)
    assert _digits(masked.text) == ""
    assert masked.kinds == ("card",)


NEIGHBOURS = st.sampled_from(
    [
        "",
        "12/03/2024",
        "2024-01-05",
        "$5",
        "$45.99",
        "7",
        "20 dollars",
        "212-555-0100",
        "3/4,",
        "99",
    ]
)


@settings(max_examples=200, deadline=None)
@given(NEIGHBOURS, CARDS, st.sampled_from(" -./"), st.integers(3, 6), NEIGHBOURS)
@example("", "8285853199690091", " ", 4, "$45.99")
@example("12/03/2024", "4111111111111111", " ", 4, "$45.99")
def test_a_card_number_does_not_survive_between_dates_and_amounts(
    before: str, card: str, separator: str, size: int, after: str
) -> None:
    groups = separator.join(card[n : n + size] for n in range(0, len(card), size))
    assert card not in _digits(mask(f"{before} {groups} {after}", keep=KEEP).text)


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("it is 4111-1111-1111-1111.", "it is ⟦card⟧."),
        ("3782 822463 10005 is mine", "⟦card⟧ is mine"),
        ("card4111111111111111", "card⟦card⟧"),
        ("4111 dash 1111 dash 1111 dash 1111", "⟦card⟧"),
        ("4111 and then 1111 and then 1111 and then 1111", "⟦card⟧"),
        ("it's 4111 1111 1111 1111 exp 12/26, cvv 123", "it's ⟦card⟧ exp 12/26, cvv ⟦code⟧"),
        ("４１１１ １１１１ １１１１ １１１１", "⟦card⟧"),
        ("1234 5678 9012 3456", "⟦card⟧"),
    ],
    ids=str,
)
def test_a_card_number_is_masked_and_the_words_around_it_stay(message: str, wanted: str) -> None:
    assert mask(message).text == wanted


@pytest.mark.parametrize(
    "message",
    [
        "four one one one one one one one one one one one one one one one",
        "three seven eight two, eight two two four six three, one zero zero zero five",
        "four triple one triple one triple one triple one triple one",
    ],
)
def test_a_card_number_dictated_in_words_is_masked(message: str) -> None:
    assert mask(f"my card is {message}").text == "my card is ⟦card⟧"


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("my pin is 4821", "my pin is ⟦code⟧"),
        ("4821 is my PIN", "⟦code⟧ is my PIN"),
        ("cvv:123!", "cvv:⟦code⟧!"),
        ("P.I.N. 4821", "P.I.N. ⟦code⟧"),
        ("the security code on my card is 4 8 2 1", "the security code on my card is ⟦code⟧"),
        ("cid 4821, cvv 123", "cid ⟦code⟧, cvv ⟦code⟧"),
        ("one-time code 482133", "one-time code ⟦code⟧"),
        ("my pin is four eight two one", "my pin is ⟦code⟧"),
        ("my pi\u200bn is 48\u200b21", "my pin is ⟦code⟧"),
        ("my password is hunter2", "my password is ⟦code⟧"),
        ("my password for amex is kitty99", "my password for amex is ⟦code⟧"),
        ("my password hunter2 does not work", "my password ⟦code⟧ does not work"),
        ("pasword is hunter2, pw: kitty99", "pasword is ⟦code⟧ pw: ⟦code⟧"),
        ("my PIN is forty eight twenty one", "my PIN is ⟦code⟧"),
        ("my pin is twelve thirty-four", "my pin is ⟦code⟧"),
        ("mi clave es 4821", "mi clave es ⟦code⟧"),
        ("my pim is 4821", "my pim is ⟦code⟧"),
        ("ssn is 123456789", "ssn is ⟦code⟧"),
        ("routing 021000021 account number 45321123", "routing ⟦code⟧ account number ⟦code⟧"),
        (
            "last four: 1005, the card ending in 31005",
            "last four: ⟦code⟧, the card ending in ⟦code⟧",
        ),
        ("the number on the back is 482", "the number on the back is ⟦code⟧"),
    ],
    ids=str,
)
def test_a_code_beside_a_word_for_it_is_masked(message: str, wanted: str) -> None:
    assert mask(message, keep=KEEP).text == wanted


@pytest.mark.parametrize(
    "message",
    [
        "my pin is 4821 or 5930",
        "my pin is 4821, sorry, 5930",
        "my pins are 4821 and 5930",
        "my code is 4821",
        "my pin is one 2 three 4",
    ],
)
def test_no_digit_of_a_code_survives_in_a_sentence_about_codes(message: str) -> None:
    assert _digits(mask(message).text) == ""


@pytest.mark.parametrize("message", ["4821", "it is 482.", "4 8 2 1", "four eight two one"])
def test_a_lone_code_is_masked_only_after_the_person_was_told_about_one(message: str) -> None:
    assert mask(message).text == message
    assert mask(message, after_code=True).kinds == ("code",)


def test_the_kinds_are_listed_once_in_the_order_of_the_message() -> None:
    assert mask("cvv 123, card 4111111111111111, pin 4821").kinds == ("code", "card")


@pytest.mark.parametrize(
    "message",
    [
        "I was charged $1,234,567.89 on 12/03/2024",
        "on 2024-01-05 and again on 2024-02-07",
        "€99.50 or £20 or $ 45 or 1200 dollars",
        "from 01/02/2024 to 03.04.2024",
        "call me at 212-555-0100, or 212-555-0199",
        "I have one or two cards and 2000 points",
        "reference number 123456789",
        "the 4 digit code on the front",
        "my pin does not work",
        "forty eight hours and twenty one minutes",
        "a password of 8 to 20 characters",
        "I reset my password 3 times",
        "the offer ending in 2026",
        "my account of 2019, account 2 of 3",
        "on my account I see 1,234.56 twice",
    ],
)
def test_dates_amounts_and_harmless_numbers_survive(message: str) -> None:
    assert mask(message) == Masked(message)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PHONES), min_size=1, max_size=4), st.sampled_from([", ", " ", "/"]))
def test_the_guides_own_numbers_survive_even_in_a_row(numbers: list[str], between: str) -> None:
    message = f"the number on the back is {between.join(numbers)}"
    assert mask(message, keep=KEEP) == Masked(message)


def test_a_card_number_beside_a_number_of_the_guide_is_masked_and_the_other_survives() -> None:
    masked = mask("1-800-528-2122, 4111 1111 1111 1111", keep=KEEP)
    assert masked.text.startswith("1-800-528-2122")
    assert _digits(masked.text) == "18005282122"


WORDS = (
    "my card pin is lost code password cvv the security number on back and I, was charged? digit"
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(WORDS.split())).map(" ".join) | NO_DIGITS)
def test_a_message_without_digits_is_unchanged(message: str) -> None:
    assert mask(message, after_code=True, keep=KEEP) == Masked(message)


PIECES = (
    "my pin is code cvv 1234 567 12/03/2024 $45.99 4111111111111111 one two three and , . - / "
    "\u200b number on the back 1,200.50 212-555-0100 7 20 usd 4 digit login otp ( ２ ² １２ ⟦ ⟧"
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES.split(" ")), max_size=9).map(" ".join) | st.text())
@example("my cvv is 123 or 456")
@example("567 # 567 cvv")
def test_masking_twice_gives_the_same_as_masking_once(message: str) -> None:
    once = mask(message, keep=KEEP).text
    assert mask(once, keep=KEEP).text == once


@pytest.mark.parametrize(
    "piece",
    (
        "1|1 |one |1-|$5 |$1,111|password is |pin a b c d e |1234 a b c d e | |\u200b１|"
        "pin 1234 4111111111111111 x |4111 1111 1111 1111 x $5 |12/03/2024 x "
    ).split("|"),
)
def test_a_hundred_thousand_characters_take_well_under_a_second(piece: str) -> None:
    message = (piece * 100_000)[:100_000]
    start = time.process_time()
    mask(message, after_code=True, keep=KEEP)
    assert time.process_time() - start < 1.0


@pytest.mark.parametrize("number", ["4111111111111111", "378282246310005", "5555555555554444"])
def test_the_check_digit_tells_a_card_number_from_one_with_a_slip(number: str) -> None:
    assert passes_luhn(number)
    assert not passes_luhn(number[:-1] + str((int(number[-1]) + 1) % 10))


@given(
    st.lists(
        st.sampled_from(
            [
                *"one two nine oh double zero ONE ſeven twenty eleven".split(),
                "cid",
                "pin is",
                "4",
                "٤",
                "ﬁve",
            ]
        )
        | st.text(max_size=8),
        max_size=8,
    ).map(" ".join)
)
def test_the_quick_look_lets_nothing_through_that_the_long_one_masks(message: str) -> None:
    quick = mask(message)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(redaction, "_HINT", re.compile(""))
        assert mask(message) == quick


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 400),
    st.sampled_from(
        [
            "4111111111111111",
            "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
            "4111 - - - 1111 - - - 1111 - - - 1111",
            "my pin is 4711",
            "password: hunter4711hunter4711",
            "four one one one one one one one one one one one one one one one",
        ]
    ),
)
def test_no_secret_is_cut_in_two_and_shown(before: int, secret: str) -> None:
    said = "word " * (redaction.LONGEST // 5)
    kept = mask(f"{said[:-before] if before else said}{secret} and so on" + " word" * 900).text
    assert set(kept.split()) <= {"word", "wor", "wo", "w", "⟦card⟧", "⟦code⟧"}


@pytest.mark.parametrize("what", ["1", "1 ", "one ", "a", "\n", "4111 - "])
def test_a_message_of_ten_million_characters_is_cut_before_it_is_looked_at(what: str) -> None:
    started = time.perf_counter()
    kept = mask(what * (10_000_000 // len(what))).text
    assert time.perf_counter() - started < 5.0
    assert len(kept) <= redaction.LONGEST


def test_what_stands_before_the_cut_is_read_as_ever() -> None:
    said = "it is 4111 1111 1111 1111. " + "so it goes " * 3_000
    found = mask(said)
    assert found.text.startswith("it is ⟦card⟧. so it goes so")
    assert found.kinds == ("card",)
    assert mask("\n" * 1_000_000 + "i lost my card").text == "i lost my card"
