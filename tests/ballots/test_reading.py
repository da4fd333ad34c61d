"""Print, rasterise, mark, scan, read: what a page says and what it leaves to people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest

from ballots import workers
from ballots.geometry import FORMS
from ballots.looking import look
from ballots.pictures import Grey, Unusable
from ballots.template import Template

from . import fleet, samples, scans
from .fleet import Design
from .scans import Pen, box_of, scanned

Marking = Callable[[Pen, dict[str, Any]], None]


def answer(template: Template, page: Grey) -> dict[str, Any]:
    return workers.answer(template, "scan.png", 1, look(template, page))


def marked(draw: Marking, form: Any = "columns", dpi: float = 200, **pen: Any) -> Grey:
    pdf, layout = samples.printed(form=form)
    page = scans.rasterise(pdf, dpi)
    draw(Pen(page, dpi, **pen), layout)
    return page


def read(draw: Marking, form: Any = "columns", dpi: float = 200, **pen: Any) -> dict[str, Any]:
    rng = np.random.default_rng(5)
    return answer(samples.checked(form=form), scanned(marked(draw, form, dpi, **pen), rng, turn=1.3, scale=0.98))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("paper", ["A3", "A4", "A5"])
@pytest.mark.parametrize("dpi", [150, 200, 300, 400])
def test_what_is_marked_is_read_whatever_the_form_paper_resolution_and_turn(form: Any, paper: Any, dpi: int) -> None:
    contests = (samples.CHAIR,) if paper == "A5" else samples.WHOLE
    pdf, layout = samples.printed(contests, form, paper)
    blank = scans.rasterise(pdf, dpi)
    rng = np.random.default_rng(dpi)
    template = samples.checked(contests, form, paper)
    for quarter in (0, 1, 2, 3) if paper == "A4" else (1, 2):
        page = blank.copy()
        pen = Pen(page, dpi)
        if form == "columns":
            pen.tick(box_of(layout, "chair", "chair1", "for"))
            pen.cross(box_of(layout, "chair", "chair2", "against"))
        else:
            pen.ring(box_of(layout, "chair", "chair1", "sign"))
            pen.cross(box_of(layout, "chair", "chair2", "sign"))
        found = answer(template, scanned(page, rng, turn=rng.uniform(-3, 3), scale=0.98, quarter=quarter))
        assert found["status"] == "read"
        assert found["ballot_page"] == 1
        assert found["marks"]["chair"] == {"chair1": "for", "chair2": "against"}
        assert not any(marks for contest, marks in found["marks"].items() if contest != "chair")
        assert (found["review"], found["write_ins"], found["why"]) == ([], {}, None)


def test_every_page_of_a_ballot_is_told_from_the_others() -> None:
    contests = (samples.CHAIR, samples.MEMBER)
    pdf, layout = samples.printed(contests, "sign", "A5")
    assert layout["pages"] == 2
    template = samples.checked(contests, "sign", "A5")
    for number in (0, 1):
        page = scans.rasterise(pdf, 200, number)
        found = answer(template, np.ascontiguousarray(np.rot90(page, 2)))
        assert found["ballot_page"] == number + 1
        assert list(found["marks"]) == [contests[number].id]


def test_all_three_choices_are_said_and_no_mark_is_left_out() -> None:
    def draw(pen: Pen, layout: dict[str, Any]) -> None:
        for candidate, choice in (("member1", "for"), ("member2", "against"), ("member3", "abstain")):
            pen.fill(box_of(layout, "member", candidate, choice))

    assert read(draw)["marks"] == {
        "chair": {},
        "deputy": {},
        "member": {"member1": "for", "member2": "against", "member3": "abstain"},
    }


@pytest.mark.parametrize("sign", ["tick", "cross", "ring", "fill"])
@pytest.mark.parametrize("grey", [20, 70, 120])
def test_any_dark_sign_in_a_circle_is_a_mark(sign: str, grey: int) -> None:
    found = read(lambda pen, layout: getattr(pen, sign)(box_of(layout, "chair", "chair1", "for")), grey=grey)
    assert found["marks"]["chair"] == {"chair1": "for"}
    assert found["status"] == "read"


def centre(layout: dict[str, Any], *mark: Any) -> tuple[float, float]:
    box = box_of(layout, *mark)
    return box["x_mm"] + box["w_mm"] / 2, box["y_mm"] + box["h_mm"] / 2


@pytest.mark.parametrize(
    ("draw", "why"),
    [
        (lambda pen, layout: pen.dot(*centre(layout, "chair", "chair1", "for"), 1.0), "little"),
        (lambda pen, layout: pen.dot(*centre(layout, "chair", "chair1", "for"), 4.0), "short"),
    ],
    ids=["dot", "blot"],
)
def test_a_dot_is_for_people(draw: Marking, why: str) -> None:
    found = read(draw)
    assert found["status"] == "review"
    (one,) = found["review"]
    assert (one["contest"], one["candidate"], one["row"], one["choice"]) == ("chair", "chair1", None, "for")
    assert one["why"] == why
    assert 0 < one["ink"] < 0.3
    assert found["marks"]["chair"] == {}


@pytest.mark.parametrize("grey", [185, 200, 215])
def test_a_pale_sign_is_for_people_and_never_a_mark_nor_nothing(grey: int) -> None:
    found = read(lambda pen, layout: pen.fill(box_of(layout, "chair", "chair1", "for")), grey=grey)
    assert [(one["candidate"], one["why"]) for one in found["review"]] == [("chair1", "faint")]
    assert found["marks"]["chair"] == {}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("grey", [226, 235])
def test_a_box_coloured_in_yellow_is_never_nothing(form: Any, grey: int) -> None:
    choice = "for" if form == "columns" else "sign"
    found = read(lambda pen, layout: pen.fill(box_of(layout, "chair", "chair1", choice)), form, grey=grey, width=1.5)
    assert [(one["candidate"], one["why"]) for one in found["review"]] == [("chair1", "faint")]
    assert found["marks"]["chair"] == {}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dpi", [200, 300])
def test_specks_are_nothing(form: Any, dpi: int) -> None:
    choice = "for" if form == "columns" else "sign"

    def draw(pen: Pen, layout: dict[str, Any]) -> None:
        for candidate in ("member1", "member2", "member3", "member4"):
            x, y = centre(layout, "member", candidate, choice)
            pen.dot(x - 1, y - 1, 0.08)
            pen.dot(x + 1, y, 0.08)

    found = read(draw, form, dpi)
    assert found["status"] == "read"
    assert found["marks"]["member"] == {}


def test_two_marks_for_one_candidate_are_for_people_and_the_others_stand() -> None:
    def draw(pen: Pen, layout: dict[str, Any]) -> None:
        pen.tick(box_of(layout, "deputy", "deputy1", "for"))
        pen.tick(box_of(layout, "deputy", "deputy1", "abstain"))
        pen.tick(box_of(layout, "deputy", "deputy2", "against"))

    found = read(draw)
    (one,) = found["review"]
    assert (one["contest"], one["candidate"], one["choice"], one["why"]) == ("deputy", "deputy1", None, "two-marks")
    assert found["marks"]["deputy"] == {"deputy2": "against"}


@pytest.mark.parametrize("form", FORMS)
def test_an_over_marked_contest_is_for_people_as_a_whole(form: Any) -> None:
    def draw(pen: Pen, layout: dict[str, Any]) -> None:
        for candidate in ("chair1", "chair2"):
            (pen.tick if form == "columns" else pen.ring)(
                box_of(layout, "chair", candidate, "for" if form == "columns" else "sign")
            )
        (pen.tick if form == "columns" else pen.ring)(
            box_of(layout, "deputy", "deputy1", "for" if form == "columns" else "sign")
        )

    found = read(draw, form)
    assert found["review"] == [
        {"contest": "chair", "candidate": None, "row": None, "choice": None, "ink": None, "why": "over-marked"}
    ]
    assert "chair" not in found["marks"]
    assert found["marks"]["deputy"] == {"deputy1": "for"}


def test_a_name_written_in_is_for_people() -> None:
    def draw(pen: Pen, layout: dict[str, Any]) -> None:
        field = next(one for one in layout["write_ins"] if one["contest"] == "member" and one["row"] == 2)
        x, y = field["x_mm"] + 5, field["y_mm"] + 3
        pen.line((x, y), (x + 6, y))
        pen.line((x + 3, y), (x + 3, y + 5))

    found = read(draw)
    (one,) = found["review"]
    assert (one["contest"], one["candidate"], one["row"], one["choice"], one["why"]) == (
        "member",
        None,
        2,
        None,
        "write-in",
    )
    assert found["write_ins"] == {"member": [2]}


def test_a_write_in_marked_for_counts_against_the_seats() -> None:
    def draw(pen: Pen, layout: dict[str, Any]) -> None:
        pen.tick(box_of(layout, "chair", None, "for", 1))
        pen.tick(box_of(layout, "chair", "chair2", "for"))

    found = read(draw)
    assert [(one["row"], one["choice"], one["why"]) for one in found["review"]] == [
        (1, "for", "write-in"),
        (None, None, "over-marked"),
    ]
    assert found["write_ins"] == {"chair": [1]}
    assert "chair" not in found["marks"]


def test_a_sign_that_missed_its_box_is_for_people() -> None:
    def draw(pen: Pen, layout: dict[str, Any]) -> None:
        x, y = centre(layout, "chair", "chair1", "for")
        pen.ellipse(x, y, 4.2, 4.2)

    found = read(draw)
    assert [(one["candidate"], one["choice"], one["why"]) for one in found["review"]] == [("chair1", "for", "beside")]
    assert found["marks"]["chair"] == {}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize("away", [4.8, 6.0, 7.5])
def test_a_mark_in_a_candidates_row_beside_all_its_boxes_is_for_people(form: Any, dpi: int, away: float) -> None:
    def draw(pen: Pen, layout: dict[str, Any]) -> None:
        box = box_of(layout, "chair", "chair1", "for" if form == "columns" else "sign")
        pen.tick({**box, "x_mm": box["x_mm"] - box["w_mm"] / 2 - away}, 7 / box["w_mm"])

    found = read(draw, form, dpi)
    assert [(one["candidate"], one["why"]) for one in found["review"]] == [("chair1", "beside")]
    assert found["review"][0]["ink"] > 0
    assert found["marks"]["chair"] == {}


@pytest.mark.parametrize("form", FORMS)
def test_a_name_that_was_struck_through_is_for_people(form: Any) -> None:
    def draw(pen: Pen, layout: dict[str, Any]) -> None:
        box = box_of(layout, "chair", "chair2", "for" if form == "columns" else "sign")
        y = box["y_mm"] + box["h_mm"] / 2
        pen.line((box["x_mm"] - 45, y + 1.5), (box["x_mm"] - 6, y - 1.5))

    found = read(draw, form)
    assert [(one["candidate"], one["why"]) for one in found["review"]] == [("chair2", "beside")]


def test_what_comes_from_another_row_or_runs_over_the_sheet_is_no_mark_of_a_row() -> None:
    def draw(pen: Pen, layout: dict[str, Any]) -> None:
        first, second = (box_of(layout, "chair", name, "for") for name in ("chair1", "chair2"))
        # a tick for the second whose end lies in the first one's row, beyond a printed line
        x, y = second["x_mm"] + 3.5, second["y_mm"] + 3.5
        pen.line((x - 3, y), (x - 1, y + 2), (x + 7, y - 13))
        pen.width = 0.3
        # a fold along the row of the first, and a speck
        pen.line((first["x_mm"] - 50, first["y_mm"] - 1.3), (first["x_mm"] + 60, first["y_mm"] - 1.6))
        pen.dot(first["x_mm"] - 8, first["y_mm"] + 3, 0.2)

    found = read(draw)
    assert (found["status"], found["review"]) == ("read", [])
    assert found["marks"]["chair"] == {"chair2": "for"}


def test_a_candidate_with_a_mark_may_have_ink_beside_it() -> None:
    def draw(pen: Pen, layout: dict[str, Any]) -> None:
        box = box_of(layout, "chair", "chair1", "for")
        pen.tick(box)
        pen.tick({**box, "x_mm": box["x_mm"] - 9})

    assert read(draw)["marks"]["chair"] == {"chair1": "for"}


@pytest.mark.parametrize("above", [0.0, 3.0])
@pytest.mark.parametrize("width", [0.5, 0.9])
def test_a_tail_that_runs_through_another_candidates_box_votes_for_neither(width: float, above: float) -> None:
    def draw(pen: Pen, layout: dict[str, Any]) -> None:
        x, y = centre(layout, "member", "member3", "for")
        up = centre(layout, "member", "member2", "for")
        pen.line((x - 2, y - 0.6), (x - 0.6, y + 1.8), (up[0], up[1] - above))
        pen.tick(box_of(layout, "member", "member5", "for"))

    found = read(draw, width=width)
    assert {one["candidate"] for one in found["review"]} == {"member2", "member3"}
    assert found["marks"]["member"] == {"member5": "for"}


@pytest.mark.parametrize("seed", range(12))
def test_a_tail_that_skips_some_paper_on_its_way_into_another_candidates_box_votes_for_neither(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def draw(pen: Pen, layout: dict[str, Any]) -> None:
        x, y = centre(layout, "member", "member3", "for")
        foot = np.array([x - rng.uniform(0.3, 1.2), y + rng.uniform(1.0, 2.0)])
        up = np.array(centre(layout, "member", "member2", "for")) + rng.uniform(-1.5, 1.5, 2)
        away = up - foot
        length = float(np.hypot(*away))
        at, gap = rng.uniform(y - 9.0, y - 3.2), rng.uniform(0.3, 0.9) + pen.width
        left = foot + (foot[1] - at) / (foot[1] - up[1]) * away
        pen.line((x - 2, y - 0.6), tuple(foot), tuple(left))
        pen.line(tuple(left + gap * away / length), tuple(up))
        pen.tick(box_of(layout, "member", "member5", "for"))

    found = read(draw, width=float(rng.uniform(0.5, 1.0)))
    assert set(found["marks"]["member"]) == {"member5"}
    assert {one["candidate"] for one in found["review"]} == {"member2", "member3"}


@pytest.mark.parametrize(("paper", "large"), [("A4", False), ("A5", False), ("A3", True)])
def test_large_marks_in_every_row_are_no_strokes_that_run_on(paper: Any, large: bool) -> None:
    contests = (samples.contest("member", "委员", 9, [f"王{one}" for one in "一丁七万三上下不丑"]),)
    pdf, layout = samples.printed(contests, "columns", paper, large)
    page = scans.rasterise(pdf, 200)
    pen, rng = Pen(page, 200), np.random.default_rng(3)
    here = {mark["candidate"] for mark in layout["marks"] if mark["page"] == 1 and mark["candidate"]}
    for candidate in here:
        (pen.tick, pen.cross)[int(rng.integers(2))](box_of(layout, "member", candidate, "for"), 1.35)
    found = answer(samples.checked(contests, "columns", paper, large), page)
    assert (found["status"], set(found["marks"]["member"])) == ("read", here)


def test_large_ticks_one_above_the_other_are_two_marks() -> None:
    def draw(pen: Pen, layout: dict[str, Any]) -> None:
        for candidate in ("member2", "member3", "member4"):
            pen.tick(box_of(layout, "member", candidate, "for"), 1.4)

    found = read(draw)
    assert (found["status"], len(found["marks"]["member"])) == ("read", 3)


@pytest.mark.parametrize("dpi", [150, 200, 300])
@pytest.mark.parametrize("width", [0.5, 0.9])
def test_a_ring_drawn_on_the_printed_one_is_for_people(dpi: int, width: float) -> None:
    found = read(lambda pen, layout: pen.ring(box_of(layout, "member", "member2", "for"), 0.98), dpi=dpi, width=width)
    assert [one["candidate"] for one in found["review"]] == ["member2"]
    assert found["marks"]["member"] == {}


@pytest.mark.parametrize("dpi", [200, 300])
@pytest.mark.parametrize(("width", "grey", "traced"), [(0.1, 0, False), (0.5, 60, True), (0.9, 60, True)])
def test_a_square_gone_over_with_a_pen_is_for_people_and_one_printed_a_dot_wider_is_not(
    dpi: int, width: float, grey: int, traced: bool
) -> None:
    def draw(pen: Pen, layout: dict[str, Any]) -> None:
        box = box_of(layout, "member", "member2", "sign")
        left, top = box["x_mm"], box["y_mm"]
        right, bottom = left + box["w_mm"], top + box["h_mm"]
        pen.line((left, top), (right, top), (right, bottom), (left, bottom), (left, top))

    found = read(draw, "sign", dpi, width=width, grey=grey)
    assert [one["candidate"] for one in found["review"]] == (["member2"] if traced else [])
    assert found["marks"]["member"] == {}


@pytest.mark.parametrize("size", [1.0, 1.2, 1.6])
@pytest.mark.parametrize("grey", [25, 115])
def test_a_box_drowned_in_ink_is_never_nothing(size: float, grey: int) -> None:
    found = read(
        lambda pen, layout: pen.fill(box_of(layout, "member", "member2", "against"), size), grey=grey, width=1.0
    )
    asked = [one["candidate"] for one in found["review"]]
    assert found["marks"]["member"] == {"member2": "against"} or asked == ["member2"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda pen, box: pen.tick(box),
        lambda pen, box: pen.fill(box),
        lambda pen, box: (pen.ring(box), pen.cross(box)),
        lambda pen, box: pen.line((box["x_mm"] + 1, box["y_mm"] + 4), (box["x_mm"] + 7, box["y_mm"] + 4.2)),
        lambda pen, box: (
            pen.line((box["x_mm"] + 1, box["y_mm"] + 4), (box["x_mm"] + 7, box["y_mm"] + 4)),
            pen.line((box["x_mm"] + 4, box["y_mm"] + 1), (box["x_mm"] + 4, box["y_mm"] + 7)),
        ),
        lambda pen, box: pen.ellipse(box["x_mm"] + 4, box["y_mm"] + 4, 2.6, 2.6, 0, 200),
    ],
    ids=["tick", "scribble", "ring-over-cross", "stroke", "plus", "half-ring"],
)
def test_a_sign_that_is_neither_ring_nor_cross_is_for_people(draw: Any) -> None:
    found = read(lambda pen, layout: draw(pen, box_of(layout, "chair", "chair1", "sign")), "sign")
    assert [one["candidate"] for one in found["review"]] == ["chair1"]
    assert found["marks"]["chair"] == {}


@pytest.mark.parametrize("grey", [160, 185, 205])
@pytest.mark.parametrize("dark", ["ring", "cross"])
def test_a_sign_drawn_over_a_paler_one_is_for_people(dark: str, grey: int) -> None:
    def draw(pen: Pen, layout: dict[str, Any]) -> None:
        box = box_of(layout, "chair", "chair1", "sign")
        under = Pen(pen.page, pen.dpi, grey=grey, width=0.6)
        (under.cross if dark == "ring" else under.ring)(box, 0.55)
        getattr(pen, dark)(box, 0.6)

    found = read(draw, "sign")
    assert [(one["candidate"], one["why"]) for one in found["review"]] == [("chair1", "sign-unclear")]
    assert found["marks"]["chair"] == {}


@pytest.mark.parametrize("seed", range(30))
def test_shaky_rings_and_crosses_are_never_confused(seed: int) -> None:
    rng = np.random.default_rng(seed)
    page, layout = scans.rasterise(samples.printed(form="sign")[0], 200), samples.printed(form="sign")[1]
    expected = {}
    for number in range(1, 7):
        box = box_of(layout, "member", f"member{number}", "sign")
        x, y = (box["x_mm"] + 4 + rng.normal(0, 0.4), box["y_mm"] + 4 + rng.normal(0, 0.4))
        pen = Pen(page, 200, grey=int(rng.integers(20, 110)), width=rng.uniform(0.5, 0.9))
        if number % 2:
            pen.ellipse(x, y, rng.uniform(1.8, 3.2), rng.uniform(1.8, 3.2), rng.uniform(0, 360), rng.uniform(335, 385))
            expected[f"member{number}"] = "for"
        else:
            reach = rng.uniform(1.8, 3.2, 4)
            lean = rng.uniform(-0.5, 0.5, 4)
            pen.line((x - reach[0], y - reach[0] + lean[0]), (x + reach[1], y + reach[1] + lean[1]))
            pen.line((x + reach[2], y - reach[2] + lean[2]), (x - reach[3], y + reach[3] + lean[3]))
            expected[f"member{number}"] = "against"
    found = answer(samples.checked(form="sign"), scanned(page, rng, turn=rng.uniform(-3, 3)))
    for candidate, choice in found["marks"]["member"].items():
        assert choice == expected[candidate]
    decided = set(found["marks"]["member"]) | {one["candidate"] for one in found["review"]}
    assert decided == set(expected)
    assert len(found["marks"]["member"]) >= 5


def tick_and_scan(**scan: Any) -> dict[str, Any]:
    page = marked(lambda pen, layout: pen.tick(box_of(layout, "chair", "chair1", "for")))
    return answer(samples.checked(), scanned(page, np.random.default_rng(1), **scan))


@pytest.mark.parametrize(
    "scan",
    [
        {"turn": 5.0},
        {"turn": -5.0, "quarter": 1},
        {"scale": 0.71},
        {"contrast": 0.5},
        {"noise": 6.0},
        {"shift": (30, -20)},
    ],
    ids=str,
)
def test_an_ordinary_bad_scan_is_read(scan: dict[str, Any]) -> None:
    found = tick_and_scan(**scan)
    assert (found["status"], found["marks"]["chair"]) == ("read", {"chair1": "for"})


@pytest.mark.parametrize("corners", [("top-left",), ("top-left", "bottom-right")])
def test_torn_corners_are_borne(corners: tuple[str, ...]) -> None:
    page = marked(lambda pen, layout: pen.tick(box_of(layout, "chair", "chair1", "for")))
    side = 220
    if "top-left" in corners:
        page[:side, :side] = 30
    if "bottom-right" in corners:
        page[-side:, -side:] = 250
    found = answer(samples.checked(), page)
    assert (found["status"], found["marks"]["chair"]) == ("read", {"chair1": "for"})


@pytest.mark.parametrize("grey", [30, 110])
def test_a_scanners_streak_marks_nobody(grey: int) -> None:
    def draw(pen: Pen, layout: dict[str, Any]) -> None:
        pen.tick(box_of(layout, "chair", "chair1", "against"))

    page = marked(draw)
    layout = samples.printed()[1]
    x = round(centre(layout, "chair", "chair1", "for")[0] * 200 / 25.4)
    page[:, x - 4 : x + 5] = grey
    found = answer(samples.checked(), page)
    assert found["status"] == "review"
    assert all(marks.get(who) != "for" for marks in found["marks"].values() for who in marks)
    assert {one["why"] for one in found["review"]} <= {"streak", "write-in"}
    sideways = answer(samples.checked(), np.ascontiguousarray(np.rot90(page)))
    assert sideways["marks"] == found["marks"]


def test_a_bent_sheet_is_for_people() -> None:
    page = marked(lambda pen, layout: pen.tick(box_of(layout, "chair", "chair1", "for")))
    height, width = page.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    bowed = cv2.remap(page, x + 14 * np.sin(np.pi * y / height, dtype=np.float32), y, cv2.INTER_LINEAR, borderValue=255)
    found = answer(samples.checked(), np.asarray(bowed, np.uint8))
    assert (found["status"], found["why"], found["marks"]) == ("review", "bent", {})
    assert [one["contest"] for one in found["review"] if one["why"] == "bent"] == ["chair", "deputy", "member"]


def test_a_page_whose_outlines_are_gone_is_for_people() -> None:
    pdf, layout = samples.printed()
    page = scans.rasterise(pdf, 200)
    for mark in layout["marks"]:
        left, top, right, bottom = (
            round(v * 200 / 25.4) for v in (mark["x_mm"] - 1, mark["y_mm"] - 1, mark["x_mm"] + 8, mark["y_mm"] + 8)
        )
        page[top:bottom, left:right] = 255
    found = answer(samples.checked(), page)
    assert (found["status"], found["why"], found["marks"]) == ("review", "outline-lost", {})


def why(template: Template, page: Grey) -> str:
    with pytest.raises(Unusable) as refused:
        answer(template, page)
    return refused.value.why


def test_a_ballot_of_another_design_is_rejected() -> None:
    other = scans.rasterise(samples.printed((samples.CHAIR, samples.DEPUTY))[0], 200)
    assert why(samples.checked(), other) == "other-design"
    assert why(samples.checked(form="sign"), scans.rasterise(samples.printed()[0], 200)) == "other-design"


@pytest.mark.parametrize("proof", [False, True])
def test_a_proof_copy_is_rejected_with_either_layout(proof: bool) -> None:
    page = scans.rasterise(samples.printed(proof=True)[0], 200)
    assert why(samples.checked(proof=proof), page) == "proof-copy"


def test_two_ballots_in_one_picture_are_rejected() -> None:
    page = scans.rasterise(samples.printed()[0], 150)
    assert why(samples.checked(), np.ascontiguousarray(np.hstack([page, page]))) in ("two-ballots", "too-askew")
    both = np.full((4 * page.shape[0], 4 * page.shape[1]), 255, np.uint8)
    big = cv2.resize(page, None, fx=1.5, fy=1.5)
    for top, left in ((0, 0), (page.shape[0] * 2, page.shape[1] * 2)):
        both[top : top + big.shape[0], left : left + big.shape[1]] = big
    assert why(samples.checked(), both) in ("two-ballots", "too-askew")


def test_two_pages_of_a_ballot_in_one_picture_are_rejected() -> None:
    contests = (samples.CHAIR, samples.MEMBER)
    pdf, _ = samples.printed(contests, "sign", "A5")
    both = np.hstack([scans.rasterise(pdf, 200, number) for number in (0, 1)])
    assert why(samples.checked(contests, "sign", "A5"), np.ascontiguousarray(both)) == "two-ballots"


def test_what_is_no_ballot_is_rejected() -> None:
    rng = np.random.default_rng(3)
    assert why(samples.checked(), np.full((1600, 1200), 255, np.uint8)) == "no-markers"
    assert why(samples.checked(), rng.integers(0, 255, (1600, 1200), dtype=np.uint8)) == "no-markers"


def test_a_coarse_a_pale_and_a_distorted_scan_are_rejected() -> None:
    pdf, _ = samples.printed()
    assert why(samples.checked(), scans.rasterise(pdf, 100)) == "too-coarse"
    page = scans.rasterise(pdf, 200)
    assert why(samples.checked(), (230 + page * 0.1).astype(np.uint8)) in ("too-pale", "no-markers")
    squeezed = cv2.resize(page, (page.shape[1], int(page.shape[0] * 0.6)), interpolation=cv2.INTER_AREA)
    assert why(samples.checked(), np.asarray(squeezed, np.uint8)) in ("too-askew", "too-coarse")


DESIGNS = [Design(form, paper, dpi) for dpi in (200, 300) for paper in ("A5", "A4", "A3") for form in FORMS]


def assert_sound(report: fleet.Report) -> None:
    """The promise of the reader: nothing said that is not so, nothing lost, strangers refused, clean pages read."""
    assert report.wrong == []
    assert report.clean_share >= 0.98
    assert report.kinds["alien"] == sum(report.whys[why] for why in ("other-design", "proof-copy", "no-markers"))


def test_three_hundred_pages_of_every_kind_hold_no_wrong_answer() -> None:
    assert_sound(fleet.run([one for one in DESIGNS if one.paper != "A3" and one.dpi == 200], 300, seed=11))


@pytest.mark.long
@pytest.mark.timeout(4 * 3600)
def test_five_thousand_pages_of_every_kind_hold_no_wrong_answer() -> None:
    assert_sound(fleet.run(DESIGNS, 5000, seed=12))
