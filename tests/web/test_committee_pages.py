"""What the committee's pages show, and to whom."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import text

from election.process.facts import Staff
from election.process.steps import task_list
from election.store.database import Store
from election.web import create_app
from election.web.access.policy import policy_of
from election.web.committee.steps import draft_kinds, wanted_now
from election.words import acts as said
from tests import engines
from tests.web.committee_town import PASSWORD, Told, told, told_once  # noqa: F401


def drop_guards(store: Store) -> None:
    with store.engine.begin() as connection:
        engines.unguard(connection)


def rewrite(told: Told, seq: int, change: Callable[[bytes], bytes]) -> None:  # noqa: F811
    """Change the bytes of an entry behind the program's back."""
    drop_guards(told.store)
    where = {"log": told.residents, "seq": seq}
    with told.store.engine.begin() as connection:
        data = bytes(
            connection.execute(text("SELECT data FROM entry WHERE log = :log AND seq = :seq"), where).scalar_one()
        )
        assert change(data) != data
        connection.execute(
            text("UPDATE entry SET data = :data WHERE log = :log AND seq = :seq"), {"data": change(data)} | where
        )


# --- home ------------------------------------------------------------------------------------------------------------


def test_both_elections_stand_side_by_side_with_what_is_missing(told: Told) -> None:  # noqa: F811
    page = told.browser("zhuren5").get(f"/c/{told.campaign}/c5")
    assert page.status == 200
    assert "党组织 第 6 步，共 18 步" in page.text
    assert "第 7 步，共 20 步 · 确定并公示候选人预备人选" in page.text
    assert "缺：确定预备人选" in page.text
    assert "2010年12月6日前，还有 1 天" in page.text
    assert "登记 284 人" in page.text


def test_what_changes_something_is_offered_once_it_is_there(told: Told) -> None:  # noqa: F811
    page = told.browser("zhuren5").get(f"/c/{told.party}/step/party.prepare")
    assert said.act_title("prepare.staff", "zh") in page.text
    for not_yet in ("收回销毁选票", "更换工作人员"):
        assert not_yet not in page.text
    world = deepcopy(told.world(told.party))
    facts = world.election
    assert not wanted_now("prepare.withdraw_ballots", {}, world)
    facts.rounds.append(replace(facts.first_round(), printed=30))
    facts.staff.append(Staff("1", "王立刚", "teller", False))
    assert wanted_now("prepare.withdraw_ballots", {}, world)
    assert wanted_now("prepare.dismiss", {}, world)
    facts.rounds[-1].account = {"issued": 1, "returned": 1}
    assert not wanted_now("prepare.withdraw_ballots", {}, world)


def test_a_draft_is_offered_only_of_papers_that_this_election_has(told: Told) -> None:  # noqa: F811
    with create_app(told.store, clock=lambda: told.now, testing=True).test_request_context():
        for log in (told.party, told.residents):
            world = told.world(log)
            kinds = [kind for kind, _ in draft_kinds(f"{world.election.body}.prepare", world)]
            assert "ballot" in kinds
            assert "proxy_certificate" not in kinds


def test_the_next_thing_to_do_is_the_only_filled_button(told: Told) -> None:  # noqa: F811
    page = told.browser("zuzhang5").get(f"/c/{told.campaign}/c5")
    assert len(re.findall(r'class="button main"', page.html)) == 1
    assert f'href="/c/{told.residents}/act/nomination.prospective"' in page.html
    nothing = told.browser("zhuren5").get(f"/c/{told.campaign}/c5")
    assert 'class="button main"' not in nothing.html
    assert "现在没有等您办理的事。" in nothing.text
    assert "现在没有等您办理的事。" not in page.text


def test_what_is_late_says_by_how_much(told: Told) -> None:  # noqa: F811
    told.now = told.now.replace(day=9)
    page = told.browser("zuzhang5").get(f"/c/{told.campaign}/c5")
    assert "应在2010年12月6日前完成，已逾期 3 天" in page.text
    told.now = told.now.replace(day=6)
    assert "今天截止（2010年12月6日）" in told.browser("zuzhang5").get(f"/c/{told.campaign}/c5").text


