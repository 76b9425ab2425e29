"""Acts: what people do in mid-conversation, heard by columns of their own and answered by rule."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import Bot, guide_reader
from bot.cases import Acts
from bot.errors import GuideError, UtteranceError
from bot.home import Home
from training import acts, check, evaluation, trainer
from training.utterances import Utterance

ROWS = [
    Utterance(intent, text)
    for intent, texts in {
        "pay": (
            "how do i pay my bill",
            "i want to pay online",
            "pay the bill by check",
            "where can i pay this bill",
            "can i pay in the app",
            "paying my balance",
            "send a payment please",
            "make a payment tonight",
        ),
        "lost": (
            "i lost my card",
            "my card is gone",
            "someone stole my wallet",
            "card stolen on the bus",
            "cannot find my card",
            "left my card in a taxi",
            "my purse was taken",
            "lost card help",
        ),
        "out_of_scope": (
            "what is the weather",
            "tell me a joke",
            "book a flight to rome",
            "sing a song",
            "who won the game",
            "how tall is the tower",
            "order a pizza",
            "translate hello",
        ),
    }.items()
    for text in texts
]
SAID = [
    Utterance(act, text)
    for act, texts in {
        "refused": (
            "and if they say no",
            "what if they refuse again",
            "they will not do it",
            "he said no twice",
            "and when she refuses",
            "they refuse to help",
            "if they say no again",
            "they just said no",
        ),
        "how_long": (
            "how long does it take",
            "when will it be there",
            "is that quick",
            "how many days then",
            "how soon is that",
            "does it take long",
            "how long then",
            "and how many weeks",
        ),
    }.items()
    for text in texts
]


def test_acts_change_nothing_about_the_intents() -> None:
    plain, taught = trainer.train(ROWS, jobs=1), trainer.train(ROWS, acts=SAID, jobs=1)
    columns = len(plain.weights.bias)
    np.testing.assert_array_equal(
        taught.weights.coefficients[:, :columns], plain.weights.coefficients
    )
    np.testing.assert_array_equal(taught.weights.bias[:columns], plain.weights.bias)
    assert taught.description.acts == ("how_long", "refused")
    without = replace(
        taught.description, acts=(), act_borders=plain.description.act_borders, data_hash="",
        created="", scores=plain.description.scores,
    )  # fmt: skip
    assert {*taught.description.scores} - {*plain.description.scores} == {
        "acts_heard", "acts_misheard",
    }  # fmt: skip
    assert without == replace(plain.description, data_hash="", created="")


@pytest.mark.parametrize("jobs", [1, 3])
def test_the_same_acts_in_any_order_give_the_same_columns(jobs: int) -> None:
    first = trainer.train(ROWS, acts=SAID, jobs=1)
    again = trainer.train(ROWS[::-1], acts=SAID[::-1], jobs=jobs)
    np.testing.assert_array_equal(first.weights.coefficients, again.weights.coefficients)
    assert first.description.act_borders == again.description.act_borders
    assert first.description.data_hash == again.description.data_hash


def test_one_act_alone_can_be_learned() -> None:
    trained = trainer.train(ROWS, acts=SAID[:8], jobs=1)
    assert trained.description.acts == ("refused",)
    assert len(trained.weights.bias) == len(trained.description.labels) + 1


@pytest.mark.parametrize("count", [1, 2, 3])
def test_an_act_of_a_few_sentences_is_learned_without_a_complaint(count: int) -> None:
    trained = trainer.train(ROWS, acts=SAID[:count], jobs=1)
    assert trained.description.acts == ("refused",)


def test_what_was_taught_is_heard_and_a_wish_is_no_act() -> None:
    from bot.classifier import Classifier

    trained = trainer.train(ROWS, acts=SAID, jobs=1)
    borders = (0.0, 0.0)  # so few sentences say little about where they should lie
    classifier = Classifier(replace(trained.description, act_borders=borders), trained.weights)
    heard = [one.act for one in classifier.classify_many(row.text for row in SAID)]
    assert np.mean([act == row.intent for act, row in zip(heard, SAID, strict=True)]) >= 0.9
    assert not any(one.act for one in classifier.classify_many(row.text for row in ROWS))


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=3), st.booleans())
def test_a_message_is_of_its_likeliest_act_from_the_border_on(
    scores: list[float], clear: bool
) -> None:
    names, borders = ("one", "two", "three"), (-1.0, 1.0)
    found = Acts(names, borders).likeliest(scores, clear)
    best = max(scores)
    assert found == (names[scores.index(best)] if best >= borders[clear] else "")


def test_a_model_without_acts_hears_none() -> None:
    assert Acts((), (0.0, 0.0)).likeliest([], True) == ""


def test_the_border_is_where_hearing_acts_costs_least() -> None:
    # Two acts score above all else; the third is lost in what is none, which is dearer to take.
    truth = np.array(["refused", "refused", "", "", "refused", ""])
    score = np.array([3.0, 2.0, 1.0, 0.5, 0.4, 0.1])
    told = acts._Told(truth, np.array(["refused"] * 6), score, np.ones(6))
    assert told.border(np.ones(6, dtype=bool)) == 1.5
    assert told.border(truth == "") == acts.NEVER


def test_a_home_without_acts_has_none(tmp_path: Path) -> None:
    assert acts.read(tmp_path) == []


def test_a_line_of_an_act_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    folder = tmp_path / acts.FOLDER
    folder.mkdir()
    (folder / "refused.txt").write_bytes(b"they said no\n\xff\xfe\n")
    with pytest.raises(UtteranceError, match=r"refused\.txt:2: is not UTF-8"):
        acts.read(tmp_path)


@pytest.fixture
def own(tmp_path: Path) -> Home:
    home = Home.create(tmp_path / "own", blank=True)
    (home.utterances / acts.FOLDER).mkdir()
    return home


def test_check_finds_what_is_wrong_with_acts(own: Home) -> None:
    folder = own.utterances / acts.FOLDER
    (folder / "refused.txt").write_text("they said no\nmy code is 4417\n")
    (folder / "how_long.txt").write_text("They said no\nhow long\n")
    found = [str(finding) for finding in check.run(own, quick=True)]
    assert any("the same sentence stands under how_long" in one for one in found)
    assert any("refused.txt:2: holds a card number or code" in one for one in found)
    unheeded = [one for one in found if "has no answer in the guide" in one]
    assert len([one for one in unheeded if "act" in one]) == 2
    assert "wanted an [act.refused] there" in " ".join(unheeded)


def test_an_act_with_an_answer_is_heeded(own: Home) -> None:
    (own.utterances / acts.FOLDER / "refused.txt").write_text("they said no\nthey refuse\n")
    (own.guide / "acts.toml").write_text('[act.refused]\nanswer = "Come to the shop."\n')
    assert guide_reader.read(own.guide).acts["refused"].answer == "Come to the shop."
    assert not any("act refused" in str(finding) for finding in check.run(own, quick=True))


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("[act.refused]\nperson = true\n", "has no 'answer'"),
        ('[act.refused]\nanswer = "x"\npersn = true\n', "did you mean 'person'"),
        ('[act.refused]\nanswer = "x"\nperson = "yes"\n', "wanted"),
        ('act = "refused"\n', "wanted"),
    ],
)
def test_a_wrong_answer_to_an_act_is_refused_by_name(
    written: str, complaint: str, own: Home
) -> None:
    path = own.guide / "acts.toml"
    path.write_text(written)
    with pytest.raises(GuideError) as caught:
        guide_reader.read(own.guide)
    assert str(path) in str(caught.value)
    assert complaint in str(caught.value)


def test_every_act_of_the_shipped_home_has_an_answer_and_enough_sentences(shipped: Home) -> None:
    rows = acts.read(shipped.utterances)
    assert acts.unheeded(shipped, rows) == []
    counts = {act: sum(row.intent == act for row in rows) for act in {r.intent for r in rows}}
    assert min(counts.values()) >= 120
    assert set(counts) >= set(guide_reader.read(shipped.guide).acts)


def test_fresh_acts_of_a_writer_apart_are_heard(shipped: Home) -> None:
    from bot.classifier import Classifier

    classifier = Classifier.load(shipped.model_folder())
    found = evaluation.fresh_acts(classifier, shipped.fresh / acts.FOLDER).figures
    assert found["acts heard"].value >= 0.7
    assert found["taken for another act"].value <= 0.08


def test_no_fresh_act_of_four_words_or_more_is_trained_on(shipped: Home) -> None:
    from bot import text
    from training import utterances

    fresh = {
        tuple(text.words(row.text)) for row in utterances.read_folder(shipped.fresh / acts.FOLDER)
    }
    taught = {tuple(text.words(row.text)) for row in acts.read(shipped.utterances)}
    assert not [words for words in fresh & taught if len(words) >= 4]


@pytest.fixture(scope="module")
def bot() -> Bot:
    return Bot.load()


@pytest.mark.parametrize(
    "opening", ["nope not there", "and if they refuse?", "her name was Dolores"]
)
def test_what_leans_on_nothing_is_not_answered_as_an_act(bot: Bot, opening: str) -> None:
    said = [told.answer for told in bot._knowledge.guide.acts.values()]
    for session in (None, f"first {opening}"):
        reply = bot.reply(opening, session_id=session)
        assert not [answer for answer in said if reply.text.startswith(answer)]
    bot.forget(f"first {opening}")


def test_a_lost_card_in_mid_conversation_is_no_act(bot: Bot) -> None:
    bot.reply("how do i pay my bill", session_id="urgent")
    reply = bot.reply("they stole my card just now and i lost everything", session_id="urgent")
    assert reply.intent == "report_lost_or_stolen_card"
    bot.forget("urgent")


def test_who_cannot_phone_is_not_sent_to_the_phone_by_an_act(bot: Bot) -> None:
    for line in ("im deaf, i cant call anybody. my points are missing", "and if they refuse?"):
        reply = bot.reply(line, session_id="deaf")
    assert not [route for route in reply.routes if route.channel == "phone"]
    assert [route for route in reply.routes if route.channel == "chat"]
    bot.forget("deaf")
