"""Every way a turnover can go: straight, returned, void, tied, second round, hands, postponed, withdrawn, corrected."""

from __future__ import annotations

from dataclasses import replace

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
    representatives,
    result,
    roll,
    tally,
)
from election.process.facts import Candidate, Contest, Round
from election.process.machine import VOTER
from election.process.result import open_next_round
from election.process.steps import Status, current, is_done, missing, status
from election.process.world import World
from tests.process.telling import Telling, day, party, party_at_vote, residents, residents_at_vote

SIX = (40, 39, 38, 37, 36, 10)


def test_party_straight_to_the_archive() -> None:
    told = party_at_vote()
    told.vote({"member": SIX}).announced()
    assert told.elected() == {"member1", "member2", "member3", "member4", "member5"}
    told.consent()
    told.do(approval.SubmitResult(document_number="1号"), "street_officer")
    told.do(approval.DecideResult(approve=True, document_number="2号"), "organisation_reviewer")
    told.do(approval.Appoint(document_number="3号"), "street_officer")
    told.finish()
    assert current(told.world) == "archived"


def test_residents_straight_to_the_archive() -> None:
    told = residents_at_vote()
    told.vote({"chair": (30, 5), "deputy": (28, 3), "member": (40, 39, 38, 5)}).announced()
    assert told.elected() == {"chair1", "deputy1", "member1", "member2", "member3"}
    members = tuple(equal.NamedTally(person=f"k{i}", name="某", votes_for=42, against=0, abstain=0) for i in range(3))
    told.do(equal.ElectCouncil(members=members), told.lead)
    told.do(
        approval.Certify(
            certificates=tuple(approval.Certificate(person=p, number=f"{i}号") for i, p in enumerate(told.elected()))
        ),
        "street_officer",
    )
    told.do(approval.FileResult(document_number="4号"), "street_officer")
    told.do(approval.AcknowledgeFiling(approve=True, receipt="5号"), "civil_reviewer")
    told.finish()
    assert current(told.world) == "archived"


def test_prospective_list_returned_and_made_again() -> None:
    told = party().seats().nominate()
    for candidate in list(told.facts.prospective):
        for kind in demands.assess_kinds(told.facts, candidate):
            told.do(
                nomination.Assess(person=candidate.person, kind=kind, held_on=told.today, passed=True), "street_officer"
            )
    told.do(nomination.StudyCandidates(opinion="同意"), "street_officer")
    told.do(nomination.DecideCandidates(approve=False, reason="再酝酿"), "organisation_reviewer")
    assert status(told.world, "party.prospective") is Status.OPEN
    assert told.facts.steps["party.prospective"].attempt == 2
    assert told.facts.posted("prospective_list") is None
    told.propose("new", "member")
    people = [("new", "member"), *told.people()[1:]]
    told.do(
        nomination.FixProspective(candidates=tuple(nomination.Slot(person=p, office=o) for p, o in people)), told.lead
    )
    told.do(notices.PostNotice(kind="prospective_list", place="公示栏"), told.lead)
    told.do(nomination.ReportProspective(), told.lead)
    told.approve()
    assert {c.person for c in told.facts.official} == {p for p, _ in people}


def test_void_meeting_is_called_again_and_its_ballots_stay() -> None:
    told = party().seats().nominate().approve().prepare()
    told.today = day(12, 24)
    told.do(meeting.OpenMeeting(place="活动中心"), told.lead)
    told.do(meeting.CloseSignIn(present=32), told.lead)  # 5*32 is exactly 4*40: 超过 asks for more (E10)
    told.refused(meeting.DeclareValid(), told.lead, "meeting.quorum")
    told.do(meeting.VoidMeeting(reason="到会人数不足"), told.lead)
    assert told.facts.steps["party.meeting"].attempt == 2
    assert told.facts.round.printed == 45
    told.do(campaign.ChangeDay(community="c1", body="party", day=day(12, 27), reason="重新召集"), "street_officer")
    told.prepare().meet(33)
    told.vote({"member": (33, 32, 31, 30, 29, 1)})
    assert len(told.elected()) == 5


