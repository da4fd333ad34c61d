"""An act from its form to the record: refusals in sentences, drafts, confirmation, signatures, attachments."""

from __future__ import annotations

import re
from io import BytesIO

import pytest

from election.store import drafts
from election.store.accounts import by_login
from election.store.worlds import entries
from tests.web.committee_town import PASSWORD, Browser, Page, Told, told, told_once  # noqa: F401

PDF = b"%PDF-1.7\n%scan of a signed page\n"


def size(told: Told, log: str) -> int:  # noqa: F811
    return told.world(log).election.size


def slots(told: Told, log: str) -> list[str]:  # noqa: F811
    return [f"{person}:{office}" for person, office in told.world(log).election.proposed]


def prospective(told: Told, browser: Browser, slots: list[str], **more: object) -> Page:  # noqa: F811
    address = f"/c/{told.residents}/act/nomination.prospective"
    return browser.post(address, {"candidates.slots": slots, "method": "ballot", "occurred_on": "2010-12-05"} | more)


# --- refused ---------------------------------------------------------------------------------------------------------


def test_a_refusal_is_a_sentence_with_the_number_and_the_article_and_keeps_the_form(told: Told) -> None:  # noqa: F811
    before = size(told, told.residents)
    page = prospective(told, told.browser("zuzhang5"), slots(told, told.residents)[1:])
    assert page.status == 422
    assert "差额不足" in page.summary
    assert "2" in page.summary
    assert "〔依据〕" in page.summary
    assert page.html.count(" checked") == 9 + 1, "nine candidates and the method stay ticked"
    assert size(told, told.residents) == before


def test_what_the_class_refuses_stands_at_the_field(told: Told) -> None:  # noqa: F811
    page = prospective(told, told.browser("zuzhang5"), [])
    assert page.status == 422
    assert "至少要有 1 项" in page.summary
    assert 'href="#f-candidates"' in page.html


@pytest.mark.parametrize(
    ("day", "words"),
    [("去年", "须是日期"), ("2010-02-30", "须是日期"), ("2010-12-31", "还没有到"), ("2009-01-01", "早于")],
)
def test_the_day_it_happened_is_a_day_of_this_election(told: Told, day: str, words: str) -> None:  # noqa: F811
    page = prospective(told, told.browser("zuzhang5"), slots(told, told.residents), occurred_on=day)
    assert page.status == 422
    assert words in page.summary


def test_a_person_who_is_not_found_is_said(told: Told) -> None:  # noqa: F811
    page = told.browser("zuzhang5").post(
        f"/c/{told.residents}/act/nomination.propose",
        {"person.find": "查无此人", "office": "chair", "routes": "group"},
    )
    assert page.status == 422
    assert "名册上没有查到“查无此人”" in page.summary
    assert page.value("person.find") == "查无此人"


def test_nobody_opens_an_act_of_another_role_or_another_body_or_none(told: Told) -> None:  # noqa: F811
    chair = told.browser("zhuren5")
    for code in (
        "nomination.study",
        "nomination.prospective",
        "roll.import",
        "election.open",
        "no.such",
        "tally.reveal",
    ):
        assert chair.get(f"/c/{told.residents}/act/{code}").status == 404
    assert told.browser("zuzhang5").get(f"/c/{told.party}/act/seats.fix").status == 404
    assert told.browser("zhuren4").get(f"/c/{told.party}/act/seats.fix").status == 404
    assert told.browser("guancha5").get(f"/c/{told.party}/act/seats.fix").status == 404


# --- done at once ----------------------------------------------------------------------------------------------------


def agree(browser: Browser, told: Told, **more: object) -> Page:  # noqa: F811
    typed = {
        "asked_whom": "groups",
        "how": "居民小组会议表决",
        "asked": "3",
        "agreed": "3",
        "occurred_on": "2010-12-05",
    }
    return browser.post(f"/c/{told.residents}/act/nomination.agree", typed | more)


def fix_list(told: Told) -> Browser:  # noqa: F811
    browser = told.browser("zuzhang5")
    page = prospective(told, browser, slots(told, told.residents), _go="do", sign_password=PASSWORD)
    assert page.status == 302, page.summary
    return browser


