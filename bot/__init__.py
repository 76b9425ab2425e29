"""Cardline: an offline assistant that tells a card customer how to reach customer service."""

from bot.bot import Bot
from bot.errors import BotError
from bot.messages import Classification, Reply
from bot.session import Session

__all__ = ["Bot", "BotError", "Classification", "Reply", "Session"]
