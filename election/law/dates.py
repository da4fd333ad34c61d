"""Days as they are written in every file: ``YYYY-MM-DD``."""

from __future__ import annotations

from datetime import date


def day(text: str) -> date:
    """``YYYY-MM-DD`` and nothing else as a date. Raises ValueError."""
    found = date.fromisoformat(text)
    if found.isoformat() != text:
        raise ValueError(f"{text!r} is not written YYYY-MM-DD")
    return found
