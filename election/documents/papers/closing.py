"""What closes an election: certificate, filing, handover, inspection, the turnover report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..heading import Paper
from .parts import CheckLine, Line, Section


@dataclass(frozen=True, kw_only=True)
class CertifiedPerson:
    """One certificate: its number, the person, the post."""

    number: str
    name: str
    office: str


@dataclass(frozen=True, kw_only=True)
class Certificate(Paper):
    """当选证书, a page per person."""

    elected_on: date
    persons: tuple[CertifiedPerson, ...]
    #: 任期三年; blank: not printed
    term_of_office: str = ""


@dataclass(frozen=True, kw_only=True)
class FiledMember:
    office: str
    name: str
    sex: str
    birth: str
    ethnicity: str = ""
    education: str = ""
    politics: str = ""
    certificate: str = ""


@dataclass(frozen=True, kw_only=True)
class FilingForm(Paper):
    """备案表 to the civil affairs bureau (S-16); the two offices write their opinions by hand."""

    elected_on: date
    meeting: str
    entitled: int
    present: int
    issued: int
    returned: int
    members: tuple[FiledMember, ...]
    #: further facts: 任期, 户数, 居民人数
    facts: tuple[Line, ...] = ()
    #: 街道办事处意见, 区民政局意见
    opinions: tuple[str, ...] = ("街道办事处意见", "区民政局意见")


@dataclass(frozen=True, kw_only=True)
class HandoverItem:
    name: str
    quantity: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class HandoverSection:
    """印章, 办公用房, 账目, 资产, 档案, 债权债务, 未办结事项; empty is printed as 无."""

    title: str
    items: tuple[HandoverItem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HandoverList(Paper):
    """交接清单, signed by three parties (S-17)."""

    handed_over_on: date
    #: the last day for it, and what is said where that day has passed
    due: date
    late_reason: str = ""
    sections: tuple[HandoverSection, ...]
    #: 离任审计
    audit: str = ""
    outgoing: str
    incoming: str
    supervisor: str


@dataclass(frozen=True, kw_only=True)
class InspectionItem:
    """A step looked at: on what evidence, what was found, what is to be mended."""

    step: str
    demand: str
    evidence: str
    finding: CheckLine
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class InspectionReport(Paper):
    """检查验收报告."""

    inspected_on: date
    inspectors: tuple[str, ...]
    items: tuple[InspectionItem, ...]
    #: what checking the record said, in words
    record_state: str
    conclusion: str


@dataclass(frozen=True, kw_only=True)
class TurnoverReport(Paper):
    """换届工作报告."""

    addressee: str
    opening: str
    sections: tuple[Section, ...]
    figures: tuple[Line, ...] = ()