def test_an_observer_sees_where_it_stands_and_no_step(told: Told) -> None:  # noqa: F811
    page = told.browser("guancha5").get(f"/c/{told.campaign}/c5")
    assert page.status == 200
    assert "/step/" not in page.html
    assert "缺：" not in page.text
    assert told.browser("guancha5").get(f"/c/{told.residents}/step/residents.roll").status == 404


def test_a_community_of_another_scope_or_none_is_not_found(told: Told) -> None:  # noqa: F811
    browser = told.browser("zhuren5")
    for address in (
        f"/c/{told.campaign}/c4",
        f"/c/{told.campaign}/c99",
        f"/c/{told.party}/c5",
        f"/c/{told.party4}/record",
    ):
        assert browser.get(address).status == 404
    assert told.browser("jiedao").get(f"/c/{told.campaign}/c4").status == 200


def test_whoever_is_not_signed_in_is_sent_to_sign_in(told: Told) -> None:  # noqa: F811
    client = create_app(told.store, testing=True).test_client()
    answer = client.get(f"/c/{told.campaign}/c5")
    assert answer.status_code == 302
    assert "/login" in answer.headers["Location"]


# --- steps -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["party", "residents", "party4", "residents4"])
def test_every_step_has_its_page_for_everybody_who_works_there(told: Told, body: str) -> None:  # noqa: F811
    log = getattr(told, body)
    number = "4" if body.endswith("4") else "5"
    for login in (f"zhuren{number}", f"zuzhang{number}", f"dengji{number}", "jiedao", "zuzhibu", "minzhengju"):
        browser = told.browser(login)
        for line in task_list(told.world(log)):
            page = browser.get(f"/c/{log}/step/{line.step}")
            assert page.status == 200, (login, line.step)
            assert "本步骤要求" in page.text


def test_a_step_shows_what_it_demands_and_who_does_it(told: Told) -> None:  # noqa: F811
    address = f"/c/{told.residents}/step/residents.prospective"
    lead = told.browser("zuzhang5").get(address)
    assert f'href="/c/{told.residents}/act/nomination.prospective"' in lead.html
    assert len(re.findall(r'class="button main"', lead.html)) == 1
    chair = told.browser("zhuren5").get(address)
    assert f"/c/{told.residents}/act/nomination.prospective" not in chair.html
    assert "由选举领导小组组长、选举领导小组成员办理" in chair.text


def test_a_step_that_waits_says_for_what(told: Told) -> None:  # noqa: F811
    page = told.browser("zuzhang5").get(f"/c/{told.residents}/step/residents.official")
    assert "要先完成：考核、测评、考察和审定" in page.text
    assert "act/official.fix" not in page.html


def test_a_step_that_is_done_has_its_papers_and_entries_and_can_be_taken_up_again(told: Told) -> None:  # noqa: F811
    page = told.browser("zhuren5").get(f"/c/{told.party}/step/party.prospective")
    assert "候选人预备人选公示（PDF）" in page.text
    assert "上报了预备人选" in page.text
    assert "act/step.reopen?step_name=prospective" in page.html


def test_unknown_steps_are_not_found(told: Told) -> None:  # noqa: F811
    browser = told.browser("zhuren5")
    for step in ("party.nothing", "residents.roll", "..", "roll"):
        assert browser.get(f"/c/{told.party}/step/{step}").status == 404


# --- nomination ------------------------------------------------------------------------------------------------------


def test_proposals_stand_by_office_with_the_margin_they_need(told: Told) -> None:  # noqa: F811
    page = told.browser("zuzhang5").get(f"/c/{told.residents}/proposals")
    assert "差额：候选人至少 5 人，现有 5 人" in page.text
    facts = told.world(told.residents).election
    (person, office), candidate = next(iter(facts.proposed.items()))
    told.browser("zuzhang5").post(
        f"/c/{told.residents}/act/nomination.withdraw", {"person": person, "office": office, "reason": "本人不愿参选"}
    )
    after = told.browser("zuzhang5").get(f"/c/{told.residents}/proposals")
    assert "还差 1 人" in after.text
    assert candidate.name not in after.text


