"""Bars that people can read, each with its table behind it, and the same numbers as a sheet."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from election.documents.sheets import Cell
from election.process.nomination import EDUCATION
from election.web.district.statistics import BANDS, Line, Sum, Tally, percent
from election.web.words import _, body_name, language
from election.words import acts as said

BODIES = ("party", "residents")


@dataclass(frozen=True)
class Bar:
    """One bar: its words, its length of ``whole``, and the number written at its end."""

    words: str
    part: int
    whole: int
    number: str

    @property
    def width(self) -> int:
        """Thousandths of the full length."""
        return min(self.part * 1000 // self.whole, 1000) if self.whole else 0


@dataclass(frozen=True)
class Chart:
    """Bars under one title, of one body or of both."""

    code: str
    title: str
    bars: tuple[Bar, ...]
    #: what is counted: 人, 个社区
    unit: str = ""
    hint: str = ""

    #: a bar of nothing is left out of the drawing, not of the table
    sparse: bool = False

    @property
    def drawn(self) -> tuple[Bar, ...]:
        return tuple(b for b in self.bars if b.whole and (b.part or not self.sparse))

    @property
    def empty(self) -> bool:
        return not any(b.whole for b in self.bars)


def steps_chart(body: str, counts: Sequence[tuple[str, int]]) -> Chart:
    """How many communities stand at each step."""
    whole = max((n for _words, n in counts), default=0)
    bars = tuple(Bar(words, n, whole, str(n)) for words, n in counts)
    return Chart(f"steps-{body}", _("{body}各步骤社区数", body=body_name(body)), bars, _("个社区"), sparse=True)


def charts(tally: Tally) -> list[Chart]:
    """Everything that results say of a place."""
    both = [(body, tally.sums[body]) for body in BODIES]
    found = [
        Chart(
            "turnout",
            _("参选率"),
            tuple(_share(b, s.present, s.entitled) for b, s in both),
            _("人"),
            _("实到人数占应到人数"),
        ),
        Chart("margin", _("差额"), tuple(_margin(b, s) for b, s in both), _("人"), _("正式候选人多于应选名额的比例")),
        Chart("women", _("女性"), tuple(_share(b, s.women, s.elected) for b, s in both), _("人"), _("占当选人数")),
        Chart(
            "tertiary",
            _("大专及以上"),
            tuple(_share(b, s.tertiary, s.elected) for b, s in both),
            _("人"),
            _("占当选人数"),
        ),
        Chart(
            "party",
            _("中共党员"),
            (_share("residents", both[1][1].party, both[1][1].elected),),
            _("人"),
            _("占当选人数"),
        ),
        Chart("sitting", _("连任"), tuple(_share(b, s.sitting, s.elected) for b, s in both), _("人"), _("占当选人数")),
        _combined(tally),
    ]
    found += [_ages(body, total) for body, total in both]
    found += [_schools(body, total) for body, total in both]
    return found


def _share(body: str, part: int, whole: int) -> Bar:
    number = _("{share}（{part} / {whole}）", share=percent(part, whole), part=f"{part:,}", whole=f"{whole:,}")
    return Bar(body_name(body), part, whole, number)


def _margin(body: str, total: Sum) -> Bar:
    more = total.candidates - total.seats
    number = _(
        "{share}（候选人 {candidates}，应选 {seats}）",
        share=percent(more, total.seats) if more >= 0 else "—",
        candidates=total.candidates,
        seats=total.seats,
    )
    return Bar(body_name(body), max(more, 0), total.seats, number)


def _combined(tally: Tally) -> Chart:
    part, whole = tally.combined
    number = _("{share}（{part} / {whole}）", share=percent(part, whole), part=part, whole=whole)
    return Chart(
        "combined",
        _("一肩挑"),
        (Bar(_("书记、主任由一人担任"), part, whole, number),),
        _("个社区"),
        _("占书记、主任均已产生的社区"),
    )


def band_names() -> list[str]:
    names = [_("{age} 岁及以下", age=BANDS[0])]
    names += [_("{first} 至 {last} 岁", first=a + 1, last=b) for a, b in itertools.pairwise(BANDS)]
    return [*names, _("{age} 岁以上", age=BANDS[-1])]


def school_names() -> list[str]:
    return [said.option_label("nomination.propose", "education", name, language()) for name in EDUCATION]


def _parts(code: str, title: str, names: Sequence[str], numbers: Sequence[int], whole: int) -> Chart:
    bars = tuple(
        Bar(name, n, whole, _("{count}（{share}）", count=n, share=percent(n, whole)))
        for name, n in zip(names, numbers, strict=True)
    )
    return Chart(code, title, bars, _("人"), _("占当选人数"))


def _ages(body: str, total: Sum) -> Chart:
    return _parts(f"ages-{body}", _("{body}年龄", body=body_name(body)), band_names(), total.ages, total.elected)


def _schools(body: str, total: Sum) -> Chart:
    title = _("{body}文化程度", body=body_name(body))
    return _parts(f"schools-{body}", title, school_names(), total.schools, total.elected)


def sheet(tally: Tally) -> tuple[list[str], list[list[Cell]]]:
    """One line a community and body, as an office goes on counting with it."""
    heads = [
        _("街道"), _("社区"), _("班子"), _("应到"), _("实到"), _("参选率"), _("应选"), _("正式候选人"), _("当选"), _("空缺"),
        _("女"), _("党员"), _("连任"), _("资料不详"), *band_names(), *school_names(), _("一肩挑"),
    ]  # fmt: skip
    return heads, [row for line in tally.lines for row in _sheet_rows(line)]


def _sheet_rows(line: Line) -> list[list[Cell]]:
    combined = {True: _("是"), False: _("否"), None: ""}[line.combined]
    return [
        [
            line.street, line.community, body_name(body), r.entitled, r.present, percent(r.present, r.entitled), r.seats,
            r.candidates, r.elected, r.vacant, r.women, r.party, r.sitting, r.unknown, *r.ages, *r.schools, combined,
        ]
        for body in BODIES
        if (r := line.results.get(body)) is not None
    ]  # fmt: skip