def test_tie_at_the_cut_is_voted_again_among_the_tied() -> None:
    told = party_at_vote(extra=1)
    told.vote({"member": (40, 39, 38, 30, 25, 25, 3)})
    assert told.elected() == {"member1", "member2", "member3", "member4"}
    this = told.facts.round
    assert this.revote
    assert [c.person for c in this.candidates["member"]] == ["member5", "member6"]
    assert this.contests[0].seats == 1
    told.ballots()
    told.vote({"member": (9, 12)})  # most votes, no half needed
    assert "member6" in told.elected()
    assert "member5" not in told.elected()
    told.announced()
    assert is_done(told.facts, "party.ballot")


def test_second_round_fills_the_seats_left() -> None:
    told = party_at_vote(extra=1)
    told.vote({"member": (40, 39, 38, 37, 15, 10, 5)})
    this = told.facts.round
    assert (this.number, this.revote, this.contests[0].seats) == (2, False, 1)
    assert [c.person for c in this.candidates["member"]] == ["member5", "member6"]
    assert not is_done(told.facts, "party.ballot")
    told.ballots()
    told.vote({"member": (30, 5)}).announced()
    assert "member5" in told.elected()
    assert is_done(told.facts, "party.ballot")


def test_seats_left_may_stay_vacant_by_consent() -> None:
    told = party_at_vote(extra=1)
    told.vote({"member": (40, 39, 38, 37, 15, 10, 5)})
    told.refused(result.LeaveVacant(consent=20, reason="不再选举"), told.lead, "meeting.majority")
    told.do(result.LeaveVacant(consent=21, reason="不再选举"), told.lead)
    told.announced()
    assert is_done(told.facts, "party.ballot")
    assert told.facts.closed_vacant == {"member": 1}


def test_more_returned_than_issued_voids_the_vote() -> None:
    told = party_at_vote()
    told.refused(told.account(issued=38, returned=39), told.lead, "ballot.returned-issued")
    told.vote({"member": (38, 37, 36, 35, 34, 1)}, issued=38, returned=39, confirm_void=True)
    assert told.facts.rounds[0].answer["valid"] is False
    assert told.elected() == set()
    assert status(told.world, "party.prepare") is Status.OPEN
    assert told.facts.steps["party.meeting"].attempt == 2
    told.prepare().meet().vote({"member": SIX}).announced()
    assert len(told.elected()) == 5


def test_a_second_round_without_quorum_is_held_again_from_the_preparations() -> None:
    """No text says whether those stand whom the first round elected; assumed: all is held again (E34)."""
    told = party_at_vote().vote({"member": (40, 39, 38, 10, 9, 8)})
    assert told.elected() == {"member1", "member2", "member3"}
    told.ballots()
    told.do(meeting.CloseSignIn(present=30), told.lead)
    told.vote({"member": [20] * len(told.facts.round.candidates["member"])})
    assert told.elected() == set()
    assert told.facts.returns[-1][1] == "void"
    assert told.facts.steps["party.prepare"].attempt == 2
    answer = told.facts.rounds[1].answer
    assert {row["why"]["code"] for row in answer["contests"][0]["votes"]} == {"count.why.void_round"}


def test_show_of_hands_where_numbers_are_equal_and_most_agree() -> None:
    told = residents()
    equal = [
        ("chair1", "chair"),
        ("deputy1", "deputy"),
        ("member1", "member"),
        ("member2", "member"),
        ("member3", "member"),
    ]
    told.nominate(equal, method="hands").approve().prepare().meet()
    assert status(told.world, "residents.ballot") is Status.SKIPPED
    told.hands({"chair": (42,), "deputy": (30,), "member": (42, 22, 21)}).announced()
    assert told.elected() == {"chair1", "deputy1", "member1", "member2"}  # 21 of 42 is exactly half: not elected (E9)


