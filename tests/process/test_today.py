"""Today's law from the plan to the archive, and one test per refusal of what it adds: stations, proxies, mobile box, vetting."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import date

import pytest

from election.law import ids, load
from election.process import (
    approval,
    machine,
    meeting,
    nomination,
    notices,
    preparation,
    representatives,
    stations,
    tally,
)
from election.process.absent import DropVisit, RevokeProxy
from election.process.after import ReopenStep
from election.process.sealing import seal_act
from election.process.steps import Status, current, demands, is_done, missing, status
from tests.process.telling import Refusal, residents
from tests.process.telling_today import (
    FIRST,
    MOBILE,
    SECOND,
    Today,
    at_the_count,
    villagers,
    voters,
    with_candidates,
)

#: box -> contest -> the ``for`` of every candidate
VOTES = {
    "1": {"chair": (60, 30), "deputy": (70, 20), "member": (80, 70, 60, 10)},
    "2": {"chair": (30, 20), "deputy": (40, 10), "member": (50, 40, 30, 5)},
}
RETURNED = {"1": 102, "2": 60}


def certified(told: Today) -> Today:
    """From the announced result to the archive."""
    certificates = tuple(approval.Certificate(person=p, number=f"{i}号") for i, p in enumerate(told.elected()))
    told.do(approval.Certify(certificates=certificates), "street_officer")
    told.do(approval.FileResult(document_number="4号"), "street_officer")
    told.do(approval.AcknowledgeFiling(approve=True, receipt="5号"), "civil_reviewer")
    told.finish()
    return told


# --- straight ways ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("begin", [voters, villagers])
def test_all_voters_straight_to_the_archive(begin) -> None:
    told = begin().nominate().approve()
    told.do(told.proxy(), told.lead)
    told.do(told.visit(), told.lead)
    told.prepare().poll((99, 60, 1), by_proxy=1).mixed()
    assert told.facts.meeting.present == 161  # 99 + 60 + 1 in person, one by proxy
    told.counted({"1": 101, "2": 60}, VOTES).announced()
    assert told.elected() == {"chair1", "deputy1", "member1", "member2", "member3"}
    votes = told.facts.rounds[0].answer["contests"][0]["votes"]
    assert [v["for"] for v in votes] == [90, 50]  # the boxes added up
    assert current(certified(told).world) == "archived"


def test_the_party_of_2020_needs_four_fifths_present_and_half_of_those_entitled() -> None:
    told = Today("party", today=date(2026, 9, 1))
    told.open().roll(50)
    told.seats().nominate().approve().prepare()
    told.meet(40)  # exactly four fifths: enough in 2020, too few in 2010 (E10)
    told.vote({"member": (40, 39, 38, 26, 26, 25)}).announced()
    assert told.elected() == {f"member{i}" for i in range(1, 6)}
    needed = told.facts.rounds[0].answer["contests"][0]["needed"]
    assert needed == 26  # of 50 entitled, not of 40 present


def test_household_representatives_meet_and_vote() -> None:
    told = Today()
    told.open()
    told.registered()
    told.do(_reopened(told), told.lead)
    told.do(told.choice("households"), told.lead)
    told.seats()
    people = tuple(representatives.Chosen(person=f"h{i}", name=f"户代表{i}") for i in range(40))
    told.do(
        representatives.ElectRepresentatives(group="第一组", households=45, elected=people, households_of=40), told.lead
    )
    told.do(representatives.FixRepresentatives(), told.lead)
    told.do(notices.PostNotice(kind="representatives", place="公示栏"), told.lead)
    told.nominate().approve()
    assert (told.facts.entitled, told.facts.at_stations) == (40, False)
    told.prepare().meet(30)
    told.vote({"chair": (20, 5), "deputy": (18, 5), "member": (20, 19, 18, 3)}).announced()
    assert is_done(told.facts, "residents.ballot")
    assert status(told.world, "residents.representatives") is Status.SKIPPED


def test_residents_representatives_meet_and_vote() -> None:
    told = Today()
    told.open()
    told.registered()
    told.do(_reopened(told), told.lead)
    told.do(told.choice("representatives"), told.lead)
    told.seats().representatives().nominate().approve().prepare().meet(40)
    assert told.facts.entitled == 42
    assert status(told.world, "residents.households") is Status.SKIPPED


def _reopened(told: Today):
    return ReopenStep(step_name="electorate", reason="居民另有意见")


def test_a_second_round_has_its_own_polling_and_what_stays_below_a_third_stays_vacant() -> None:
    told = at_the_count()
    short = {box: of | {"chair": (40, 30) if box == "1" else (20, 20)} for box, of in VOTES.items()}
    told.counted(RETURNED, short)
    this = told.facts.round
    assert (this.number, [c.id for c in this.contests], this.polls) == (2, ["chair"], {})
    told.refused(stations.OpenPolling(station=FIRST, ballots=10), told.lead, "polling.box")
    told.ballots()
    told.opens((110, 90, 10)).closes((100, 60, 2)).mixed()
    told.counted(RETURNED, {"1": {"chair": (30, 20)}, "2": {"chair": (20, 20)}})  # 50 of 162: less than a third
    answer = told.facts.rounds[-1].answer["contests"][0]
    assert (answer["elected"], answer["vacant"], answer["next"]) == ([], 1, None)
    told.announced()
    assert is_done(told.facts, "residents.ballot")
    assert "chair1" not in told.elected()


def test_a_third_of_the_ballots_returned_is_enough_in_the_second_round() -> None:
    told = at_the_count()
    short = {box: of | {"chair": (40, 30) if box == "1" else (20, 20)} for box, of in VOTES.items()}
    told.counted(RETURNED, short)
    told.ballots()
    told.opens((110, 90, 10)).closes((100, 60, 2)).mixed()
    told.counted(RETURNED, {"1": {"chair": (34, 20)}, "2": {"chair": (20, 20)}})  # 54 of 162: a third
    assert "chair1" in told.elected()


def test_too_few_voters_void_the_vote_and_it_is_held_again_with_new_ballots() -> None:
    told = with_candidates().prepare().opens().closes((60, 45, 0))  # 105 of 210: exactly half
    told.refused(stations.DeclarePolling(), told.lead, "polling.quorum")
    told.do(stations.VoidPolling(reason="参加投票的没有过半数"), told.lead)
    assert told.facts.steps["residents.meeting"].attempt == 2
    assert status(told.world, "residents.prepare") is Status.OPEN
    assert told.facts.round is None
    told.prepare().poll((70, 60, 0))
    assert told.facts.round.printed == 215


def test_a_candidate_who_fails_the_vetting_is_taken_off_before_the_official_list() -> None:
    told = voters().nominate([*voters().people(), ("spare", "member")])
    for candidate in list(told.facts.prospective):
        against = {"police": "criminal"} if candidate.person == "member1" else None
        told.do(told.vetting(candidate.person, against), "street_officer")
    told.refused(nomination.FixOfficial(opinion="会议决定"), told.lead, "assess.passed")
    told.do(nomination.WithdrawCandidate(person="member1", kind="disqualified"), told.lead)
    told.do(nomination.FixOfficial(opinion="会议决定"), told.lead)
    assert "member1" not in {c.person for c in told.facts.official}


# --- who votes -------------------------------------------------------------------------------------------------------


def test_the_way_of_voting_needs_most_of_those_asked() -> None:
    told = Today()
    told.open()
    members = tuple(representatives.GroupMember(person=f"l{i}", name="某") for i in (1, 2, 3))
    told.do(representatives.FormLeadingGroup(chair="l1", members=members), "committee_chair")
    told.refused(told.choice("voters", asked=4, agreed=2), told.lead, "electorate.most-agree")
    told.refused(told.choice("voters", asked=4, agreed=5), told.lead, "nomination.agreed-within")


def test_2010_has_none_of_it() -> None:
    told = residents()
    for act in (Today.choice(told, "voters"), Today.proxy(told), Today.visit(told)):  # type: ignore[arg-type]
        told.refused(act, told.lead, "act.belongs")
    told.refused(stations.DeclarePolling(), told.lead, "act.belongs")


def test_at_stations_nobody_meets() -> None:
    told = with_candidates()
    told.refused(preparation.FixPlace(on=told.world.day, time="9时", place="某处"), told.lead, "act.belongs")
    told.prepare()
    told.refused(meeting.CloseSignIn(present=100), told.lead, "act.belongs")


def test_what_withdrawn_ballots_open_again_is_known_before_in_the_order_it_is_mended() -> None:
    told = with_candidates().prepare()
    facts = deepcopy(told.facts)
    withdrawn = preparation.WithdrawBallots(reason="印错一字")
    said = machine.undone(told.world, told.deed(withdrawn, told.lead))
    assert told.facts == facts, "to look is not to do"
    told.do(withdrawn, told.lead)
    asked = [d for d in demands(told.world, "residents.prepare") if not d.met]
    assert said[: len(asked)] == asked
    assert [d.code for d in said[len(asked) :]] == ["ballot.released"], "the vote asks for them too"
    order = list(dict.fromkeys(d.act for d in said))
    assert order == ["prepare.stations", "prepare.ballots", "prepare.boxes", "notice.post", "prepare.complete"]
    told.do(told.stations(), told.lead)
    told.ballots()
    told.boxes()


def test_nobody_above_decides_the_candidates_of_residents() -> None:
    told = voters().nominate().assessed()
    told.refused(nomination.StudyCandidates(opinion="同意"), "street_officer", "act.belongs")
    told.refused(
        nomination.DecideCandidates(approve=True, document_number="1号"), "organisation_reviewer", "act.belongs"
    )
    asked = nomination.AskAgreement(asked_whom="groups", how="会议", asked=3, agreed=3)
    told.refused(asked, told.lead, "act.belongs")


def _households(told: Today, **changes):
    base = {"group": "第一组", "households": 3, "households_of": 2}
    chosen = tuple(representatives.Chosen(person=f"h{i}", name="某") for i in range(2))
    return representatives.ElectRepresentatives(**(base | {"elected": chosen} | changes))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"households": 1}, "households.at-most"),
        ({"households_of": 1}, "households.one-each"),
        ({"unit": True}, "households.no-unit"),
    ],
)
def test_one_representative_a_household(changes, code) -> None:
    told = Today()
    told.open()
    told.registered()
    told.do(_reopened(told), told.lead)
    told.do(told.choice("households"), told.lead)
    told.refused(representatives.FixRepresentatives(), told.lead, "households.some")
    told.refused(_households(told, **changes), told.lead, code)


# --- vetting ---------------------------------------------------------------------------------------------------------


def test_vetting_is_refused_while_anything_is_wrong_with_it() -> None:
    told = voters().nominate()
    good = told.vetting("chair1")
    first, *others = good.opinions
    street = "street_officer"
    told.refused(good.model_copy(update={"person": "nobody"}), street, "nomination.is-prospective")
    told.refused(good.model_copy(update={"held_on": date(2027, 1, 1)}), street, "assess.not-future")
    told.refused(good.model_copy(update={"opinions": tuple(others)}), street, "vetting.every-department")
    told.refused(good.model_copy(update={"opinions": (first, *good.opinions)}), street, "vetting.once")
    strange = first.model_copy(update={"department": "weather"})
    told.refused(good.model_copy(update={"opinions": (*good.opinions, strange)}), street, "vetting.known")
    mute = first.model_copy(update={"clear": False})
    told.refused(good.model_copy(update={"opinions": (mute, *others)}), street, "vetting.ground")
    idle = first.model_copy(update={"ground": "other"})
    told.refused(good.model_copy(update={"opinions": (idle, *others)}), street, "vetting.no-ground")
    whole = nomination.Assess(person="chair1", kind="joint_vetting", held_on=told.today, passed=True)
    told.refused(whole, street, "assess.by-department")


def test_the_ground_of_an_objection_is_sealed() -> None:
    told = voters().nominate()
    sealed = seal_act(told.vetting("chair1", {"court": "illegal_building"}))
    assert "illegal_building" not in str(sealed.payload)
    assert not any(posted for _, posted in sealed.openings)


# --- proxies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"principal_on_roll": False}, "proxy.principal-on-roll"),
        ({"proxy_on_roll": False}, "proxy.on-roll"),
        ({"holder": "v1"}, "proxy.another"),
        ({"holder": "chair1"}, "proxy.no-candidate"),
        ({"written": False}, "proxy.written"),
    ],
)
def test_a_proxy_is_refused(changes, code) -> None:
    told = with_candidates()
    told.refused(told.proxy(**changes), told.lead, code)


@pytest.mark.parametrize(
    ("changes", "code"), [({"near_relative": False}, "proxy.near-relative"), ({"away": False}, "proxy.away")]
)
def test_villagers_give_proxies_to_near_relatives_when_they_are_away(changes, code) -> None:
    told = villagers().nominate().approve()
    told.refused(told.proxy(**changes), told.lead, code)
    assert not with_candidates().against(told.proxy(**changes), "leading_chair")  # residents of 2026 are not asked


def test_who_holds_and_who_gives() -> None:
    told = with_candidates()
    for principal in ("v1", "v3", "v4"):
        told.do(told.proxy(principal, "v2"), told.lead)
    refused = told.refused(told.proxy("v5", "v2"), told.lead, "proxy.max-held")
    assert refused.params == {"name": "选民v2", "held": 3, "most": 3}
    told.refused(told.proxy("v1", "v6"), told.lead, "proxy.once")
    told.refused(told.proxy("v5", "v1"), told.lead, "proxy.comes")
    told.refused(told.proxy("v2", "v7"), told.lead, "proxy.not-passed-on")
    told.refused(told.visit("v1"), told.lead, "visit.no-proxy")
    told.do(told.visit("v9"), told.lead)
    told.refused(told.proxy("v9", "v7"), told.lead, "proxy.not-visited")


def test_proxies_and_visits_are_asked_for_in_time() -> None:
    told = with_candidates()
    told.today = date(2026, 10, 15)
    assert not told.against(told.proxy(), told.lead)
    assert not told.against(told.visit(), told.lead)
    told.today = date(2026, 10, 16)
    assert told.refused(told.proxy(), told.lead, "absent.in-time").params == {"due": date(2026, 10, 15)}
    told.refused(told.visit(), told.lead, "absent.in-time")


def test_proxies_wait_for_the_roll() -> None:
    told = Today()
    told.open()
    told.refused(told.proxy(), told.lead, "roll.fixed")
    told.refused(told.visit(), told.lead, "roll.fixed")


def test_the_list_of_proxies_is_posted_and_posted_again_when_it_changes() -> None:
    told = with_candidates()
    told.refused(notices.PostNotice(kind="proxy_list", place="公示栏"), told.lead, "notice.ready.proxy_list")
    told.do(told.proxy(), told.lead)
    told.do(notices.PostNotice(kind="proxy_list", place="公示栏"), told.lead)
    told.do(told.proxy("v3", "v4"), told.lead)
    assert told.facts.posted("proxy_list") is None
    told.do(told.stations(), told.lead)
    assert "notice.posted.proxy_list" in {d.code for d in missing(told.world, "residents.prepare")}


def test_a_proxy_is_revoked_until_the_voting_begins() -> None:
    told = with_candidates()
    told.refused(RevokeProxy(principal="v1", reason="本人回来"), told.lead, "proxy.known")
    told.refused(DropVisit(number=1, reason="已能出门"), told.lead, "visit.known")
    for act in (told.proxy(), told.proxy("v3", "v4"), told.visit("v8"), told.visit("v9")):
        told.do(act, told.lead)
    told.do(RevokeProxy(principal="v1", reason="本人回来"), told.lead)
    told.do(DropVisit(number=1, reason="已能出门"), told.lead)
    assert (told.facts.proxies, told.facts.visits) == ({"v3": "v4"}, {2: "v9"})
    told.prepare().opens()
    told.refused(RevokeProxy(principal="v3", reason="本人回来"), told.lead, "absent.before-voting")
    told.refused(DropVisit(number=2, reason="已能出门"), told.lead, "absent.before-voting")


def test_a_proxy_who_becomes_a_candidate_must_give_it_back() -> None:
    told = voters()
    told.do(told.proxy("v1", "chair1"), told.lead)
    told.nominate().approve()
    told.do(told.stations(), told.lead)
    assert "proxy.none-candidate" in {d.code for d in missing(told.world, "residents.prepare")}


def test_nothing_of_a_visit_stands_in_the_record() -> None:
    told = with_candidates()
    sealed = seal_act(told.visit("v9"))
    for value in ("v9", "某选民", "腿伤不便"):
        assert value not in str(sealed.payload)
    assert not any(posted for _, posted in sealed.openings)
    told.refused(told.visit(on_roll=False), told.lead, "visit.on-roll")
    told.do(told.visit(), told.lead)
    told.refused(told.visit(), told.lead, "visit.once")


# --- stations --------------------------------------------------------------------------------------------------------


def _plans(told: Today):
    return told.stations().stations


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda p: (p[0], p[2]), "stations.every-group"),
        (lambda p: (p[0], p[1].model_copy(update={"groups": ("第三组", "第一组")}), p[2]), "stations.group-once"),
        (lambda p: (p[0], p[1].model_copy(update={"groups": ("第三组", "第九组")}), p[2]), "stations.group-known"),
        (lambda p: (p[2],), "stations.some-fixed"),
        (lambda p: (p[0], p[1].model_copy(update={"name": FIRST})), "stations.once"),
        (lambda p: (*p[:2], p[2].model_copy(update={"groups": ("第一组",)})), "stations.mobile-for-visits"),
    ],
)
def test_stations_are_refused(change, code) -> None:
    told = with_candidates()
    told.refused(told.stations(stations=change(_plans(told))), told.lead, code)


def test_stations_stand_on_the_election_day() -> None:
    told = with_candidates()
    told.refused(told.stations(on=date(2026, 10, 19)), told.lead, "prepare.on-the-day")


def test_where_no_box_is_carried_none_is_planned() -> None:
    told = with_candidates()
    rules = told.facts.law
    changed = replace(rules.rule("mobile_box.allowed"), value=False)
    told.facts.rules = replace(rules, values={**rules.values, "mobile_box.allowed": changed})
    told.refused(told.stations(), told.lead, "stations.mobile-allowed")
    told.refused(told.visit(), told.lead, "act.belongs")


def test_staff_and_boxes_of_every_station() -> None:
    told = with_candidates()
    told.do(told.visit(), told.lead)
    carried = {d.code for d in missing(told.world, "residents.prepare")}
    assert "stations.mobile" in carried
    told.do(told.stations(), told.lead)
    lacks = [d for d in missing(told.world, "residents.prepare") if d.code.startswith("stations.")]
    assert {d.params["station"] for d in lacks if d.code == "stations.staffed"} == {FIRST, SECOND, MOBILE}
    assert {d.params["station"] for d in lacks if d.code == "stations.watched"} == {FIRST, SECOND, MOBILE}
    assert {d.params["station"] for d in lacks if d.code == "stations.boxed"} == {FIRST, SECOND, MOBILE}
    nowhere = preparation.AppointStaff(person="x", name="某", role="desk_clerk", station="别处")
    told.refused(nowhere, told.lead, "stations.known")
    told.do(preparation.ReleaseBallots(printed=215, design="d" * 64), told.lead)
    told.refused(
        preparation.SealBoxes(boxes=(preparation.Box(id="1", station="别处"),)), told.lead, "boxes.at-a-station"
    )
    told.refused(
        preparation.SealBoxes(boxes=(preparation.Box(id="1", station=FIRST),)), told.lead, "boxes.every-station"
    )


# --- the voting ------------------------------------------------------------------------------------------------------


def test_a_station_opens_once_on_its_day_with_its_box_and_enough_ballots() -> None:
    told = with_candidates()
    told.refused(stations.OpenPolling(station=FIRST, ballots=10), told.lead, "prepare.complete")
    told.prepare()
    told.today = date(2026, 10, 17)
    told.refused(stations.OpenPolling(station=FIRST, ballots=10), told.lead, "meeting.on-the-day")
    told.today = date(2026, 10, 18)
    told.refused(stations.OpenPolling(station="别处", ballots=10), told.lead, "stations.known")
    told.refused(stations.OpenPolling(station=FIRST, ballots=216), told.lead, "polling.enough-ballots")
    told.refused(told_closing(), told.lead, "polling.opened")
    told.do(stations.OpenPolling(station=FIRST, ballots=120), told.lead)
    told.refused(stations.OpenPolling(station=FIRST, ballots=10), told.lead, "polling.once")
    told.refused(told.stations(), told.lead, "absent.before-voting")
    told.refused(stations.MixBoxes(box="3", into="1"), "scrutineer", "stations.all-closed")


def told_closing() -> stations.ClosePolling:
    return stations.ClosePolling(station=FIRST, in_person=1, issued=1, unused=0)


@pytest.mark.parametrize(
    ("station", "numbers", "code"),
    [
        (FIRST, {"in_person": 100, "issued": 100, "unused": 19}, "polling.adds-up"),
        (FIRST, {"in_person": 99, "issued": 100, "unused": 20}, "polling.issued-voted"),
        (FIRST, {"in_person": 98, "by_proxy": 2, "issued": 100, "unused": 20}, "polling.proxies"),
        (FIRST, {"in_person": 211, "issued": 100, "unused": 20}, "meeting.present-entitled"),
        (MOBILE, {"in_person": 2, "issued": 2, "unused": 8}, "polling.visited-asked"),
        (MOBILE, {"in_person": 0, "by_proxy": 1, "issued": 1, "unused": 9}, "polling.mobile-no-proxy"),
    ],
)
def test_a_station_that_does_not_add_up_is_not_closed(station, numbers, code) -> None:
    told = with_candidates()
    told.do(told.visit(), told.lead)
    told.do(told.proxy(), told.lead)
    told.prepare().opens()
    told.refused(stations.ClosePolling(station=station, **numbers), told.lead, code)


def test_more_ballots_than_voters_are_written_down_with_the_reason() -> None:
    told = with_candidates().prepare().opens()
    numbers = {"station": FIRST, "in_person": 99, "issued": 100, "unused": 20}
    told.do(stations.ClosePolling(**numbers, reason="一人误领两张，已投入票箱"), told.lead)
    told.refused(stations.ClosePolling(**numbers, reason="又记"), told.lead, "polling.close-once")
    told.refused(stations.DeclarePolling(), told.lead, "stations.closed")


def test_enough_voters_are_not_declared_void() -> None:
    told = with_candidates().prepare().opens().closes((100, 60, 0))
    told.refused(stations.VoidPolling(reason="不愿开箱"), told.lead, "meeting.short")


# --- boxes -----------------------------------------------------------------------------------------------------------


def test_a_mobile_box_is_never_counted_alone() -> None:
    told = with_candidates()
    for number in range(40):
        told.do(told.visit(f"v{number}"), told.lead)
    told.prepare().opens((100, 70, 45)).closes((70, 60, 40))
    told.do(stations.DeclarePolling(), told.lead)
    told.refused(told.account_of({"1": 70, "2": 60, "3": 40}), told.lead, "ballot.mobile-mixed")
    told.refused(stations.MixBoxes(box="1", into="3"), "scrutineer", "boxes.into-fixed")
    told.refused(stations.MixBoxes(box="1", into="1"), "scrutineer", "boxes.two")
    told.refused(stations.MixBoxes(box="9", into="1"), "scrutineer", "tally.box")
    told.mixed()
    assert not told.against(told.account_of({"1": 110, "2": 60}), told.lead)


def test_a_box_with_few_ballots_is_mixed_before_it_is_counted() -> None:
    told = with_candidates().prepare().opens().closes((110, 29, 0))
    told.do(stations.DeclarePolling(), told.lead)
    told.mixed()
    refused = told.refused(told.account_of({"1": 110, "2": 29}), told.lead, "ballot.box-too-small")
    assert refused.params == {"box": "2", "returned": 29, "least": 30}
    told.mixed("2", "1")
    assert told.facts.round.mixed == {"3": "1", "2": "1"}
    told.do(told.account_of({"1": 139}), told.lead)
    told.refused(stations.MixBoxes(box="1", into="1"), "scrutineer", "polling.not-counted")


def test_the_account_is_what_the_stations_recorded() -> None:
    told = at_the_count()
    told.refused(told.account_of(RETURNED, issued=161, unused=54), told.lead, "ballot.as-stations")
    told.refused(told.account_of({"1": 162}), told.lead, "ballot.every-box")
    told.refused(told.account_of(RETURNED, returned=161), told.lead, "ballot.boxes-add-up")


def test_a_sheet_returns_what_its_box_held() -> None:
    told = at_the_count()
    told.do(told.account_of(RETURNED), told.lead)
    told.do(tally.OpenBox(box="2"), "scrutineer")
    with pytest.raises(Refusal) as refused:
        told.entered("chair", "2", told.figures("chair", (30, 20), 61))
    assert refused.value.demands["tally.returned"].params == {"returned": 61, "account": 60}


# --- the rulesets ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ruleset", ids())
def test_a_ruleset_says_what_its_elections_look_for(ruleset) -> None:
    """Every number that stations, proxies and vetting ask of a ruleset is there where they are."""
    rules = load(ruleset)
    asked = ["assess.term", "assess.evaluation", "assess.inspection", "authority.candidates"]
    if rules.value("electorate") == "voters":
        asked += ["station.staff_min", "mobile_box.allowed", "mobile_box.staff_min", "mobile_box.days_before"]
        asked += ["boxes.count_min", "presiding.name", "prospective.agreement"]
    if rules.value("proxy.allowed"):
        asked += [f"proxy.{key}" for key in ("max_held", "near_relatives", "written", "away_only", "candidate_holds")]
        asked.append("proxy.days_before")
    if rules.value("joint_vetting"):
        asked += ["vetting.departments", "vetting.reasons"]
    if rules.get("electorate_choice"):
        asked += ["representatives.per_group_min", "representatives.total_min", "representatives.residents_share"]
    assert [key for key in asked if rules.get(key) is None] == []