def test_an_act_that_is_neither_signed_nor_final_is_done_at_once(told: Told) -> None:  # noqa: F811
    browser = fix_list(told)
    before = size(told, told.residents)
    page = agree(browser, told)
    assert page.status == 302
    assert size(told, told.residents) == before + 1
    assert told.world(told.residents).election.agreed
    assert f"已记入选举记录第 {before + 1} 条" in browser.get(page.location).text


def test_attachments_are_sealed_by_the_entry(told: Told) -> None:  # noqa: F811
    browser = fix_list(told)
    page = agree(
        browser, told, attachments=[(BytesIO(PDF), "会议记录.pdf"), (BytesIO(b"\x89PNG\r\n\x1a\nphoto"), "x.exe")]
    )
    assert page.status == 302
    with told.store.read() as session:
        last = entries(session, told.residents)[-1]
    assert [a["media_type"] for a in last.attachments] == ["application/pdf", "image/png"]
    scan = browser.get(f"/c/{told.residents}/attachment/{last.seq}/0")
    assert scan.answer.data == PDF
    assert scan.answer.mimetype == "application/pdf"
    assert browser.get(f"/c/{told.residents}/attachment/{last.seq}/7").status == 404


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([(b"MZ program", "a.pdf")], "须是 PDF、JPG 或 PNG"),
        ([(b"<html>", "a.png")], "须是 PDF、JPG 或 PNG"),
        ([(PDF, f"{i}.pdf") for i in range(6)], "一次最多上传 5 个附件"),
        ([(PDF + b"0" * (10 * 1024 * 1024), "large.pdf")], "附件超过 10 MB"),
    ],
)
def test_an_attachment_is_taken_for_what_it_is(told: Told, files: list[tuple[bytes, str]], words: str) -> None:  # noqa: F811
    browser = fix_list(told)
    before = size(told, told.residents)
    page = agree(browser, told, attachments=[(BytesIO(data), name) for data, name in files])
    assert page.status == 422
    assert words in page.summary
    assert page.value("how") == "居民小组会议表决"
    assert size(told, told.residents) == before


# --- confirmed and signed --------------------------------------------------------------------------------------------


def test_a_signed_act_is_shown_once_more_before_it_is_done(told: Told) -> None:  # noqa: F811
    browser = told.browser("zuzhang5")
    before = size(told, told.residents)
    page = prospective(told, browser, slots(told, told.residents))
    assert page.status == 200
    assert "请核对：确定预备人选" in page.text
    assert "不能删改" in page.text
    assert "据以办理的事实" in page.text
    assert 'name="sign_password"' in page.html
    assert "签名，确定预备人选" in page.html  # whatever an act is called: 印制并封存选票 makes no 签名并印制并封存
    assert "王立刚" in page.text
    assert size(told, told.residents) == before


def test_only_what_can_be_left_empty_says_so(told: Told) -> None:  # noqa: F811
    page = told.browser("zhuren5").get(f"/c/{told.party}/act/prepare.ballots").html
    legends = dict(re.findall(r"<legend>([^<]+?)\s*(<span class=\"optional\">|</legend>)", page))
    assert legends == {"填写方式": "</legend>", "纸张": "</legend>", "大字选票": "</legend>"}, legends


@pytest.mark.parametrize(("password", "words"), [("", "请输入密码"), ("错误的密码", "密码不对")])
def test_without_the_password_nothing_is_signed(told: Told, password: str, words: str) -> None:  # noqa: F811
    browser = told.browser("zuzhang5")
    before = size(told, told.residents)
    page = prospective(told, browser, slots(told, told.residents), _go="do", sign_password=password)
    assert page.status == 422
    assert words in page.summary
    assert "请核对" in page.text
    assert password == "" or password not in page.html
    assert size(told, told.residents) == before


def test_the_signature_stands_under_the_entry(told: Told) -> None:  # noqa: F811
    browser = fix_list(told)
    last = size(told, told.residents) - 1
    page = browser.get(f"/c/{told.residents}/record/{last}")
    assert "签名有效" in page.text
    assert "确定了候选人预备人选" in page.text


