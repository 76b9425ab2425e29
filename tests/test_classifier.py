"""The classifier: light, honest about what it does not know, exact about why."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.classifier import Classifier
from bot.home import Home
from bot.messages import OUT_OF_SCOPE
from training import evaluation

CLASSIFIER = Classifier.load(Home.shipped().models / "default")
FRESH = [row.text for rows in evaluation.read_fresh(Home.shipped().fresh).values() for row in rows]
MESSAGES = st.one_of(st.text(), st.sampled_from(FRESH))

CHAT = """
import json, sys
from bot import Bot
bot = Bot.load()
bot.reply("i lost my card", session_id="u1")
bot.reply("corporate", session_id="u1")
bot.explain("i lost my card")
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_chatting_loads_neither_scikit_learn_nor_scipy_nor_joblib_nor_training(root: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHAT], cwd=root, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(done.stdout))
    assert {"bot", "numpy"} <= loaded
    assert not loaded & {"sklearn", "scipy", "joblib", "threadpoolctl", "training", "pandas"}


@settings(max_examples=200, deadline=None)
@given(MESSAGES)
def test_the_ranking_holds_every_intent_in_scope_once_best_first(message: str) -> None:
    found = CLASSIFIER.classify(message)
    names = [name for name, _ in found.ranking]
    assert sorted(names) == sorted(set(CLASSIFIER.description.labels) - {OUT_OF_SCOPE})
    assert all(first >= second for (_, first), (_, second) in pairwise(found.ranking))
    assert all(0 <= share <= 1 for _, share in found.ranking)
    assert math.isclose(sum(share for _, share in found.ranking), 1.0, abs_tol=1e-9)


@settings(max_examples=200, deadline=None)
@given(MESSAGES)
def test_out_of_scope_is_the_intent_exactly_when_the_zone_is_unknown(message: str) -> None:
    found = CLASSIFIER.classify(message)
    assert (found.intent == OUT_OF_SCOPE) == (found.zone == "unknown")
    assert found.confidence == found.ranking[0][1]
    if found.zone != "unknown":
        assert found.intent == found.ranking[0][0]


@settings(max_examples=200, deadline=None)
@given(MESSAGES)
def test_nobody_is_asked_to_choose_between_two_topics_that_are_hardly_meant(message: str) -> None:
    found = CLASSIFIER.classify(message)
    if found.zone == "clarify":
        two = sum(share for _, share in found.ranking[:2])
        assert two >= CLASSIFIER.description.clarify_from


def test_all_three_zones_occur_among_real_messages() -> None:
    zones = [CLASSIFIER.classify(message).zone for message in FRESH]
    assert min(zones.count(zone) for zone in ("answer", "clarify", "unknown")) > 20


def test_the_ranking_is_the_probabilities_without_out_of_scope() -> None:
    labels = CLASSIFIER.description.labels
    for message in FRESH[::20]:
        found = dict(zip(labels, CLASSIFIER.probabilities(message), strict=True))
        assert math.isclose(sum(found.values()), 1.0, abs_tol=1e-9)
        inside = 1.0 - found.pop(OUT_OF_SCOPE)
        for name, share in CLASSIFIER.classify(message).ranking:
            assert math.isclose(share, found[name] / inside, abs_tol=1e-9)


def test_many_messages_are_classified_as_one_by_one() -> None:
    messages = [*FRESH[::5], "", "🙂", "i lost my card", "i lost my card"]
    together = CLASSIFIER.classify_many(iter(messages))
    assert together == [CLASSIFIER.classify(message) for message in messages]
    alone = Classifier.load(Home.shipped().models / "default")
    assert together[::-1] == [alone.classify(message) for message in reversed(messages)]
    assert CLASSIFIER.classify_many([]) == []


