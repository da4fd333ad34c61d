"""Pieces that several papers share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class NameGroup:
    """People under one heading (a residents' group, a branch, a unit), in the order to be printed."""

    title: str
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A labelled value of a form, or a figure of a report."""

    label: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """A headed passage; headings are numbered 一、二、 by the paper."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One person who stands. Only the name is required; a column that no one fills is not printed.

    ``birth`` is 出生年月 as printed (1968年5月), never a full birthday on a posted paper.
    """

    name: str
    sex: str = ""
    birth: str = ""
    ethnicity: str = ""
    education: str = ""
    #: 政治面貌
    politics: str = ""
    #: 现任职务 or 工作单位
    post: str = ""
    #: who proposed: 居民10人以上联名
    proposed_by: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class OfficeCandidates:
    """An office, its seats, and who stands for it, in the order to be printed."""

    office: str
    seats: int
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, kw_only=True)
class OfficeNames:
    """An office and the people who hold it or won it, in the order to be printed."""

    office: str
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CheckLine:
    """A rule that was looked at: the sentence with its numbers, whether it holds, and the article."""

    text: str
    ok: bool
    article: str = ""