def test_candidates_stand_with_what_was_assessed(told: Told) -> None:  # noqa: F811
    street = told.browser("jiedao")
    facts = told.world(told.party).election
    sitting = next(c for c in facts.prospective if c.sitting)
    page = street.get(f"/c/{told.party}/candidates")
    address = f"/c/{told.party}/act/assess.record?person={sitting.person}&amp;kind=term"
    assert address in page.html
    form = street.get(address.replace("&amp;", "&"))
    assert re.search(rf'value="{sitting.person}" selected', form.html)
    done = street.post(
        address.replace("&amp;", "&"),
        {"person": sitting.person, "kind": "term", "held_on": "2010-12-04", "passed": "yes"},
    )
    assert done.status == 302, done.summary
    after = street.get(f"/c/{told.party}/candidates")
    assert address not in after.html
    assert "合格" in after.text
    assert "act/assess.record" not in told.browser("zhuren5").get(f"/c/{told.party}/candidates").html


def test_representatives_stand_by_group(told: Told) -> None:  # noqa: F811
    page = told.browser("zuzhang5").get(f"/c/{told.residents}/representatives")
    facts = told.world(told.residents).election
    assert all(r.name in page.text for r in facts.representatives.values())
    assert "更换代表" in page.text
    assert told.browser("zuzhang5").get(f"/c/{told.party}/representatives").status == 404


# --- notices and papers ----------------------------------------------------------------------------------------------


def test_notices_are_numbered_and_a_correction_takes_the_place_of_what_it_corrects(told: Told) -> None:  # noqa: F811
    browser = told.browser("zuzhang5")
    page = browser.get(f"/c/{told.residents}/notices")
    assert "第 3 号" in page.text
    address = f"/c/{told.residents}/act/notice.post?kind=seats_notice&supersedes=2"
    assert address.replace("&", "&amp;") in page.html
    done = browser.post(
        address, {"kind": "seats_notice", "supersedes": "2", "place": "社区宣传栏", "reason": "更正笔误", "_go": "do"}
    )
    assert done.status == 302, done.summary
    after = browser.get(f"/c/{told.residents}/notices").text
    assert "已由第 4 号代替" in after
    assert "更正第 2 号" in after
    twice = browser.post(
        address, {"kind": "seats_notice", "supersedes": "2", "place": "社区宣传栏", "reason": "再更正", "_go": "do"}
    )
    assert twice.status == 422


def test_an_observer_reads_what_was_posted_and_nothing_else(told: Told) -> None:  # noqa: F811
    observer = told.browser("guancha5")
    notices = told.world(told.party).election.notices
    assert observer.get(f"/c/{told.party}/paper/{notices[0].sha256}").answer.mimetype == "application/pdf"
    chair = told.browser("zhuren5")
    report = re.search(
        rf"/c/{told.party}/paper/([0-9a-f]{{64}})", chair.get(f"/c/{told.party}/record?step=party.prospective").html
    )
    assert report is not None
    sealed = report[1]
    assert sealed != notices[0].sha256
    assert chair.get(f"/c/{told.party}/paper/{sealed}").status == 200
    assert observer.get(f"/c/{told.party}/paper/{sealed}").status == 404
    assert observer.get(f"/c/{told.party}/draft/prospective_list").status == 404


def test_a_paper_that_was_destroyed_is_said_to_be_wherever_it_is_listed(told: Told) -> None:  # noqa: F811
    facts = told.world(told.residents).election
    notice = facts.posted("representatives")
    assert notice is not None
    paper = f"/c/{told.residents}/paper/{notice.sha256}"
    places = [f"/c/{told.residents}/{p}" for p in ("notices", f"record/{notice.seq}", "step/residents.representatives")]
    browser = told.browser("zhuren5")
    assert all(paper in browser.get(address).html for address in places)
    facts.gone[notice.sha256] = date(2014, 6, 1)  # as the pages have it in their memory
    for address in places:
        page = browser.get(address)
        assert (paper in page.html, "保存期满，已销毁" in page.text) == (False, True), address
    gone = browser.get(paper)
    assert (gone.status, "已按选举所依规则的期限销毁" in gone.text) == (410, True)


