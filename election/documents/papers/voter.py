"""What a single person takes away or signs: the slip, the objection, the signing sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ..heading import Paper
from .parts import Line


@dataclass(frozen=True, kw_only=True)
class Slip(Paper):
    """登记情况: what a voter is told at the counter or on the phone; the name is masked by the caller."""

    language: Literal["zh", "en"] = "zh"
    masked_name: str
    registered: bool
    group: str = ""
    election_day: date
    #: where and when: blank until it is known
    place: str = ""
    hours: str = ""
    #: the representatives of the voter's group, where representatives vote
    representatives: tuple[str, ...] = ()
    objection_until: date | None = None
    objection_place: str = ""


ObjectionGround = Literal["missing", "wrong", "not_entitled", "duplicate", "other"]


@dataclass(frozen=True, kw_only=True)
class FiledObjection:
    """An objection as it was taken down; ``decision`` blank until it is decided."""

    number: str
    objector: str
    contact: str = ""
    ground: ObjectionGround
    #: whose entry it concerns
    concerns: str = ""
    statement: str
    received_on: date
    received_by: str
    answer_due: date | None = None
    decision: str = ""
    decided_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ObjectionSlip(Paper):
    """异议(申诉)登记表: blank where ``filed`` is None."""

    filed: FiledObjection | None = None
    objection_until: date
    objection_place: str


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who signs: 监票人 and the name; ``name`` blank leaves room to write it."""

    role: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class SigningSheet(Paper):
    """签字页 of a milestone, for those who sign on paper: ``code`` is the statement's 校验码, 64 hexadecimal digits."""

    act: str
    act_day: date
    #: what is signed, in the words of the statement
    statement: tuple[Line, ...]
    code: str
    signers: tuple[Signer, ...]
    #: how many vouch for the scan
    vouchers: int = 2
