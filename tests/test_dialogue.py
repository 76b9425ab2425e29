"""The pure step: what is decided for one message, with every understanding made by hand."""

from __future__ import annotations

from copy import deepcopy

import pytest

from bot import guide_reader
from bot.decision import Decision
from bot.dialogue import step
from bot.guide import Guide
from bot.home import Home
from bot.messages import OUT_OF_SCOPE, Classification, Entity, Zone
from bot.messages import Understanding as Heard
from bot.session import Session

P1_US, P1_ABROAD = "1-800-528-2122", "+1-623-492-5450"
P2_US, P2_ABROAD = "1-800-492-3932", "+1-623-492-3932"
FOUR = {P1_US, P1_ABROAD, P2_US, P2_ABROAD}
DAMAGED, LOST, CODE = "replace_damaged_card", "report_lost_or_stolen_card", "find_security_code"


@pytest.fixture(scope="module")
def guide() -> Guide:
    return guide_reader.read(Home.shipped().guide)


def heard(text: str, intent: str = "", other: str = "", masked: str = "", **slots: str) -> Heard:
    """A message that means `intent`, or (`other`) one of two, or nothing clear."""
    zone: Zone = "clarify" if other else "answer" if intent else "unknown"
    ranking = ((intent or "make_payment", 0.6), (other or "set_up_alerts", 0.4))
    what = Classification(intent or OUT_OF_SCOPE, 0.6, zone, ranking)
    last_word = text.rfind(" ") + 1
    found = tuple(Entity(slot, value, last_word, len(text)) for slot, value in slots.items())
    return Heard(text, what, found, (masked,) if masked else ())


class Talk:
    """One conversation."""

    def __init__(self, guide: Guide, **slots: str) -> None:
        self.guide = guide
        self.session = Session(guide=guide.fingerprint, slots=slots)

    def __call__(self, text: str, intent: str = "", *, other: str = "", **slots: str) -> Decision:
        message = heard(text, intent, other, **slots)
        decision, self.session = step(message, self.session, self.guide)
        return decision


@pytest.fixture
def talk(guide: Guide) -> Talk:
    return Talk(guide)


def phones(decision: Decision) -> set[str]:
    return {r.route.value for r in decision.routes if r.route.channel == "phone"}


def test_an_urgent_topic_gives_the_number_and_asks_in_one_reply(talk: Talk) -> None:
    decision = talk("my card is gone", LOST)
    assert (decision.act, phones(decision), decision.asks) == ("answer", {P1_US}, "card_kind")
    abroad = talk("i am in lyon and my card is gone", LOST, calling_from="abroad")
    assert (phones(abroad), abroad.asks) == ({P1_ABROAD}, "card_kind")


@pytest.mark.parametrize(("share", "act"), [(0.35, "answer"), (0.2, "clarify")])
def test_an_emergency_wins_a_near_tie_only_where_it_is_likely(
    guide: Guide, share: float, act: str
) -> None:
    ranking = ((DAMAGED, share + 0.05), (LOST, share), ("make_payment", 0.1))
    what = Classification(DAMAGED, share + 0.05, "clarify", ranking)
    decision, _ = step(Heard("something about it", what, ()), Session(), guide)
    assert decision.act == act
    assert LOST in (decision.intent, *decision.options)


def test_a_charge_is_urgent_only_when_fraud_is_stated(guide: Guide) -> None:
    plain = Talk(guide)("i was billed twice for lunch", "dispute_charge")
    fraud = Talk(guide)("there is a fraudulent charge", "dispute_charge")
    assert (plain.act, plain.asks, phones(plain)) == ("answer", "card_kind", set())
    assert (fraud.act, fraud.asks, phones(fraud)) == ("answer", "card_kind", {P1_US})