def test_papers_of_other_logs_and_of_none_are_not_found(told: Told) -> None:  # noqa: F811
    digest = told.world(told.residents).election.notices[0].sha256
    browser = told.browser("zhuren5")
    for address in (f"/c/{told.party}/paper/{digest}", f"/c/{told.party}/paper/{'0' * 64}", f"/c/{told.party}/paper/x"):
        assert browser.get(address).status == 404


def test_drafts_carry_their_watermark_and_forms_can_be_printed(told: Told) -> None:  # noqa: F811
    browser = told.browser("zhuren5")
    assert browser.get(f"/c/{told.party}/draft/prospective_list").answer.data.startswith(b"%PDF")
    assert browser.get(f"/c/{told.party}/form/sign_in_sheet").answer.data.startswith(b"%PDF")
    early = browser.get(f"/c/{told.party}/draft/result_notice")
    assert early.status == 404
    assert "现在还不能生成这份文书" in early.text
    for address in ("draft/no_such", "form/no_such"):
        assert browser.get(f"/c/{told.party}/{address}").status == 404


# --- the record ------------------------------------------------------------------------------------------------------


def test_the_record_reads_as_minutes_and_says_it_was_checked(told: Told) -> None:  # noqa: F811
    page = told.browser("guancha5").get(f"/c/{told.residents}/record")
    assert "已核对至第 24 条" in page.text
    assert "公布了选民名单" in page.text
    assert "职务 委员" in page.text
    only = told.browser("guancha5").get(f"/c/{told.residents}/record?step=residents.seats")
    assert "列出 2 条" in only.text
    assert "确定了职数" in only.text
    by = told.browser("guancha5").get(f"/c/{told.residents}/record?role=registrar")
    assert "导入了名册" in by.text
    assert "确定了职数" not in by.text
    assert "没有符合条件" in told.browser("guancha5").get(f"/c/{told.residents}/record?step=nothing").text


def test_a_record_that_was_changed_is_said_in_red(told: Told) -> None:  # noqa: F811
    rewrite(told, 7, lambda data: data.replace("社区宣传栏".encode(), "别的地方儿".encode()))
    page = told.browser("guancha5").get(f"/c/{told.residents}/record")
    assert "核对不符" in page.text
    assert "第 8 条与前后不符" in page.text


def test_a_record_that_cannot_be_read_is_said_and_shown_as_far_as_it_goes(told: Told) -> None:  # noqa: F811
    browser = told.browser("guancha5")
    assert browser.get(f"/c/{told.residents}/record").status == 200
    rewrite(told, 7, lambda data: data[:-10])
    page = browser.get(f"/c/{told.residents}/record")
    assert page.status == 200
    assert "第 8 条与前后不符" in page.text


def test_a_cut_record_is_said(told: Told) -> None:  # noqa: F811
    drop_guards(told.store)
    with told.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM entry WHERE log = :log AND seq = 23"), {"log": told.residents})
    assert "核对不符" in told.browser("guancha5").get(f"/c/{told.residents}/record").text


def test_a_checkpoint_of_another_key_is_said(told: Told) -> None:  # noqa: F811
    with told.store.engine.begin() as connection:
        connection.execute(
            text("UPDATE checkpoint SET note = replace(note, :ends, :more) WHERE log = :log"),
            {"log": told.residents, "ends": "\n\n", "more": "\n0\n\n"},
        )
    page = told.browser("guancha5").get(f"/c/{told.residents}/record")
    assert "最近一次系统签章与记录不符" in page.text


def test_an_entry_opens_into_its_bytes_and_check_codes(told: Told) -> None:  # noqa: F811
    browser = told.browser("zhuren5")
    page = browser.get(f"/c/{told.party}/record/1")
    assert "本条校验码" in page.text
    assert "&#34;act&#34;" in page.html
    assert browser.get(f"/c/{told.party}/record/999").status == 404
    assert "下一条" in browser.get(f"/c/{told.party}/record/0").text


