"""What is only there when an extra was installed."""

from __future__ import annotations

import sys

from bot.errors import MissingExtraError


def missing(extra: str, package: str, what: str) -> MissingExtraError:
    """Return the error that says how to get `what`: the package of an extra is not installed."""
    return MissingExtraError(
        f"{what} needs {package}, which is not installed; install it with: "
        f"{sys.executable} -m pip install {package} (it is the extra {extra!r} of cardline)"
    )
