"""Rolls: found, imported with every fault shown, added, corrected, removed, moved, reviewed; objections."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]

from election.acts.order import group_key
from election.demo.rolls import write_faulty_roll_xlsx
from election.names.identity import check_character
from election.names.pinyin import initials
from election.store.people import Listed
from tests.web.committee_town import PASSWORD, Browser, Page, Told, told, told_once  # noqa: F401


def number(birth_and_sequence: str) -> str:
    first = f"620103{birth_and_sequence}"
    return first + check_character(first)


def faulty(folder: Path) -> bytes:
    write_faulty_roll_xlsx(folder / "roll.xlsx")
    return (folder / "roll.xlsx").read_bytes()


def upload(browser: Browser, log: str, data: bytes, name: str = "名册.xlsx") -> Page:
    return browser.post(f"/c/{log}/roll/import", {"file": (BytesIO(data), name)})


def size(told: Told, log: str) -> int:  # noqa: F811
    return told.world(log).election.size


def one(told: Told, log: str) -> Listed:  # noqa: F811
    """Somebody of a name that nobody else has, who stands for nothing."""
    facts = told.world(log).election
    busy = {*facts.presiding, *facts.representatives, *(p for p, _ in facts.proposed)}
    people = told.people(log)
    names = [p.resident.name for p in people]
    return next(p for p in people if names.count(p.resident.name) == 1 and p.person not in busy)


# --- import ----------------------------------------------------------------------------------------------------------


def test_a_file_is_checked_shown_and_imported_only_when_confirmed(told: Told, tmp_path: Path) -> None:  # noqa: F811
    browser = told.browser("dengji4")
    before = size(told, told.residents4)
    page = upload(browser, told.residents4, faulty(tmp_path))
    assert page.status == 302
    check = browser.get(page.location)
    assert "身份证号不是 18 位" in check.text or "校验码不对" in check.text
    assert "选举日不满 18 周岁" in check.text
    assert "与第 2 行重复" in check.text
    assert size(told, told.residents4) == before, "checking writes nothing"
    assert told.people(told.residents4) == []
    done = browser.post(page.location, {"_go": "import", "occurred_on": "2010-12-05"})
    assert done.status == 302, done.summary
    assert size(told, told.residents4) == before + 1
    people = told.people(told.residents4)
    assert {p.status for p in people} == {"registered", "waiting", "held"}
    assert "等待核对" in browser.get(done.location).text
    assert browser.get(f"/c/{told.residents4}/roll/import/check").status == 302, "the file is gone"


def test_the_report_has_every_fault_with_its_row(told: Told, tmp_path: Path) -> None:  # noqa: F811
    browser = told.browser("dengji4")
    upload(browser, told.residents4, faulty(tmp_path))
    sheet = browser.get(f"/c/{told.residents4}/roll/import/report.xlsx")
    rows = list(load_workbook(BytesIO(sheet.answer.data)).active.iter_rows(values_only=True))
    assert rows[1] == ("行号", "处理", "问题")
    assert any(r[:2] == (3, "退回") and "与第 2 行重复" in str(r[2]) for r in rows)
    assert {r[0] for r in rows[2:]} >= set(range(3, 18))


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "empty.xlsx"),
        (b"PK\x03\x04broken", "broken.xlsx"),
        (b"\xff\xfe\x00", "x.csv"),
        (b"no,header\r\n1,2", "x.csv"),
        (b"MZ", "x.exe"),
    ],
)
def test_a_file_that_is_no_roll_is_said_and_nothing_is_kept(told: Told, data: bytes, name: str) -> None:  # noqa: F811
    browser = told.browser("dengji4")
    page = upload(browser, told.residents4, data, name)
    assert page.status == 422
    assert "还不能办理" in page.summary
    assert browser.get(f"/c/{told.residents4}/roll/import/check").status == 302


def test_no_file_is_said(told: Told) -> None:  # noqa: F811
    page = told.browser("dengji4").post(f"/c/{told.residents4}/roll/import", {})
    assert page.status == 422
    assert "请选择要导入的文件" in page.summary


def test_a_file_can_be_put_aside(told: Told, tmp_path: Path) -> None:  # noqa: F811
    browser = told.browser("dengji4")
    upload(browser, told.residents4, faulty(tmp_path))
    browser.post(f"/c/{told.residents4}/roll/import/check", {"_go": "discard"})
    assert browser.get(f"/c/{told.residents4}/roll/import/check").status == 302
    assert "还没有导入" not in browser.get(f"/c/{told.residents4}/roll/import").text


def test_after_registration_has_closed_no_file_is_imported(told: Told, tmp_path: Path) -> None:  # noqa: F811
    browser = told.browser("dengji5")
    assert "不能再导入" in browser.get(f"/c/{told.residents}/roll/import").text
    upload(browser, told.residents, faulty(tmp_path))
    before = size(told, told.residents)
    page = browser.post(f"/c/{told.residents}/roll/import/check", {"_go": "import"})
    assert page.status == 422
    assert "选民登记已经截止" in page.summary
    assert size(told, told.residents) == before


def test_the_empty_roll_can_be_taken_along(told: Told) -> None:  # noqa: F811
    for log, last in ((told.residents4, "电话"), (told.party4, "党员类别")):
        page = told.browser("dengji4").get(f"/c/{log}/roll/template.xlsx")
        header = next(load_workbook(BytesIO(page.answer.data)).active.iter_rows(values_only=True))
        assert header[0] == "姓名"
        assert header[-1] == last


# --- the list --------------------------------------------------------------------------------------------------------


def test_people_are_found_by_name_by_initials_by_group_and_by_state(told: Told) -> None:  # noqa: F811
    browser, someone = told.browser("dengji5"), one(told, told.residents)
    name = someone.resident.name
    for query in (
        f"q={name}",
        f"q={initials(name)}",
        f"q={name}&group={someone.resident.group}",
        f"q={name}&state=registered",
    ):
        assert name in browser.get(f"/c/{told.residents}/roll?{query}").text
    for query in (f"q={name}&state=held", f"q={name}&group=没有的小组", "q=赵无极"):
        assert "没有找到" in browser.get(f"/c/{told.residents}/roll?{query}").text


def test_the_list_masks_numbers_and_goes_by_pages(told: Told) -> None:  # noqa: F811
    browser = told.browser("dengji5")
    first = browser.get(f"/c/{told.residents}/roll")
    assert first.html.count('scope="row"') == 50
    assert "第 1 页，共 6 页" in first.text
    assert browser.get(f"/c/{told.residents}/roll?page=999&q=%7B%7D").status == 200
    assert browser.get(f"/c/{told.residents}/roll?page=-1").status == 200
    assert browser.get(f"/c/{told.residents}/roll?page=x").status == 200
    for person in told.people(told.residents):
        assert not person.resident.id_number or person.resident.id_number not in first.html


def test_only_those_who_keep_the_roll_see_the_whole_person(told: Told) -> None:  # noqa: F811
    someone = one(told, told.residents)
    address = f"/c/{told.residents}/roll/person/{someone.person}"
    assert someone.resident.id_number in told.browser("dengji5").get(address).html
    for login in ("jiedao", "zuzhibu", "guancha5", "zhuren4"):
        assert told.browser(login).get(address).status == 404
    assert told.browser("guancha5").get(f"/c/{told.residents}/roll").status == 404
    assert told.browser("dengji5").get(f"/c/{told.residents4}/roll/person/{someone.person}").status == 404
    assert told.browser("dengji5").get(f"/c/{told.residents}/roll/person/{told.residents}").status == 404


# --- one person at a time --------------------------------------------------------------------------------------------

PERSON = {"name": "牛小满", "id_number": number("19800101101"), "group": "第一居民小组", "hukou": "local", "basis": "凭户口簿登记",
          "occurred_on": "2010-12-05", "deprived": "no"}  # fmt: skip


def test_one_person_is_registered_by_hand(told: Told) -> None:  # noqa: F811
    browser = told.browser("dengji5")
    before = told.world(told.residents).election.roll.registered
    page = browser.post(f"/c/{told.residents}/roll/add", PERSON)
    assert page.status == 302, page.summary
    assert told.world(told.residents).election.roll.registered == before + 1
    shown = browser.get(page.location).text
    assert "牛小满" in shown
    assert "1980-01-01" in shown


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "请填写姓名"),
        ({"id_number": "620103198001011"}, "身份证号不是 18 位"),
        ({"id_number": number("19800101101")[:17] + "#"}, "不能用的字符"),
        ({"id_number": "", "birth": ""}, "请填写出生日期"),
        ({"birth": "不记得", "id_number": ""}, "须是日期"),
        ({"id_number": number("20000101101")}, "不满 18 周岁"),
        ({"deprived": "yes"}, "被剥夺政治权利"),
        ({"basis": ""}, "请填写依据"),
        ({"basis": "本人"}, "不少于 4 个字"),
        ({"occurred_on": "昨天"}, "须是日期"),
        ({"objection": "三"}, "异议编号须是数字"),
    ],
)
def test_whoever_may_not_be_registered_is_refused_in_a_sentence(told: Told, change: dict[str, str], words: str) -> None:  # noqa: F811
    before = size(told, told.residents)
    page = told.browser("dengji5").post(f"/c/{told.residents}/roll/add", PERSON | change)
    assert page.status == 422
    assert words in page.summary
    assert page.value("group") == "第一居民小组"
    assert size(told, told.residents) == before


def test_a_member_added_by_hand_needs_a_category(told: Told) -> None:  # noqa: F811
    page = told.browser("dengji4").post(f"/c/{told.party4}/roll/add", PERSON)
    assert "请选择党员类别" in page.summary
    assert page.status == 422


def test_an_entry_is_corrected_with_its_ground(told: Told) -> None:  # noqa: F811
    browser, someone = told.browser("dengji5"), one(told, told.residents)
    address = f"/c/{told.residents}/roll/person/{someone.person}/correct"
    form = browser.get(address)
    assert form.value("id_number") == someone.resident.id_number
    kept = {k: form.value(k) for k in ("name", "id_number", "birth", "group", "household", "address", "phone")}
    page = browser.post(address, kept | {"phone": "0931-1234567", "basis": "本人来电更正电话", "sex": someone.resident.sex,
                                         "hukou": someone.resident.hukou, "deprived": "no"})  # fmt: skip
    assert page.status == 302, page.summary
    assert "0931-1234567" in browser.get(page.location).text
    wrong = browser.post(address, kept | {"id_number": "1", "basis": "更正号码"})
    assert "身份证号不是 18 位" in wrong.summary


def test_somebody_is_removed_with_a_ground(told: Told) -> None:  # noqa: F811
    browser, someone = told.browser("dengji5"), one(told, told.residents)
    address = f"/c/{told.residents}/roll/person/{someone.person}/remove"
    assert "请填写依据" in browser.post(address, {}).summary
    assert "没有同名的另一行" in browser.post(address, {"double": "yes", "basis": "重复登记了"}).summary
    page = browser.post(address, {"basis": "已迁往外省居住"})
    assert page.status == 302, page.summary
    assert someone.person not in [p.person for p in told.people(told.residents)]
    again = browser.post(address, {"basis": "已迁往外省居住"})
    assert again.status == 422
    assert "没有这个人" in again.summary


def test_a_double_is_merged(told: Told) -> None:  # noqa: F811
    browser = told.browser("dengji5")
    for sequence in ("101", "303"):
        browser.post(f"/c/{told.residents}/roll/add", PERSON | {"id_number": number(f"19800101{sequence}")})
    twin = next(p for p in told.people(told.residents) if p.resident.name == "牛小满")
    address = f"/c/{told.residents}/roll/person/{twin.person}/remove"
    assert "合并为一行" in browser.get(address).text
    assert browser.post(address, {"double": "yes", "basis": "同一个人登记两次"}).status == 302
    assert sum(p.resident.name == "牛小满" for p in told.people(told.residents)) == 1


def test_nobody_moves_people_into_a_community_beyond_their_own(told: Told) -> None:  # noqa: F811
    browser, someone = told.browser("dengji5"), one(told, told.residents)
    address = f"/c/{told.residents}/roll/person/{someone.person}/move"
    assert "柳湾社区" in browser.get(address).text
    assert "请选择转入的社区" in browser.post(address, {"basis": "搬到那里居住", "target": told.party4}).summary
    before = size(told, told.residents), size(told, told.residents4)
    page = browser.post(address, {"basis": "搬到那里居住", "target": told.residents4})
    assert page.status == 422
    assert "还不能办理" in page.summary
    assert (size(told, told.residents), size(told, told.residents4)) == before


def test_a_member_is_left_out_of_those_entitled(told: Told) -> None:  # noqa: F811
    import tempfile

    from election.demo.people import street
    from election.demo.rolls import write_members_xlsx

    browser = told.browser("dengji4")
    with tempfile.TemporaryDirectory() as folder:
        write_members_xlsx(street().communities[3].members, Path(folder) / "m.xlsx")
        data = (Path(folder) / "m.xlsx").read_bytes()
    upload(browser, told.party4, data)
    browser.post(f"/c/{told.party4}/roll/import/check", {"_go": "import"})
    someone = next(p for p in told.people(told.party4) if p.category == "full")
    entitled = told.world(told.party4).election.entitled
    person = browser.get(f"/c/{told.party4}/roll/person/{someone.person}")
    assert "不计入应到人数" in person.text
    address = f"/c/{told.party4}/act/roll.exclude?person={someone.person}"
    form = browser.get(address)
    assert form.value("person.find") == someone.resident.name
    page = browser.post(
        address,
        {
            "person": someone.person,
            "person.find": someone.resident.name,
            "ground": "illness",
            "consent_document": "柳街工〔2010〕9号",
        },
    )
    assert page.status == 302, page.summary
    assert told.world(told.party4).election.entitled == entitled - 1
    assert "恢复计入应到" in browser.get(f"/c/{told.party4}/roll/person/{someone.person}").text


# --- review ----------------------------------------------------------------------------------------------------------


def test_rows_that_wait_are_reviewed_in_one_go(told: Told, tmp_path: Path) -> None:  # noqa: F811
    browser = told.browser("dengji4")
    upload(browser, told.residents4, faulty(tmp_path))
    browser.post(f"/c/{told.residents4}/roll/import/check", {"_go": "import"})
    address = f"/c/{told.residents4}/roll/review"
    waiting = [p.person for p in told.people(told.residents4) if p.status in ("waiting", "held")]
    assert len(waiting) > 3
    assert "没有身份证号，凭户口簿核对" in browser.get(address).text
    none = browser.post(address, {"basis": "凭户口簿核对", "_go": "accept"})
    assert none.status == 422
    assert "请先勾选" in none.summary
    no_ground = browser.post(address, {"person": waiting[:2], "_go": "accept"})
    assert "请填写依据" in no_ground.summary
    assert no_ground.html.count(" checked") == 2
    done = browser.post(address, {"person": waiting[:3], "basis": "凭户口簿核对", "_go": "accept"})
    assert done.status == 302, done.summary
    gone = browser.post(address, {"person": waiting[3:], "basis": "查无此人", "_go": "remove"})
    assert gone.status == 302, gone.summary
    assert "没有等待核对的人" in browser.get(address).text
    assert told.world(told.residents4).election.roll.held == 0
    assert browser.post(address, {"person": waiting, "basis": "再来一次", "_go": "maybe"}).status == 400


# --- objections ------------------------------------------------------------------------------------------------------

OBJECTION = {"kind": "roll_missing", "about": "牛小满", "text": "漏登了我的儿子", "by": "牛大山", "contact": "13900000000",
             "occurred_on": "2010-12-05"}  # fmt: skip


def test_an_objection_is_filed_at_the_desk_and_decided_by_the_chair(told: Told) -> None:  # noqa: F811
    desk, chair = told.browser("dengji5"), told.browser("zuzhang5")
    filed = desk.post(f"/c/{told.residents}/act/objection.file", OBJECTION)
    assert filed.status == 302, filed.summary
    listed = desk.get(f"/c/{told.residents}/objections")
    assert "漏登了我的儿子" in listed.text
    assert "由主持选举的负责人决定并答复" in listed.text
    assert desk.get(f"/c/{told.residents}/act/objection.decide").status == 404
    assert "作出决定并答复" in chair.get(f"/c/{told.residents}/objections").text
    answer = {"objection": "1", "upheld": "yes", "answer": "核实后予以补登", "_go": "do", "sign_password": PASSWORD}
    done = chair.post(f"/c/{told.residents}/act/objection.decide?objection=1", answer)
    assert done.status == 302, done.summary
    after = chair.get(f"/c/{told.residents}/objections").text
    assert "核实后予以补登" in after
    assert "没有等待答复的异议" in after


@pytest.mark.parametrize(
    ("change", "words"),
    [({"text": "漏"}, "不少于 4 个字"), ({"by": ""}, "请填写：提出人"), ({"kind": "rant"}, "请从所列")],
)
def test_an_objection_must_say_something(told: Told, change: dict[str, str], words: str) -> None:  # noqa: F811
    page = told.browser("dengji5").post(f"/c/{told.residents}/act/objection.file", OBJECTION | change)
    assert page.status == 422
    assert words in page.summary
    assert page.value("contact") == "13900000000"


def test_what_was_objected_is_for_those_who_work_on_it_and_never_in_the_minutes(told: Told) -> None:  # noqa: F811
    told.browser("dengji5").post(f"/c/{told.residents}/act/objection.file", OBJECTION)
    for login in ("guancha5", "jiedao", "zhuren4"):
        assert told.browser(login).get(f"/c/{told.residents}/objections").status == 404
    for login in ("guancha5", "zuzhang5"):
        minutes = told.browser(login).get(f"/c/{told.residents}/record").text
        assert "牛大山" not in minutes
        assert "漏登了我的儿子" not in minutes
        assert "（不公开）" in minutes


def test_where_the_rules_give_no_last_day_the_desk_says_so_and_takes_objections_all_the_same(told: Told) -> None:  # noqa: F811
    desk, chair = told.browser("dengji5"), told.browser("zhuren5")
    empty = chair.get(f"/c/{told.party}/objections").text
    assert "规则没有规定提出异议的最后日期" in empty
    filed = desk.post(f"/c/{told.party}/act/objection.file", {**OBJECTION, "kind": "candidate"})
    assert filed.status == 302, filed.summary
    assert "规则没有规定答复期限，请尽快答复" in chair.get(f"/c/{told.party}/objections").text
    (waiting,) = told.world(told.party).election.outstanding()
    assert not waiting.late
    form = chair.get(f"/c/{told.party}/act/objection.decide").text
    assert "第 1 号" in form
    assert "最迟" not in form


def test_the_pages_of_a_roll_are_its_people_in_order_each_once(told: Told) -> None:  # noqa: F811
    browser = told.browser("dengji5")
    address = f"/c/{told.residents}/roll"
    shown: list[str] = []
    page = 1
    while found := re.findall(r"roll/person/([0-9a-f-]{36})\"", browser.get(f"{address}?page={page}").html):
        if set(found) <= set(shown):
            break
        shown += dict.fromkeys(found)
        page += 1
    everybody = sorted(
        told.people(told.residents), key=lambda p: (group_key(p.resident.group), p.resident.name, p.person)
    )
    assert shown == [p.person for p in everybody]