def test_a_forged_signature_is_said(told: Told) -> None:  # noqa: F811
    signed = next(
        e for e in range(24) if "签名有效" in told.browser("zhuren5").get(f"/c/{told.residents}/record/{e}").text
    )
    rewrite(
        told,
        signed,
        lambda data: re.sub(rb'("sig":")([0-9a-f])', lambda m: m[1] + (b"0" if m[2] != b"0" else b"1"), data),
    )
    assert "签名不符" in told.browser("zhuren5").get(f"/c/{told.residents}/record/{signed}").text


def test_the_bundle_is_taken_away_by_those_who_may(told: Told) -> None:  # noqa: F811
    page = told.browser("guancha5").get(f"/c/{told.residents}/bundle")
    assert page.answer.mimetype == "application/zip"
    assert zipfile.ZipFile(BytesIO(page.answer.data)).namelist()
    assert told.browser("dengji5").get(f"/c/{told.residents}/bundle").status == 404


# --- for every page --------------------------------------------------------------------------------------------------


def test_every_page_here_says_who_may_open_it(told: Told) -> None:  # noqa: F811
    app = create_app(told.store, testing=True)
    ours = [r.endpoint for r in app.url_map.iter_rules() if r.endpoint.startswith("committee.")]
    assert len(ours) > 20
    for endpoint in ours:
        declared = policy_of(app, endpoint)
        assert declared is not None
        assert declared.at in ("election", "community")
        assert "voter" not in declared.roles


def test_pages_can_be_read_in_english(told: Told) -> None:  # noqa: F811
    browser = told.browser("zuzhang5")
    for address in (f"/c/{told.campaign}/c5", f"/c/{told.residents}/step/residents.prospective", f"/c/{told.residents}/record",
                    f"/c/{told.residents}/roll", f"/c/{told.residents}/act/nomination.propose"):  # fmt: skip
        assert browser.get(f"{address}?lang=en").status == 200


def test_nothing_stands_inline_that_the_policy_of_content_forbids(told: Told) -> None:  # noqa: F811
    browser = told.browser("zuzhang5")
    for address in (f"/c/{told.campaign}/c5", f"/c/{told.residents}/act/nomination.propose", f"/c/{told.residents}/roll",
                    f"/c/{told.residents}/record/3", f"/c/{told.residents}/act/nomination.prospective"):  # fmt: skip
        html = browser.get(address).html
        assert not re.search(r'\sstyle="|<style|\son[a-z]+="|<script(?![^>]*src=)', html), address


def test_the_hall_account_reaches_only_its_own_acts(told: Told) -> None:  # noqa: F811
    hall = told.browser("jianpiao5")
    assert hall.get(f"/c/{told.party}/act/plenary.elect").status == 200
    assert hall.get(f"/c/{told.residents}/act/plenary.elect").status == 404
    assert hall.get(f"/c/{told.party}/roll").status == 404
    assert hall.get(f"/c/{told.campaign}/c5").status == 404


def test_a_password_is_never_shown_again(told: Told) -> None:  # noqa: F811
    slots = [f"{p}:{o}" for p, o in told.world(told.residents).election.proposed]
    page = told.browser("zuzhang5").post(
        f"/c/{told.residents}/act/nomination.prospective",
        {"candidates.slots": slots[:3], "method": "ballot", "_go": "do", "sign_password": PASSWORD},
    )
    assert page.status == 422
    assert PASSWORD not in page.html


def test_the_minutes_offer_an_observer_only_the_papers_that_hang_outside(told: Told) -> None:  # noqa: F811
    observer, chair = told.browser("guancha5"), told.browser("zhuren5")
    address = f"/c/{told.party}/record?step=party.prospective"
    assert chair.get(address).html.count("/paper/") == 2
    seen = observer.get(address)
    assert seen.html.count("/paper/") == 1
    assert "候选人预备人选报告" in seen.text