def test_a_signature_on_paper_needs_the_scan_and_another_who_vouches(told: Told) -> None:  # noqa: F811
    browser = told.browser("zuzhang5")
    half = prospective(
        told, browser, slots(told, told.residents), _go="do", sign_password=PASSWORD, sign_voucher="zuzhang5"
    )
    assert half.status == 422
    assert "请上传签名页的扫描件" in half.summary
    assert "作证人须是另一个人" in half.summary
    whole = prospective(
        told, browser, slots(told, told.residents), _go="do", sign_password=PASSWORD, sign_voucher="dengji5",
        sign_voucher_password=PASSWORD, sign_scan=(BytesIO(PDF), "signed.pdf"),
    )  # fmt: skip
    assert whole.status == 302, whole.summary
    with told.store.read() as session:
        last = entries(session, told.residents)[-1]
    assert last.on_paper is not None
    assert len(last.statements) == 2


def test_going_back_keeps_everything(told: Told) -> None:  # noqa: F811
    page = prospective(told, told.browser("zuzhang5"), slots(told, told.residents), _go="edit")
    assert page.status == 200
    assert page.html.count(" checked") == 11


def test_a_notice_is_shown_on_paper_before_it_is_posted(told: Told) -> None:  # noqa: F811
    browser = fix_list(told)
    address = f"/c/{told.residents}/act/notice.post?kind=prospective_list"
    typed = {"kind": "prospective_list", "place": "社区宣传栏", "supersedes": "", "occurred_on": "2010-12-05"}
    draft = browser.post(address, typed | {"_go": "preview:prospective_list"})
    assert draft.answer.mimetype == "application/pdf"
    assert draft.answer.data.startswith(b"%PDF")
    asked = browser.post(address, typed)
    assert "预览《候选人预备人选公示》" in asked.text
    done = browser.post(address, typed | {"_go": "do"})
    assert done.status == 302, done.summary
    notice = told.world(told.residents).election.posted("prospective_list")
    assert notice is not None
    paper = browser.get(f"/c/{told.residents}/paper/{notice.sha256}")
    assert paper.answer.data.startswith(b"%PDF")


def test_a_notice_that_is_not_ready_is_refused_with_what_comes_first(told: Told) -> None:  # noqa: F811
    page = told.browser("zuzhang5").post(
        f"/c/{told.residents}/act/notice.post", {"kind": "official_list", "place": "社区宣传栏"}
    )
    assert page.status == 422
    assert "正式候选人还没有确定" in page.summary


# --- rows and people without scripts ---------------------------------------------------------------------------------


def test_rows_are_added_without_scripts_and_nothing_is_lost(told: Told) -> None:  # noqa: F811
    browser = told.browser("zhuren4")
    address = f"/c/{told.party4}/act/seats.fix"
    page = browser.post(
        address, {"_go": "add:offices", "offices.rows": "1", "offices.0.office": "委员", "offices.0.seats": "5"}
    )
    assert page.status == 200
    assert page.value("offices.rows") == "2"
    assert page.value("offices.0.seats") == "5"
    page = browser.post(
        address,
        {"_go": "remove:offices.0", "offices.rows": "2", "offices.0.office": "委员", "offices.1.office": "书记"},
    )
    assert page.value("offices.rows") == "1"
    assert page.value("offices.0.office") == "书记"


def test_looking_up_by_initials_lists_who_could_be_meant(told: Told) -> None:  # noqa: F811
    someone = told.people(told.residents)[0]
    from election.names.pinyin import initials

    page = told.browser("zuzhang5").post(
        f"/c/{told.residents}/act/prepare.staff", {"_go": "find:person", "person.find": initials(someone.resident.name)}
    )
    assert page.status == 200
    assert someone.resident.name in page.text
    assert someone.resident.id_number not in page.html, "numbers are masked"


def test_while_the_roll_is_empty_the_form_says_why_nobody_is_found(told: Told) -> None:  # noqa: F811
    page = told.browser("zhuren4").get(f"/c/{told.residents4}/act/lead.form")
    assert "名册还没有导入" in page.text
    assert f"/c/{told.residents4}/roll/import" in page.html


# --- drafts ----------------------------------------------------------------------------------------------------------


