"""Why a page is rejected, and why people must look: the reader's codes. Their sentences are ``ballot.why.*``."""

from __future__ import annotations

from typing import Literal

#: the page is not counted by machine at all
Rejection = Literal[
    "cannot-open",
    "wrong-kind",
    "too-large",
    "too-small",
    "one-bit",
    "not-one-image",
    "no-markers",
    "other-design",
    "proof-copy",
    "same-image",
    "two-ballots",
    "too-coarse",
    "too-askew",
    "too-pale",
]
#: a box, a candidate, a write-in row or a contest that people decide
Doubt = Literal[
    "faint",
    "little",
    "short",
    "beside",
    "joined",
    "two-marks",
    "sign-unclear",
    "write-in",
    "over-marked",
    "streak",
    "outline-lost",
    "bent",
]
