"""What seldom happens in an election: acts before their time, at the street, and out of the ordinary way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from election.process import (
    approval,
    campaign,
    equal,
    meeting,
    nomination,
    office,
    preparation,
    representatives,
    resets,
    result,
    scanning,
    stations,
    steps,
    tally,
)
from election.process.base import Act, catalogued
from election.process.steps import Status, status
from election.process.world import World

from .scanned import HEAD, SEED, at_count, sealed
from .telling import Telling, day, party, party_at_vote, residents, residents_at_vote
from .telling_today import BOXES, FIRST, voters, with_candidates

SIX = (40, 39, 38, 37, 36, 10)

# --- the street ------------------------------------------------------------------------------------------------------


def test_training_and_inspection_are_kept() -> None:
    told = Telling("party")
    told.do(campaign.Train(topic="选举办法", place="街道会议室", attendees=30), "street_officer")
    told.do(campaign.InspectStreet(findings="登记齐全"), "organisation_reviewer")
    facts = told.world.campaign
    assert (facts.trainings, facts.inspected_on) == (1, told.today)


def test_a_violation_waits_for_its_remedy() -> None:
    told = Telling("party")
    found = campaign.RecordViolation(community="c1", finding="名单未张榜", author="某检查员")
    told.refused(found.model_copy(update={"community": "c9"}), "street_officer", "campaign.community-known")
    told.do(found, "street_officer")
    told.do(found, "organisation_reviewer")
    told.do(campaign.RemedyViolation(finding=2, remedy="已张榜"), "street_officer")
    assert [(f.number, f.community, f.remedied) for f in told.world.campaign.findings] == [
        (1, "c1", False),
        (2, "c1", True),
    ]
    told.refused(campaign.RemedyViolation(finding=2, remedy="已张榜"), "street_officer", "campaign.finding-open")


def test_posts_posted_again_stand_in_the_place_of_the_first() -> None:
    told = Telling("party")
    told.do(told.posts(), "committee_chair")
    first, second = told.world.campaign.communities["c1"].notices
    assert (first.superseded_by, second.superseded_by) == (2, None)
    assert (first.stands, second.stands) == (False, True)


def test_the_outgoing_body_s_report_is_drafted() -> None:
    told = Telling("residents")
    draft = campaign.DraftReport(community="c1", body_of_report="residents", title="三年工作报告")
    told.do(draft, "committee_chair")
    assert told.world.campaign.communities["c1"].reports == {"residents"}


def test_a_postponement_is_of_a_known_community_and_may_be_declined() -> None:
    told = Telling("party")
    ask = campaign.AskPostponement(community="c1", body="party", new_day=day(12, 28), reason="书记住院")
    told.refused(ask.model_copy(update={"community": "c9"}), "street_officer", "campaign.community-known")
    told.do(ask, "street_officer")
    before = told.world.campaign.day("c1", "party")
    no = campaign.DecidePostponement(request=1, approve=False, reason="如期举行")
    decided = [who for who in ("organisation_reviewer", "street_officer") if not told.against(no, who)]
    told.do(no, decided[0])
    assert told.world.campaign.postponements[0].decided is False
    assert told.world.campaign.day("c1", "party") == before
    told.refused(campaign.AskPostponement(community="c1", body="party", new_day=day(12, 1), reason="提前"),
                 "street_officer", "campaign.postpone-later")  # fmt: skip


def test_a_key_is_revoked_for_an_account_that_is_there() -> None:
    told = Telling("party")
    told.refused(office.RevokeKey(account="nobody"), "administrator", "office.account-known")


# --- before there is a vote ------------------------------------------------------------------------------------------


def figures() -> tally.Figures:
    return tally.Figures(returned=0, valid=0, invalid=0, rows=())


@pytest.mark.parametrize(
    ("act", "who", "code"),
    [
        (tally.OpenBox(box="1"), "scrutineer", "ballot.accounted"),
        (tally.CommitTally(contest="member", box="1", commitment="1" * 64), "teller1", "ballot.accounted"),
        (tally.ResolveTally(contest="member", box="1", figures=figures(), reason="重看"), "adjudicator", "ballot.accounted"),
        (meeting.AccountBallots(issued=0, returned=0, spoiled=0, unused=0), "committee_chair", "ballot.released"),
        (meeting.ApproveScrutineers(votes_for=1), "committee_chair", "meeting.signed-in"),
        (preparation.WithdrawBallots(reason="印错"), "committee_chair", "prepare.ballots-released"),
        (scanning.DrawPacks(seed=SEED, head=HEAD), "scrutineer", "recount.chosen"),
        (result.LeaveVacant(consent=40, reason="不选"), "committee_chair", "result.round-waiting"),
    ],
    ids=lambda value: value.code if isinstance(value, Act) else "",
)  # fmt: skip
def test_what_rests_on_ballots_waits_for_them(act: Act, who: str, code: str) -> None:
    told = party().seats()
    assert told.facts.round is None
    told.refused(act, who, code)


def test_a_scan_is_not_closed_before_there_is_a_round() -> None:
    scan = sealed(at_count())
    party().refused(scan, "teller1", "ballot.accounted")


def test_the_way_of_counting_may_be_chosen_before_there_is_a_round() -> None:
    told = party().seats().nominate().approve()
    told.do(scanning.ChooseCounting(method="scan", packs=2), told.lead)
    assert (told.facts.counting, told.facts.recount_packs) == ("scan", 2)


def test_nothing_is_decided_before_there_is_a_round() -> None:
    told = party()
    assert result.decide(told.world) is None
    assert steps.current(told.world) == "party.assembly"


def test_a_figure_is_hidden_until_both_tellers_are_open() -> None:
    told = party_at_vote()
    assert not tally.blind(told.world, "member", "1")
    told.do(told.account(), told.lead)
    told.do(tally.OpenBox(box="1"), "scrutineer")
    told.do(tally.CommitTally(contest="member", box="1", commitment="1" * 64), "teller1")
    assert tally.blind(told.world, "member", "1")
    told = party_at_vote().vote({"member": SIX})
    assert not tally.blind(told.world, "member", "1")


# --- people ----------------------------------------------------------------------------------------------------------


def test_a_proposal_is_taken_back_once() -> None:
    told = party().seats()
    told.propose("p1", "member")
    back = nomination.WithdrawProposal(person="p1", office="member", reason="不愿意")
    told.do(back, told.lead)
    assert ("p1", "member") not in told.facts.proposed
    told.refused(back, told.lead, "nomination.proposed")


def test_staff_are_dismissed_and_a_new_scrutineer_waits_for_the_meeting() -> None:
    told = party_at_vote()
    told.do(preparation.DismissStaff(person="s2", reason="生病"), told.lead)
    assert {s.person for s in told.facts.staff} == {"s1", "s3"}
    told.refused(preparation.DismissStaff(person="s2", reason="生病"), told.lead, "staff.known")
    told = party().seats().nominate().approve().prepare()
    told.today = told.world.day
    told.do(meeting.OpenMeeting(place="活动中心"), told.lead)
    told.do(meeting.CloseSignIn(present=40), told.lead)
    told.do(meeting.ApproveScrutineers(votes_for=40), told.lead)
    assert told.facts.meeting.scrutineers_approved
    told.do(preparation.AppointStaff(person="s9", name="某", role="teller"), told.lead)
    assert told.facts.meeting.scrutineers_approved
    told.do(preparation.AppointStaff(person="s8", name="某", role="scrutineer"), told.lead)
    assert not told.facts.meeting.scrutineers_approved


def test_a_new_leader_may_take_the_chair() -> None:
    told = Telling("residents").open().roll(500)
    swap = representatives.ReplaceLeader(leaves="l1", joins="l9", joins_name="某", reason="病重", chair=True)
    told.do(swap, "committee_chair")
    assert (told.facts.presiding_chair, set(told.facts.presiding)) == ("l9", {"l2", "l3", "l9"})


def test_a_representative_may_leave_without_a_successor() -> None:
    told = residents()
    before = len(told.facts.representatives)
    told.do(representatives.ChangeRepresentative(leaves="r0-0", reason="迁出"), told.lead)
    assert len(told.facts.representatives) == before - 1
    assert "r0-0" not in told.facts.representatives


def test_a_withdrawal_before_the_second_round_is_printed_shows_and_elects_nobody() -> None:
    told = party_at_vote(extra=1).vote({"member": (40, 39, 38, 37, 15, 10, 5)})
    told.do(preparation.ReleaseBallots(printed=45, design="e" * 64), told.lead)
    told.do(nomination.WithdrawCandidate(person="member6", kind="written"), told.lead)
    told.do(preparation.WithdrawBallots(reason="有人退出, 重印"), told.lead)
    this = told.facts.round
    assert (this.number, this.printed, this.design) == (2, None, "")
    assert [c.person for c in this.candidates["member"]] == ["member5"]
    assert status(told.world, "party.prepare") is Status.DONE


def test_a_withdrawal_between_two_rounds_undoes_no_result() -> None:
    told = party_at_vote(extra=1).vote({"member": (40, 39, 38, 37, 15, 10, 5)})
    elected, announced = dict(told.facts.elected), told.facts.rounds[0].answer
    assert len(elected) == 4
    assert told.facts.round.printed is None
    told.do(nomination.WithdrawCandidate(person="member6", kind="written"), told.lead)
    assert (told.facts.elected, told.facts.rounds[0].answer) == (elected, announced)
    assert (told.facts.round.number, [c.person for c in told.facts.round.candidates["member"]]) == (2, ["member5"])
    assert {status(told.world, f"party.{step}") for step in ("prospective", "assess", "prepare")} == {Status.DONE}
    told.refused(nomination.WithdrawCandidate(person="member6", kind="death"), told.lead, "candidate.stands")
    told.ballots()
    told.vote({"member": (30,)})
    assert set(told.facts.elected) == {*elected, "member5"}


# --- results ---------------------------------------------------------------------------------------------------------


def test_a_tie_is_voted_again_before_the_second_round_of_another_office() -> None:
    """The one written in who stands among the next goes into the second round with the name that was counted."""
    told = residents().nominate().approve().prepare().meet()
    told.do(told.account(), told.lead)
    told.do(tally.OpenBox(box="1"), "scrutineer")
    written = tally.WriteIn(name="赵六", votes_for=12)
    deputies = told.figures("deputy", (15, 3)).model_copy(update={"write_ins": (written,)})
    for contest, sheet in (
        ("chair", told.figures("chair", (40, 2))),
        ("deputy", deputies),
        ("member", told.figures("member", (40, 39, 22, 22))),
    ):
        told.enter(contest, sheet)
        told.sign(contest)
    told.do(told.announcement(), told.lead)
    this = told.facts.round
    assert (this.revote, [c.id for c in this.contests]) == (True, ["member"])
    told.ballots()
    told.vote({"member": (9, 12)})
    last = told.facts.round
    assert (last.number, last.revote, [(c.id, c.seats) for c in last.contests]) == (2, False, [("deputy", 1)])
    assert [(c.person, c.name) for c in last.candidates["deputy"]] == [
        ("deputy1", "人deputy1"),
        ("r1w1", "赵六"),
    ]
    told.ballots()
    told.vote({"deputy": (5, 30)})
    assert (told.facts.elected["r1w1"], told.facts.names["r1w1"]) == ("deputy", "赵六")


def test_ballots_of_a_vote_held_again_are_withdrawn_and_it_is_still_that_vote() -> None:
    told = residents_at_vote().vote({"chair": (40, 2), "deputy": (39, 2), "member": (40, 39, 22, 22)})
    told.do(preparation.ReleaseBallots(printed=60, design="2" * 64), told.lead)
    elected = told.elected()
    told.do(preparation.WithdrawBallots(reason="印错一处"), told.lead)
    this = told.facts.round
    assert (this.revote, this.printed, [c.id for c in this.contests]) == (True, None, ["member"])
    assert told.elected() == elected == {"chair1", "deputy1", "member1", "member2"}
    told.ballots()
    told.vote({"member": (9, 30)})
    assert "member4" in told.elected()


def test_nobody_is_written_in_where_the_tied_are_voted_on_again() -> None:
    told = residents_at_vote().vote({"chair": (40, 2), "deputy": (39, 2), "member": (40, 39, 22, 22)})
    told.ballots()
    no_other_names(told, "member", (9, 12), (9, 13))


def test_nobody_is_written_in_where_the_rules_know_no_other_names() -> None:
    told = residents().nominate().approve().prepare().meet()
    values = told.facts.law.values
    told.facts.rules = replace(
        told.facts.law, values=values | {"write_in.allowed": replace(values["write_in.allowed"], value=False)}
    )
    no_other_names(told, "chair", (40, 2), (39, 2))


def no_other_names(told: Telling, contest: str, first: tuple[int, int], second: tuple[int, int]) -> None:
    """Two entries differ; who settles them may not put a written name in, and may without."""
    told.do(told.account(), told.lead)
    told.do(tally.OpenBox(box="1"), "scrutineer")
    plain = told.figures(contest, first)
    named = plain.model_copy(update={"write_ins": (tally.WriteIn(name="赵六", votes_for=1),)})
    told.enter(contest, plain, told.figures(contest, second))
    resolve = tally.ResolveTally(contest=contest, box="1", figures=named, reason="重看")
    told.refused(resolve, "adjudicator", "tally.no-other-names")
    told.do(resolve.model_copy(update={"figures": plain}), "adjudicator")


def test_whoever_was_written_in_and_is_level_is_voted_on_again_without_a_name_in_the_record() -> None:
    told = residents().nominate().approve().prepare().meet()
    told.do(told.account(), told.lead)
    told.do(tally.OpenBox(box="1"), "scrutineer")
    written = tally.WriteIn(name="赵六", votes_for=22)
    members = told.figures("member", (40, 39, 22, 0)).model_copy(update={"write_ins": (written,)})
    for contest, sheet in (
        ("chair", told.figures("chair", (40, 2))),
        ("deputy", told.figures("deputy", (15, 3))),
        ("member", members),
    ):
        told.enter(contest, sheet)
        told.sign(contest)
    told.do(told.announcement(), told.lead)
    again = told.facts.round
    assert (again.revote, [c.person for c in again.candidates["member"]]) == (True, ["member3", "r1w1"])
    told.ballots()
    told.vote({"member": (9, 30)})
    assert {"member1", "member2", "r1w1"} <= told.elected()
    assert "member3" not in told.elected()
    last = told.facts.round
    assert (last.number, last.revote, [(c.id, c.seats) for c in last.contests]) == (2, False, [("deputy", 1)])
    told.ballots()
    told.vote({"deputy": (30, 5)})
    assert told.elected() == {"chair1", "deputy1", "member1", "member2", "r1w1"}


def test_a_secretary_of_unknown_age_is_not_judged_by_it() -> None:
    told = party_at_vote().vote({"member": SIX}).announced()
    told.do(approval.ReportResult(), told.lead)
    told.do(approval.DecideConsent(approve=True), "street_officer")
    head = next(c for c in told.facts.official if c.person == "member1")
    head.age, head.education = None, ""
    elect = equal.ElectPlenary(
        present=5, secretary=equal.NamedTally(person="member1", name="某", votes_for=5, against=0, abstain=0)
    )
    codes = {d.code for d in told.against(elect, "scrutineer")}
    assert codes == {"nomination.education"}
    told.do(elect.model_copy(update={"exception_reason": "经工委研究"}), "scrutineer")


def test_a_council_is_elected_again_when_its_step_is_reset() -> None:
    told = residents_at_vote()
    told.facts.council = ["someone"]
    resets.RESETS["council"](told.facts)
    assert told.facts.council is None


@pytest.mark.parametrize(
    ("target", "more", "opens"),
    [("void", {"article": "第三十条"}, "prepare"), ("person", {"persons": ("chair1",)}, "")],
)
def test_a_filing_returned_for_more_than_its_papers(target: Any, more: dict[str, Any], opens: str) -> None:
    told = residents_at_vote().vote({"chair": (30, 5), "deputy": (28, 3), "member": (40, 39, 38, 5)}).announced()
    people = sorted(told.elected())
    certificates = tuple(approval.Certificate(person=p, number=f"{i}号") for i, p in enumerate(people))
    told.do(approval.Certify(certificates=certificates), "street_officer")
    told.do(approval.FileResult(document_number="4号"), "street_officer")
    back = approval.AcknowledgeFiling(approve=False, target=target, reason="程序有误", **more)
    told.do(back, "civil_reviewer")
    assert not told.facts.filed
    if opens:
        assert status(told.world, f"residents.{opens}") is not Status.DONE
    else:
        assert "chair1" not in told.elected()
        assert [c.id for c in told.facts.round.contests] == ["chair"]


# --- stations --------------------------------------------------------------------------------------------------------


def test_a_box_whose_station_is_given_up_is_closed_and_named_again() -> None:
    told = with_candidates()
    told.do(told.stations(), told.lead)
    told.do(preparation.ReleaseBallots(printed=215, design="d" * 64), told.lead)
    told.do(preparation.SealBoxes(boxes=tuple(preparation.Box(id=i, station=s) for i, s in BOXES.items())), told.lead)
    told.do(told.stations(), told.lead)
    assert told.facts.round.stations == BOXES
    plans = told.stations().stations
    moved = tuple(p.model_copy(update={"name": "新站"}) if p.name == FIRST else p for p in plans)
    told.do(told.stations(stations=moved), told.lead)
    assert (told.facts.round.boxes, told.facts.round.stations) == ([], {})


@pytest.mark.parametrize(
    "act", [stations.VoidPolling(reason="人数不足"), stations.MixBoxes(box="3", into="1")], ids=lambda act: act.code
)
def test_nothing_is_voided_or_mixed_before_the_stations_are_closed(act: Act) -> None:
    told = voters()
    told.refused(act, "scrutineer" if act.signed and act.code == "tally.mix" else told.lead, "stations.all-closed")


# --- the catalogue ---------------------------------------------------------------------------------------------------


def test_an_act_stands_in_the_catalogue_once() -> None:
    with pytest.raises(ValueError, match=r"act tally\.open_box is defined twice"):
        catalogued(tally.OpenBox)


def test_a_world_without_rulesets_knows_none() -> None:
    with pytest.raises(KeyError, match="abc"):
        World().rules("abc")
