"""Whatever stands on a ballot: nothing lies off the paper or over anything else, and a contest is on one page."""

from __future__ import annotations

import hashlib
import json
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballots import Candidate, Contest, make
from ballots.design import QUIET_MM, design
from ballots.geometry import DICTIONARY_SIZE, FORMS, PAPERS, Layout, Rectangle, fiducial_ids
from ballots.sizes import BETWEEN_MM
from election.faults import WrongInput
from election.words.faults import said

from . import samples

NAMES = st.text(alphabet="王李张刘陈杨赵黄周吴·欧阳志远买提", min_size=1, max_size=14)


FIVE = ("吴珺", "何玉龙", "罗丽萍", "贾子翔", "龚文丽")


@st.composite
def contests(draw: st.DrawFn) -> list[Contest]:
    made = []
    for number in range(draw(st.integers(1, 4))):
        names = draw(st.lists(NAMES, min_size=1, max_size=12))
        candidates = tuple(Candidate(f"c{place}", name, f"第{place}组") for place, name in enumerate(names))
        rows = draw(st.integers(0, 3))
        made.append(Contest(f"k{number}", draw(st.sampled_from(["主任", "副主任", "妇女委员"])), 1, candidates, rows))
    return made


@settings(max_examples=60, deadline=None)
@given(
    contests(), st.sampled_from(FORMS), st.sampled_from(["A3", "A4"]), st.booleans(), st.text("选举社区", max_size=40)
)
def test_every_layout_keeps_its_paper(made: list[Contest], form: Any, paper: Any, large: bool, title: str) -> None:
    try:
        layout = design(made, title or "选票", form=form, paper=paper, large=large)
    except WrongInput as refused:
        assert "does not fit" in str(refused)  # noqa: PT017
        return
    assert_sound(layout, made)


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("large", [False, True])
def test_the_sample_ballot_is_sound_on_every_paper(paper: Any, form: Any, large: bool) -> None:
    made = (samples.CHAIR,) if paper == "A5" and large else (samples.CHAIR, samples.DEPUTY)
    assert_sound(design(made, samples.TITLE, form=form, paper=paper, large=large), made)


def test_a_crowded_page_of_large_type_leaves_its_boxes_room_on_every_side() -> None:
    """The narrow columns of an A5 in large type: no rule beside a box is taken for ink, so that it may be printed."""
    five = Contest("k", "委员", 4, tuple(Candidate(f"c{n}", name, "") for n, name in enumerate(FIVE)), 1)
    pdf, layout = make([five], "杏坛社区第三届居民委员会选举选票", form="sign", paper="A5", large=True)
    assert (len(layout["marks"]), pdf[:4]) == (6, b"%PDF")


def test_what_no_page_holds_is_told_in_chinese_too_with_what_would_do() -> None:
    many = Contest("k", "委员", 5, tuple(Candidate(f"c{n}", f"候选人{n}", "第一组") for n in range(40)))
    with pytest.raises(WrongInput) as told:
        design([many], samples.TITLE, form="columns", paper="A5", large=True)
    assert "take larger paper" in str(told.value)
    assert said(told.value).startswith("职务 k：委员有 40 名候选人，一页 A5 纸排不下。请改用大一些的纸")


def assert_sound(layout: Layout, made: Any) -> None:
    paper = Rectangle(0, 0, layout.width, layout.height)
    choices = {"columns": 3, "sign": 1}[layout.form]
    for contest in made:
        marks = [mark for mark in layout.marks if mark.contest == contest.id]
        assert len({mark.page for mark in marks}) == 1
        assert len([mark for mark in marks if mark.candidate]) == choices * len(contest.candidates)
        assert [mark.row for mark in marks if not mark.candidate] == list(range(1, contest.write_in_rows + 1))
        printed = list(dict.fromkeys(mark.candidate for mark in marks if mark.candidate))
        assert printed == [candidate.id for candidate in contest.candidates]
    for page in range(1, layout.pages + 1):
        boxes = [one.box for one in (*layout.marks, *layout.write_ins, *layout.examples) if one.page == page]
        markers = [
            Rectangle(m.box.x - QUIET_MM, m.box.y - QUIET_MM, m.box.w + 2 * QUIET_MM, m.box.h + 2 * QUIET_MM)
            for m in layout.fiducials
            if m.page == page
        ]
        texts = [text.box for text in layout.texts if text.page == page]
        assert len(markers) == 4
        for box in (*boxes, *markers, *texts):
            assert box.inside(paper)
        for one, other in combinations((*boxes, *markers), 2):
            assert not one.overlaps(other)
        for text in layout.texts:
            if text.page != page:
                continue
            height = len(text.lines) * text.size * text.leading
            inked = Rectangle(text.box.x, text.box.y + (text.box.h - height) / 2, text.box.w, height)
            assert height <= text.box.h + 0.1
            if text.align == "left" or text.lines == ("—",):
                continue
            assert not any(inked.overlaps(box) for box in boxes), text


