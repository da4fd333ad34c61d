"""What is to be filled, and on what conditions; and notices that have no form of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..heading import Notice
from .parts import Line, NameGroup, Section


@dataclass(frozen=True, kw_only=True)
class SeatLine:
    """An office and how many of it; ``note``: 其中公选副主任1名."""

    office: str
    seats: int
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class BodyPosts:
    """The posts of one body and the conditions for holding them, each condition a sentence."""

    body: str
    posts: tuple[SeatLine, ...]
    conditions: tuple[str, ...]

    @property
    def total(self) -> int:
        return sum(post.seats for post in self.posts)


@dataclass(frozen=True, kw_only=True)
class PostsNotice(Notice):
    """职数和任职条件公告: purpose, posts and conditions of both bodies, the steps and their days (plan 五.3)."""

    purpose: str
    bodies: tuple[BodyPosts, ...]
    #: 11月1日至11月30日 — 动员部署
    schedule: tuple[Line, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SeatsNotice(Notice):
    """应选职数公告: offices and numbers as the sitting representatives' meeting fixed them (S-02)."""

    seats: tuple[SeatLine, ...]
    #: 第二届居民代表会议
    decided_by: str
    decided_on: date

    @property
    def total(self) -> int:
        return sum(line.seats for line in self.seats)


@dataclass(frozen=True, kw_only=True)
class GeneralNotice(Notice):
    """A notice without a form of its own: leading group, registration, postponement."""

    paragraphs: tuple[str, ...]
    groups: tuple[NameGroup, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What a notice said at ``place`` and what it says now."""

    place: str
    was: str
    now: str


@dataclass(frozen=True, kw_only=True)
class CorrectionNotice(Notice):
    """更正公告: replaces the notice whose number ``heading.supersedes`` names."""

    #: title and date of the notice that is corrected
    corrected_title: str
    corrected_date: date
    corrections: tuple[Correction, ...]
    reason: str = ""
