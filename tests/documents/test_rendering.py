"""What is refused, what is fetched, how names and numbers are set."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass, replace
from datetime import date, datetime
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.exceptions import SecurityError, UndefinedError
from weasyprint.urls import URLFetcher

from election.documents import KINDS, Heading, pdf, plain, rendering, typesetting
from election.documents.papers.parts import NameGroup
from election.documents.papers.results import ResultRow
from election.documents.papers.rolls import CorrectedName
from election.faults import WrongInput
from election.words.faults import said
from tests.documents.reading import pages
from tests.documents.samples import heading, people, samples

SAMPLES = samples()
ROLL: Any = SAMPLES["roll_notice"]


def refused(kind: str, data: Any) -> str:
    with pytest.raises(WrongInput) as caught:
        rendering.render(kind, data)
    return said(caught.value)


def test_blank_name_is_refused_with_its_place_and_without_other_names():
    groups = (ROLL.groups[0], NameGroup(title="第二居民小组", names=("陈堃", "　")))
    message = refused("roll_notice", replace(ROLL, groups=groups))
    assert "roll_notice.groups[2].names[2]：是空的" in message
    assert "陈堃" not in message


def test_missing_date_is_refused():
    assert "roll_notice.election_day：没有写值" in refused("roll_notice", replace(ROLL, election_day=None))


def test_instant_in_place_of_a_day_is_refused():
    moment = datetime(2010, 12, 26, 9, 0)  # noqa: DTZ001
    assert "election_day：不是日期" in refused("roll_notice", replace(ROLL, election_day=moment))


def test_negative_count_is_refused():
    report: Any = SAMPLES["result_report"]
    assert "result_report.present：是负数" in refused("result_report", replace(report, present=-1))


def test_fraction_and_truth_are_no_counts():
    report: Any = SAMPLES["result_report"]
    for wrong in (5.5, True, "55"):
        assert "result_report.present：不是整数" in refused("result_report", replace(report, present=wrong))


def test_number_is_no_text_and_a_word_no_yes():
    report: Any = SAMPLES["result_report"]
    assert "conclusion：不是文字" in refused("result_report", replace(report, conclusion=1))
    assert "valid：不是“是”或“否”" in refused("result_report", replace(report, valid="有效"))


def test_unknown_word_of_a_closed_list_is_refused():
    assert "size：不是可用的值" in refused("roll_notice", replace(ROLL, size="B9"))


def test_list_in_place_of_tuple_is_refused():
    assert "groups：不是列表" in refused("roll_notice", replace(ROLL, groups=list(ROLL.groups)))


def test_foreign_object_is_refused():
    class Row:
        title, names = "第一居民小组", ("陈堃",)

    assert "groups[1]：不是 NameGroup" in refused("roll_notice", replace(ROLL, groups=(Row(),)))


def test_data_of_another_kind_is_refused():
    assert "roll_notice：需要 RollNotice" in refused("roll_notice", SAMPLES["staff_notice"])


def test_letter_without_title_is_refused():
    letter: Any = SAMPLES["approval_request"]
    blank = replace(letter, heading=replace(letter.heading, title=""))
    assert "approval_request.heading.title：是空的" in refused("approval_request", blank)


def test_too_long_and_too_much_are_refused(monkeypatch: pytest.MonkeyPatch):
    assert "contact：超过 10000 个字" in refused("roll_notice", replace(ROLL, contact="长" * 10_001))
    monkeypatch.setattr(plain, "MOST_VALUES", 50)
    assert "roll_notice：内容超过 50 项" in refused("roll_notice", ROLL)


def test_address_too_long_for_a_square_is_refused():
    record = replace(ROLL.heading.record, address="https://example.invalid/" + "a" * 200)
    assert "record.address：超过 200 个字" in refused(
        "roll_notice", replace(ROLL, heading=replace(ROLL.heading, record=record))
    )


def test_character_that_no_font_has_is_named():
    groups = (NameGroup(title="第一居民小组", names=("陈\ue000",)),)
    assert r"字体缺字：\ue000" in refused("roll_notice", replace(ROLL, groups=groups))


def test_slip_in_english_needs_its_words():
    slip: Any = replace(SAMPLES["slip"], language="en")  # type: ignore[call-arg]
    assert "slip.language：没有译文" in refused("slip", slip)


def words_of_print() -> dict[str, str]:
    source = files("election.words").joinpath("interface", "print.toml").read_text(encoding="utf-8")
    return tomllib.loads(source)


def test_slip_in_english():
    slip: Any = replace(SAMPLES["slip"], language="en")  # type: ignore[call-arg]
    whole = "".join(pages(rendering.render("slip", slip, translate=words_of_print().__getitem__)))
    assert "Registeredtovote" in whole
    assert "26December2010" in whole
    assert "已登记" not in whole


def test_every_translated_text_has_its_english_and_none_is_left_over():
    folder = files("election.templates").joinpath("print")
    marked = {
        text
        for file in folder.iterdir()
        if file.name.endswith(".html")
        for text in re.findall(r"_\('([^']+)'\)", file.read_text(encoding="utf-8"))
    }
    assert marked | {KINDS["slip"].title} == set(words_of_print())


def test_template_that_asks_for_what_is_not_there_fails():
    with pytest.raises(UndefinedError):
        rendering._environment().from_string("{{ p.nothing }}").render(p=ROLL)
    with pytest.raises(ValueError, match="nothing"):
        rendering._environment().from_string("{{ h.number }}").render(h=heading())


def test_template_cannot_reach_python():
    with pytest.raises(SecurityError):
        rendering._environment().from_string("{{ p.__class__.__mro__ }}").render(p=ROLL)


@pytest.mark.parametrize(
    "html",
    [
        '<img src="file:///etc/passwd">',
        '<link rel="attachment" href="file:///etc/passwd">',
        '<a rel="attachment" href="file:///etc/passwd">x</a>',
        '<img src="http://127.0.0.1:9/x.png">',
        '<style>@import "https://example.invalid/x.css";</style>',
        '<p style="background:url(file:///etc/hostname)">x</p>',
        '<img src="data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E">',
        '<img src="data:text/html,x">',
    ],
)
def test_nothing_is_fetched(html: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch):
    """Even if a template should ever hold an address."""
    monkeypatch.setattr(URLFetcher, "fetch", lambda *_: pytest.fail("fetched"))
    page = f'<!doctype html><html lang="zh"><body><title>x</title>{html}</body></html>'
    paper = pdf.typeset(page, "@page { size: A4 }")
    assert "a paper fetches nothing" in caplog.text
    with pikepdf.open(BytesIO(paper)) as document:
        assert not document.attachments
        assert not document.pages[0].get_images()


def test_a_picture_in_a_name_is_only_text():
    named = replace(ROLL, groups=(NameGroup(title="一组", names=('<img src="data:image/png;base64,iVBORw0KGgo=">',)),))
    assert "&lt;img" in rendering.page("roll_notice", named)


def test_2600_names_all_stand_in_the_list():
    names = people(2600)
    groups = tuple(NameGroup(title=f"第{n + 1}居民小组", names=names[n * 325 : n * 325 + 325]) for n in range(8))
    found = pages(rendering.render("roll_notice", replace(ROLL, groups=groups)))
    whole = "".join(found)
    assert "共登记选民2600人" in whole
    assert [name for name in set(names) if name not in whole] == []
    assert len(found) == 17


def test_another_process_prints_the_same_bytes():
    """Another hash seed, time zone and locale."""
    code = (
        "import hashlib; from election.documents import render; from tests.documents.samples import samples;"
        "print(hashlib.sha256(render('result_report', samples()['result_report'])).hexdigest())"
    )
    here = Path(__file__).parents[2]
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "7",
        "TZ": "America/New_York",
        "LC_ALL": "C",
        "PYTHONPATH": str(here),
    }
    answer = subprocess.run([sys.executable, "-c", code], env=environment, cwd=here, capture_output=True, check=True)
    mine = hashlib.sha256(rendering.render("result_report", SAMPLES["result_report"])).hexdigest()
    assert answer.stdout.decode().strip() == mine


def test_a_long_table_repeats_its_header():
    sheet: Any = SAMPLES["member_roll"]
    branch = replace(sheet.branches[1], members=sheet.branches[1].members * 12)
    found = pages(rendering.render("member_roll", replace(sheet, branches=(branch,))))
    assert len(found) > 2
    assert all("序号姓名性别类别备注" in text for text in found[:-1])


def test_carried_votes_have_a_column_only_where_they_exist():
    report: Any = SAMPLES["result_report"]
    row: ResultRow = report.contests[0].rows[0]
    contest = replace(report.contests[0], rows=(replace(row, carried=7),))
    assert "下加票" in "".join(pages(rendering.render("result_report", replace(report, contests=(contest,)))))
    assert "下加票" not in "".join(pages(rendering.render("result_report", report)))


def test_blank_objection_slip_has_no_entry():
    slip: Any = SAMPLES["objection_slip"]
    whole = "".join(pages(rendering.render("objection_slip", replace(slip, filed=None))))
    assert "√" not in whole
    assert "郑昇" not in whole
    assert "编号：＿＿＿＿＿＿" in whole


def test_handover_in_time_says_nothing_of_lateness():
    paper: Any = SAMPLES["handover_list"]
    in_time = replace(paper, handed_over_on=paper.due, late_reason="")
    assert "逾期" not in "".join(pages(rendering.render("handover_list", in_time)))
    late = replace(paper, late_reason="")
    assert "逾期交接。未说明原因。" in "".join(pages(rendering.render("handover_list", late)))


def test_void_election_is_announced_as_void():
    notice: Any = SAMPLES["result_notice"]
    void = replace(notice, valid=False, elected=(), follows="择日重新选举。")
    whole = "".join(pages(rendering.render("result_notice", void)))
    assert "选举无效" in whole
    assert "无人当选" in whole
    assert "选举有效" not in whole
    assert "当选人员名单" not in whole


def test_returned_request_says_so():
    reply: Any = replace(SAMPLES["approval_reply"], decision="returned")  # type: ignore[call-arg]
    whole = "".join(pages(rendering.render("approval_reply", reply)))
    assert "退回" in whole
    assert "同意" not in whole


@pytest.mark.parametrize(
    ("number", "numeral"),
    [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九"), (100, "100"), (0, "0")],
)
def test_numerals(number: int, numeral: str):
    assert typesetting.chinese_numeral(number) == numeral


def test_dates():
    assert typesetting.chinese_date(date(2010, 12, 6)) == "2010年12月6日"
    assert typesetting.english_date(date(2010, 12, 6)) == "6 December 2010"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("应到 58 人,实到 55 人", "应到 58 人，实到 55 人"),
        ("所需的 28 票(基数 55)", "所需的 28 票（基数 55）"),
        ("法(2018)", "法（2018）"),
        ("上午9:00至11:30", "上午9:00至11:30"),
        ("时间:9:00", "时间：9:00"),
        ("https://example.invalid/a?b=1", "https://example.invalid/a?b=1"),
        ("10,000 votes (total)", "10,000 votes (total)"),
    ],
)
def test_punctuation_beside_chinese_is_full_width(typed: str, printed: str):
    assert typesetting.clean(typed) == printed


def test_direction_and_control_characters_do_not_reach_the_paper():
    assert typesetting.clean("王\u202e喆\x07\u200b") == "王喆"
    assert "\u202e" not in typesetting.name_rows(["王\u202e喆"], 7)


def test_names_fill_rows_and_long_names_take_more_cells():
    rows = typesetting.name_rows(["王喆", "李秀英", "阿依努尔·买买提江", "陈堃"], 3).splitlines()
    assert len(rows) == 3
    assert "阿依努尔·买买提江" in rows[1]
    assert 'style="width:12em"' in rows[1]
    assert typesetting.name_rows([], 7) == ""


@given(st.lists(st.text("张三喆堃·Ab 𠮷", min_size=1, max_size=12), max_size=60), st.integers(1, 11))
def test_no_row_is_overfull_and_no_name_is_lost(names: list[str], per_row: int):
    rows = str(typesetting.name_rows(names, per_row)).splitlines()
    assert "".join(re.sub("<[^>]+>|\u3000", "", row) for row in rows) == "".join(names)
    for row in rows:
        plain_cells = re.sub(r'<span class="long".*?</span>', "", row)
        wide = sum(int(width) for width in re.findall(r"width:(\d+)em", row)) // typesetting.CELL
        assert 1 <= plain_cells.count("\u3000") + wide <= per_row


def test_a_name_longer_than_a_row_stays_in_one_row():
    assert 'style="width:12em"' in typesetting.name_rows(["长" * 40], 3)


def test_signing_rows_number_each_name():
    rows = typesetting.signing_rows(["王喆", "李秀英", "<b>"]).splitlines()
    assert rows[0].startswith('<p class="sign">1\t王　喆')
    assert "\t2\t李秀英" in rows[0]
    assert "3\t&lt;b&gt;" in rows[1]


def test_same_words_for_the_same_election():
    base = heading()
    assert isinstance(base, Heading)
    assert base.committee == "福临里社区第三届居民委员会"
    assert replace(base, body="party", term="").election == "福临里社区党组织委员会换届选举"


def test_texts_are_found_wherever_they_stand():
    paper: Any = replace(
        SAMPLES["roll_correction"],
        corrected=(CorrectedName(group="甲", was="乙", now="丙"),),  # type: ignore[call-arg]
    )
    assert {"甲", "乙", "丙", "郑昇"} <= set(plain.texts(paper))


def test_a_paper_with_a_kind_of_value_that_no_paper_has_is_a_fault_of_the_program():
    @dataclass(frozen=True)
    class Weighed:
        kilograms: float

    with pytest.raises(TypeError, match="float"):
        plain.demand(Weighed(1.5), "weighed")
