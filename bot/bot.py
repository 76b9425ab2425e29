"""The central one: one utterance in, one reply out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from bot import answers, clauses, dialogue, guide_reader, quantities, redaction, sheet
from bot import text as text_
from bot.classifier import Classifier
from bot.followups import HANDED_OVER
from bot.guide import Guide, Topic
from bot.home import Home
from bot.inbox import FileInbox, Inbox, InboxEntry, is_unclear
from bot.messages import (
    ANY_SLOT,
    Classification,
    Entity,
    Explanation,
    Reply,
    Sheet,
    Understanding,
)
from bot.session import MemoryStore, Session, SessionStore, check_id, is_sound, owner_of
from bot.turn import SURELY_ANOTHER, missing_on_sheet

if TYPE_CHECKING:
    from bot.entities import Extractor

MAX_CHARACTERS = 4_000
"""Of a message, after masking, that are read; the rest is let go."""

_CORRECTION = 4
"""Words of a message that may be hardly more than a detail said anew."""
_LOCKS = 64
_log = logging.getLogger(__name__)


class _Knowledge:
    """Guide and model that belong together: swapped as one."""

    def __init__(self, guide: Guide, classifier: Classifier) -> None:
        self.guide = guide
        self.classifier = classifier
        topics = guide.topics.values()
        self.urgent = tuple(t.id for t in topics if t.urgent or t.urgent_when)
        """Topics that are emergencies, always or by a word, in the guide's order."""

    @cached_property
    def extractor(self) -> Extractor:
        """What reads details; who only classifies does without, and starts an eighth sooner."""
        from bot.entities import Extractor

        return Extractor(self.guide.slots)