def test_names_are_never_under_14_points() -> None:
    long = Contest("k", "委员", 1, (Candidate("a", "买" * 40), Candidate("b", "丁一")), 0)
    layout = design([long], form="columns")
    sizes = {text.size for text in layout.texts if set("".join(text.lines)) == {"买"}}
    assert sizes
    assert min(sizes) >= 14 * 25.4 / 72


def test_the_design_is_the_hash_the_contract_names() -> None:
    _, layout = samples.printed()
    body = json.loads(json.dumps(layout))
    del body["design"]
    for fiducial in body["fiducials"]:
        del fiducial["id"]
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert layout["design"] == hashlib.sha256(canonical).hexdigest()


def test_the_layout_file_has_the_contracts_keys_and_floats() -> None:
    _, layout = samples.printed()
    assert layout["page"] == {"width_mm": 210.0, "height_mm": 297.0}
    assert layout["contests"][0] == {"id": "chair", "seats": 1}
    first = layout["fiducials"][0]
    assert {key: first[key] for key in ("page", "dictionary", "x_mm", "y_mm", "size_mm")} == {
        "page": 1,
        "dictionary": "DICT_4X4_250",
        "x_mm": 14.0,
        "y_mm": 14.0,
        "size_mm": 10.0,
    }
    for mark in layout["marks"]:
        assert all(isinstance(mark[key], float) for key in ("x_mm", "y_mm", "w_mm", "h_mm"))
        assert (mark["candidate"] is None) == ("row" in mark)
    assert layout["write_ins"][0].keys() == {"page", "contest", "row", "x_mm", "y_mm", "w_mm", "h_mm"}


def test_one_letter_more_is_another_design_with_other_markers() -> None:
    one = design([samples.CHAIR], "甲社区选票")
    other = design([samples.CHAIR], "乙社区选票")
    proof = design([samples.CHAIR], "甲社区选票", proof=True)
    assert len({one.design, other.design, proof.design}) == 3
    assert len({tuple(f.id for f in layout.fiducials) for layout in (one, other, proof)}) == 3


def test_a_hundred_designs_share_no_page_of_markers() -> None:
    pages = {tuple(fiducial_ids(f"design {number}")[:4]) for number in range(100)}
    assert len(pages) == 100
    assert sorted(fiducial_ids("x")) == list(range(DICTIONARY_SIZE))


def test_pages_of_one_design_share_no_marker() -> None:
    many = [samples.contest(f"k{number}", "委员", 3, ["王伟", "李娜", "张敏", "刘洋"] * 1, 2) for number in range(8)]
    layout = design(many, paper="A5", form="sign")
    assert layout.pages > 1
    ids = [fiducial.id for fiducial in layout.fiducials]
    assert len(set(ids)) == 4 * layout.pages


def test_a_tall_contest_runs_over_columns_but_not_over_pages() -> None:
    tall = samples.contest("k", "居民代表", 20, [f"王{chr(0x4E00 + n)}" for n in range(24)])
    layout = design([tall])
    assert layout.pages == 1
    assert len({mark.box.x for mark in layout.marks if mark.choice == "for"}) > 1


def test_a_contest_taller_than_a_page_is_refused_with_the_paper_named() -> None:
    endless = samples.contest("k", "居民代表", 20, [f"王{chr(0x4E00 + n)}" for n in range(120)])
    with pytest.raises(WrongInput, match="A5"):
        design([endless], paper="A5")


