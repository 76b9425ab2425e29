"""The details of a message: what counts as one, what does not, and which of two."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import guide_reader
from bot.entities import MAX_VALUE, Extractor
from bot.home import Home
from bot.messages import UNCLEAR
from bot.redaction import mask
from bot.text import composed
from bot.typos import common_words

GUIDE = guide_reader.read(Home.shipped().guide)
EXTRACTOR = Extractor(GUIDE.slots)


def _details(message: str, asked: str = "") -> dict[str, str]:
    """Return what the bot would remember: of two values for a slot, the last."""
    masked = mask(message, keep=GUIDE.numbers).text
    found = EXTRACTOR.extract(masked, asked=asked)
    return {entity.slot: entity.value for entity in found if entity.value != UNCLEAR}


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("I lost my company card", "corporate"),
        ("my CORPORATE AMEX is gone", "corporate"),
        ("the card from my employer", "corporate"),
        ("my business card doesn’t work", "corporate"),
        ("it is my own card", "personal"),
        ("I'm a corporate cardmember", "corporate"),
        ("my corporate cards", "corporate"),
        ("my personal cards", "personal"),
        ("it's not a corporate card", "personal"),
        ("it isn't a company card", "personal"),
        ("not my personal card", "corporate"),
        ("no, it's a personal card", "personal"),
        ("no corporate card, just my own", "personal"),
        ("personal card, no wait, corporate card", "corporate"),
        ("corporate card, sorry, I meant my personal card", "personal"),
        ("Actually it is a corporate card", "corporate"),
        ("it's not a company card, it's my own card", "personal"),
    ],
)
def test_the_kind_of_card_is_understood_in_many_wordings(message: str, kind: str) -> None:
    assert _details(message).get("card_kind") == kind


@pytest.mark.parametrize("message", ["I don't have a corporate card", "I have no company card"])
def test_a_card_that_the_person_does_not_have_is_not_taken_for_theirs(message: str) -> None:
    assert _details(message).get("card_kind") != "corporate"


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("corporate", "corporate"),
        ("mine", "personal"),
        ("work", "corporate"),
        ("it's for work", "corporate"),
        ("from my company", "corporate"),
        ("not corporate", "personal"),
        ("personal, not corporate", "personal"),
        ("it's not personal, it's corporate", "corporate"),
        ("corporate, no wait, personal", "personal"),
        ("no, personal", "personal"),
        ("personal? no, corporate", "corporate"),
    ],
)
def test_a_short_answer_about_the_card_is_understood_when_asked(message: str, kind: str) -> None:
    assert _details(message, "card_kind").get("card_kind") == kind


@pytest.mark.parametrize("message", ["hello", "my work is hard", "both", "I run a company", ""])
def test_no_kind_of_card_is_read_into_other_words(message: str) -> None:
    assert "card_kind" not in _details(message)


@pytest.mark.parametrize(
    ("message", "where"),
    [
        ("I'm in Lyon", "abroad"),
        ("im in paris", "abroad"),
        ("I'm calling from Spain", "abroad"),
        ("travelling to Japan", "abroad"),
        ("I fly to Tokyo tomorrow", "abroad"),
        ("I'll be in Italy", "abroad"),
        ("how do I call from Mexico", "abroad"),
        ("I'm overseas", "abroad"),
        ("I'm not in the US", "abroad"),
        ("on vacation, in Mexico", "abroad"),
        ("I'm in London, Ontario", "abroad"),
        ("I'm in Lyon, my card is 4111 1111 1111 1111", "abroad"),
        ("calling from Spain, 4111 1111 1111 1111", "abroad"),
        ("I'm in the U.S.", "us"),
        ("I'm in Paris, Texas", "us"),
        ("I'm not abroad", "us"),
        ("I'm back home in Texas", "us"),
        ("I'm from Germany but I'm in Boston", "us"),
        ("there's a charge from Spain. I'm in Boston", "us"),
        ("I'm not in Spain, I'm in the US", "us"),
        ("I'm in Spain, no, in Boston", "us"),
    ],
)
def test_the_place_where_the_person_is_or_will_be_counts(message: str, where: str) -> None:
    details = _details(message)
    assert details.get("calling_from") == where
    assert "issued_in" not in details


@pytest.mark.parametrize(
    "message",
    (
        "a charge from Spain|I'm from Germany|at Paris Cafe|I'm at Paris Cafe|Georgia|France|"
        "I'm in Georgia|someone in Brazil used my card|I used my card in Spain|polish my shoes|"
        "I ordered from London Drugs|I just got back from Spain|do you speak Spanish|"
        "an Indian restaurant charged me|we had turkey|can you help us|I'm not in Spain|"
        "my husband is in Spain|a ticket to Tokyo"
    ).split("|"),
)
def test_a_place_where_the_person_is_not_does_not_count(message: str) -> None:
    assert "calling_from" not in _details(message)


@pytest.mark.parametrize("message", ["I'm not calling from abroad", "I am not going to Spain"])
def test_a_place_that_the_person_rules_out_is_not_taken_for_theirs(message: str) -> None:
    assert _details(message).get("calling_from") != "abroad"


ANSWERS = {
    "abroad": "France|It's Lyon|uk|abroad|not at home|from abroad|from Spain|no, France",
    "us": "the US|us|from the us|from Texas|here|not abroad|New Mexico|Atlanta, Georgia",
}


@pytest.mark.parametrize(
    ("message", "where"),
    [(message, where) for where, row in ANSWERS.items() for message in row.split("|")],
)
def test_a_bare_place_is_the_answer_when_asked_where_one_is(message: str, where: str) -> None:
    assert _details(message, "calling_from").get("calling_from") == where


@pytest.mark.parametrize(
    "message",
    (
        "Georgia|I'm from Germany|a charge from Spain|no|I don't know|not in France|"
        "do you speak Spanish|I was charged in Spain"
    ).split("|"),
)
def test_an_answer_that_does_not_say_where_is_not_guessed(message: str) -> None:
    assert "calling_from" not in _details(message, "calling_from")


@pytest.mark.parametrize(
    ("message", "where"),
    [
        ("my card is from the UK", "elsewhere"),
        ("I have a Canadian card", "elsewhere"),
        ("a British amex", "elsewhere"),
        ("my Mexican American Express", "elsewhere"),
        ("my card is Canadian", "elsewhere"),
        ("a UK-issued card", "elsewhere"),
        ("an American card", "us"),
        ("my card was issued in the US", "us"),
    ],
)
def test_where_the_card_comes_from_is_not_where_the_person_is(message: str, where: str) -> None:
    details = _details(message)
    assert details.get("issued_in") == where
    assert "calling_from" not in details


def test_the_card_and_the_person_may_be_in_two_places() -> None:
    details = _details("I'm in Boston and have a Canadian card")
    assert details == {"calling_from": "us", "issued_in": "elsewhere"}


@pytest.mark.parametrize(
    ("message", "merchant"),
    [
        ("a charge from Delta Airlines on 03/04/2024", "Delta Airlines"),
        ("I was billed by Netflix twice", "Netflix"),
        ("a charge from Macy's for $20", "Macy's"),
        ("a charge at Paris Cafe", "Paris Cafe"),
        ("the merchant is Best Buy", "Best Buy"),
        ("unauthorized charges, my card is cracked", None),
        ("a charge from Netflix $15.99", "Netflix"),
        ("a charge from Amazon! Can you help me", "Amazon"),
        ("a charge from Uber, what do I do", "Uber"),
        ("a charge from someone", None),
        ("I want to dispute a charge", None),
    ],
)
def test_the_merchant_is_the_name_and_nothing_after_it(message: str, merchant: str | None) -> None:
    assert _details(message).get("merchant") == merchant


@pytest.mark.parametrize(
    ("message", "number"),
    [
        ("my case number is AB-12345", "AB-12345"),
        ("ref no: 4455A", "4455A"),
        ("confirmation number ABC123XYZ please", "ABC123XYZ"),
        ("a reference, it's AB12345", "AB12345"),
        ("what is a reference number", None),
        ("the reference number please", None),
    ],
)
def test_a_reference_number_is_read_after_its_name(message: str, number: str | None) -> None:
    assert _details(message).get("reference_number") == number


def test_all_details_of_one_message_are_read_together() -> None:
    message = (
        "I'm in Lyon, my company card, a charge from Hertz for $1,200.50 last  Friday, case 12345"
    )
    assert _details(message) == {
        "calling_from": "abroad",
        "card_kind": "corporate",
        "merchant": "Hertz",
        "amount": "$1,200.50",
        "transaction_date": "last Friday",
        "reference_number": "12345",
    }


def test_a_date_with_dots_is_not_also_an_amount() -> None:
    details = _details("I was charged $45 on 12.03.2024")
    assert (details["amount"], details["transaction_date"]) == ("$45", "12.03.2024")


_PIECES = (
    "charge from not my Paris card case AB12 $5 May 3 I'm in . İ ⟦card⟧ corporate personal or if "
    "know charged me call ref #889-12 the forty dollars Georgia issued , called SQ *HUT last \n"
).split(" ")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(_PIECES) | st.text(st.characters(), max_size=5), max_size=14).map(
        " ".join
    ),
    st.sampled_from(["", *GUIDE.slots]),
)
def test_no_message_is_an_error_and_every_detail_has_its_evidence(message: str, asked: str) -> None:
    message = composed(message)
    for entity in EXTRACTOR.extract(message, asked=asked):
        slot = GUIDE.slots[entity.slot]
        assert len(entity.value) <= MAX_VALUE
        assert 0 <= entity.start < entity.end <= len(message)
        if slot.choices:
            assert entity.value in {UNCLEAR, *(choice.value for choice in slot.choices)}
        else:
            evidence = message[entity.start : entity.end]
            assert " ".join(evidence.split())[:MAX_VALUE] == " ".join(entity.value.split())


@settings(max_examples=60, deadline=None)
@given(
    st.permutations(
        [
            "it is a corporate card",
            "I'm in Lyon",
            "there's a charge from Uber",
            "it was $45.99",
            "it happened last Friday",
            "my case is 77120",
        ]
    ),
    st.sampled_from([". ", ", ", "; ", "\n"]),
)
def test_details_are_read_in_any_order(parts: list[str], between: str) -> None:
    assert _details(between.join(parts)) == {
        "card_kind": "corporate",
        "calling_from": "abroad",
        "merchant": "Uber",
        "amount": "$45.99",
        "transaction_date": "last Friday",
        "reference_number": "77120",
    }


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["personal", "corporate"]), min_size=1, max_size=4),
    st.sampled_from([", no wait, my ", " - sorry, I mean my ", ". Actually my ", "... no, my "]),
)
def test_of_several_corrections_the_last_counts(kinds: list[str], between: str) -> None:
    message = "my " + between.join(f"{kind} card" for kind in kinds)
    assert _details(message)["card_kind"] == kinds[-1]


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(
        [("corporate", "corporate"), ("business", "corporate"), ("personal", "personal")]
    ),
    st.data(),
)
def test_one_slip_in_a_word_for_the_card_does_not_matter(
    word: tuple[str, str], data: st.DataObject
) -> None:
    right, kind = word
    place = data.draw(st.integers(1, len(right) - 2))
    dropped = right[:place] + right[place + 1 :]
    doubled = right[:place] + right[place] + right[place:]
    swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    for typed in {dropped, doubled, swapped} - common_words():
        assert _details(f"my {typed} card is lost").get("card_kind") == kind, typed


def test_capitals_are_no_condition() -> None:
    message = "I lost my Corporate card in Madrid, and Netflix charged me"
    for written in (message.lower(), message.upper()):
        details = _details(written)
        assert (details["card_kind"], details["calling_from"]) == ("corporate", "abroad")
        assert details["merchant"].lower() == "netflix"


@pytest.mark.parametrize("message", ["personal or corporate", "both, personal and corporate"])
def test_two_kinds_at_once_are_noticed_without_a_guess(message: str) -> None:
    found = EXTRACTOR.extract(message, asked="card_kind")
    assert {(entity.slot, entity.value) for entity in found} == {("card_kind", UNCLEAR)}


@pytest.mark.parametrize(
    "piece",
    (
        "corporate |not |charge from |charged me |in Paris |Georgia, |two hundred and |case 1234 |"
        "not in the |at Uber |my personal or |last the 3rd of |forty |A |$1 |if know "
    ).split("|"),
)
def test_a_long_message_takes_well_under_a_second(piece: str) -> None:
    message = (piece * 4_000)[:4_000]
    EXTRACTOR.extract("warm up")
    start = time.process_time()
    EXTRACTOR.extract(message)
    assert time.process_time() - start < 0.5


def test_a_place_in_two_countries_is_noticed_without_a_guess() -> None:
    (entity,) = EXTRACTOR.extract("I'm in Georgia right now")
    assert (entity.slot, entity.value) == ("calling_from", UNCLEAR)


@pytest.mark.parametrize(
    ("message", "where"),
    [("i lost my card in france", "abroad"), ("somebody stole my purse in Chicago", "us")],
)
def test_where_a_card_went_missing_is_where_the_person_is(message: str, where: str) -> None:
    assert _details(message)["calling_from"] == where


@pytest.mark.parametrize(
    ("message", "where"),
    [
        ("what number do i call, us, personal", "us"),
        ("number please, personal, spain", "abroad"),
        ("phone number? us, corporate", "us"),
        ("what number do i call, US", "us"),
        ("need number personal us", "us"),
        ("lost my card us personal", "us"),
        ("number corporate uk", "abroad"),
        ("can you help us personal", None),
        ("i own a us company", None),
        ("tell us, please, my card is corporate", None),
        ("a hotel, Spain, charged me, personal", None),
        ("its for both of us, personal", None),
    ],
)
def test_a_country_on_its_own_says_where_somebody_is(message: str, where: str | None) -> None:
    assert _details(message).get("calling_from") == where