class Bot:
    """Answers messages; safe to use from several threads.

    >>> bot = Bot.load()
    >>> bot.classify("i lost my card").intent
    'report_lost_or_stolen_card'
    >>> reply = bot.reply("i lost my card", session_id="u1")
    >>> reply.asks, reply.routes[0].channel
    ('card_kind', 'phone')
    >>> bot.reply("corporate, and I'm in Lyon", session_id="u1").routes[0].value
    '+1-623-492-3932'
    """

    def __init__(
        self, knowledge: _Knowledge, home: Home, model: Path | str | None, store: SessionStore,
        inbox: Inbox | None = None,
    ) -> None:  # fmt: skip
        """Use `Bot.load` instead."""
        self._knowledge = knowledge
        self._home = home
        self._model = model
        self._store = store
        self._inbox = inbox
        # Two messages of one conversation never run at once; a few locks serve all.
        self._locks = tuple(Lock() for _ in range(_LOCKS))

    @classmethod
    def load(
        cls,
        *,
        home: Home | Path | str | None = None,
        model: Path | str | None = None,
        store: SessionStore | None = None,
        inbox: Inbox | Path | str | None = None,
    ) -> Bot:
        """Return a bot with the guide and the model of a home.

        `home`: a folder made with `bot new`; None is `$CARDLINE_HOME` or the shipped
        home. `model`: name of a model of that home, or a folder; None is the one in
        use. `store`: where sessions are kept; None is this process's memory. `inbox`: a
        file (or an object with `add`) to which messages that were not understood are
        added, secrets masked, for `bot-train review`; None keeps none.
        Raises BotError (HomeError, GuideError, ModelError) when one is missing or unfit.
        """
        found = Home.find(home)
        kept = FileInbox(inbox) if isinstance(inbox, (str, Path)) else inbox
        return cls(_know(found, model), found, model, store or MemoryStore(), kept)

    def reload(self) -> None:
        """Read guide and model again; running messages finish with the old ones.

        Raises BotError, and keeps the old ones, when the new ones are unfit.
        """
        self._knowledge = _know(self._home, self._model)

    def classify(self, text: str) -> Classification:
        """Return what a message means on its own; no session, no side effect."""
        return self._knowledge.classifier.classify(text)

    def mask(self, text: str, *, session_id: str | None = None) -> str:
        """Return a message as the bot keeps it, each secret a token such as `⟦card⟧`.

        `session_id`: the conversation it would be the next message of, because a few
        digits on their own are a code only where one was spoken of.
        """
        session = self.session(session_id) if session_id is not None else None
        return _masked(text, session or Session(), self._knowledge.guide).text

    def classify_many(self, texts: Iterable[str]) -> list[Classification]:
        """Return the classification of each message, the same as one by one."""
        return self._knowledge.classifier.classify_many(texts)

    def explain(self, text: str) -> Explanation:
        """Return why a message is classified as it is; `str()` of it is a table."""
        return self._knowledge.classifier.explain(text)

    def reply(
        self, text: str, *, session_id: str | None = None, today: date | None = None
    ) -> Reply:
        """Return the reply to one message.

        `session_id`: the conversation, 1 to 128 characters; None is a one-off, with
        nothing remembered, no question left open and all cases answered. `today`:
        the day that relative dates are counted from; None leaves them as said.
        Raises ValueError for another `session_id`.
        """
        if session_id is None:
            return self._step(text, None, today)[0]
        check_id(session_id)
        with self._locks[hash(session_id) % _LOCKS]:
            kept, lost = self._kept(session_id)
            before = kept or Session(self._knowledge.guide.fingerprint, owner_of(session_id))
            reply, after = self._step(text, before, today, lost=lost)
            if not after.owner:  # started over
                after = replace(after, owner=owner_of(session_id))
            self._store.put(session_id, after)
        return reply

    async def areply(
        self, text: str, *, session_id: str | None = None, today: date | None = None
    ) -> Reply:
        """Return `reply(...)`, computed in another thread."""
        import asyncio  # 25 ms that only those who await should pay

        return await asyncio.to_thread(self.reply, text, session_id=session_id, today=today)

    def session(self, session_id: str) -> Session | None:
        """Return what a conversation remembers, or None when there is none."""
        check_id(session_id)
        return self._kept(session_id)[0]

    def sheet(self, session_id: str) -> Sheet:
        """Return the call sheet for what a conversation is about; a general one for none."""
        check_id(session_id)
        guide = self._knowledge.guide
        session = self._kept(session_id)[0] or Session(guide=guide.fingerprint)
        return sheet.write(session, guide)

    def forget(self, session_id: str) -> None:
        """Forget a conversation."""
        check_id(session_id)
        self._store.delete(session_id)

    def _kept(self, session_id: str) -> tuple[Session | None, bool]:
        """Return the session kept under an id, and whether one was there that is unfit."""
        try:
            session = self._store.get(session_id)
        except ValueError:
            return None, True
        if session is None or is_sound(session, self._knowledge.guide, session_id):
            return session, False
        return None, True

    def _step(
        self, text: str, session: Session | None, today: date | None, *, lost: bool = False
    ) -> tuple[Reply, Session]:
        knowledge = self._knowledge
        guide = knowledge.guide
        if session is not None and session.guide != guide.fingerprint:
            # The guide was swapped while this message waited.
            session = Session(guide=guide.fingerprint)
        heard = self._understand(text, session or Session(), knowledge, today)
        decision, after = dialogue.step(heard, session, guide)
        asked = session is not None and bool(session.asking)
        if self._inbox is not None and is_unclear(heard, decision, asked=asked):
            _set_aside(self._inbox, heard)
        if lost:
            decision = replace(decision, notes=("lost", *decision.notes))
        return answers.word(decision, heard, after, guide), after

    def _understand(
        self, text: str, session: Session, knowledge: _Knowledge, today: date | None
    ) -> Understanding:
        guide = knowledge.guide
        masked = _masked(text, session, guide)
        kept = text_.composed(masked.text.strip()[:MAX_CHARACTERS])
        classify = cache(knowledge.classifier.classify_masked)  # clauses are looked at twice
        classification = whole = classify(kept)
        asked = session.asking or _unanswered(session, guide)
        asked = asked or _for_the_sheet(session, kept, classification, guide)
        asked = asked or _correctable(session, kept)
        topic = guide.topics.get(classification.ranking[0][0])
        at_once = session.urgent or (topic is not None and topic.urgent)
        entities = knowledge.extractor.extract(
            kept, asked=asked, at_once=at_once, known=session.slots
        )
        if name := _name_beside(entities, session, guide):
            named = knowledge.extractor.extract(kept, asked=name, at_once=at_once)
            entities += tuple(entity for entity in named if entity.slot == name)
        if today is not None:
            entities = tuple(_dated(entity, guide, today) for entity in entities)
        classification, denied = _without_denial(kept, classification, classify, guide)
        if masked.kinds:
            classification = clauses.beside_secrets(kept, classification, classify)
        if entities and not session.asking:
            rest = clauses.without_details(kept, entities, guide.filler)
            classification = clauses.clearer(rest, classification, classify, guide.topics)
        wishes = clauses.wishes(
            kept, classification, classify, entities, guide.filler, knowledge.urgent
        )
        bare = clauses.beside_details(kept, entities) if entities else kept
        clear = classification.confidence >= clauses.CLEAR_FROM
        doubtful = entities and not (clear and classification.intent in guide.topics)
        beside = classify(bare) if doubtful else None
        wishes = wishes or clauses.behind_greeting(
            bare, beside or classification, classify, guide.topics
        )
        if classification.case != whole.case:
            classification = replace(classification, case=whole.case)
        return Understanding(kept, classification, entities, masked.kinds, wishes, beside, denied)


