"""From boxes to the answer for a page: what is certain is said, everything else is put before people, never guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ballots.codes import Doubt
from ballots.geometry import Mark
from ballots.ink import BENT_MM, Measured
from ballots.template import Template

#: share of displaced or lost outlines from which a page counts as bent, or as not this paper at all
MOST_DISPLACED = 0.5


@dataclass(frozen=True)
class Box:
    """One mark's box as it was seen. ``trouble`` is a code that keeps it from being read at all."""

    mark: Mark
    seen: Measured
    trouble: Doubt | None = None

    @property
    def choice(self) -> str | None:
        """for, against or abstain where this box is a clear mark of one."""
        if self.trouble or self.seen.state != "clear":
            return None
        if self.mark.choice == "sign":
            return None if self.seen.sign == "unclear" else self.seen.sign
        return self.mark.choice

    @property
    def why(self) -> Doubt | None:
        """Why people must look at this box; None where it is absent or clear."""
        if self.trouble:
            return self.trouble
        if self.seen.state == "doubtful":
            return self.seen.why
        return "sign-unclear" if self.seen.state == "clear" and self.choice is None else None


@dataclass
class Answer:
    """The part of a page's answer that its marks give."""

    marks: dict[str, dict[str, str]] = field(default_factory=dict)
    review: list[dict[str, Any]] = field(default_factory=list)
    write_ins: dict[str, list[int]] = field(default_factory=dict)
    why: Doubt | None = None


def decide(
    template: Template,
    page: int,
    boxes: Sequence[Box],
    fields: Mapping[tuple[str, int], float],
    strays: Mapping[tuple[str, str], float],
) -> Answer:
    """What the page says, from its ``boxes`` and from ``fields`` and ``strays`` of :class:`ballots.looking.Seen`."""
    answer = Answer(marks={contest: {} for contest in template.contests_on(page)})
    if (spoiled := _page_trouble(boxes)) is not None:
        answer.why = spoiled
        answer.review = [item(contest, why=spoiled) for contest in answer.marks]
        answer.marks = {}
    certain_for: dict[str, int] = defaultdict(int)
    for contest, candidate, row, group in _groups(boxes, fields):
        if row is not None:
            if found := _write_in(contest, row, group, fields.get((contest, row), 0.0)):
                answer.review.append(found)
                answer.write_ins.setdefault(contest, []).append(row)
                certain_for[contest] += any(box.choice == "for" for box in group)
            continue
        if contest not in answer.marks:
            continue
        choice, items = _candidate(contest, candidate or "", group, strays.get((contest, candidate or "")))
        answer.review.extend(items)
        if choice is not None:
            answer.marks[contest][candidate or ""] = choice
            certain_for[contest] += choice == "for"
    for contest in list(answer.marks):
        if certain_for[contest] > template.seats[contest]:
            del answer.marks[contest]
            answer.review.append(item(contest, why="over-marked"))
    return answer


def item(
    contest: str,
    candidate: str | None = None,
    row: int | None = None,
    choice: str | None = None,
    ink: float | None = None,
    *,
    why: Doubt,
) -> dict[str, Any]:
    """One thing for people to decide; ``candidate`` and ``row`` null means the contest as a whole."""
    share = None if ink is None else round(float(ink), 4)
    return {"contest": contest, "candidate": candidate, "row": row, "choice": choice, "ink": share, "why": why}


def _page_trouble(boxes: Sequence[Box]) -> Doubt | None:
    """``bent`` or ``outline-lost`` where most boxes of the page are not where, or not what, was printed."""
    lost = sum(box.seen.lost for box in boxes)
    if lost > MOST_DISPLACED * len(boxes):
        return "outline-lost"
    bent = sum(box.seen.shift_mm > BENT_MM for box in boxes)
    return "bent" if bent > MOST_DISPLACED * len(boxes) else None


def _groups(
    boxes: Sequence[Box], fields: Mapping[tuple[str, int], float]
) -> Iterator[tuple[str, str | None, int | None, list[Box]]]:
    """The boxes of each candidate and of each write-in row, in the layout's order."""
    grouped: dict[tuple[str, str | None, int | None], list[Box]] = {}
    for box in boxes:
        grouped.setdefault((box.mark.contest, box.mark.candidate, box.mark.row), []).append(box)
    for named in fields:
        grouped.setdefault((named[0], None, named[1]), [])
    for (contest, candidate, row), group in grouped.items():
        yield contest, candidate, row, group


def _candidate(
    contest: str, candidate: str, group: Sequence[Box], stray: float | None
) -> tuple[str | None, list[dict[str, Any]]]:
    unclear = [(box, box.why) for box in group if box.why is not None]
    clear = [box for box in group if box.choice is not None]
    if unclear:
        return None, [item(contest, candidate, None, box.mark.choice, box.seen.cover, why=why) for box, why in unclear]
    if len(clear) > 1:
        return None, [item(contest, candidate, why="two-marks")]
    if clear:
        return clear[0].choice, []
    beside = [box for box in group if box.seen.beside]
    if stray is not None and not beside:
        return None, [item(contest, candidate, None, None, stray, why="beside")]
    return None, [item(contest, candidate, None, box.mark.choice, box.seen.cover, why="beside") for box in beside]


def _write_in(contest: str, row: int, group: Sequence[Box], name_ink: float) -> dict[str, Any] | None:
    """One item for a write-in row with any ink: a person reads the name, and a person decides whom it means."""
    inked = [box for box in group if box.trouble or box.seen.state != "absent" or box.seen.beside]
    if not inked and not name_ink:
        return None
    choices = [box.choice for box in group if box.choice is not None]
    ink = max(box.seen.cover for box in inked) if inked else name_ink
    return item(contest, None, row, choices[0] if len(choices) == 1 else None, ink, why="write-in")