@settings(max_examples=200, deadline=None)
@given(MESSAGES)
def test_the_words_of_an_explanation_add_up_to_the_log_odds(message: str) -> None:
    why = CLASSIFIER.explain(message)
    labels = CLASSIFIER.description.labels
    found = CLASSIFIER.probabilities(message)
    first, second = (found[labels.index(name)] for name in (why.intent, why.runner_up))
    winner = sum(word[1] for word in why.words) + why.bias[0]
    runner_up = sum(word[2] for word in why.words) + why.bias[1]
    assert math.isclose(winner - runner_up, math.log(first / second), abs_tol=1e-6)


@settings(max_examples=100, deadline=None)
@given(MESSAGES)
def test_why_a_message_is_unknown_adds_up_too(message: str) -> None:
    why = CLASSIFIER.explain(message)
    assert len(why.meant) == len(why.words)
    assert bool(why.outside) == (why.zone == "unknown")
    if why.outside:
        found = CLASSIFIER.probabilities(message)
        labels = CLASSIFIER.description.labels
        outside, best = (found[labels.index(name)] for name in (OUT_OF_SCOPE, why.intent))
        winner = why.bias[0] + sum(word[1] for word in why.words)
        odds = math.log(outside / best)
        assert math.isclose(sum(why.outside) - winner, odds, abs_tol=1e-6)
        assert len(why.outside) == 1 + len(why.words)


def test_an_explanation_shows_the_word_that_sent_a_message_out_of_scope() -> None:
    why = CLASSIFIER.explain("can you raise my credit limit")
    assert OUT_OF_SCOPE in str(why)
    decided = max(zip(why.words, why.outside[1:], strict=True), key=lambda row: row[1])
    assert decided[0][0] == "limit"
    assert "no word in it is known" in str(CLASSIFIER.explain("qwrtzp"))
    assert OUT_OF_SCOPE not in str(CLASSIFIER.explain("i lost my card"))


def test_an_explanation_says_what_a_slip_was_read_as() -> None:
    why = CLASSIFIER.explain("i lsot my card")
    assert [word for word, _, _ in why.words] == ["i", "lsot", "my", "card"]
    assert why.meant == ("i", "lost", "my", "card")
    assert "lsot (lost) " in str(why)
    assert "card (" not in str(why)


def test_an_explanation_is_of_the_decision_that_was_made() -> None:
    description = CLASSIFIER.description
    for message in [*FRESH[::10], "", "🙂"]:
        why, found = CLASSIFIER.explain(message), CLASSIFIER.classify(message)
        assert (why.intent, why.runner_up) == (found.ranking[0][0], found.ranking[1][0])
        assert why.zone == found.zone
        assert why.thresholds == {
            "answer": description.answer_from,
            "clarify": description.clarify_from,
        }
        border = {
            "answer": why.scope >= why.thresholds["clarify"]
            and why.score >= why.thresholds["answer"],
            "clarify": why.scope >= why.thresholds["clarify"]
            and why.score < why.thresholds["answer"],
            "unknown": why.scope < why.thresholds["clarify"] or why.scope == 0,
        }
        assert border[why.zone]


def test_an_explanation_names_the_word_that_decided() -> None:
    why = CLASSIFIER.explain("please tell me about my lost card")
    assert why.intent == "report_lost_or_stolen_card"
    assert [word for word, _, _ in why.words] == "please tell me about my lost card".split()
    decided = max(why.words, key=lambda word: word[1] - word[2])
    assert decided[0] == "lost"
    table = str(why)
    assert "report_lost_or_stolen_card" in table
    assert all(word in table for word, _, _ in why.words)


def test_a_secret_is_neither_a_word_of_the_explanation_nor_a_reason() -> None:
    why = CLASSIFIER.explain("i lost my card 4111 1111 1111 1111")
    assert why.words == CLASSIFIER.explain("i lost my card").words
    assert "4111" not in str(why)
    assert "0000" not in str(why)


@pytest.mark.parametrize("message", ["", " ", "\n", "?!", "...", "_", "\x00", "⟦card⟧", "\ud800"])
def test_a_message_without_a_word_is_unknown(message: str) -> None:
    assert CLASSIFIER.classify(message).zone == "unknown"


