"""Which passwords are too easy to guess (ASVS 6.2: length first, no rules of composition, no forced change)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from election.names.writing import composed

SHORTEST, LONGEST = 12, 200
#: what guessers try here, beside the list of the world's; runs and repetitions are found by rule
LOCAL = frozenset(
    {
        "password123456", "passw0rd1234", "letmein12345", "welcome12345", "changeme1234", "administrator1", "a12345678910",
        "woaini123456", "woaini1314520", "aini13145201314", "5201314520131",
        "zhongguo1234", "admin1234567", "admin@123456", "huanjiexuanju", "shequ1234567",
    }
)  # fmt: skip
RUNS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb")


def normal(password: str) -> str:
    """The password as it is used: one form for characters that look the same from two keyboards."""
    return composed("NFKC", password)


@cache
def common() -> frozenset[str]:
    """What guessers try first, in small letters: the 10,000 commonest of twelve characters and more among ten million
    passwords that were stolen and published (M. Burnett, 2015, as OWASP SecLists keeps it), and ``LOCAL``.
    """
    listed = files("election.acts").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return LOCAL.union(listed.split("\n"))


def fault(password: str, context: Iterable[str] = ()) -> str | None:
    """The code of what is wrong with a password, or None. ``context``: names that a guesser knows."""
    if len(password) < SHORTEST:
        return "account.password-short"
    if len(password) > LONGEST:
        return "account.password-long"
    bare = password.lower()
    for word in sorted((w.lower() for w in context if len(w) > 1), key=len, reverse=True):
        bare = bare.replace(word, "")
    if {password.lower(), bare} & common() or len(bare) < 6 or len(set(bare)) < 5 or _mostly_run(bare):
        return "account.password-guessed"
    return None


def _mostly_run(text: str) -> bool:
    """Whether little is left when keyboard and number runs are taken out, in either direction."""
    for run in RUNS:
        for line in (run, run[::-1]):
            pieces = {line[i : i + n] for n in range(4, len(line) + 1) for i in range(len(line) - n + 1)}
            text = re.sub("|".join(sorted(map(re.escape, pieces), key=len, reverse=True)), "", text)
    return len(text) < 5
