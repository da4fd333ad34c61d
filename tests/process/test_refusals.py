"""One test per refusal: the act, who does it, and the demand that stands in its way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from election.process import (
    after,
    approval,
    campaign,
    demands,
    equal,
    meeting,
    nomination,
    notices,
    objections,
    office,
    preparation,
    representatives,
    result,
    roll,
    tally,
)
from election.process.base import Actor, Role
from election.process.machine import SERVER, VOTER
from tests.process.telling import PATH, Telling, day, party, party_at_vote, residents, residents_at_vote

SIX = (40, 39, 38, 37, 36, 10)
EQUAL = [
    ("chair1", "chair"),
    ("deputy1", "deputy"),
    ("member1", "member"),
    ("member2", "member"),
    ("member3", "member"),
]


def slots(people: list[tuple[str, str]]) -> tuple[nomination.Slot, ...]:
    return tuple(nomination.Slot(person=p, office=o) for p, o in people)


# --- every act -------------------------------------------------------------------------------------------------------


def test_the_wrong_role() -> None:
    told = party()
    assert told.refused(
        representatives.FixSeats(form="committee", offices=(representatives.OfficeSeats(office="委员", seats=5),)),
        "street_officer",
        "act.role",
    ).params["roles"]


def test_an_account_that_is_not_known() -> None:
    party().refused(
        after.RecordLater(kind="correction", text="更正一处"),
        Actor("nobody", Role.COMMITTEE_CHAIR, PATH),
        "act.account",
    )


def test_an_account_that_was_closed() -> None:
    told = party()
    told.do(office.CloseAccount(account="registrar1"), "committee_chair")
    told.refused(
        roll.ExcludeMember(person="x", name="某", ground="illness", consent_document="1号"), "registrar1", "act.account"
    )


def test_an_actor_of_another_community() -> None:
    told = party()
    told.do(office.OpenAccount(account="elsewhere", role=Role.COMMITTEE_CHAIR, scope="d/s/c2", name="某"), SERVER)
    told.refused(
        representatives.FixSeats(form="committee", offices=(representatives.OfficeSeats(office="委员", seats=5),)),
        Actor("elsewhere", Role.COMMITTEE_CHAIR, "d/s/c2"),
        "act.scope",
    )


def test_a_hall_account_of_another_election() -> None:
    told = party()
    told.do(office.OpenAccount(account="hall", role=Role.PRESIDER, scope=PATH, election="another", name="某"), SERVER)
    told.refused(meeting.OpenMeeting(place="活动中心"), Actor("hall", Role.PRESIDER, PATH), "act.hall")


def test_the_day_is_in_the_future() -> None:
    told = party()
    told.refused(
        notices.PostNotice(kind="seats_notice", place="公示栏"),
        told.lead,
        "act.not-future",
        on=told.today + timedelta(days=1),
    )


def test_the_day_is_before_the_election_was_opened() -> None:
    told = party()
    told.refused(representatives.FixAssembly(form="assembly"), "street_officer", "act.not-before", on=day(11, 1))


def test_a_milestone_without_a_signature() -> None:
    told = party()
    told.refused(
        representatives.FixSeats(form="committee", offices=(representatives.OfficeSeats(office="委员", seats=5),)),
        told.lead,
        "act.signed",
        signed_by=[],
    )


def test_a_paper_signature_needs_two_vouchers_and_the_scan() -> None:
    told = party()
    act = representatives.FixSeats(form="committee", offices=(representatives.OfficeSeats(office="委员", seats=5),))
    told.refused(act, told.lead, "act.two-vouchers", on_paper=True)
    for signed_by in (
        ["committee_chair1", "committee_chair1", "committee_member1"],
        ["committee_member1", "committee_member2"],
        ["committee_chair1"],
    ):
        told.refused(act, told.lead, "act.two-vouchers", on_paper=True, signed_by=signed_by)
    told.refused(act, told.lead, "act.scan", on_paper=True, signed_by=["a", "b"])
    scan = [{"sha256": "f" * 64, "size": 1, "media_type": "application/pdf"}]
    told.do(act, told.lead, on_paper=True, signed_by=["committee_chair1", "committee_member1"], attachments=scan)


def test_who_vouches_for_a_paper_signature_is_of_this_place_and_hall() -> None:
    told = party()
    act = representatives.FixSeats(form="committee", offices=(representatives.OfficeSeats(office="委员", seats=5),))
    opened: dict[str, dict[str, Any]] = {
        "next": {"role": "committee_member", "scope": "d/s/c2"},
        "beside": {"role": "street_officer", "scope": "d/t"},
        "hall": {"role": "teller", "scope": PATH, "election": "another"},
        "left": {"role": "committee_member", "scope": PATH},
        "above": {"role": "street_officer", "scope": "d/s"},
        "here": {"role": "teller", "scope": PATH, "election": told.world.election.id},
    }
    for account, around in opened.items():
        told.do(office.OpenAccount(account=account, name="某人", **around), SERVER)
    told.do(office.CloseAccount(account="left"), SERVER)
    scan = [{"sha256": "f" * 64, "size": 1, "media_type": "application/pdf"}]
    for who in ("next", "beside", "hall", "left", "nobody"):
        told.refused(
            act, told.lead, "act.voucher-here", on_paper=True, signed_by=["committee_chair1", who], attachments=scan
        )
    for who in ("above", "here"):
        assert not told.against(act, told.lead, on_paper=True, signed_by=["committee_chair1", who], attachments=scan)


def test_an_act_whose_paper_is_not_there() -> None:
    told = party().seats()
    told.propose("a", "member")
    told.refused(nomination.ReportProspective(), told.lead, "act.paper", papers=[])
    told.refused(notices.PostNotice(kind="staff_notice", place="公示栏"), told.lead, "notice.paper", papers=[])


def test_a_step_out_of_order() -> None:
    told = party()
    assert (
        told.refused(nomination.FixProspective(candidates=slots([("a", "member")])), told.lead, "step.before").params[
            "step"
        ]
        == "party.propose"
    )


def test_a_step_that_is_done() -> None:
    told = party().seats()
    told.refused(
        representatives.FixSeats(form="committee", offices=(representatives.OfficeSeats(office="委员", seats=7),)),
        told.lead,
        "step.not-done",
    )


def test_an_act_of_the_other_body() -> None:
    residents().refused(representatives.FixAssembly(form="assembly"), "street_officer", "act.body")


def test_an_act_of_a_step_that_this_election_does_not_run() -> None:
    party().refused(
        equal.RecordHands(
            tallies=(equal.HandTally(contest="x", rows=(tally.Row(candidate="a", votes_for=1, against=0, abstain=0),)),)
        ),
        "committee_chair",
        "step.not-run",
    )


def test_late_report_needs_a_reason_and_stands_with_one() -> None:
    told = party().seats()
    for person, post in told.people():
        told.propose(person, post)
    told.today = day(12, 7)
    told.do(nomination.FixProspective(candidates=slots(told.people())), told.lead)
    told.do(notices.PostNotice(kind="prospective_list", place="公示栏"), told.lead)
    assert told.refused(nomination.ReportProspective(), told.lead, "step.late-reason").params["due"] == day(12, 6)
    told.do(nomination.ReportProspective(late_reason="等待补充推荐"), told.lead)
    assert told.facts.steps["party.prospective"].late_days == 1


# --- office ----------------------------------------------------------------------------------------------------------


def test_nobody_makes_an_account_above_their_own() -> None:
    told = Telling("party")
    told.refused(
        office.OpenAccount(account="x", role=Role.STREET, scope=PATH, name="某"), "committee_chair", "office.may-make"
    )
    told.refused(
        office.OpenAccount(account="x", role=Role.TELLER, scope="d/s/c2", name="某"), "committee_chair", "office.scope"
    )
    told.refused(
        office.OpenAccount(account="teller1", role=Role.TELLER, scope=PATH, name="某"),
        "committee_chair",
        "office.account-new",
    )


def test_an_account_for_those_who_count_says_whose_it_is() -> None:
    told = Telling("party")
    told.world.office.demonstration = False
    nobody = office.OpenAccount(account="x", role=Role.SCRUTINEER, scope=PATH, name="某")
    told.refused(nobody, "committee_chair", "office.person")
    told.do(nobody.model_copy(update={"person": "s1"}), "committee_chair")
    told.do(nobody.model_copy(update={"account": "y", "role": Role.REGISTRAR}), "committee_chair")


def test_a_key_is_set_by_its_own_person() -> None:
    told = Telling("party")
    told.refused(office.EnrolKey(account="teller1", public_key="00", fingerprint="00"), "teller2", "office.own-key")
    told.refused(office.EnrolKey(account="gone", public_key="00", fingerprint="00"), "teller2", "office.account-known")
    told.refused(office.RevokeKey(account="street_officer1"), "committee_chair", "office.may-make")
    told.refused(office.CloseAccount(account="committee_chair1"), "committee_chair", "office.not-own")


def test_the_office_is_opened_once() -> None:
    Telling("party").refused(
        office.OpenOffice(name="x", server_key="0", fingerprint="0", version="1"), SERVER, "office.first"
    )


# --- campaign --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "campaign.first"),
        ({"window_from": day(12, 31), "window_to": day(11, 1)}, "campaign.window"),
        ({"party_day": day(10, 1)}, "campaign.day-in-window"),
        ({"phases": (campaign.Phase(title="一", start=day(12, 2), end=day(12, 1)),)}, "campaign.phase"),
        (
            {"communities": (campaign.CommunityRef(id="a", name="同"), campaign.CommunityRef(id="b", name="同"))},
            "campaign.communities-once",
        ),
        ({"party_ruleset": "nowhere"}, "campaign.ruleset-known"),
        ({"party_ruleset": "qilihe-2010.residents"}, "campaign.ruleset-body"),
        ({"party_ruleset": "party-2020"}, "campaign.ruleset-in-force"),
    ],
)
def test_a_plan_that_does_not_hold(changes: dict[str, object], code: str) -> None:
    told = Telling("party")
    told.refused(told.plan(**changes), "street_officer", code)


def test_a_real_election_waits_for_confirmed_numbers() -> None:
    told = Telling("residents", demonstration=False)
    act = roll.OpenElection(
        body_of_election="residents",
        community="c1",
        community_name="某社区",
        path=PATH,
        campaign="campaign",
        ruleset="qilihe-2010.residents",
        ruleset_sha256="2" * 64,
    )
    unconfirmed = told.refused(act, SERVER, "campaign.rules-confirmed")
    rules = told.world.rules("2" * 64)
    assert unconfirmed.params["count"] == len(rules.unconfirmed()) > 0
    told.refused(
        campaign.ConfirmRule(ruleset="qilihe-2010.residents", key="seats.min", source="文件", article="一"),
        "street_officer",
        "campaign.rule-unconfirmed",
    )
    for key in rules.unconfirmed():
        told.do(
            campaign.ConfirmRule(ruleset="qilihe-2010.residents", key=key, source="区委意见", article="一"),
            "street_officer",
        )
    told.do(act, SERVER)


def test_another_day_and_postponement() -> None:
    told = Telling("party")
    change = campaign.ChangeDay(community="c1", body="party", day=day(12, 20), reason="场地")
    told.refused(change.model_copy(update={"community": "c9"}), "street_officer", "campaign.community-known")
    told.refused(change.model_copy(update={"day": date(2011, 1, 5)}), "street_officer", "campaign.day-in-window")
    told.refused(change.model_copy(update={"day": day(11, 2)}), "street_officer", "campaign.day-ahead")
    ask = campaign.AskPostponement(community="c1", body="party", new_day=date(2011, 1, 5), reason="条件不成熟")
    told.refused(ask.model_copy(update={"new_day": day(12, 1)}), "committee_chair", "campaign.postpone-later")
    told.refused(ask.model_copy(update={"new_day": date(2012, 1, 5)}), "committee_chair", "campaign.postpone-limit")
    told.do(ask, "committee_chair")
    decide = campaign.DecidePostponement(request=1, approve=True, document_number="1号")
    told.refused(decide.model_copy(update={"request": 2}), "organisation_reviewer", "campaign.request-waiting")
    told.refused(decide.model_copy(update={"document_number": ""}), "organisation_reviewer", "act.document-number")
    told.refused(decide.model_copy(update={"approve": False}), "organisation_reviewer", "act.reason")
    told.do(decide, "organisation_reviewer")
    assert told.world.campaign.day("c1", "party") == date(2011, 1, 5)


def test_posts_are_posted_by_a_committee_that_exists() -> None:
    told = Telling("party")
    told.world.campaign.communities["c1"].committee = False
    told.refused(told.posts(), "committee_chair", "community.committee")


def test_a_finding_is_remedied_once() -> None:
    told = Telling("party")
    told.refused(campaign.RemedyViolation(finding=1, remedy="已改"), "street_officer", "campaign.finding-open")


# --- roll ------------------------------------------------------------------------------------------------------------


def test_an_empty_file_registers_nobody() -> None:
    told = Telling("party").open()
    told.refused(
        roll.ImportRoll(registered=0, rows=0, accepted=0, rejected=0, warnings=0, file_sha256="c" * 64, root="b" * 64),
        "registrar",
        "roll.some-row",
    )


def test_a_frozen_roll_does_not_change() -> None:
    told = party()
    told.refused(
        roll.ChangeRoll(registered=40, kind="add", person="x", name="某", basis="组织关系转入", root="b" * 64),
        "registrar",
        "roll.not-frozen",
    )
    told.refused(
        roll.ExcludeMember(person="x", name="某", ground="illness", consent_document="1号"),
        "registrar",
        "roll.not-frozen",
    )


def test_the_roll_stands_when_nothing_waits_and_the_window_is_over() -> None:
    told = Telling("residents").open()
    told.refused(roll.FixRoll(), told.lead, "step.before")
    state = {"registered": 500, "root": "b" * 64}
    told.do(
        roll.ImportRoll(rows=500, accepted=500, rejected=0, warnings=0, file_sha256="c" * 64, held=2, **state),
        "registrar",
    )
    told.refused(roll.CloseRegistration(), "registrar", "roll.none-held")
    told.do(roll.ReviewRoll(persons=("a", "b"), decision="accept", basis="户口簿", **state), "registrar")
    told.do(
        representatives.FormLeadingGroup(
            chair="l1", members=tuple(representatives.GroupMember(person=f"l{i}", name="某") for i in (1, 2, 3))
        ),
        "committee_chair",
    )
    told.do(roll.CloseRegistration(), "registrar")
    told.refused(roll.FixRoll(), told.lead, "notice.posted.roll_notice")
    told.do(notices.PostNotice(kind="roll_notice", place="公示栏"), told.lead)
    assert told.refused(roll.FixRoll(), told.lead, "roll.window-over").params["until"] == told.today + timedelta(days=5)


def test_a_member_is_left_out_once_and_readmitted() -> None:
    told = Telling("party").open()
    told.do(
        roll.ImportRoll(rows=9, accepted=9, rejected=0, warnings=0, file_sha256="c" * 64, registered=9, root="b" * 64),
        "registrar",
    )
    out = roll.ExcludeMember(person="x", name="某", ground="abroad", consent_document="街工〔2010〕1号")
    told.do(out, "registrar")
    assert told.facts.entitled == 8
    told.refused(out, "registrar", "roll.not-excluded")
    told.do(roll.ReadmitMember(person="x", name="某"), "registrar")
    told.refused(roll.ReadmitMember(person="x", name="某"), "registrar", "roll.is-excluded")
    assert told.facts.entitled == 9


def test_a_change_to_a_fixed_roll_names_its_basis() -> None:
    told = residents()
    told.refused(
        roll.ChangeRoll(registered=40, kind="remove", person="x", name="某", basis="迁", root="b" * 64),
        "registrar",
        "roll.change-basis",
    )


def test_an_objection_needs_words_a_posted_list_and_one_decision_in_time() -> None:
    told = Telling("residents").open()
    objection = objections.FileObjection(kind="roll_wrong", about="某", text="名字有误", by="某", contact="0")
    told.refused(objection, VOTER, "objection.posted")
    told = residents()
    told.refused(objection.model_copy(update={"text": "错"}), VOTER, "objection.text")
    told.do(objection, VOTER)
    decide = objections.DecideObjection(objection=1, upheld=False, answer="名单无误")
    told.refused(decide, "registrar", "act.role")
    told.refused(decide.model_copy(update={"objection": 7}), told.lead, "objection.waiting")
    told.refused(decide.model_copy(update={"answer": ""}), told.lead, "objection.answer")
    told.today += timedelta(days=4)
    told.refused(decide, told.lead, "objection.in-time")
    told.do(decide.model_copy(update={"late_reason": "节假日"}), told.lead)
    told.refused(decide, told.lead, "objection.waiting")


# --- notices ---------------------------------------------------------------------------------------------------------


def test_a_notice_is_posted_once_and_corrected_by_another() -> None:
    told = residents()
    told.refused(notices.PostNotice(kind="roll_notice", place="公示栏"), told.lead, "notice.once")
    told.refused(
        notices.PostNotice(kind="correction_notice", place="公示栏", supersedes=99, reason="错字"),
        told.lead,
        "notice.stands",
    )
    told.refused(notices.PostNotice(kind="correction_notice", place="公示栏", supersedes=1), told.lead, "act.reason")


@pytest.mark.parametrize(
    "kind",
    [
        "prospective_list",
        "official_list",
        "polling_notice",
        "staff_notice",
        "result_notice",
        "delegates",
        "correction_notice",
    ],
)
def test_a_list_that_does_not_exist_is_not_posted(kind: str) -> None:
    told = residents()
    told.refused(notices.PostNotice(kind=kind, place="公示栏"), told.lead, f"notice.ready.{kind}")


def test_the_official_list_is_posted_five_days_before() -> None:
    told = residents().nominate()
    for candidate in list(told.facts.prospective):
        for kind in demands.assess_kinds(told.facts, candidate):
            told.do(
                nomination.Assess(person=candidate.person, kind=kind, held_on=told.today, passed=True), "street_officer"
            )
    told.do(nomination.StudyCandidates(opinion="同意"), "street_officer")
    told.do(nomination.DecideCandidates(approve=True, document_number="1号"), "organisation_reviewer")
    told.do(nomination.FixOfficial(opinion="多数选民意见"), told.lead)
    told.today = day(12, 22)
    post = notices.PostNotice(kind="official_list", place="公示栏")
    assert told.refused(post, told.lead, "step.deadline").params["due"] == day(12, 21)
    told.do(post, told.lead, on=day(12, 21))  # a paper posted in time and recorded a day later


# --- seats, delegates, representatives -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offices", "code"),
    [
        ((("委员", 4),), "law.seats.even"),
        ((("委员", 11),), "law.seats.outside"),
        ((("委员", 3),), "law.seats.outside"),
        ((("委员", 3), ("委员", 2)), "seats.offices-once"),
    ],
)
def test_seats_outside_the_law(offices: tuple[tuple[str, int], ...], code: str) -> None:
    told = party()
    told.refused(
        representatives.FixSeats(
            form="committee", offices=tuple(representatives.OfficeSeats(office=o, seats=n) for o, n in offices)
        ),
        told.lead,
        code,
    )


def test_more_than_the_normal_number_needs_a_reason() -> None:
    told = party()
    seven = representatives.FixSeats(form="branch", offices=(representatives.OfficeSeats(office="委员", seats=7),))
    told.refused(seven, told.lead, "law.seats.above_normal")
    told.do(seven.model_copy(update={"reason": "党员较多"}), told.lead)


def test_a_branch_of_seven_elects_no_committee() -> None:
    told = party(7)
    told.refused(
        representatives.FixSeats(form="branch", offices=(representatives.OfficeSeats(office="委员", seats=3),)),
        told.lead,
        "law.seats.no_committee",
    )
    told.do(
        representatives.FixSeats(form="no_committee", offices=(representatives.OfficeSeats(office="书记", seats=1),)),
        told.lead,
    )
    party(8).refused(
        representatives.FixSeats(form="no_committee", offices=(representatives.OfficeSeats(office="书记", seats=1),)),
        "committee_chair",
        "seats.no-committee",
    )


def test_party_seats_wait_for_the_roll_and_forms_fit_the_body() -> None:
    told = Telling("party").open()
    act = representatives.FixSeats(form="committee", offices=(representatives.OfficeSeats(office="委员", seats=5),))
    told.refused(act, told.lead, "roll.imported")
    told.refused(act.model_copy(update={"form": "residents"}), told.lead, "seats.form")


def test_residents_seats_are_fixed_by_the_sitting_meeting() -> None:
    told = Telling("residents").open().roll(500)
    offices = (
        representatives.OfficeSeats(office="主任", seats=1),
        representatives.OfficeSeats(office="副主任", seats=2, public=3),
        representatives.OfficeSeats(office="委员", seats=4),
    )
    told.refused(representatives.FixSeats(form="residents", offices=offices), told.lead, "seats.by-meeting")
    told.refused(
        representatives.FixSeats(form="residents", offices=offices, meeting_on=told.today, meeting_present=30),
        told.lead,
        "seats.public",
    )


def test_delegates_only_above_300_members_with_approval_and_margin() -> None:
    told = party(300)
    told.refused(representatives.FixAssembly(form="delegates", delegates=120), "street_officer", "assembly.above")
    told = party(301)
    told.refused(representatives.FixAssembly(form="delegates", delegates=99), "street_officer", "assembly.delegates")
    told.refused(representatives.ApproveAssembly(document_number="1号"), "organisation_reviewer", "assembly.asked")
    told.do(representatives.FixAssembly(form="delegates", delegates=100), "street_officer")
    chosen = tuple(representatives.Chosen(person=f"d{i}", name="某") for i in range(100))
    elect = representatives.ElectDelegates(branch="第一支部", candidates=120, elected=chosen)
    told.refused(elect, told.lead, "assembly.approved")
    told.do(representatives.ApproveAssembly(document_number="1号"), "organisation_reviewer")
    told.refused(elect.model_copy(update={"candidates": 119}), told.lead, "margin.enough")
    told.do(elect, told.lead)
    told.refused(elect, told.lead, "representatives.once")
    told.do(notices.PostNotice(kind="delegates", place="公示栏"), told.lead)
    assert told.facts.entitled == 100


def test_representatives_by_group_household_and_unit() -> None:
    told = Telling("residents").open().roll(500).seats()

    def elect(count: int, **more: object) -> representatives.ElectRepresentatives:
        return representatives.ElectRepresentatives(
            group="一组", elected=tuple(representatives.Chosen(person=f"p{i}", name="某") for i in range(count)), **more
        )

    told.refused(elect(1), told.lead, "representatives.group")
    told.refused(elect(4), told.lead, "representatives.group")
    told.refused(elect(6, households=100), told.lead, "representatives.group")  # 1 per 20-60: 2 to 5 of 100 households
    told.do(elect(5, households=100), told.lead)
    told.refused(elect(3, unit=True), told.lead, "representatives.unit")
    other = representatives.ElectRepresentatives(
        group="二组",
        elected=(representatives.Chosen(person="p0", name="某"), representatives.Chosen(person="q", name="某")),
    )
    told.refused(other, told.lead, "representatives.once")


def test_the_list_of_representatives_40_to_60_and_two_thirds_residents() -> None:
    told = Telling("residents").open().roll(500).seats()
    told.refused(representatives.FixRepresentatives(), told.lead, "representatives.some")
    for g in range(10):
        told.do(
            representatives.ElectRepresentatives(
                group=f"{g}组", elected=tuple(representatives.Chosen(person=f"r{g}-{i}", name="某") for i in range(2))
            ),
            told.lead,
        )
    told.refused(representatives.FixRepresentatives(), told.lead, "representatives.total")
    for u in range(6):
        told.do(
            representatives.ElectRepresentatives(
                group=f"{u}单位",
                unit=True,
                elected=tuple(representatives.Chosen(person=f"u{u}-{i}", name="某") for i in range(2)),
            ),
            told.lead,
        )
    short = told.refused(representatives.FixRepresentatives(reason="人口少"), told.lead, "representatives.residents")
    assert short.params == {"residents": 20, "needs": 22, "total": 32}


def test_representatives_change_until_the_meeting() -> None:
    told = residents()
    change = representatives.ChangeRepresentative(leaves="r0-0", joins="new", joins_name="新代表", reason="迁出")
    told.refused(change.model_copy(update={"leaves": "nobody"}), told.lead, "representatives.known")
    told.refused(change.model_copy(update={"joins": "r1-1"}), told.lead, "representatives.once")
    told.do(change, told.lead)
    told.nominate().approve().prepare().meet()
    told.refused(
        representatives.ChangeRepresentative(leaves="r1-1", reason="迁出"), told.lead, "representatives.before-meeting"
    )


def test_the_leading_group() -> None:
    told = Telling("residents").open()
    three = tuple(representatives.GroupMember(person=f"l{i}", name="某") for i in (1, 2, 3))
    told.refused(representatives.FormLeadingGroup(chair="x", members=three), "committee_chair", "lead.chair")
    told.refused(
        representatives.FormLeadingGroup(chair="l1", members=(three[0], three[0], three[1])),
        "committee_chair",
        "lead.once",
    )
    told.roll(500).seats()
    told.refused(
        told.proposal("l2", "chair", standing=nomination.Standing(on_roll=True, age=35)),
        told.lead,
        "nomination.leaves-presiding",
    )
    swap = representatives.ReplaceLeader(leaves="l2", joins="l9", joins_name="某", reason="成为候选人")
    told.refused(swap.model_copy(update={"leaves": "l7"}), "committee_chair", "lead.member")
    told.refused(swap.model_copy(update={"joins": "l1"}), "committee_chair", "lead.new")
    told.refused(swap.model_copy(update={"leaves": "l1"}), "committee_chair", "lead.chair")
    told.do(swap, "committee_chair")
    told.propose("l2", "chair")


# --- nomination ------------------------------------------------------------------------------------------------------


def standing(**of: object) -> nomination.Standing:
    return nomination.Standing(**({"on_roll": True, "full_member": True, "age": 35} | of))


def test_who_may_be_proposed() -> None:
    told = residents()
    told.refused(told.proposal("a", "nothing", standing=standing()), told.lead, "nomination.office")
    told.refused(told.proposal("a", "member", standing=standing(on_roll=False)), told.lead, "nomination.on-roll")
    told.do(
        told.proposal("p", "deputy", standing=standing(on_roll=False), police=True), told.lead
    )  # S-02: the policeman need not be on the roll
    ten = told.proposal("a", "member", routes=("joint_voters",), standing=standing(supporters_on_roll=9))
    assert told.refused(ten, told.lead, "nomination.joint-voters").params == {"needs": 10, "has": 9}
    five = told.proposal("a", "member", routes=("joint_households",), standing=standing(supporters_on_roll=4))
    assert told.refused(five, told.lead, "nomination.joint-households").params == {"needs": 5, "has": 4}
    told = party().seats()
    told.refused(
        told.proposal("a", "member", standing=standing(full_member=False)), told.lead, "nomination.full-member"
    )


def test_a_publicly_selected_deputy() -> None:
    told = Telling("residents").open().roll(500)
    told.seats(("主任", 1), ("副主任", 1), ("委员", 3), public=1).representatives()
    asked = {"public": True, "education": "senior_secondary"}
    told.refused(told.proposal("a", "deputy", standing=standing(age=51), **asked), told.lead, "nomination.age")
    told.refused(
        told.proposal("a", "deputy", standing=standing(), public=True, education="primary"),
        told.lead,
        "nomination.education",
    )
    told.refused(
        told.proposal("a", "deputy", standing=standing(), permanent_resident=False, **asked),
        told.lead,
        "nomination.permanent",
    )
    for person, post in told.people():
        told.propose(person, post)
    told.refused(nomination.FixProspective(candidates=slots(told.people())), told.lead, "nomination.public-enough")
    plain = residents()
    plain.refused(plain.proposal("a", "deputy", standing=standing(), **asked), plain.lead, "nomination.public-office")


def test_the_deputies_are_to_include_a_policeman() -> None:
    told = Telling("residents").open().roll(500)
    told.seats(("主任", 1), ("副主任", 1), ("委员", 3), police=True).representatives()
    for person, post in told.people():
        told.propose(person, post)
    told.refused(nomination.FixProspective(candidates=slots(told.people())), told.lead, "nomination.require-police")


def test_the_margin_per_office() -> None:
    told = party().seats()
    people = told.people()
    for person, post in people:
        told.propose(person, post)
    short = told.refused(nomination.FixProspective(candidates=slots(people[:5])), told.lead, "margin.enough")
    assert short.params == {"office": "委员", "seats": 5, "needs": 6, "has": 5}
    told.refused(nomination.FixProspective(candidates=slots([*people, people[0]])), told.lead, "nomination.once")
    told.refused(
        nomination.FixProspective(candidates=slots([*people, ("nobody", "member")])),
        told.lead,
        "nomination.was-proposed",
    )
    told.refused(nomination.FixProspective(candidates=slots(people[:5]), method="hands"), told.lead, "hands.allowed")
    told.refused(
        nomination.WithdrawProposal(person="nobody", office="member", reason="本人要求"),
        told.lead,
        "nomination.proposed",
    )


def test_show_of_hands_only_with_equal_numbers() -> None:
    told = residents()
    for person, post in told.people():
        told.propose(person, post)
    told.refused(nomination.FixProspective(candidates=slots(told.people()), method="hands"), told.lead, "margin.equal")


def test_a_show_of_hands_without_equal_numbers_asks_for_the_margin() -> None:
    """Hands and an equal number are two rules: ``hands.allowed`` and ``margin.equal_by_hands``."""
    told = residents()
    for person, post in told.people():
        told.propose(person, post)
    rules = told.facts.law
    unequal = replace(rules.rule("margin.equal_by_hands"), value=False)
    told.facts.rules = replace(rules, values={**rules.values, "margin.equal_by_hands": unequal})
    told.refused(nomination.FixProspective(candidates=slots(EQUAL), method="hands"), told.lead, "margin.enough")
    told.do(nomination.FixProspective(candidates=slots(told.people()), method="hands"), told.lead)


def test_most_must_agree_and_all_must_be_there_before_the_report() -> None:
    told = residents()
    told.refused(nomination.AskAgreement(asked_whom="groups", how="会议", asked=8, agreed=8), told.lead, "step.before")
    for person, post in told.people():
        told.propose(person, post)
    told.refused(
        nomination.AskAgreement(asked_whom="groups", how="会议", asked=8, agreed=8), told.lead, "nomination.has-list"
    )
    told.do(nomination.FixProspective(candidates=slots(told.people())), told.lead)
    told.refused(
        nomination.AskAgreement(asked_whom="groups", how="会议", asked=8, agreed=4), told.lead, "nomination.most-agree"
    )
    told.refused(
        nomination.AskAgreement(asked_whom="groups", how="会议", asked=8, agreed=9),
        told.lead,
        "nomination.agreed-within",
    )
    told.refused(nomination.ReportProspective(), told.lead, "notice.posted.prospective_list")
    told.refused(nomination.ReportProspective(), told.lead, "nomination.agreed")


def test_assessment_and_decision() -> None:
    told = party().seats().nominate()
    assess = nomination.Assess(person="member1", kind="evaluation", held_on=told.today, passed=True)
    told.refused(assess.model_copy(update={"person": "nobody"}), "street_officer", "nomination.is-prospective")
    told.refused(
        assess.model_copy(update={"held_on": told.today + timedelta(days=1)}), "street_officer", "assess.not-future"
    )
    told.refused(assess.model_copy(update={"passed": False}), "street_officer", "assess.result")
    told.refused(nomination.StudyCandidates(opinion="同意"), "street_officer", "step.before")
    for candidate in list(told.facts.prospective):
        for kind in demands.assess_kinds(told.facts, candidate):
            failed = candidate.person == "member3" and kind == "inspection"
            told.do(
                nomination.Assess(
                    person=candidate.person,
                    kind=kind,
                    held_on=told.today,
                    passed=not failed,
                    result="不合格" if failed else "",
                ),
                "street_officer",
            )
    told.refused(
        nomination.DecideCandidates(approve=True, document_number="1号"), "organisation_reviewer", "nomination.studied"
    )
    told.do(nomination.StudyCandidates(opinion="上报"), "street_officer")
    told.refused(
        nomination.DecideCandidates(approve=True, document_number="1号"), "organisation_reviewer", "assess.passed"
    )
    told.refused(nomination.DecideCandidates(approve=True), "organisation_reviewer", "act.document-number")
    told.refused(nomination.DecideCandidates(approve=False), "organisation_reviewer", "act.reason")


def test_residents_study_waits_for_every_assessment() -> None:
    told = residents().nominate()
    told.refused(nomination.StudyCandidates(opinion="同意"), "street_officer", "assess.evaluation")
    told.refused(nomination.StudyCandidates(opinion="同意"), "street_officer", "assess.inspection")


def test_only_who_stands_withdraws() -> None:
    told = party().seats().nominate()
    told.refused(nomination.WithdrawCandidate(person="nobody", kind="written"), told.lead, "candidate.stands")
    at_vote = party_at_vote().vote({"member": SIX})
    at_vote.refused(
        nomination.WithdrawCandidate(person="member6", kind="written"), at_vote.lead, "candidate.before-result"
    )


# --- preparing and meeting -------------------------------------------------------------------------------------------


def test_staff_are_no_candidates_and_have_one_task() -> None:
    told = party().seats().nominate().approve()
    told.refused(
        preparation.AppointStaff(person="member1", name="某", role="scrutineer"), told.lead, "staff.not-candidate"
    )
    relative = preparation.AppointStaff(person="s8", name="某", role="teller", relative_of_candidate=True)
    told.refused(relative, told.lead, "staff.relative")
    told.do(relative.model_copy(update={"relative_reason": "无其他人选,已公示"}), told.lead)
    told.refused(preparation.AppointStaff(person="s8", name="某", role="teller"), told.lead, "staff.once")
    told.refused(preparation.AppointStaff(person="s8", name="某", role="scrutineer"), told.lead, "staff.one-task")
    told.refused(preparation.DismissStaff(person="nobody", reason="换人"), told.lead, "staff.known")


def test_preparation_is_complete_or_refused() -> None:
    told = party().seats().nominate().approve()
    done = preparation.CompletePreparation(venue_ready=True)
    for code in (
        "prepare.scrutineers",
        "prepare.tellers",
        "prepare.ballots",
        "prepare.boxes",
        "prepare.place",
        "notice.posted.polling_notice",
    ):
        told.refused(done, told.lead, code)
    told.refused(preparation.CompletePreparation(venue_ready=False), told.lead, "prepare.venue")
    told.refused(preparation.FixPlace(on=day(12, 23), time="9时", place="活动中心"), told.lead, "prepare.on-the-day")


def test_ballots_are_released_once_and_enough() -> None:
    told = party().seats().nominate()
    told.refused(preparation.ReleaseBallots(printed=45, design="d" * 64), told.lead, "official.fixed")
    told.approve()
    told.refused(preparation.ReleaseBallots(printed=39, design="d" * 64), told.lead, "prepare.enough-ballots")
    told.refused(preparation.SealBoxes(boxes=(preparation.Box(id="1"),)), told.lead, "prepare.ballots-released")
    told.refused(preparation.WithdrawBallots(reason="印错"), told.lead, "prepare.ballots-released")
    told.ballots()
    told.refused(preparation.ReleaseBallots(printed=45, design="d" * 64), told.lead, "prepare.ballots-once")
    told.refused(
        preparation.SealBoxes(boxes=(preparation.Box(id="1"), preparation.Box(id="1"))),
        told.lead,
        "prepare.boxes-unique",
    )
    told.do(preparation.WithdrawBallots(reason="印错一字"), told.lead)
    told.ballots()
    told.prepare().meet()
    told.do(told.account(), told.lead)
    told.refused(preparation.WithdrawBallots(reason="印错"), told.lead, "ballot.none-issued")
    told.do(tally.OpenBox(box="1"), "scrutineer")
    told.refused(preparation.SealBoxes(boxes=(preparation.Box(id="2"),)), told.lead, "prepare.boxes-before")


def test_no_ballots_for_a_show_of_hands() -> None:
    told = residents().nominate(EQUAL, method="hands").approve()
    told.refused(preparation.ReleaseBallots(printed=50, design="d" * 64), told.lead, "prepare.by-ballot")


def test_the_meeting_in_its_order() -> None:
    told = party().seats().nominate().approve().prepare()
    opening = meeting.OpenMeeting(place="活动中心")
    told.refused(opening, told.lead, "meeting.on-the-day")
    told.today = day(12, 24)
    told.refused(meeting.CloseSignIn(present=40), told.lead, "meeting.opened")
    told.refused(meeting.HearReport(title="报告"), told.lead, "meeting.opened")
    told.do(opening, told.lead)
    told.refused(opening, told.lead, "meeting.once")
    told.refused(meeting.AdoptMethod(votes_for=40), told.lead, "meeting.signed-in")
    told.refused(meeting.VoidMeeting(reason="人数不足"), told.lead, "meeting.signed-in")
    told.refused(meeting.CloseSignIn(present=41), told.lead, "meeting.present-entitled")
    told.do(meeting.CloseSignIn(present=33), told.lead)
    told.refused(meeting.CloseSignIn(present=34), told.lead, "meeting.sign-in-once")
    told.refused(meeting.VoidMeeting(reason="人数不足"), told.lead, "meeting.short")
    told.refused(meeting.AdoptMethod(votes_for=16), told.lead, "meeting.majority")
    told.refused(meeting.ApproveScrutineers(votes_for=34), told.lead, "meeting.votes-present")
    for code in ("meeting.report", "meeting.method", "meeting.scrutineers"):
        told.refused(meeting.DeclareValid(), told.lead, code)


# --- ballots and tally -----------------------------------------------------------------------------------------------


def test_the_account_of_ballots() -> None:
    told = party_at_vote()
    wrong = meeting.AccountBallots(issued=40, returned=40, spoiled=1, unused=5)
    assert told.refused(wrong, told.lead, "ballot.adds-up").params["sum"] == 46
    over = meeting.AccountBallots(issued=41, returned=40, spoiled=0, unused=4)
    told.refused(over, told.lead, "ballot.issued-present")
    told.refused(tally.OpenBox(box="1"), "scrutineer", "ballot.accounted")
    told.do(told.account(), told.lead)
    told.refused(told.account(), told.lead, "ballot.account-once")
    told.refused(tally.OpenBox(box="9"), "scrutineer", "tally.box")
    told.do(tally.OpenBox(box="1"), "scrutineer")
    told.refused(tally.OpenBox(box="1"), "scrutineer", "tally.box-once")


def committed(told: Telling, who: str, votes: tuple[int, ...] = SIX) -> tuple[tally.CommitTally, tally.Revealed]:
    figures = told.figures("member", votes)
    salt = ("1" if who.endswith("1") else "2") * 64
    return (
        tally.CommitTally(contest="member", box="1", commitment=tally.commitment(figures, salt)),
        tally.Revealed(account=who, salt=salt, figures=figures),
    )


def test_two_people_enter_blind() -> None:
    told = party_at_vote()
    told.do(told.account(), told.lead)
    first, opened = committed(told, "teller1")
    told.refused(first, "teller1", "tally.box-open")
    told.do(tally.OpenBox(box="1"), "scrutineer")
    told.refused(first.model_copy(update={"contest": "nothing"}), "teller1", "tally.contest")
    told.do(first, "teller1")
    told.refused(first, "teller1", "tally.two-people")
    second, other = committed(told, "teller2")
    told.refused(tally.RevealTally(contest="member", box="1", entries=(opened, other)), SERVER, "tally.opens")
    told.do(second, "teller2")
    third, _ = committed(told, "teller3")
    told.refused(third, "teller3", "tally.two-entries")
    lie = other.model_copy(update={"figures": told.figures("member", (1, 1, 1, 1, 1, 1))})
    told.refused(tally.RevealTally(contest="member", box="1", entries=(opened, lie)), SERVER, "tally.opens")
    told.refused(tally.RevealTally(contest="member", box="1", entries=(opened, other)), "teller1", "act.role")
    told.refused(told.announcement_of_nothing(), told.lead, "result.tallies-signed")


def test_a_sheet_that_cannot_be_right() -> None:
    told = party_at_vote()
    told.do(told.account(), told.lead)
    told.do(tally.OpenBox(box="1"), "scrutineer")
    right = told.figures("member", SIX)
    told.enter("member", right, told.figures("member", (40, 39, 38, 37, 35, 11)))

    def resolve(figures: tally.Figures) -> tally.ResolveTally:
        return tally.ResolveTally(contest="member", box="1", figures=figures, reason="重看")

    told.refused(resolve(right.model_copy(update={"rows": right.rows[:5]})), "adjudicator", "tally.every-candidate")
    told.refused(resolve(told.figures("member", SIX, returned=41)), "adjudicator", "tally.returned")
    told.do(resolve(right), "adjudicator")
    told.refused(resolve(right), "adjudicator", "tally.differs")
    told.refused(tally.SignTally(contest="member", box="1", sheet_sha256="0" * 64), "teller1", "tally.same-bytes")
    digest = told.facts.round.sheets[("member", "1")].sha256
    sign = tally.SignTally(contest="member", box="1", sheet_sha256=digest)
    told.do(sign, "teller1")
    told.refused(sign, "teller1", "tally.sign-once")


def test_the_third_person_is_neither_of_the_two() -> None:
    told = party_at_vote()
    told.do(told.account(), told.lead)
    told.do(tally.OpenBox(box="1"), "scrutineer")
    told.refused(tally.RestartTally(contest="member", box="1", reason="重点"), "scrutineer", "tally.something")
    told.refused(tally.SignTally(contest="member", box="1", sheet_sha256="0" * 64), "teller1", "tally.settled")
    told.enter("member", told.figures("member", SIX), told.figures("member", (40, 39, 38, 37, 35, 11)))
    sheet = told.facts.round.sheets[("member", "1")]
    sheet.commitments["adjudicator1"] = "x"
    told.refused(
        tally.ResolveTally(contest="member", box="1", figures=told.figures("member", SIX), reason="重看"),
        "adjudicator",
        "tally.third-person",
    )


def test_a_teller_who_stands_does_not_count() -> None:
    told = party_at_vote()
    told.do(office.OpenAccount(account="stands", role=Role.TELLER, scope=PATH, name="某", person="member2"), SERVER)
    told.do(told.account(), told.lead)
    told.do(tally.OpenBox(box="1"), "scrutineer")
    act, _ = committed(told, "teller1")
    told.refused(act, Actor("stands", Role.TELLER, PATH), "staff.not-candidate")


# --- results ---------------------------------------------------------------------------------------------------------


def test_an_announcement_says_what_was_counted() -> None:
    told = party_at_vote()
    told.do(told.account(), told.lead)
    told.do(tally.OpenBox(box="1"), "scrutineer")
    told.enter("member", told.figures("member", SIX))
    told.sign("member")
    lie = told.announcement().model_copy(
        update={"outcomes": (result.Outcome(contest="member", elected=("member6",), vacant=4),)}
    )
    told.refused(lie, told.lead, "result.recounted")
    told.do(told.announcement(), told.lead)
    told.refused(lie, told.lead, "result.not-announced")
    told.refused(result.LeaveVacant(consent=40, reason="不选"), told.lead, "result.round-waiting")


def test_a_show_of_hands_adds_up_for_everyone() -> None:
    told = residents().nominate(EQUAL, method="hands").approve().prepare().meet()

    def record(**rows: tuple[int, ...]) -> equal.RecordHands:
        return equal.RecordHands(
            tallies=tuple(
                equal.HandTally(
                    contest=c,
                    rows=tuple(
                        tally.Row(candidate=f"{c}{i}", votes_for=v, against=42 - v, abstain=0)
                        for i, v in enumerate(of, 1)
                    ),
                )
                for c, of in rows.items()
            )
        )

    told.refused(record(chair=(42,), deputy=(42,)), told.lead, "tally.every-contest")
    told.refused(record(chair=(42,), deputy=(42,), member=(42, 42)), told.lead, "tally.every-candidate")
    wrong = equal.RecordHands(
        tallies=(
            *record(chair=(42,), deputy=(42,)).tallies,
            equal.HandTally(
                contest="member",
                rows=tuple(tally.Row(candidate=f"member{i}", votes_for=40, against=0, abstain=0) for i in (1, 2, 3)),
            ),
        )
    )
    told.refused(wrong, told.lead, "hands.adds-up")
    told.refused(equal.SignHands(), "scrutineer", "hands.recorded")
    told.do(record(chair=(42,), deputy=(42,), member=(42, 42, 42)), told.lead)
    answer = told.announcement()
    told.refused(answer, told.lead, "hands.signed")


def test_hands_where_ballots_were_agreed() -> None:
    told = residents_at_vote()
    act = equal.RecordHands(
        tallies=(
            equal.HandTally(contest="chair", rows=(tally.Row(candidate="chair1", votes_for=42, against=0, abstain=0),)),
        )
    )
    told.refused(act, told.lead, "step.not-run")


def test_council_and_plenary_count_everyone() -> None:
    told = residents_at_vote()
    one = equal.NamedTally(person="k", name="某", votes_for=41, against=0, abstain=0)
    told.vote({"chair": (30, 5), "deputy": (28, 3), "member": (40, 39, 38, 5)}).announced()
    told.refused(equal.ElectCouncil(members=(one,)), told.lead, "hands.adds-up")
    full = one.model_copy(update={"votes_for": 42})
    told.refused(equal.ElectCouncil(members=(full, full)), told.lead, "nomination.once")


def test_plenary() -> None:
    told = party_at_vote().vote({"member": SIX}).announced()
    told.do(approval.ReportResult(), told.lead)
    told.do(approval.DecideConsent(approve=True), "street_officer")
    head = equal.NamedTally(person="member1", name="某", votes_for=4, against=0, abstain=0)
    told.refused(equal.ElectPlenary(present=6, secretary=head), "scrutineer", "meeting.present-entitled")
    told.refused(
        equal.ElectPlenary(present=3, secretary=head.model_copy(update={"votes_for": 3})),
        "scrutineer",
        "meeting.quorum",
    )  # 3 of 5 is not more than 2/3
    told.refused(
        equal.ElectPlenary(present=4, secretary=head.model_copy(update={"person": "member6"})),
        "scrutineer",
        "plenary.members",
    )
    two = head.model_copy(update={"votes_for": 2, "against": 2})
    told.refused(equal.ElectPlenary(present=4, secretary=two), "scrutineer", "plenary.elected")
    old = next(c for c in told.facts.official if c.person == "member1")
    old.age = 41
    told.refused(equal.ElectPlenary(present=4, secretary=head), "scrutineer", "nomination.age")
    told.do(equal.ElectPlenary(present=4, secretary=head, exception_reason="经工委研究"), "scrutineer")


# --- approval and after ----------------------------------------------------------------------------------------------


def test_a_return_names_its_target_and_reason() -> None:
    told = party_at_vote().vote({"member": SIX}).announced()
    told.refused(approval.DecideConsent(approve=True), "street_officer", "result.reported")
    told.do(approval.ReportResult(), told.lead)
    told.refused(approval.DecideConsent(approve=False, reason="不妥"), "street_officer", "return.target")
    told.refused(approval.DecideConsent(approve=True, target="papers"), "street_officer", "return.target")
    told.refused(approval.DecideConsent(approve=False, target="papers"), "street_officer", "act.reason")
    told.refused(
        approval.DecideConsent(approve=False, target="person", persons=("member6",), reason="不妥"),
        "street_officer",
        "return.persons",
    )


def test_approval_in_its_order() -> None:
    told = party_at_vote().vote({"member": SIX}).announced().consent()
    told.refused(
        approval.DecideResult(approve=True, document_number="1号"), "organisation_reviewer", "approve.submitted"
    )
    told.do(approval.SubmitResult(document_number="1号"), "street_officer")
    told.refused(approval.DecideResult(approve=True), "organisation_reviewer", "act.document-number")
    told.refused(approval.Appoint(document_number="2号"), "street_officer", "approve.decided")


def test_certificates_and_filing() -> None:
    told = residents_at_vote().vote({"chair": (30, 5), "deputy": (28, 3), "member": (40, 39, 38, 5)}).announced()
    one = approval.Certificate(person="chair1", number="1")
    told.refused(
        approval.Certify(certificates=(one, approval.Certificate(person="member1", number="1"))),
        "street_officer",
        "certify.numbers",
    )
    told.refused(
        approval.Certify(certificates=(approval.Certificate(person="chair2", number="1"),)),
        "street_officer",
        "certify.elected",
    )
    told.do(approval.Certify(certificates=(one,)), "street_officer")
    told.refused(approval.Certify(certificates=(one,)), "street_officer", "certify.once")
    rest = tuple(
        approval.Certificate(person=p, number=f"{i}号") for i, p in enumerate(sorted(told.elected() - {"chair1"}), 2)
    )
    told.do(approval.Certify(certificates=rest), "street_officer")
    told.refused(approval.AcknowledgeFiling(approve=True, receipt="1"), "civil_reviewer", "file.submitted")
    told.do(approval.FileResult(document_number="4号"), "street_officer")
    told.refused(approval.AcknowledgeFiling(approve=True), "civil_reviewer", "file.receipt")
    told.do(approval.AcknowledgeFiling(approve=False, target="papers", reason="缺附表"), "civil_reviewer")
    told.do(approval.FileResult(document_number="5号"), "street_officer")
    told.do(approval.AcknowledgeFiling(approve=True, receipt="1"), "civil_reviewer")


def test_handover_inspection_archive() -> None:
    told = residents_at_vote().vote({"chair": (30, 5), "deputy": (28, 3), "member": (40, 39, 38, 5)}).announced()
    listed = after.ListHandover(items=(after.Item(kind="stamps", what="公章"),), held_on=told.today)
    told.refused(after.SignHandover(list_sha256="0" * 64), "outgoing_member", "handover.listed")
    told.refused(
        listed.model_copy(update={"held_on": told.today + timedelta(days=1)}), "outgoing_member", "assess.not-future"
    )
    told.do(listed, "outgoing_member")
    told.refused(after.SignHandover(list_sha256="0" * 64), "outgoing_member", "handover.same-list")
    sign = after.SignHandover(list_sha256=told.facts.handover_sha256)
    told.do(sign, "outgoing_member")
    told.refused(sign, "outgoing_member", "tally.sign-once")
    told.refused(listed, "outgoing_member", "handover.unsigned")
    told.today += timedelta(days=5)
    for who in ("incoming_member", "street_officer"):
        told.do(sign, who)
    assert told.facts.steps["handover"].late_days == 2  # late is flagged, never hidden
    told.refused(
        after.DivideWork(held_on=told.today, duties=(after.Duty(person="nobody", name="某", duty="工作"),)),
        "incoming_member",
        "division.members",
    )
    bad = after.Inspect(points=(after.Point(point="登记", ok=False),), record_verified=True)
    told.refused(bad, "street_officer", "step.before")
    told.refused(
        after.SealArchive(bundle_sha256="e" * 64, entries=1, boxes_kept_at="档案室"),
        "committee_chair",
        "archive.verified",
    )
    told.refused(
        after.SealArchive(bundle_sha256="e" * 64, entries=1, verified=True, boxes_kept_at="档案室"),
        "committee_chair",
        "step.before",
    )


def test_inspection_by_the_street_first_with_remedies() -> None:
    told = party_at_vote().vote({"member": SIX}).announced().consent()
    told.do(approval.SubmitResult(document_number="1号"), "street_officer")
    told.do(approval.DecideResult(approve=True, document_number="2号"), "organisation_reviewer")
    told.do(approval.Appoint(document_number="3号"), "street_officer")
    told.do(after.ListHandover(items=(after.Item(kind="stamps", what="公章"),), held_on=told.today), "outgoing_member")
    for who in ("outgoing_member", "incoming_member", "street_officer"):
        told.do(after.SignHandover(list_sha256=told.facts.handover_sha256), who)
    good = after.Inspect(points=(after.Point(point="登记", ok=True),), record_verified=True)
    told.refused(good, "organisation_reviewer", "inspection.street-first")
    told.refused(good.model_copy(update={"record_verified": False}), "street_officer", "inspection.record")
    told.refused(
        after.Inspect(points=(after.Point(point="登记", ok=False),), record_verified=True),
        "street_officer",
        "inspection.remedies",
    )


def test_what_comes_later_speaks_of_who_was_elected() -> None:
    told = party_at_vote()
    told.refused(
        after.RecordLater(kind="recall", person="member1", text="罢免要求"), "committee_chair", "later.announced"
    )
    told.vote({"member": SIX})
    told.refused(after.RecordLater(kind="recall", person="member6", text="罢免要求"), "committee_chair", "later.person")


def test_only_some_steps_are_taken_up_again() -> None:
    told = party()
    told.refused(after.ReopenStep(step_name="roll", reason="改正"), told.lead, "step.can-reopen")
    told.refused(after.ReopenStep(step_name="seats", reason="改一下"), told.lead, "step.done")
