"""What stands on a paper that people sign: how many entries the record had, its root, the server's fingerprint.

It is a checkpoint whose signature is a hand's and not a key's: a paper that says so is believed as far as the paper is.
The paper's square holds ``存证 <size> <root> <fingerprint>``; beside it the same stands to be typed, in groups of four.
Which log it is of the paper does not say in these digits.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from election.faults import WrongInput

_GAP = r"[\s:：\-]*"
_DIGEST = rf"((?:[0-9a-f]{_GAP}){{64}})"
_PRINTED = re.compile(rf"\s*(?:存证)?{_GAP}(0|[1-9][0-9]{{0,15}})[\s:：]+{_DIGEST}{_DIGEST}?", re.IGNORECASE)
#: what a person types who leaves out a group, or takes another letter for a digit
_NEARLY = re.compile(rf"\s*(?:存证)?{_GAP}(?:0|[1-9][0-9]{{0,15}})[\s:：]+([0-9a-z\s:：\-]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Printed:
    """The first ``size`` entries of a log have this Merkle ``root`` (32 bytes); ``fingerprint`` where it was given."""

    size: int
    root: bytes
    fingerprint: str | None = None

    @classmethod
    def parse(cls, text: str) -> Printed | None:
        """From the square's text or as a person types it (blanks, colons, dashes and case forgiven); None for other texts."""
        match = _PRINTED.fullmatch(text) if len(text) <= 1000 else None
        if match is None:
            return None
        root, fingerprint = (re.sub(r"[^0-9a-f]", "", part.lower()) if part else None for part in match.groups()[1:])
        return cls(int(match[1]), bytes.fromhex(str(root)), fingerprint)


def typed(text: str) -> Printed | None:
    """What stands where a file's name may stand, too; None for a name. Raises WrongInput where digits of it are missing."""
    printed = Printed.parse(text)
    nearly = None if printed else _NEARLY.fullmatch(text)
    if nearly is None or os.path.exists(text):
        return printed
    raise WrongInput(
        "the root must have 64 hex digits, and {count} are given",
        place="--checkpoint",
        mend="copy it from the signed paper once more",
        count=len(re.sub(r"[^0-9a-f]", "", nearly[1].lower())),
    )
