"""Who may vote, and who votes for them: rolls and lists of representatives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ..heading import Notice, Paper
from .parts import NameGroup


@dataclass(frozen=True, kw_only=True)
class RollNotice(Notice):
    """选民名单公告: names by residents' group, nothing else about anyone (PIPL 25; law.md §9 D-03)."""

    election_day: date
    groups: tuple[NameGroup, ...]
    objection_from: date
    objection_until: date
    #: where and to whom: 某某社区办公楼一楼选举领导小组办公室
    objection_place: str
    #: days in which an objection is answered; None: the ruleset does not say
    answer_days: int | None = None

    @property
    def total(self) -> int:
        return sum(len(group.names) for group in self.groups)


@dataclass(frozen=True, kw_only=True)
class CorrectedName:
    """A name that was printed wrong."""

    group: str
    was: str
    now: str


@dataclass(frozen=True, kw_only=True)
class RollCorrection(Notice):
    """选民名单更正公告. Why someone is cancelled stays in the record: it may be a death or a sentence."""

    election_day: date
    #: the number of the notice that carried the roll
    roll_number: int
    added: tuple[NameGroup, ...] = ()
    cancelled: tuple[NameGroup, ...] = ()
    corrected: tuple[CorrectedName, ...] = ()
    #: registered voters after this correction
    total: int


Standing = Literal["full", "probationary", "left_out"]


@dataclass(frozen=True, kw_only=True)
class Member:
    """A party member on the roll; ``note`` says why a member is left out of 应到."""

    name: str
    sex: str = ""
    standing: Standing = "full"
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class MemberBranch:
    title: str
    members: tuple[Member, ...]


@dataclass(frozen=True, kw_only=True)
class MemberRoll(Paper):
    """党员名册: internal; 应到 are the full members that are not left out (P-04, P-11)."""

    meeting_day: date
    branches: tuple[MemberBranch, ...]

    def count(self, standing: Standing) -> int:
        return sum(member.standing == standing for branch in self.branches for member in branch.members)

    @property
    def total(self) -> int:
        return sum(len(branch.members) for branch in self.branches)


@dataclass(frozen=True, kw_only=True)
class RepresentativesNotice(Notice):
    """选民代表名单公告: residents' representatives by group, and those sent by large units (S-07)."""

    groups: tuple[NameGroup, ...]
    large_units: tuple[NameGroup, ...] = ()
    #: how they were chosen: 每20至60户推选1名
    method: str = ""
    women: int | None = None

    @property
    def residents(self) -> int:
        return sum(len(group.names) for group in self.groups)

    @property
    def total(self) -> int:
        return self.residents + sum(len(unit.names) for unit in self.large_units)


@dataclass(frozen=True, kw_only=True)
class DelegatesNotice(Notice):
    """党员代表名单公告: delegates by branch where a delegates' assembly was approved (S-06)."""

    branches: tuple[NameGroup, ...]
    approved_by: str
    #: the approval's document number, if it has one
    approval: str = ""

    @property
    def total(self) -> int:
        return sum(len(branch.names) for branch in self.branches)
