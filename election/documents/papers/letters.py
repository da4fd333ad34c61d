"""Letters between offices, red-headed (GB/T 9704-2012)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..heading import Paper
from .parts import OfficeNames


@dataclass(frozen=True, kw_only=True)
class Letter(Paper):
    """What every letter has. ``heading.title`` is required: 关于…的请示."""

    #: 七街工发〔2010〕12号
    document_number: str
    #: 主送机关
    addressee: str
    #: 签发人; letters to a higher office name one
    signed_by: str = ""
    attachments: tuple[str, ...] = ()
    #: 抄送
    copies_to: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CommunityOffices:
    """Several results under one document number: a community and who holds what in it."""

    community: str
    offices: tuple[OfficeNames, ...]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ApprovalRequest(Letter):
    """请示: one letter may submit all communities of a street together (S-15)."""

    paragraphs: tuple[str, ...]
    communities: tuple[CommunityOffices, ...]


@dataclass(frozen=True, kw_only=True)
class ApprovalReply(Letter):
    """批复: ``reply_to`` names the request; what is returned carries its reason."""

    reply_to: str
    decision: Literal["approved", "returned"]
    #: of each community what is approved, or what is returned and why in ``note``
    communities: tuple[CommunityOffices, ...]
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AppointmentNotice(Letter):
    """任命通知 of the street to the party organisation; ``approval`` is the reply's document number."""

    approval: str
    approved_by: str
    communities: tuple[CommunityOffices, ...]
    paragraphs: tuple[str, ...] = ()
