"""A fleet of synthetic ballots: pens of many hands, marks clear and doubtful, sheets folded, bowed, streaked, scanned.

Every page knows what its voter meant and what nobody could tell, so that each answer can be judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

import cv2
import numpy as np

from ballots import workers
from ballots.geometry import Form, Paper
from ballots.looking import look
from ballots.pictures import Grey, Unusable

from . import samples, scans
from .scans import Layout, Pen, box_of

#: A5 holds one office, the others all three
CONTESTS = {"A3": samples.WHOLE, "A4": samples.WHOLE, "A5": (samples.MEMBER,)}
Kind = Literal["clean", "doubtful", "fold", "bow", "streak", "bleed", "alien"]
#: of twenty pages so many of each kind
MIX: tuple[Kind, ...] = ("clean",) * 10 + ("doubtful",) * 4 + ("fold", "bow", "streak", "bleed", "alien", "alien")
#: how wide a ring is drawn in a printed circle, as a share of it: one that lies on the printed line, as a ring of 0.93
#: and more does, is no clean mark: what is print and what is pen no reader knows, and people are asked
CLEAR_RING, ON_OUTLINE = 0.85, 1.0
ALIENS = ("other-design", "proof-copy", "blank-paper", "no-corners")


@dataclass
class Voted:
    """What stands on one page: ``meant`` are the clear marks, ``unsure`` whom people must look at."""

    meant: dict[str, dict[str, str]] = field(default_factory=dict)
    unsure: set[tuple[str, str]] = field(default_factory=set)
    over: set[str] = field(default_factory=set)
    written: set[tuple[str, int]] = field(default_factory=set)

    @property
    def certain(self) -> bool:
        return not (self.unsure or self.over or self.written)


@dataclass(frozen=True)
class Design:
    form: Form
    paper: Paper
    dpi: int


def run(designs: Sequence[Design], pages: int, seed: int) -> Report:
    """Read ``pages`` pages of the mix, the designs in turn."""
    rng = np.random.default_rng(seed)
    report = Report()
    for number in range(pages):
        design = designs[number % len(designs)]
        kind = MIX[int(rng.integers(len(MIX)))]
        _judge(report, design, kind, number, rng)
    return report


@dataclass
class Report:
    kinds: Counter[str] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)
    #: what must never be: a description of the page and what was said
    wrong: list[str] = field(default_factory=list)
    whys: Counter[str] = field(default_factory=Counter)

    @property
    def clean_share(self) -> float:
        return self.read["clean"] / max(1, self.kinds["clean"])


def _judge(report: Report, design: Design, kind: Kind, number: int, rng: np.random.Generator) -> None:
    report.kinds[kind] += 1
    named = f"page {number} {kind} {design.form} {design.paper} {design.dpi} dpi"
    contests = CONTESTS[design.paper]
    template = samples.checked(contests, design.form, design.paper)
    if kind == "alien":
        which = ALIENS[int(rng.integers(len(ALIENS)))]
        try:
            found = workers.answer(template, "scan.png", 1, look(template, _alien(which, design, rng)))
        except Unusable as unusable:
            report.whys[unusable.why] += 1
        else:
            report.wrong.append(f"{named} {which}: taken as {found['status']}")
        return
    voted = Voted()
    page = _marked(design, kind, voted, rng)
    try:
        found = workers.answer(template, "scan.jpg", 1, look(template, _scanned(page, kind, design.dpi, rng)))
    except Unusable as unusable:
        report.whys[unusable.why] += 1
        return
    report.read[kind] += found["status"] == "read"
    if found["status"] == "review" and kind == "clean":
        report.whys.update(f"clean {one['why']}" for one in found["review"])
    report.wrong.extend(f"{named}: {fault}" for fault in faults(found, voted))


def faults(found: dict[str, Any], voted: Voted) -> Iterator[str]:
    """What an answer says that is not so, or leaves out that people must look at."""
    asked = {(one["contest"], one["candidate"]) for one in found["review"]}
    for contest, meant in voted.meant.items():
        whole = (contest, None) in {(one["contest"], one["candidate"]) for one in found["review"] if not one["row"]}
        said = found["marks"].get(contest)
        if said is None:
            if not whole:
                yield f"{contest} is neither read nor for people"
            continue
        for who, mark in said.items():
            if (contest, who) in voted.unsure or meant.get(who) != mark:
                yield f"{contest} {who} said {mark}, drawn {meant.get(who)}"
        for who in set(meant) | {who for one, who in voted.unsure if one == contest}:
            if who not in said and (contest, who) not in asked and not whole:
                yield f"{contest} {who} {meant.get(who, 'unsure')} is lost"
    rows = {(one["contest"], one["row"]) for one in found["review"] if one["row"]}
    for contest in voted.over:
        if contest in found["marks"] and not any(one == contest for one, _ in asked):
            yield f"{contest} is over-marked and read"
    for written in voted.written - rows:
        if (written[0], None) not in asked:
            yield f"write-in {written} is lost"


# --- what a voter draws ----------------------------------------------------------------------------------------------


@cache
def _blank(form: Form, paper: Paper, dpi: int, number: int = 0, proof: bool = False) -> Grey:
    return scans.rasterise(samples.printed(CONTESTS[paper], form, paper, proof=proof)[0], dpi, number)


def _marked(design: Design, kind: Kind, voted: Voted, rng: np.random.Generator) -> Grey:
    contests = CONTESTS[design.paper]
    layout = samples.printed(contests, design.form, design.paper)[1]
    page = _blank(design.form, design.paper, design.dpi).copy()
    pen = Pen(page, design.dpi, grey=int(rng.integers(20, 125)), width=float(rng.uniform(0.6, 1.0)))
    here = {mark["contest"] for mark in layout["marks"] if mark["page"] == 1}
    for contest in contests:
        if contest.id not in here:
            continue
        meant = voted.meant.setdefault(contest.id, {})
        left = contest.seats
        over = kind == "doubtful" and len(contest.candidates) > contest.seats and rng.random() < 0.06
        for candidate in contest.candidates:
            choice = ("for", "against", "abstain", "")[int(rng.integers(4))]
            if over:
                choice = "for"
            elif choice == "for" and not left:
                choice = "against"
            left -= choice == "for"
            widest = ON_OUTLINE if kind == "doubtful" else CLEAR_RING
            _draw(pen, layout, contest.id, candidate.id, choice, design.form, meant, widest, rng)
            if kind == "doubtful" and candidate.id not in meant and rng.random() < 0.4:
                _doubt(pen, layout, contest.id, candidate.id, design.form, rng)
                voted.unsure.add((contest.id, candidate.id))
        if over:
            voted.over.add(contest.id)
        if kind == "doubtful" and rng.random() < 0.25:
            written = next((one for one in layout["write_ins"] if one["contest"] == contest.id), None)
            if written is not None:
                _write(pen, written, rng)
                voted.written.add((contest.id, written["row"]))
    for _ in range(int(rng.integers(0, 8))):
        height, width = page.shape
        x, y = rng.uniform(0, width) * 25.4 / design.dpi, rng.uniform(0, height) * 25.4 / design.dpi
        pen.dot(x, y, float(rng.uniform(0.01, 0.12)))
    return page


def _draw(
    pen: Pen,
    layout: Layout,
    contest: str,
    candidate: str,
    choice: str,
    form: Form,
    meant: dict[str, str],
    widest: float,
    rng: np.random.Generator,
) -> None:
    if form == "sign":
        if choice not in ("for", "against"):
            return
        box = _moved(box_of(layout, contest, candidate, "sign"), rng, 0.35)
        (pen.ring if choice == "for" else pen.cross)(box, float(rng.uniform(0.5, 0.85)))
    elif choice:
        box = _moved(box_of(layout, contest, candidate, choice), rng, 0.5)
        draw = (pen.tick, pen.cross, pen.fill, pen.ring)[int(rng.integers(4))]
        draw(box, float(rng.uniform(0.7, widest) if draw == pen.ring else rng.uniform(0.9, 1.2)))
    if choice:
        meant[candidate] = choice


def _doubt(pen: Pen, layout: Layout, contest: str, candidate: str, form: Form, rng: np.random.Generator) -> None:
    """A mark that nobody may guess at: a dot, a pale or erased sign, a ring round the box, two marks, a wrong sign."""
    choices = ("sign",) if form == "sign" else ("for", "against", "abstain")
    box = box_of(layout, contest, candidate, choices[int(rng.integers(len(choices)))])
    x, y = box["x_mm"] + box["w_mm"] / 2, box["y_mm"] + box["h_mm"] / 2
    kind = int(rng.integers(5))
    if kind == 0:
        pen.dot(x, y, float(rng.uniform(0.8, 2.2)))
    elif kind == 1:
        pale = Pen(pen.page, pen.dpi, grey=int(rng.integers(185, 215)), width=0.9)
        pale.fill(box, 0.7)
    elif kind == 2:
        pen.line((x - 0.8, y), (x + 0.8, y))
    elif kind == 3 and form == "columns":
        others = [box_of(layout, contest, candidate, choice) for choice in ("for", "against")]
        for one in others:
            pen.tick(one)
    elif form == "columns":
        pen.ellipse(x, y, box["w_mm"] / 2 + 0.8, box["h_mm"] / 2 + 0.8)
    else:
        pen.tick(box)


def _write(pen: Pen, field_: dict[str, float], rng: np.random.Generator) -> None:
    x, y = field_["x_mm"] + 4, field_["y_mm"] + field_["h_mm"] / 2
    for step in range(3):
        pen.line((x + 6 * step, y - 2), (x + 6 * step + float(rng.uniform(2, 4)), y + 2))
        pen.line((x + 6 * step + 3, y - 2.5), (x + 6 * step + 1, y + 2.5))


def _moved(box: dict[str, float], rng: np.random.Generator, most: float) -> dict[str, float]:
    return {
        **box,
        "x_mm": box["x_mm"] + float(rng.uniform(-most, most)),
        "y_mm": box["y_mm"] + float(rng.uniform(-most, most)),
    }


# --- what happens to the sheet ---------------------------------------------------------------------------------------


def _scanned(page: Grey, kind: Kind, dpi: int, rng: np.random.Generator) -> Grey:
    scale = dpi / 25.4
    if kind == "fold":
        page = _folded(page, scale, rng)
    elif kind == "bow":
        page = _bowed(page, float(rng.uniform(0.3, 2.5)) * scale)
    elif kind == "bleed":
        back = np.fliplr(255 - page).astype(np.float32) * float(rng.uniform(0.03, 0.12))
        page = np.clip(page - cv2.GaussianBlur(back, (0, 0), 0.3 * scale), 0, 255).astype(np.uint8)
    scan = scans.scanned(
        page,
        rng,
        turn=float(rng.uniform(-3, 3)),
        scale=float(rng.uniform(0.95, 1.0)),
        shift=(float(rng.uniform(-3, 3)) * scale, float(rng.uniform(-3, 3)) * scale),
        quarter=int(rng.integers(4)),
        noise=float(rng.uniform(1, 5)),
        contrast=float(rng.uniform(0.65, 1.0)),
    )
    if kind == "streak":
        scan = scan.copy()
        across = int(rng.uniform(0.1, 0.9) * scan.shape[1])
        scan[:, across : across + max(1, round(float(rng.uniform(0.1, 0.8)) * scale))] = int(rng.integers(20, 150))
    _, jpeg = cv2.imencode(".jpg", scan, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(60, 95))])
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE), np.uint8)


def _folded(page: Grey, scale: float, rng: np.random.Generator) -> Grey:
    """A crease across the sheet: a soft dark line, and the part below it a little off."""
    at = int(rng.uniform(0.2, 0.8) * page.shape[0])
    folded = page.copy()
    folded[at:] = np.roll(page[at:], round(float(rng.uniform(-0.3, 0.3)) * scale), axis=1)
    shadow = np.zeros(page.shape[0], np.float32)
    shadow[at] = 1.0
    soft = cv2.GaussianBlur(shadow[:, None], (1, 2 * round(scale) + 1), float(rng.uniform(0.15, 0.4)) * scale)
    dark = soft / soft.max() * float(rng.uniform(10, 60))
    return np.clip(folded - dark, 0, 255).astype(np.uint8)


def _bowed(page: Grey, most: float) -> Grey:
    """A sheet that did not lie flat: its middle moved sideways by ``most`` pixels, its edges in place."""
    height, width = page.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    away = (most * np.sin(np.pi * y / height)).astype(np.float32)
    return np.asarray(cv2.remap(page, x + away, y, cv2.INTER_LINEAR, borderValue=255), np.uint8)


def _alien(which: str, design: Design, rng: np.random.Generator) -> Grey:
    contests = CONTESTS[design.paper]
    if which == "other-design":
        other = tuple(samples.contest(one.id, one.office, one.seats, ["李四", "张三"]) for one in contests)
        return _other(other, design)
    if which == "proof-copy":
        return _blank(design.form, design.paper, design.dpi, proof=True)
    if which == "no-corners":
        # a sheet whose markers were cut off
        page = _blank(design.form, design.paper, design.dpi).copy()
        inset = round(26 * design.dpi / 25.4)
        page[:inset], page[-inset:] = 255, 255
        return page
    return rng.integers(200, 255, (1600, 1100), dtype=np.uint8)


def _other(contests: tuple[Any, ...], design: Design) -> Grey:
    return scans.rasterise(samples.printed(contests, design.form, design.paper)[0], design.dpi)