def test_return_a_papers_only() -> None:
    told = party_at_vote().vote({"member": SIX}).announced()
    told.do(approval.ReportResult(), told.lead)
    told.do(approval.DecideConsent(approve=False, target="papers", reason="报告单缺签字"), "street_officer")
    assert [d.code for d in missing(told.world, "party.consent")] == ["result.reported", "consent.given"]
    assert is_done(told.facts, "party.ballot")
    told.consent()
    assert is_done(told.facts, "party.plenary")


def test_return_b_void_for_cause() -> None:
    told = party_at_vote().vote({"member": SIX}).announced()
    told.do(approval.ReportResult(), told.lead)
    told.refused(
        approval.DecideConsent(approve=False, target="void", reason="监票人不合规"), "street_officer", "return.article"
    )
    told.do(
        approval.DecideConsent(approve=False, target="void", reason="监票人不合规", article="S-12"), "street_officer"
    )
    assert told.elected() == set()
    assert status(told.world, "party.prepare") is Status.OPEN
    told.prepare().meet().vote({"member": SIX}).announced().consent()
    assert len(told.elected()) == 5


def test_return_c_one_person_refused_and_the_seat_filled() -> None:
    told = party_at_vote(extra=2).vote({"member": (36, 35, 34, 33, 32, 15, 10, 5)}).announced()
    told.do(approval.ReportResult(), told.lead)
    told.do(
        approval.DecideConsent(approve=False, target="person", persons=("member2",), reason="不符合条件"),
        "street_officer",
    )
    this = told.facts.round
    assert (this.number, this.contests[0].seats) == (2, 1)
    assert [c.person for c in this.candidates["member"]] == ["member6", "member7"]
    told.ballots()
    told.vote({"member": (30, 3)}).announced()
    assert told.elected() == {"member1", "member3", "member4", "member5", "member6"}
    told.consent()
    assert is_done(told.facts, "party.plenary")


def test_district_returns_what_the_street_submitted() -> None:
    told = party_at_vote().vote({"member": SIX}).announced().consent()
    told.do(approval.SubmitResult(document_number="1号"), "street_officer")
    told.do(approval.DecideResult(approve=False, target="papers", reason="缺考察材料"), "organisation_reviewer")
    assert is_done(told.facts, "party.plenary")  # only the papers go back
    told.refused(
        approval.DecideResult(approve=True, document_number="5号"), "organisation_reviewer", "approve.submitted"
    )
    told.do(approval.ReportResult(), told.lead)
    told.do(approval.SubmitResult(document_number="4号"), "street_officer")
    told.do(approval.DecideResult(approve=True, document_number="5号"), "organisation_reviewer")
    told.do(approval.Appoint(document_number="6号"), "street_officer")
    assert is_done(told.facts, "party.approve")


def test_withdrawal_before_printing_asks_the_margin_again() -> None:
    told = party().seats().nominate().approve()
    told.do(nomination.WithdrawCandidate(person="member6", kind="written"), told.lead)
    assert status(told.world, "party.prospective") is Status.OPEN
    assert {c.person for c in told.facts.prospective} == {f"member{i}" for i in range(1, 6)}
    told.propose("late", "member")
    people = [(f"member{i}", "member") for i in range(1, 6)] + [("late", "member")]
    told.do(
        nomination.FixProspective(candidates=tuple(nomination.Slot(person=p, office=o) for p, o in people)), told.lead
    )
    told.do(notices.PostNotice(kind="prospective_list", place="公示栏"), told.lead)
    told.do(nomination.ReportProspective(), told.lead)
    told.approve().prepare().meet().vote({"member": SIX})
    assert len(told.elected()) == 5


