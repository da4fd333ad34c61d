"""What the count decided: the report that is signed, the notice that is posted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..heading import Notice, Paper
from .parts import CheckLine, OfficeNames


@dataclass(frozen=True, kw_only=True)
class ResultRow:
    """One person in one contest; ``outcome`` and ``why`` are sentences of `words`, ``article`` the rule behind them.

    ``against`` and ``abstain`` are None where the ballot does not ask them. ``carried`` are votes for higher posts that count here too; None where the ruleset does not carry votes down.
    """

    name: str
    votes_for: int
    against: int | None
    abstain: int | None
    elected: bool
    outcome: str
    why: str
    article: str = ""
    carried: int | None = None
    write_in: bool = False


@dataclass(frozen=True, kw_only=True)
class ResultContest:
    """``base`` is what the threshold is taken of, ``needed`` the votes it comes to; ``follows``: what comes next."""

    office: str
    seats: int
    valid: int
    invalid: int
    base: int
    needed: int
    rows: tuple[ResultRow, ...]
    vacant: int
    follows: str


@dataclass(frozen=True, kw_only=True)
class ResultReport(Paper):
    """选举结果报告单."""

    meeting: str
    meeting_day: date
    place: str
    #: 无记名投票, 举手表决
    method: str
    round: int = 1
    entitled: int
    present: int
    issued: int
    returned: int
    #: False: the election is void
    valid: bool
    checks: tuple[CheckLine, ...]
    contests: tuple[ResultContest, ...]
    conclusion: str


@dataclass(frozen=True, kw_only=True)
class ResultNotice(Notice):
    """选举结果公告. ``elected`` most votes first or as the ruleset says, empty if the election is void or no one passed;
    ``follows``: what is still open, or blank."""

    meeting: str
    meeting_day: date
    entitled: int
    present: int
    issued: int
    returned: int
    #: False: the election is void
    valid: bool = True
    elected: tuple[OfficeNames, ...]
    follows: str = ""