def _name_beside(entities: tuple[Entity, ...], session: Session, guide: Guide) -> str:
    """Return the name still wanted for the call sheet, where other details for it were told.

    'Delta Airlines, $640, March 3' tells all three, whatever question is open.
    """
    topic = guide.topics.get(session.topic)
    told = {entity.slot for entity in entities}
    if topic is None or not session.asking or told.isdisjoint(topic.fills):
        return ""
    missing = (slot for slot in missing_on_sheet(topic, session) if slot not in told)
    return next((slot for slot in missing if guide.slots[slot].type == "name"), "")


def _without_denial(
    message: str, whole: Classification, classify: Callable[[str], Classification], guide: Guide
) -> tuple[Classification, str]:
    """Return what a message means, and the topic that it says it is not about.

    'I did not lose it, somebody stole it' is about a lost card all the same.
    """
    likely = (guide.topics.get(name) for name, _ in whole.ranking[:2])
    topic = next((t for t in likely if t is not None and _denies(message, t, guide)), None)
    if topic is None:
        return whole, ""
    rest = clauses.without_denials(message, lambda part: _denies(part, topic, guide))
    left = classify(rest) if rest else whole
    if rest and left.ranking[0][0] == topic.id:
        return whole, ""
    return left, topic.id


def _denies(part: str, topic: Topic, guide: Guide) -> bool:
    """Tell whether a topic is denied in a message or a part of it."""
    return bool(topic.not_when) and f"not {topic.id}" in guide.phrasebook.find(
        tuple(text_.words(part))
    )


def _unanswered(session: Session, guide: Guide) -> str:
    """Return the slot that the last topic still lacks, though nobody is asked for it any more."""
    topic = guide.topics.get(session.topic)
    return guide.missing(topic, session.slots, session.declined) or "" if topic else ""


def _for_the_sheet(session: Session, message: str, heard: Classification, guide: Guide) -> str:
    """Return the name, or the amount, that was wanted for the call sheet a moment ago.

    Neither 'nope' nor what is clearly a wish of its own is taken for one.
    """
    topic = guide.topics.get(session.topic)
    if topic is None or session.last not in ("offer", "sheet"):
        return ""
    clear = heard.zone == "answer" and heard.confidence >= SURELY_ANOTHER
    said = " ".join(text_.words(message))
    if (clear and heard.intent != topic.id) or any(said in group for group in guide.words.values()):
        return ""
    kinds = {guide.slots[slot].type: slot for slot in missing_on_sheet(topic, session)}
    amount = "amount" in kinds and quantities.BARE_AMOUNT.search(message) is not None
    return kinds.get("amount" if amount else "name", "")


def _correctable(session: Session, message: str) -> str:
    """Return the mark of a short message after an answer: 'actually Thailand' corrects it."""
    short = len(message.split()) <= _CORRECTION
    told = (session.topic and session.slots) or session.last in HANDED_OVER
    return ANY_SLOT if short and told else ""


def _know(home: Home, model: Path | str | None) -> _Knowledge:
    guide = guide_reader.read(home.guide)
    classifier = Classifier.load(home.model_folder(model))
    return _Knowledge(guide, classifier)


def _masked(text: str, session: Session, guide: Guide) -> redaction.Masked:
    # A lone surrogate (bytes that were no UTF-8) could not be printed or stored.
    text = text.encode("utf-8", "replace").decode()
    topic = guide.topics.get(session.about)
    after_code = topic is not None and topic.after_code
    return redaction.mask(text, after_code=after_code, keep=guide.numbers)


def _set_aside(inbox: Inbox, heard: Understanding) -> None:
    try:
        inbox.add(InboxEntry.of(heard.text, heard.classification))
    except OSError as error:  # the answer matters more
        _log.warning("%s: a message was not kept: %s", error.filename, error.strerror)


def _dated(entity: Entity, guide: Guide, today: date) -> Entity:
    if guide.slots[entity.slot].type != "date":
        return entity
    return replace(entity, value=quantities.resolve(entity.value, today))
