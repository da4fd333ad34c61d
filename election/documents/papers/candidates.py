"""Who stands: prospective candidates posted and reported, official candidates posted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..heading import Notice, Paper
from .parts import OfficeCandidates


@dataclass(frozen=True, kw_only=True)
class ProspectiveList(Notice):
    """预备人选公示, open to objections in the window."""

    contests: tuple[OfficeCandidates, ...]
    posted_from: date
    posted_until: date
    objection_place: str
    #: how names are ordered, as the paper says it; the order itself is the caller's
    order: str = "以姓氏笔画为序"


@dataclass(frozen=True, kw_only=True)
class OfficialList(Notice):
    """正式候选人名单公告, at least 5 days before the election day (S-09)."""

    contests: tuple[OfficeCandidates, ...]
    election_day: date
    order: str = "以姓氏笔画为序"


@dataclass(frozen=True, kw_only=True)
class ContestFigures:
    """What the margin rests on: ``candidates_at_least`` as the ruleset asks for ``seats``."""

    office: str
    seats: int
    candidates_at_least: int
    candidates: int


@dataclass(frozen=True, kw_only=True)
class CandidateReport(Paper):
    """预备人选报告 to the street: how they were found, the margin, the posting, and each person (S-08)."""

    addressee: str
    #: 文号; blank: none
    document_number: str = ""
    #: how proposed persons became prospective candidates, a sentence each
    course: tuple[str, ...]
    contests: tuple[OfficeCandidates, ...]
    figures: tuple[ContestFigures, ...]
    posted_from: date
    posted_until: date
    objections: int
    #: how the objections ended; blank where there were none
    objections_settled: str = ""
    order: str = "以姓氏笔画为序"