def test_a_draft_comes_back_after_a_crash(told: Told) -> None:  # noqa: F811
    address = f"/c/{told.residents}/act/nomination.agree"
    told.browser("zuzhang5").post(address, {"how": "只写了一半", "asked": "三百", "_go": "draft"})
    page = told.browser("zuzhang5").get(address)
    assert "已恢复您没有办完的草稿" in page.text
    assert page.value("how") == "只写了一半"
    assert page.value("asked") == "三百"
    other = told.browser("zuzhang5").get(f"/c/{told.residents}/act/step.reopen")
    assert "草稿" not in other.text.replace("存草稿", "")


def test_a_draft_is_kept_by_itself_and_says_so(told: Told) -> None:  # noqa: F811
    page = told.browser("zuzhang5").post(
        f"/c/{told.residents}/act/nomination.agree", {"how": "打字中", "_go": "draft"}, **{"HX-Request": "true"}
    )
    assert page.status == 200
    assert page.text == "已自动保存草稿"


def test_a_draft_is_encrypted_holds_no_password_and_is_of_one_person(told: Told) -> None:  # noqa: F811
    address = f"/c/{told.residents}/act/nomination.agree"
    told.browser("zuzhang5").post(address, {"how": "只有本人能看", "sign_password": PASSWORD, "_go": "draft"})
    me = by_login(told.store, "zuzhang5")
    assert me is not None
    kept = drafts.kept(told.store, me.id, told.residents, "act:nomination.agree")
    assert kept is not None
    assert kept.value["typed"] == {"how": ["只有本人能看"]}
    from election.store.tables import Draft

    with told.store.read() as session:
        row = session.get(Draft, (me.id, told.residents, "act:nomination.agree"))
        assert row is not None
        assert "只有本人".encode() not in bytes(row.sealed)
    member = by_login(told.store, "dengji5")
    assert member is not None
    assert drafts.kept(told.store, member.id, told.residents, "act:nomination.agree") is None


def test_a_draft_goes_when_it_is_done_or_unwanted(told: Told) -> None:  # noqa: F811
    browser = fix_list(told)
    address = f"/c/{told.residents}/act/nomination.agree"
    browser.post(address, {"how": "不要了", "_go": "draft"})
    browser.post(address, {"_go": "discard"})
    assert "草稿（" not in browser.get(address).text
    browser.post(address, {"how": "办完了", "_go": "draft"})
    assert agree(browser, told).status == 302
    assert "已恢复" not in browser.get(address).text


# --- what comes from elsewhere ---------------------------------------------------------------------------------------


def test_a_form_of_another_site_is_refused(told: Told) -> None:  # noqa: F811
    before = size(told, told.residents)
    page = told.browser("zuzhang5", tokens=True).post(
        f"/c/{told.residents}/act/nomination.agree",
        {"how": "伪造", "asked": "1", "agreed": "1", "asked_whom": "groups"},
    )
    assert page.status == 400
    foreign = told.browser("zuzhang5").post(
        f"/c/{told.residents}/act/nomination.agree", {"how": "伪造"}, Origin="https://evil.example"
    )
    assert foreign.status == 403
    assert size(told, told.residents) == before


@pytest.mark.parametrize(
    "body", [{"_go": "\x01"}, {"_go": "preview:../../etc"}, {"offices.rows": "-1"}, {"_go": "add:" + "x" * 5000}]
)
def test_odd_orders_are_answered_without_an_error_of_the_program(told: Told, body: dict[str, object]) -> None:  # noqa: F811
    page = told.browser("zhuren4").post(f"/c/{told.party4}/act/seats.fix", body)
    assert page.status in (200, 422)
    assert "确定职数" in page.text


# --- what both elections share ---------------------------------------------------------------------------------------


def test_shared_acts_of_a_community(told: Told) -> None:  # noqa: F811
    browser = told.browser("zhuren5")
    address = f"/c/{told.campaign}/c5/act/community.reports"
    page = browser.post(address, {"body_of_report": "party", "title": "补充的工作报告", "occurred_on": "2010-12-05"})
    assert page.status == 302, page.summary
    assert page.location.endswith(f"/c/{told.campaign}/c5")
    assert browser.get(f"/c/{told.campaign}/c5/act/campaign.plan").status == 404
    assert browser.get(f"/c/{told.campaign}/c4/act/community.reports").status == 404
    assert told.browser("dengji5").get(address).status == 404
