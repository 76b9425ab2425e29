"""The central one: one utterance in, one reply out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from bot.home import Home
from bot.knowledge import Knowledge, know
from bot.messages import Classification, Explanation, Reply, Sheet, Understanding
from bot.session import MemoryStore, Session, SessionStore, check_id, is_sound, owner_of

if TYPE_CHECKING:
    from bot.inbox import Inbox

_LOCKS = 64


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
        self, knowledge: Knowledge, home: Home, model: Path | str | None, store: SessionStore,
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
        if isinstance(inbox, (str, Path)):
            from bot.inbox import FileInbox

            inbox = FileInbox(inbox)
        return cls(know(found, model), found, model, store or MemoryStore(), inbox)

    def reload(self) -> None:
        """Read guide and model again; running messages finish with the old ones.

        Raises BotError, and keeps the old ones, when the new ones are unfit.
        """
        self._knowledge = know(self._home, self._model)

    def classify(self, text: str) -> Classification:
        """Return what a message means on its own; no session, no side effect."""
        return self._knowledge.classifier.classify(text)

    def mask(self, text: str, *, session_id: str | None = None) -> str:
        """Return a message as the bot keeps it, each secret a token such as `⟦card⟧`.

        `session_id`: the conversation it would be the next message of, because a few
        digits on their own are a code only where one was spoken of.
        """
        session = self.session(session_id) if session_id is not None else None
        from bot import walk  # as for a reply

        return walk.masked_in(text, session or Session(), self._knowledge.guide).text

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
        from bot import sheet

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
        from bot import walk  # a fifth of the time to a first classification, which needs none

        knowledge = self._knowledge
        if session is not None and session.guide != knowledge.guide.fingerprint:
            # The guide was swapped while this message waited.
            session = Session(guide=knowledge.guide.fingerprint)
        heard = self._understand(text, session or Session(), knowledge, today)
        return walk.settle(heard, session, knowledge.guide, inbox=self._inbox, lost=lost)

    def _understand(
        self, text: str, session: Session, knowledge: Knowledge, today: date | None
    ) -> Understanding:
        from bot import walk

        return walk.understand(text, session, knowledge, today)