@pytest.mark.parametrize("message", [None, 5, 2.5, b"x", ["a"], b"x" * 999])
def test_what_is_no_message_is_named_and_what_was_wanted(message: object) -> None:
    for ask in (CLASSIFIER.classify, lambda one: CLASSIFIER.classify_many(["hello", one])):
        with pytest.raises(TypeError, match="wanted a str") as caught:
            ask(message)  # type: ignore[arg-type]
        assert f"({type(message).__name__})" in str(caught.value)
        assert repr(message)[:20] in str(caught.value)
        assert len(str(caught.value)) < 150


def test_one_message_is_not_taken_for_many_letters() -> None:
    with pytest.raises(TypeError, match="got one message, 'hello'; wanted several"):
        CLASSIFIER.classify_many("hello")


@pytest.mark.parametrize(
    "message", ["1st", "2nd", "3rd", "24th", "i", "q", "x", "x q z", "№", "№ 5"]
)
def test_an_ordinal_or_a_letter_alone_is_unknown(message: str) -> None:
    assert CLASSIFIER.classify(message).zone == "unknown"


@pytest.mark.parametrize(("letter", "intent"), [("y", "affirm"), ("n", "deny"), ("k", "affirm")])
def test_a_letter_that_is_an_answer_is_one(letter: str, intent: str) -> None:
    assert CLASSIFIER.classify(letter).intent == intent


@pytest.mark.parametrize("message", "0 7 42 123 999 2024 12345 1234567 10:30 1/31/2024 ٣٣".split())
def test_a_number_alone_is_unknown(message: str) -> None:
    assert CLASSIFIER.classify(message).zone == "unknown"


@pytest.mark.parametrize("message", ["🙂", "👍🏽👍", "❤️", "🇺🇸", "🙂 🙂 🙂", "👨‍👩‍👧"])
def test_emoji_alone_are_unknown(message: str) -> None:
    assert CLASSIFIER.classify(message).zone == "unknown"


@pytest.mark.parametrize(
    "message",
    ["我的卡丢了", "カードをなくした", "потерял карту", "فقدت بطاقتي", "कार्ड खो गया", "카드 분실"],
)
def test_a_message_in_another_script_is_unknown(message: str) -> None:
    assert CLASSIFIER.classify(message).zone == "unknown"


@pytest.mark.parametrize(
    ("plain", "typed"),
    [
        ("i lost my card", "  I LOST   my card!!!"),
        ("i can't log in", "I cant log in"),
        ("i can't log in", "i can\u2019t log in"),
        ("what's my balance", "whats my balance"),
        ("i lost my card", "i lost my \uff43\uff41\uff52\uff44"),
        ("i lost my card", "i lost my card 🙂 ⟦card⟧"),
    ],
)
def test_the_way_of_typing_makes_no_difference(plain: str, typed: str) -> None:
    np.testing.assert_array_equal(CLASSIFIER.probabilities(plain), CLASSIFIER.probabilities(typed))


def test_a_typing_mistake_in_a_word_leaves_the_wish_clear() -> None:
    for message in ("i losst my card", "i lost my crad", "my card was stollen", "report lsot card"):
        assert CLASSIFIER.classify(message).ranking[0][0] == "report_lost_or_stolen_card"


def test_words_never_seen_make_a_message_less_trusted() -> None:
    known = CLASSIFIER.explain("i lost my card")
    mixed = CLASSIFIER.explain("i lost my zqxvv wvqqz card")
    assert mixed.score < known.score
    assert CLASSIFIER.classify("zqxvv wvqqz jjkkq").zone == "unknown"


def test_the_same_message_is_classified_alike_after_many_others() -> None:
    before = CLASSIFIER.classify("i lost my card")
    for number in range(20_500):  # more words than the memo holds
        CLASSIFIER.classify_masked(f"x{number}y")
    assert CLASSIFIER.classify("i lost my card") == before