def test_other_topics_ask_one_question_at_a_time_before_the_number(talk: Talk) -> None:
    first = talk("my card is cracked", DAMAGED)
    assert (first.act, first.asks, phones(first)) == ("answer", "card_kind", set())
    second = talk("corporate", card_kind="corporate")
    assert (second.act, second.asks, second.routes) == ("ask", "calling_from", ())
    last = talk("at home", calling_from="us")
    assert (last.act, last.intent, last.asks, phones(last)) == ("answer", DAMAGED, None, {P2_US})


def test_a_topic_that_is_all_number_asks_before_it_says_anything(talk: Talk) -> None:
    decision = talk("what is the number", "contact_by_phone")
    assert (decision.act, decision.asks, decision.routes) == ("ask", "card_kind", ())


def test_a_choice_can_be_made_by_its_number(talk: Talk) -> None:
    talk("what is the number", "contact_by_phone")
    assert talk("2").asks == "calling_from"
    assert phones(talk("the first one")) == {P2_US}


def test_both_is_an_answer_and_brings_both_numbers(talk: Talk) -> None:
    talk("my card is gone", LOST)
    assert talk("both").asks == "calling_from"
    assert phones(talk("no idea")) >= {P1_US, P2_US}


def test_somebody_in_despair_is_not_sold_anything(talk: Talk) -> None:
    decision = talk("i want to die, i am so in debt", LOST)
    assert (decision.saying, decision.routes, decision.asks) == ("distress", (), None)


def test_details_known_beforehand_are_not_asked_for(guide: Guide) -> None:
    talk = Talk(guide, card_kind="corporate")
    assert talk("my card is cracked", DAMAGED).asks == "calling_from"
    talk("abroad", calling_from="abroad")
    later = talk("who can i talk to", "reach_live_person")
    assert (later.asks, phones(later)) == (None, {P2_ABROAD})


def test_each_question_is_asked_at_most_twice_then_every_case_is_answered(talk: Talk) -> None:
    asked = [talk("my card is cracked", DAMAGED)]
    asked += [talk("blue striped elephants") for _ in range(4)]
    wanted = ["card_kind", "card_kind", "calling_from", "calling_from", None]
    assert [decision.asks for decision in asked] == wanted
    assert [decision.again for decision in asked[:4]] == [False, True, False, True]
    assert (asked[-1].intent, phones(asked[-1])) == (DAMAGED, FOUR)


@pytest.mark.parametrize("intent", [DAMAGED, "thank", "help", "repeat", "detail", CODE, ""])
def test_no_message_keeps_a_question_open_for_ever(talk: Talk, intent: str) -> None:
    asked = [talk("my card is cracked", DAMAGED)]
    for _ in range(3):
        detail = intent == "detail"
        asked.append(talk("by phone", channel="phone") if detail else talk(intent, intent))
    assert [decision.asks for decision in asked].count("card_kind") <= 2


@pytest.mark.parametrize("topic", [DAMAGED, LOST])
def test_a_correction_is_noted_and_answered_again(guide: Guide, topic: str) -> None:
    talk = Talk(guide, card_kind="personal", calling_from="us")
    assert phones(talk("about my card", topic)) == {P1_US}
    kind = talk("actually it is a corporate card", card_kind="corporate")
    assert (kind.intent, kind.noted, phones(kind)) == (topic, ("card_kind",), {P2_US})
    place = talk("and i am in lyon", calling_from="abroad")
    assert (place.noted, phones(place)) == (("calling_from",), {P2_ABROAD})


@pytest.mark.parametrize("line", ["I don't know", "no idea", "not sure", "rather not say", "skip"])
def test_not_knowing_and_refusing_go_on_to_the_next_question(talk: Talk, line: str) -> None:
    talk("my card is cracked", DAMAGED)
    assert talk(line).asks == "calling_from"
    answer = talk(line)
    assert (answer.asks, phones(answer)) == (None, FOUR)


def test_a_side_question_is_answered_and_comes_back_to_the_open_one(talk: Talk) -> None:
    talk("my card is cracked", DAMAGED)
    aside = talk("where is the code", CODE)
    assert (aside.act, aside.intent, aside.asks) == ("answer", CODE, "card_kind")
    back = talk("personal", card_kind="personal")
    assert (back.intent, back.asks) == (DAMAGED, "calling_from")


