"""What a campaign and an election have alike: the notices that were posted, and how far each step is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass
class Notice:
    number: int
    kind: str
    posted_on: date
    community: str = ""
    place: str = ""
    sha256: str = ""
    supersedes: int | None = None
    superseded_by: int | None = None
    #: what it said does not hold any more, and nothing has taken its place yet
    withdrawn: bool = False
    seq: int = 0

    @property
    def stands(self) -> bool:
        return self.superseded_by is None and not self.withdrawn


@dataclass
class StepState:
    attempt: int = 1
    done_on: date | None = None
    done_seq: int | None = None
    #: the day of the act that the deadline asks for, where the step is done only later
    met_on: date | None = None
    #: reason given for being late, if it was
    late: str = ""
    late_days: int = 0
