"""Markdown: shows what a person typed as it was typed."""

from __future__ import annotations

import re

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+!|~])")


def escaped(typed: str) -> str:
    """Return `typed` so that Markdown shows every character of it as it is."""
    return _MARKUP.sub(r"\\\1", typed)