def test_cancel_leaves_the_question_but_keeps_the_details(talk: Talk) -> None:
    talk("my card is cracked", DAMAGED)
    talk("corporate", card_kind="corporate")
    decision = talk("never mind", "cancel")
    assert (decision.saying, decision.asks, talk.session.asking) == ("cancel", None, "")
    assert talk("blue striped elephants").act == "unknown"
    assert talk("which number", "contact_by_phone").asks == "calling_from"


def test_restart_forgets_everything(talk: Talk, guide: Guide) -> None:
    talk("my corporate card is gone", LOST, card_kind="corporate")
    assert talk("start over", "restart").asks is None
    assert talk.session == Session(guide=guide.fingerprint)


def test_repeat_gives_the_last_answer_again(guide: Guide) -> None:
    talk = Talk(guide, card_kind="corporate", calling_from="abroad")
    first = talk("my card is cracked", DAMAGED)
    again = talk("say that again", "repeat")
    assert (again.act, again.intent, again.routes) == ("answer", DAMAGED, first.routes)


def test_repeat_asks_the_open_question_again(talk: Talk) -> None:
    assert talk("say that again", "repeat").saying == "repeat"
    talk("my card is cracked", DAMAGED)
    assert talk("say that again", "repeat").asks == "card_kind"
    talk("forget it", "cancel")
    talk("the thing", CODE, other="view_statement")
    assert talk("say that again", "repeat").options == (CODE, "view_statement")


@pytest.mark.parametrize("first", ["1", "the first one", "number 1", "the security one"])
@pytest.mark.parametrize("second", ["2", "the second", "statements please"])
def test_a_did_you_mean_is_settled_by_number_or_name(talk: Talk, first: str, second: str) -> None:
    for line, chosen in ((first, CODE), (second, "view_statement")):
        asked = talk("the thing", CODE, other="view_statement")
        assert (asked.act, asked.options) == ("clarify", (CODE, "view_statement"))
        decision = talk(line)
        assert (decision.act, decision.intent, talk.session.options) == ("answer", chosen, ())


def test_a_detail_of_some_other_topic_does_not_hide_the_wish(talk: Talk) -> None:
    text = "had it yesterday but not today"
    decision = talk(text, CODE, other="view_statement", transaction_date="today")
    assert decision.options == (CODE, "view_statement")


@pytest.mark.parametrize("line", ["neither", "none of these", "no", "3"])
def test_neither_leads_to_a_person(talk: Talk, line: str) -> None:
    talk("the thing", CODE, other="view_statement")
    decision = talk(line)
    assert (decision.act, decision.saying, phones(decision)) == ("unknown", "neither", {P1_US})
    assert talk.session.options == ()


def test_after_two_did_you_means_in_a_row_comes_a_person(talk: Talk) -> None:
    turns = [talk("the thing", CODE, other="view_statement") for _ in range(3)]
    assert [decision.act for decision in turns] == ["clarify", "clarify", "unknown"]
    assert phones(turns[-1]) == {P1_US}
    talk("where is the code", CODE)
    assert talk("the thing", CODE, other="view_statement").act == "clarify"


@pytest.mark.parametrize("order", ["crc", "ccr", "crr"])
def test_a_did_you_mean_said_again_counts_as_one_more(talk: Talk, order: str) -> None:
    def say(kind: str) -> Decision:
        if kind == "r":
            return talk("say that again", "repeat")
        return talk("the thing", CODE, other="view_statement")

    turns = [say(kind) for kind in order]
    assert [decision.act for decision in turns] == ["clarify", "clarify", "unknown"]
    assert phones(turns[-1]) == {P1_US}