@pytest.mark.parametrize(
    ("count", "form", "paper"), [(40, "columns", "A4"), (40, "sign", "A4"), (60, "columns", "A3"), (8, "columns", "A5")]
)
def test_many_candidates_stand_nearer_each_other_on_one_page(count: int, form: Any, paper: Any) -> None:
    many = samples.contest("k", "委员", 9, [f"王{chr(0x4E00 + n)}" for n in range(count)])
    layout = design([many], form=form, paper=paper)
    assert layout.pages == 1
    assert_sound(layout, [many])


@pytest.mark.parametrize(
    ("count", "long", "form", "paper", "large"),
    [
        (40, 1, "columns", "A4", False),
        (40, 1, "sign", "A4", False),
        (24, 24, "columns", "A4", False),
        (30, 30, "sign", "A4", False),
        (40, 40, "columns", "A3", True),
        (40, 40, "sign", "A3", True),
    ],
)
def test_names_of_twelve_characters_go_to_more_lines_and_columns_and_never_off_the_paper(
    count: int, long: int, form: Any, paper: Any, large: bool
) -> None:
    names = [f"{chr(0x4E01 + n)}{'依明江买买提吐尔逊一力' if n < long else '明'}" for n in range(count)]
    many = samples.contest("k", "委员", 9, names, 9 if paper == "A3" else 1)
    layout = design([many], form=form, paper=paper, large=large)
    assert layout.pages == 1
    assert_sound(layout, [many])


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_no_rule_is_printed_where_ink_beside_a_box_is_looked_for(form: Any, large: bool) -> None:
    """Whatever number of rows a contest has: the tightest rows would have every box of them taken for marked beside."""
    for count in range(10, 60, 3):
        many = samples.contest("k", "委员", 9, [f"王{chr(0x4E00 + n)}" for n in range(count)], 9)
        try:
            layout = design([many], form=form, large=large)
        except WrongInput:
            break
        for one, other in combinations(layout.marks, 2):
            if one.box.x == other.box.x:
                assert abs(one.box.y - other.box.y) - one.box.h >= BETWEEN_MM - 0.11


def test_a_refusal_names_the_contest_and_only_ways_that_are_left() -> None:
    many = samples.contest("k", "居民代表", 20, [f"王{chr(0x4E00 + n)}" for n in range(90)])
    with pytest.raises(WrongInput, match=r"contest k: 居民代表 with 90 candidates .* A4 page; take larger paper$"):
        design([many], paper="A4")  # the form sign would not hold them either
    with pytest.raises(WrongInput, match="take larger paper or ordinary type or the form sign"):
        design([samples.contest("k", "委员", 9, ["王" + "买提" * 5 + chr(0x4E00 + n) for n in range(18)])], large=True)
    endless = samples.contest("k", "居民代表", 20, [f"王{chr(0x4E00 + n)}" for n in range(300)])
    with pytest.raises(WrongInput, match="by itself"):
        design([endless], paper="A3", form="sign")


def test_the_words_on_how_to_mark_follow_the_ruleset() -> None:
    def words(**rule: Any) -> str:
        layout = design([samples.CHAIR], **rule)
        return "".join(line for text in layout.texts for line in text.lines)

    assert "整张选票无效" in words(over_mark_voids="ballot")
    assert "该项职务的选票无效" in words(over_mark_voids="contest")
    assert "须先反对" in words(against_first=True)
    assert "须先反对" not in words()


@pytest.mark.parametrize("wrong", [{"form": "circle"}, {"paper": "B5"}])
def test_an_unknown_form_or_paper_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(WrongInput, match="there is no"):
        design([samples.CHAIR], **wrong)


def test_the_stamp_area_is_clear_of_everything_to_be_marked() -> None:
    for paper in PAPERS:
        layout = design([samples.CHAIR], paper=paper)  # type: ignore[arg-type]
        dashed = [line for line in layout.lines if line.dash]
        seal = Rectangle(
            min(line.x1 for line in dashed),
            min(line.y1 for line in dashed),
            max(line.x1 for line in dashed) - min(line.x1 for line in dashed),
            max(line.y1 for line in dashed) - min(line.y1 for line in dashed),
        )
        assert seal.w >= 42
        assert seal.h >= 42
        for one in (*layout.marks, *layout.write_ins, *layout.fiducials, *layout.examples):
            assert not seal.overlaps(one.box)
