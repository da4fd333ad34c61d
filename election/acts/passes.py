"""Passes (通行码): what a person is handed on paper, so that others' guesses at their login never keep them waiting.

It opens no account: with it the tries at that login are counted apart from everybody else's, as those of a browser are
that has signed in before. It is the same for all that is handed out of one login on one day, and good for a year.
"""

from __future__ import annotations

import hmac
import re
from datetime import date, timedelta

from election.acts.passwords import normal
from election.record.keys import grouped
from election.store.home import Vault

GOOD_FOR = timedelta(days=366)


def issue(vault: Vault, login: str, day: date) -> str:
    """The pass of this login handed out on ``day``: the day and twelve more digits, in groups of four."""
    proof = int(vault.index("pass", login, day.isoformat()), 16) % 10**12
    return grouped(f"{day:%Y%m%d}{proof:012d}")


def day_of(vault: Vault, login: str, typed: str, today: date) -> date | None:
    """The day on which the pass was handed out that somebody typed for this login; None where it is none, or too old."""
    digits = re.sub(r"[\s-]", "", normal(typed))
    if re.fullmatch(r"[0-9]{20}", digits) is None:
        return None
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
    good = hmac.compare_digest(grouped(digits), issue(vault, login, day))
    return day if good and timedelta(0) <= today - day <= GOOD_FOR else None