def test_withdrawal_after_printing_is_shown_and_not_electable() -> None:
    told = party().seats().nominate(None).approve().prepare()
    told.do(nomination.WithdrawCandidate(person="member1", kind="death"), told.lead)
    told.meet().vote({"member": SIX})
    answer = told.facts.rounds[0].answer["contests"][0]
    first = next(v for v in answer["votes"] if v["candidate"] == "member1")
    assert (first["for"], first["outcome"]) == (40, "not_elected")
    assert "member1" not in told.elected()


def test_one_body_postponed_and_the_other_not_held() -> None:
    told = residents()
    told.do(
        campaign.AskPostponement(community="c1", body="residents", new_day=day(12, 30), reason="条件不成熟"),
        "committee_chair",
    )
    told.refused(
        campaign.DecidePostponement(request=1, approve=True, document_number="1号"), "organisation_reviewer", "act.role"
    )
    told.do(campaign.DecidePostponement(request=1, approve=True, document_number="1号"), "street_officer")
    assert told.world.day == day(12, 30)
    assert told.world.campaign.day("c1", "party") == day(12, 24)


def test_corrected_notice_supersedes_and_keeps_the_kind() -> None:
    told = residents()
    told.do(notices.PostNotice(kind="correction_notice", place="公示栏", supersedes=2, reason="更正职数"), told.lead)
    notice = told.facts.posted("seats_notice")
    assert notice is not None
    assert notice.supersedes == 2
    assert told.facts.notices[1].superseded_by == notice.number


def test_objection_in_its_window_holds_the_roll_and_a_later_one_is_a_complaint() -> None:
    told = Telling("residents").open()
    state = {"registered": 500, "root": "b" * 64}
    told.do(roll.ImportRoll(rows=500, accepted=500, rejected=0, warnings=0, file_sha256="c" * 64, **state), "registrar")
    told.do(
        representatives.FormLeadingGroup(
            chair="l1", members=tuple(representatives.GroupMember(person=f"l{i}", name="某") for i in (1, 2, 3))
        ),
        "committee_chair",
    )
    told.do(roll.CloseRegistration(), "registrar")
    told.do(notices.PostNotice(kind="roll_notice", place="公示栏"), told.lead)
    objection = objections.FileObjection(kind="roll_missing", about="某", text="没有我的名字", by="某", contact="0")
    told.do(objection, VOTER)
    told.today = day(11, 15)
    told.refused(roll.FixRoll(), told.lead, "roll.window-over")  # the last day is still the objectors'
    told.today = day(11, 16)
    told.refused(roll.FixRoll(), told.lead, "objection.none-open")
    told.do(objections.DecideObjection(objection=1, upheld=True, answer="已补登", late_reason="调查取证"), told.lead)
    told.do(roll.FixRoll(), told.lead)
    told.do(objection, VOTER)
    assert told.facts.objections[2].late
    assert is_done(told.facts, "residents.roll")


def test_sheets_that_differ_are_settled_by_a_third_person() -> None:
    told = party_at_vote()
    told.do(told.account(), told.lead)
    told.do(tally.OpenBox(box="1"), "scrutineer")
    told.enter("member", told.figures("member", SIX), told.figures("member", (40, 39, 38, 37, 35, 10)))
    assert told.facts.round.sheets[("member", "1")].differs
    final = told.figures("member", SIX)
    told.refused(tally.ResolveTally(contest="member", box="1", figures=final, reason="重看选票"), "teller1", "act.role")
    told.do(tally.ResolveTally(contest="member", box="1", figures=final, reason="重看选票"), "adjudicator")
    told.sign("member")
    told.do(told.announcement(), told.lead)
    assert len(told.elected()) == 5


