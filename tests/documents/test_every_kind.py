"""Each kind of paper, rendered from its sample and read back."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any, get_type_hints

import pikepdf
import pytest

from election.documents import KINDS, Paper, render
from election.documents.rendering import page
from tests.documents.reading import pages, sizes
from tests.documents.samples import STAMP, samples

SAMPLES = samples()

#: what a reader must find on each paper, beside the heading, and how many pages it takes
MATTERS: dict[str, tuple[int, tuple[str, ...]]] = {
    "roll_notice": (
        4,
        ("共登记选民320人", "第8居民小组（40人）", "2010年12月2日", "3日内作出答复", "阿依努尔·买买提江"),
    ),
    "roll_correction": (1, ("补登", "郑昇", "取消登记", "吴刚", "陈坤", "陈堃", "总数为2612人", "第三号公告")),
    "member_roll": (2, ("内部资料", "党员总数", "13", "11", "预备党员", "何珺", "长期在外，本人同意")),
    "posts_notice": (
        2,
        ("共7名", "主任1名、副主任2名（其中公选副主任1名）、委员4名", "一、社区党组织委员会", "动员部署"),
    ),
    "seats_notice": (1, ("由7人组成", "管段民警1名", "合计7", "第二届居民代表会议")),
    "notice": (1, ("选举领导小组成员名单公告", "组长（1人）", "陈建国", "选民登记")),
    "correction_notice": (1, ("本公告代替第七号公告", "社区活动中心", "向阳小学礼堂")),
    "representatives": (2, ("选民代表51名", "居民代表48名", "辖区单位代表3名", "妇女代表23名", "兰州某机械厂（2名）")),
    "delegates": (2, ("党员代表100名", "七组复〔2010〕8号", "第4党支部（25名）")),
    "prospective_list": (2, ("以姓氏笔画为序", "2010年12月1日至2010年12月5日", "王喆", "应选4名，提名5名", "特此公示")),
    "official_list": (2, ("选举日为2010年12月26日", "王喆", "李秀英", "1972年11月", "特此公告")),
    "candidate_report": (2, ("福选报〔2010〕3号", "按规定至少提名", "不同意见1件，均已调查答复")),
    "polling_notice": (1, ("上午9:00至11:30", "1号流动票箱", "第六、第七居民小组", "凭选民代表证")),
    "proxy_list": (1, ("委托投票4份", "第三居民小组", "不得超过3人", "不得转委托")),
    "proxy_certificate": (1, ("委托投票证", "阿依努尔·买买提江", "王喆", "代领一张选票")),
    "visit_list": (1, ("申请12人", "内部资料，不得张贴", "福临路12号院", "不单独开箱")),
    "vetting_sheet": (2, ("候选人资格联审表", "纪检监察", "（2）拉票贿选", "不得张贴")),
    "staff_notice": (1, ("总监票人陈建国", "计票人", "均不是候选人")),
    "sign_in_sheet": (2, ("应到35人", "第5居民小组（7人）", "＿＿＿＿")),
    "attendance": (1, ("应到58人", "实到55人", "第二居民小组（25人）", "不记录签到的先后")),
    "ballot_packs": (2, ("第5包共5包", "本包20张", "清点人", "封口处盖章")),
    "ballot_control": (1, ("印制220张", "共5包", "收回（2号票箱）", "领用人签字", "发票员")),
    "ballot_account": (1, ("印制65张＝发出55张＋作废换发2张＋剩余8张", "2号票箱2525", "选举有效", "监票人")),
    "tally_sheet": (2, ("1号票箱", "17210", "赵珺4", "没有另选他人")),
    "tally_blank": (2, ("画“正”字计票", "另选他人", "发出选票＿＿＿＿张", "唱票人")),
    "result_report": (
        1,
        ("5855", "有效票53", "当选须得赞成票28票", "王喆30023当选", "〔实施方案五（二）8〕", "（另选）"),
    ),
    "result_notice": (1, ("应到58人，实到55人", "选举有效", "主任王喆", "委员尚缺1名，另行选举")),
    "approval_request": (
        2,
        ("文件", "签发人：陈建国", "七向街工发〔2010〕12号", "妥否，请批示", "2．党员大会签到册", "抄送"),
    ),
    "approval_reply": (2, ("收悉。经研究，同意下列人员任职", "二、柳家营社区党总支", "此复")),
    "appointment_notice": (1, ("《七组复〔2010〕31号》批复", "书记：王喆", "特此通知")),
    "certificate": (2, ("当选证书", "王喆同志", "当选为福临里社区第三届居民委员会主任，任期三年", "特发此证")),
    "filing_form": (1, ("七里河区向阳街道福临里社区第三届居民委员会", "58／55人", "区民政局意见", "李秀英")),
    "handover_list": (1, ("逾期交接。原因：账目审计用时", "居民委员会公章1枚", "三、债权债务", "无", "监交人")),
    "inspection_report": (1, ("不合格", "整改：补记原因", "逐条核对一致", "陈建国、周海燕")),
    "turnover_report": (1, ("换届工作报告", "一、基本情况", "登记选民2612人")),
    "slip": (1, ("王*英", "已登记为选民", "第三居民小组", "陈建国、周海燕", "不是选票")),
    "objection_slip": (1, ("异2010-003", "√漏登", "□错登", "予以补登")),
    "signing_sheet": (1, ("公布选举结果", "a41b77e0a41b77e0", "监票人陈堃", "见证人")),
}


@cache
def rendered(kind: str) -> bytes:
    return render(kind, SAMPLES[kind])


def test_every_kind_has_a_sample_and_a_template():
    templates = {
        f.name[:-5] for f in files("election.templates").joinpath("print").iterdir() if f.name.endswith(".html")
    }
    assert set(KINDS) == set(SAMPLES) == set(MATTERS) == {name for name in templates if not name.startswith("_")}


@pytest.mark.parametrize("kind", KINDS)
def test_says_what_matters(kind: str):
    found = pages(rendered(kind))
    count, matters = MATTERS[kind]
    whole = "".join(found)
    assert [text for text in matters if text not in whole] == []
    assert len(found) == count
    assert SAMPLES[kind].heading.issuer in whole
    assert f"{SAMPLES[kind].heading.date.year}年{SAMPLES[kind].heading.date.month}月" in whole


@pytest.mark.parametrize("kind", ["ballot_account", "result_report", "result_notice", "filing_form", "ballot_control"])
def test_where_nobody_meets_a_turnout_is_of_voters(kind: str):
    paper = SAMPLES[kind]
    changed = {"checks": ()} if hasattr(paper, "checks") else {}  # whose sentences are given
    heading = replace(paper.heading, stations=True)
    at_stations = "".join(pages(render(kind, replace(paper, heading=heading, **changed))))
    assert "参加投票" in at_stations
    assert ("登记选民" in at_stations) == (kind != "ballot_control")
    assert "实到" in "".join(pages(rendered(kind)))
    assert not {"实到", "应到"} & {at_stations[n : n + 2] for n in range(len(at_stations))}


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_carries_the_state_of_the_record(kind: str):
    for text in pages(rendered(kind)):
        assert STAMP.root in text
        assert STAMP.fingerprint in text
        assert "812" in text


@pytest.mark.parametrize("kind", KINDS)
def test_same_data_same_bytes_and_nothing_the_press_does_not_know(kind: str, caplog: pytest.LogCaptureFixture):
    assert render(kind, SAMPLES[kind]) == rendered(kind)
    assert not caplog.records


@pytest.mark.parametrize("kind", KINDS)
def test_declares_an_archive_format_with_its_own_date(kind: str):
    with pikepdf.open(BytesIO(rendered(kind))) as pdf:
        day = SAMPLES[kind].heading.date
        assert str(pdf.docinfo["/CreationDate"]).startswith(f"D:{day:%Y%m%d}")
        assert pdf.open_metadata().pdfa_status == "2A"
        assert pdf.Root.MarkInfo.Marked
        assert "/AF" not in pdf.Root


def with_heading(kind: str, **changes: Any) -> Paper:
    return replace(SAMPLES[kind], heading=replace(SAMPLES[kind].heading, **changes))


@pytest.mark.parametrize("kind", ["official_list", "approval_request", "certificate", "result_report", "slip"])
def test_every_page_of_a_demonstration_says_so(kind: str):
    found = pages(render(kind, with_heading(kind, demonstration=True)))
    assert all("演示" in text and "不具效力" in text for text in found)
    assert not any("演示" in text for text in pages(rendered(kind)))


@pytest.mark.parametrize("kind", ["official_list", "approval_request", "certificate", "result_report"])
def test_every_page_of_a_draft_says_so(kind: str):
    found = pages(render(kind, with_heading(kind, draft=True, record=None)))
    assert all("草稿" in text and "未封存" in text for text in found)
    assert not any("草稿" in text for text in pages(rendered(kind)))


def test_sheets():
    assert set(sizes(rendered("roll_notice"))) == {(210, 297)}
    assert set(sizes(render("roll_notice", replace(SAMPLES["roll_notice"], size="A3")))) == {(297, 420)}
    assert set(sizes(rendered("certificate"))) == {(297, 210)}
    assert set(sizes(rendered("slip"))) == {(148, 210)}


def test_numbered_pages():
    for number, text in enumerate(pages(rendered("roll_notice")), start=1):
        assert f"-{number}-" in text


def changed(value: Any, hint: Any, change: str) -> Any:
    """``value`` with ``change`` in every free text."""
    if isinstance(value, tuple):
        return tuple(changed(item, type(item), change) for item in value)
    if is_dataclass(value):
        hints = get_type_hints(type(value))
        changes = {f.name: changed(getattr(value, f.name), hints[f.name], change) for f in fields(value)}
        return replace(value, **changes)  # type: ignore[type-var]
    return change if isinstance(value, str) and hint in (str, str | None) else value


@pytest.mark.parametrize("kind", KINDS)
def test_text_is_only_ever_text(kind: str):
    hostile = "<link rel=attachment href=file:///etc/passwd>{{7*7}}\"'>"
    html = page(kind, changed(SAMPLES[kind], type(SAMPLES[kind]), hostile))
    assert "<link" not in html
    assert "&lt;link" in html
    assert "{{7*7}}" in html
    assert "49" not in html.replace("&#49;", "").replace("&#39;", "")
    assert "\"'>" not in html


def test_hostile_text_prints_as_it_is_and_attaches_nothing():
    sample = SAMPLES["staff_notice"]
    hostile = '<link rel="attachment" href="file:///etc/passwd"><img src="http://127.0.0.1:9/x">{{7*7}}'
    role = replace(sample.roles[0], names=(hostile,))  # type: ignore[attr-defined]
    pdf = render("staff_notice", replace(sample, roles=(role,)))  # type: ignore[call-arg]
    assert "".join(hostile.split()) in "".join(pages(pdf))
    with pikepdf.open(BytesIO(pdf)) as document:
        assert not document.attachments
        assert "/AF" not in document.Root


def test_no_technical_words():
    for kind in KINDS:
        html = page(kind, SAMPLES[kind])
        assert not [word for word in ("哈希", "Merkle", "SHA", "PDF") if word in html]
