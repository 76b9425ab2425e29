"""Places are known by their names; names that could be several are never guessed."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import Bot
from bot.places import ANYWHERE_ELSE, AT_HOME, find
from bot.text import composed


def _found(message: str) -> list[tuple[str, str]]:
    return [(place.country, message[place.start : place.end]) for place in find(message)]


@pytest.mark.parametrize(
    ("message", "country", "name"),
    [
        ("I'm in Lyon.", "FR", "Lyon"),
        ("calling from SPAIN!", "ES", "SPAIN"),
        ("in japan", "JP", "japan"),
        ("the U.K.", "GB", "U.K."),
        ("uk", "GB", "uk"),
        ("the U.S. number", "US", "U.S."),
        ("I moved to Texas", "US", "Texas"),
        ("the Canadian card", "CA", "Canadian"),
        ("in São Paulo", "BR", "São Paulo"),
        ("in sao paulo", "BR", "sao paulo"),
        ("Côte d'Ivoire", "CI", "Côte d'Ivoire"),
        ("Deutschland", "DE", "Deutschland"),
        ("washington dc", "US", "washington dc"),
    ],
)
def test_a_place_is_found_with_its_country(message: str, country: str, name: str) -> None:
    assert _found(message) == [(country, name)]


@pytest.mark.parametrize(
    ("message", "country"),
    [
        ("New Mexico", "US"),
        ("Mexico City", "MX"),
        ("Papua New Guinea", "PG"),
        ("Paris, Texas", "US"),
        ("London, Ontario", "CA"),
        ("South Korea", "KR"),
        ("New South Wales", "AU"),
    ],
)
def test_of_two_names_that_overlap_the_longer_one_counts(message: str, country: str) -> None:
    assert _found(f"I am in {message} now") == [(country, message)]


@pytest.mark.parametrize(
    ("message", "country"),
    [
        ("Naples, Florida", "US"),
        ("Birmingham, Alabama", "US"),
        ("Moscow, Idaho", "US"),
        ("Rome, Georgia", "US"),
        ("Tbilisi, Georgia", "GE"),
        ("Birmingham, England", "GB"),
        ("Lyon, France", "FR"),
        ("the state of Georgia", "US"),
    ],
)
def test_what_stands_after_a_city_says_which_one(message: str, country: str) -> None:
    (found, *ambiguous) = [found for found, _ in _found(f"I am in {message} now") if found]
    assert (found, ambiguous) == (country, [])


@pytest.mark.parametrize("name", ["Georgia", "Jordan", "St. Petersburg", "Birmingham", "georgia"])
def test_a_name_of_several_places_names_no_country(name: str) -> None:
    assert [country for country, _ in _found(f"in {name}")] == [""]


@pytest.mark.parametrize(
    ("everyday", "name", "country"),
    [("turkey", "Turkey", "TR"), ("us", "US", "US"), ("polish", "Polish", "PL")],
)
def test_an_everyday_word_is_a_place_only_with_its_capital(
    everyday: str, name: str, country: str
) -> None:
    assert _found(f"{everyday} it is") == []
    assert _found(f"{name} it is") == [(country, name)]


@pytest.mark.parametrize(
    "message",
    (
        "|...|\x00|can you help us|it was nice|reading my bill|Us too|mobile app|"
        "my polish friend|to go, togo|Parisian|a Frenchman|Spaniards"
    ).split("|"),
)
def test_what_names_no_place_gives_none(message: str) -> None:
    assert _found(message) == []


@pytest.mark.parametrize("message", ["overseas", "abroad", "out of the country", "in Europe"])
def test_words_for_anywhere_else_name_no_single_country(message: str) -> None:
    assert [country for country, _ in _found(message)] == [ANYWHERE_ELSE]


@pytest.mark.parametrize("message", ["stateside", "back in the states", "not abroad"])
def test_words_for_home_are_home_whichever_country_that_is(message: str) -> None:
    assert [country for country, _ in _found(message)] == [AT_HOME]


def test_not_being_home_is_being_elsewhere() -> None:
    assert [country for country, _ in _found("I am not in the US")] == [ANYWHERE_ELSE]


def test_all_places_of_a_message_are_given_in_its_order() -> None:
    message = "From Lyon I fly to Tokyo, then Boston; a Canadian friend stays in Georgia"
    assert [country for country, _ in _found(message)] == ["FR", "JP", "US", "CA", ""]


@pytest.mark.parametrize("separator", [" ", "  ", "\n", "\u00a0", " - "])
def test_the_words_of_a_name_may_stand_apart(separator: str) -> None:
    assert [country for country, _ in _found(f"in Hong{separator}Kong")] == ["HK"]


def test_an_accent_typed_as_a_character_of_its_own_is_understood() -> None:
    assert [country for country, _ in _found("I'm in Zu\u0308rich")] == ["CH"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from("New York us U.S. the not in Papua Guinea Georgia , . ' - İ é".split())
        | st.text(st.characters(), max_size=4),
        max_size=10,
    ).map(" ".join)
)
def test_no_message_is_an_error_and_no_two_places_overlap(message: str) -> None:
    end = 0
    for place in find(message):
        assert end <= place.start < place.end <= len(composed(message))
        end = place.end


@pytest.mark.parametrize("piece", ["new ", "the ", "u.s.", "a'", "in the us ", "Hong ", "x"])
def test_a_long_message_takes_well_under_a_second(piece: str) -> None:
    message = (piece * 20_000)[:20_000]
    list(find("warm up"))
    start = time.process_time()
    list(find(message))
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    ("message", "abroad"),
    [
        ("machine in Salzburg kept my card", True),
        ("hi so i used a ticket machine in salzburg & it kept my card", True),
        ("a cash machine in Tokyo took my card and wont give it back", True),
        ("a machine in Salzburg kept his card", False),
        ("a friend in Paris took my card", False),
        ("the wallet I bought in Rome got stolen with my card", False),
    ],
)
def test_a_card_that_a_machine_keeps_is_where_its_owner_is(
    bot: Bot, message: str, abroad: bool
) -> None:
    assert (bot.reply(message).slots.get("calling_from") == "abroad") is abroad