def test_count_again_puts_both_entries_aside() -> None:
    told = party_at_vote()
    told.do(told.account(), told.lead)
    told.do(tally.OpenBox(box="1"), "scrutineer")
    told.enter("member", told.figures("member", SIX), told.figures("member", (40, 39, 38, 37, 35, 10)))
    told.do(tally.RestartTally(contest="member", box="1", reason="两份相差太多"), "scrutineer")
    assert told.facts.round.sheets[("member", "1")].restarts == 1
    told.enter("member", told.figures("member", SIX))
    told.sign("member")
    told.do(told.announcement(), told.lead)
    assert len(told.elected()) == 5


def test_a_step_is_taken_up_again_only_while_nothing_rests_on_it() -> None:
    told = party().seats()
    told.do(after.ReopenStep(step_name="seats", reason="职数写错"), told.lead)
    assert status(told.world, "party.seats") is Status.OPEN
    told.do(
        representatives.FixSeats(form="committee", offices=(representatives.OfficeSeats(office="委员", seats=7),)),
        told.lead,
    )
    told.nominate()
    told.refused(after.ReopenStep(step_name="seats", reason="又改"), told.lead, "step.nothing-rests")


def test_the_log_goes_on_after_the_archive() -> None:
    told = party_at_vote().vote({"member": SIX}).announced().consent()
    told.do(approval.SubmitResult(document_number="1号"), "street_officer")
    told.do(approval.DecideResult(approve=True, document_number="2号"), "organisation_reviewer")
    told.do(approval.Appoint(document_number="3号"), "street_officer")
    told.finish()
    told.do(after.RecordLater(kind="vacancy", person="member1", text="工作调动,职务空缺"), "committee_chair")
    assert told.facts.later[0]["kind"] == "vacancy"


def test_a_second_round_asks_only_for_the_kinds_that_are_not_elected_yet() -> None:
    """A police officer holds one of two deputies' seats: the other is for the graduate, not for an officer again."""
    deputy = Contest(
        "deputy", "副主任", 2, require=[{"kind": "police", "at_least": 1}, {"kind": "tertiary", "at_least": 1}]
    )
    kinds = {"a": ["police"], "b": ["tertiary"], "c": ["tertiary"]}
    this = Round(1, [deputy], {"deputy": [Candidate(p, p, "deputy", reserved=k) for p, k in kinds.items()]})
    following = {"kind": "second_round", "candidates": ["b", "c"], "seats": 1}
    answer = {"contests": [{"id": "deputy", "elected": ["a"], "next": following, "votes": []}]}
    world = World()
    open_next_round(world, this, answer)
    (opened,) = world.election.rounds
    assert (opened.number, opened.contests[0].seats) == (2, 1)
    assert opened.contests[0].require == [{"kind": "tertiary", "at_least": 1}]
    assert deputy.require[0]["kind"] == "police", "the first round's own contest stays as it was"


def test_a_seat_held_beside_a_tie_gets_its_round_after_the_tie_is_settled() -> None:
    told = party_at_vote(extra=1)
    first = told.facts.rounds[-1]
    first.contests[0] = replace(first.contests[0], require=[{"kind": "police", "at_least": 1}])
    officer = first.candidates["member"][6]
    first.candidates["member"][6] = replace(officer, reserved=["police"])
    told.vote({"member": (40, 39, 38, 25, 25, 10, 3)})
    again = told.facts.round
    assert (again.revote, again.contests[0].seats) == (True, 1)
    assert [c.person for c in again.candidates["member"]] == ["member4", "member5"]
    told.ballots()
    told.vote({"member": (9, 12)})
    second = told.facts.round
    assert (second.number, second.revote, second.contests[0].seats) == (2, False, 1)
    assert [c.person for c in second.candidates["member"]] == [officer.person]
    assert second.contests[0].require == [{"kind": "police", "at_least": 1}]
    assert not is_done(told.facts, "party.ballot")
    told.ballots()
    told.vote({"member": (30,)}).announced()
    assert told.elected() == {"member1", "member2", "member3", "member5", officer.person}
    assert is_done(told.facts, "party.ballot")