def test_a_one_off_is_answered_for_all_cases_and_asks_nothing(guide: Guide) -> None:
    for name, topic in guide.topics.items():
        decision, _ = step(heard(topic.offer, name), None, guide)
        assert (decision.act, decision.intent, decision.asks) == ("answer", name, None)
        if topic.needs:
            abroad = {P1_ABROAD, P2_ABROAD}
            assert phones(decision) == (abroad if topic.sets else FOUR), name


def test_a_one_off_uses_the_details_in_it_and_answers_its_best_guess(guide: Guide) -> None:
    text = "the chip code thing looks strange, in ohio"
    message = heard(text, DAMAGED, CODE, card_kind="corporate", calling_from="us")
    decision, _ = step(message, None, guide)
    assert (decision.act, decision.intent, decision.guess) == ("answer", DAMAGED, CODE)
    assert phones(decision) == {P2_US}


@pytest.mark.parametrize("one_off", [True, False])
def test_a_foreign_card_never_gets_the_four_numbers(guide: Guide, one_off: bool) -> None:
    for name, topic in {**guide.topics, "": None}.items():
        message = heard(topic.offer if topic else "the thing", name, issued_in="elsewhere")
        session = None if one_off else Session(guide=guide.fingerprint)
        decision, after = step(message, session, guide)
        assert (phones(decision), decision.asks, after.asking) == (set(), None, ""), name
        if topic and "phone" in topic.routes:
            assert "americanexpress.com" in {r.route.value for r in decision.routes}, name


def test_a_secret_is_not_taken_for_an_answer(talk: Talk, guide: Guide) -> None:
    talk("my card is cracked", DAMAGED)
    secret = heard("⟦card⟧", masked="card")
    decision, after = step(secret, talk.session, guide)
    assert (decision.saying, decision.asks, after.slots) == ("masked", "card_kind", {})
    wish, _ = step(heard("⟦card⟧ is gone", LOST, masked="card"), talk.session, guide)
    assert (wish.notes, phones(wish)) == (("masked",), {P1_US})


def test_a_step_repeats_itself_and_leaves_its_session_alone(guide: Guide) -> None:
    asking = Session(
        guide.fingerprint, {"card_kind": "personal"}, topic=LOST, asking="calling_from"
    )
    choosing = Session(guide.fingerprint, options=(CODE, DAMAGED), clarified=1, last="clarify")
    lines = [heard("", ""), heard("the thing"), heard("2"), heard("x", CODE, other=LOST)]
    lines += [heard("x", name, card_kind="corporate") for name in (*guide.topics, *guide.says)]
    for session in (None, Session(guide=guide.fingerprint), asking, choosing):
        for line in lines:
            before = deepcopy((line, session))
            assert step(line, session, guide) == step(line, session, guide)
            assert (line, session) == before


def test_a_topic_that_the_details_rule_out_is_not_offered_as_what_was_meant(talk: Talk) -> None:
    asked = talk("ohio again", "escalate_issue", other="contact_from_abroad", calling_from="us")
    assert "contact_from_abroad" not in asked.options


def test_a_detail_that_looks_like_a_yes_to_the_offer_is_noted_and_none_is_asked_for(
    talk: Talk,
) -> None:
    talk.session = Session(
        talk.guide.fingerprint,
        slots={"card_kind": "personal", "calling_from": "us", "amount": "$85", "merchant": "Uber"},
        topic="dispute_charge",
        about="dispute_charge",
        last="offer",
    )
    decision = talk("it was on April", "affirm", transaction_date="April")
    assert (decision.saying, decision.noted) == ("anything_else", ("transaction_date",))


def test_a_corrected_date_is_noted_whatever_the_sentence_looks_like(talk: Talk) -> None:
    talk.session = Session(
        talk.guide.fingerprint,
        slots={"card_kind": "personal", "calling_from": "us", "transaction_date": "May"},
        topic="dispute_charge",
        about="dispute_charge",
        last="answer",
    )
    decision = talk("i think the date was actually June", "follow_up", transaction_date="June")
    assert decision.noted == ("transaction_date",)
