"""Near-duplicates: the same sentence typed twice is one, another meaning is not."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from bot.home import Home
from training import utterances
from training.grouping import ALIKE_FROM, LARGEST, _trigrams, groups, pairs


def test_slips_and_courtesies_are_one_and_other_wishes_are_not() -> None:
    sentences = [
        "can you raise my credit limit?",
        "where is the lost property office",
        "raise my credit limit please",
        "can you riase my credit limit",
        "where is the lost proprety office",
        "lower my credit limit forever and ever",
    ]
    assert groups(sentences) == [[0, 2, 3], [1, 4], [5]]


def test_no_chain_of_small_differences_joins_what_is_unlike() -> None:
    words = "one two three four five six seven eight nine ten eleven twelve".split()
    chain = [" ".join(words[start : start + 6]) for start in range(7)]
    for group in groups(chain):
        leader = _trigrams(chain[group[0]])
        for place in group[1:]:
            other = _trigrams(chain[place])
            assert len(leader & other) / len(leader | other) >= ALIKE_FROM


@given(st.lists(st.text("abc xé?⟦⟧ ", max_size=12), max_size=25))
def test_every_sentence_is_in_one_group_and_no_near_leader_is_missed(sentences: list[str]) -> None:
    found = groups(sentences)
    assert sorted(place for group in found for place in group) == list(range(len(sentences)))
    assert all(group == sorted(group) and len(group) <= LARGEST for group in found)
    grams = [_trigrams(sentence) for sentence in sentences]
    leaders = [group[0] for group in found if len(group) < LARGEST]
    for number, second in enumerate(leaders):
        for first in leaders[:number]:
            union = grams[first] | grams[second]
            shared = len(grams[first] & grams[second])
            assert not union or not shared or shared / len(union) < ALIKE_FROM


def test_a_full_inbox_is_grouped_while_a_person_waits(shipped: Home) -> None:
    rows = [row.text for row in utterances.read_folder(shipped.utterances)][:4000]
    started = time.process_time()
    assert len(groups(rows)) > 3000
    assert time.process_time() - started < 5


@given(
    st.lists(st.text("abc xé", max_size=12), max_size=40),
    st.sampled_from([0.3, 0.5, 0.6, 0.75, 1.0]),
)
def test_every_pair_that_is_alike_enough_is_found_and_no_other(
    sentences: list[str], share: float
) -> None:
    sets = [_trigrams(sentence) for sentence in sentences]
    wanted = {
        (i, j): len(sets[i] & sets[j]) / len(sets[i] | sets[j])
        for i in range(len(sets))
        for j in range(i)
        if sets[i] & sets[j] and len(sets[i] & sets[j]) >= share * len(sets[i] | sets[j]) - 1e-9
    }
    found = {(first, second): alike for first, second, alike in pairs(sentences, share)}
    assert found.keys() == wanted.keys()
    assert all(abs(found[pair] - wanted[pair]) < 1e-6 for pair in wanted)
