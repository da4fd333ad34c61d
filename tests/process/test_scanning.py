"""Scanned boxes and the recount of packs: one test per refusal, and the ways that lead through."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from election.process import preparation, relatives, result, scanning, tally
from election.process.demands import counting_demands
from election.process.machine import SERVER

from .scanned import (
    HEAD,
    SALT,
    SEED,
    VOTES,
    at_count,
    counted,
    decided,
    drawing,
    drawn,
    of,
    opened,
    part,
    recounted,
    scanned,
    sealed,
)
from .telling import Telling, party_at_vote

# --- the way of counting ---------------------------------------------------------------------------------------------


def test_no_packs_are_drawn_where_no_scanner_reads() -> None:
    told = party_at_vote()
    told.refused(scanning.ChooseCounting(method="hand", packs=2), told.lead, "counting.packs")


def test_after_a_box_is_open_a_change_needs_its_reason() -> None:
    told = at_count()
    told.refused(scanning.ChooseCounting(method="hand"), told.lead, "counting.reason")
    told.do(scanning.ChooseCounting(method="hand", reason="扫描仪坏了"), told.lead)
    assert told.facts.counting == "hand"


def test_a_scanner_does_not_come_in_once_counting_has_begun() -> None:
    told = at_count("hand", 0)
    contest = told.facts.round.contests[0].id
    told.do(tally.CommitTally(contest=contest, box="1", commitment="1" * 64), "teller1")
    told.refused(scanning.ChooseCounting(method="scan", reason="想用扫描"), told.lead, "counting.not-begun")


# --- closing a box ---------------------------------------------------------------------------------------------------


def test_a_box_is_not_scanned_unless_that_was_chosen() -> None:
    told = at_count("hand", 0)
    told.refused(sealed(told), "teller1", "scan.chosen")


def test_a_closed_box_is_not_scanned() -> None:
    told = party_at_vote()
    told.do(scanning.ChooseCounting(method="scan"), told.lead)
    told.do(told.account(), told.lead)
    told.refused(sealed(told), "teller1", "tally.box-open")


def test_a_box_is_scanned_once() -> None:
    told = at_count()
    told.do(sealed(told), "teller1")
    told.refused(sealed(told), "teller2", "scan.once")


def test_packs_have_numbers_of_their_own() -> None:
    told = at_count()
    pack = scanning.PackSeal(number=1, ballots=20, sealed="1" * 64)
    told.refused(sealed(told, packs=(pack, pack)), "teller1", "scan.packs")


def test_a_pile_scanned_twice_shows_in_the_count_of_the_box() -> None:
    told = at_count()
    packs = tuple(scanning.PackSeal(number=n, ballots=20, sealed="1" * 64) for n in (1, 2, 3))
    demand = told.refused(sealed(told, packs=packs), "teller1", "scan.returned")
    assert demand.params == {"ballots": 60, "returned": 40}


@pytest.mark.parametrize(
    ("people", "thirds"),
    [(("adjudicator1",), 0), (("adjudicator1", "teller2"), 0), (("adjudicator1", "scrutineer1"), 1), ((), 0)],
)
def test_doubts_are_decided_by_two_and_by_a_third(people: tuple[str, ...], thirds: int) -> None:
    told = at_count()
    act = sealed(told, decisions=(decided(told),), adjudicators=people, thirds=thirds)
    told.refused(act, "teller1", "scan.adjudicated")


def test_of_several_boxes_each_holds_what_was_returned_in_it() -> None:
    told = at_count()
    this = told.facts.round
    this.boxes.append("2")
    this.account["boxes"] = {"1": 39, "2": 1}
    demand = told.refused(sealed(told), "teller1", "scan.returned")
    assert demand.params == {"ballots": 40, "returned": 39}


def behind(told: Telling, **people: str) -> None:
    """Accounts with the persons behind them."""
    for account, person in people.items():
        told.world.office.accounts[account].person = person


def staffed(told: Telling, person: str, role: str) -> Telling:
    told.do(preparation.AppointStaff(person=person, name="某人", role=role), told.lead)
    return told


def test_two_accounts_of_one_person_are_one() -> None:
    told = staffed(at_count(), "p1", "scrutineer")
    behind(told, scrutineer1="p1", scrutineer2="p1")
    act = sealed(told, decisions=(decided(told),), adjudicators=("scrutineer1", "scrutineer2"))
    told.refused(act, "teller1", "scan.adjudicated")


@pytest.mark.parametrize("why", ["stands", "dismissed", "closed", "elsewhere", "near"])
def test_who_may_do_no_act_decides_no_doubt(why: str) -> None:
    """Neither the program that seals nor whoever replays the record takes such a seal."""
    told = staffed(at_count(), "p1", "adjudicator")
    behind(told, adjudicator1="p1")
    act, account = sealed(told, decisions=(decided(told),)), told.world.office.accounts["adjudicator1"]
    assert told.against(act, "teller1") == []
    if why == "stands":
        account.person = told.facts.official[0].person
    elif why == "dismissed":
        told.do(preparation.DismissStaff(person="p1", reason="病了"), told.lead)
    elif why == "closed":
        account.active = False
    elif why == "elsewhere":
        account.election = "another"
    else:
        told.facts.relations.add(relatives.pair("p1", told.facts.official[0].person))
    told.refused(act, "teller1", "scan.adjudicated")


@pytest.mark.parametrize("role", ["caller", "teller", "scrutineer"])
def test_an_adjudicator_has_no_other_task_of_the_count(role: str) -> None:
    told = staffed(at_count(), "p1", "adjudicator")
    told.refused(preparation.AppointStaff(person="p1", name="某人", role=role), told.lead, "staff.one-task")


def test_who_was_dismissed_does_no_act() -> None:
    told = staffed(at_count(), "p1", "teller")
    behind(told, teller1="p1")
    assert told.against(sealed(told), "teller1") == []
    told.do(preparation.DismissStaff(person="p1", reason="病了"), told.lead)
    told.refused(sealed(told), "teller1", "staff.serves")


def test_two_who_agree_are_enough() -> None:
    told = at_count()
    told.do(sealed(told, decisions=(decided(told),)), "teller1")
    assert told.facts.round.scans["1"].doubts == 1


@pytest.mark.parametrize("people", [(), ("adjudicator1",), ("teller2",), ("nobody",), ("scrutineer1", "caller1")])
def test_what_no_scanner_reads_is_found_void_by_a_scrutineer_too(people: tuple[str, ...]) -> None:
    told = at_count()
    told.refused(sealed(told, void=1, voided_by=people), "teller1", "scan.void-found")
    assert told.against(sealed(told, void=1, voided_by=("scrutineer1",)), "teller1") == []


def test_nobody_finds_void_alone_under_two_accounts() -> None:
    told = staffed(at_count(), "p1", "scrutineer")
    behind(told, scrutineer1="p1")
    act = sealed(told, void=1, voided_by=("scrutineer1",))
    assert told.against(act, "teller1") == []
    behind(told, teller1="p1")
    told.refused(act, "teller1", "scan.void-found")


# --- the scan as one of the two entries ------------------------------------------------------------------------------


def test_of_two_entries_one_is_by_scan() -> None:
    told = at_count()
    contest = told.facts.round.contests[0].id
    told.do(tally.CommitTally(contest=contest, box="1", commitment="1" * 64), "teller2")
    second = tally.CommitTally(contest=contest, box="1", commitment="2" * 64)
    told.refused(second, "teller1", "tally.one-by-scan")
    told.do(sealed(told), "teller1")
    assert told.against(second, "teller1") == []


def test_nothing_of_a_scan_opens_before_the_box_is_counted() -> None:
    told = at_count()
    told.do(sealed(told), "teller1")
    told.refused(opened(told), SERVER, "scan.sheets-open")


def test_only_a_closed_scan_opens() -> None:
    told = at_count("hand", 0)
    told.refused(opened(told), SERVER, "scan.closed")


def test_a_scan_opens_once() -> None:
    told = counted(at_count())
    told.refused(opened(told), SERVER, "scan.open-once")


@pytest.mark.parametrize("change", [{"salt": "9" * 64}, {"decisions": 1}, {"figures": 1}])
def test_nothing_opens_but_what_was_sealed(change: dict[str, Any]) -> None:
    told = scanned(at_count())
    if "decisions" in change:
        change = {"decisions": (decided(told),)}
    if "figures" in change:
        change = {"figures": of(told, (31, *VOTES[1:]))}
    told.refused(opened(told, **change), SERVER, "scan.opens")


def test_decisions_open_in_the_order_in_which_they_were_sealed() -> None:
    told = at_count()
    two = (decided(told), decided(told, third=True))
    people = ("adjudicator1", "scrutineer1", "scrutineer2")
    told.do(sealed(told, decisions=two, thirds=1, adjudicators=people), "teller1")
    told.enter(two[0].contest, told.figures(two[0].contest, VOTES))
    told.refused(opened(told, two[::-1]), SERVER, "scan.opens")
    told.do(opened(told, two), SERVER)


def test_the_packs_add_up_to_what_opens() -> None:
    told = at_count()
    packs = tuple(scanning.PackSeal(number=n, ballots=20, sealed="1" * 64) for n in (1, 2))
    fewer = of(told, VOTES, returned=39)
    told.do(sealed(told, packs=packs, figures=fewer), "teller1")
    told.enter(fewer[0].contest, told.figures(fewer[0].contest, VOTES))
    demand = told.refused(opened(told, figures=fewer), SERVER, "scan.packs-add-up")
    assert demand.params == {"ballots": 40, "returned": 39}


def test_as_many_decisions_open_for_a_third_person_as_were_sealed() -> None:
    told = at_count()
    one = (decided(told, third=True),)
    told.do(sealed(told, decisions=one), "teller1")
    told.enter(one[0].contest, told.figures(one[0].contest, VOTES))
    told.refused(opened(told, one), SERVER, "scan.opens")


def test_every_contest_opens() -> None:
    told = at_count()
    told.do(sealed(told, sealed=scanning.scan_commitment(SALT, (), ())), "teller1")
    contest = told.facts.round.contests[0].id
    told.enter(contest, told.figures(contest, VOTES))
    told.refused(opened(told, figures=()), SERVER, "scan.every-contest")


def test_the_teller_s_sheet_is_the_scan_s() -> None:
    told = at_count()
    told.do(sealed(told), "teller1")
    contest = told.facts.round.contests[0].id
    other = told.figures(contest, (31, *VOTES[1:]))
    told.enter(contest, other)
    told.refused(opened(told), SERVER, "scan.same-sheet")


def test_a_scanned_box_leads_to_a_result() -> None:
    told = drawn(at_count())
    told.do(recounted(told), "scrutineer")
    contest = told.facts.round.contests[0].id
    told.sign(contest)
    told.do(told.announcement(), told.lead)
    assert len(told.elected()) == 5


# --- the scan beside two hands ---------------------------------------------------------------------------------------


def checked(told: Telling, votes: tuple[int, ...] = VOTES) -> Telling:
    figures = of(told, votes)
    told.do(sealed(told, figures=figures), "teller3" if "teller3" in told.world.office.accounts else "teller1")
    contest = told.facts.round.contests[0].id
    told.enter(contest, told.figures(contest, VOTES))
    told.do(opened(told, figures=figures), SERVER)
    return told


def signing(told: Telling) -> tally.SignTally:
    contest = told.facts.round.contests[0].id
    return tally.SignTally(contest=contest, box="1", sheet_sha256=told.facts.round.sheets[(contest, "1")].sha256)


def test_beside_two_hands_the_scan_must_be_there() -> None:
    told = at_count("check", 0)
    contest = told.facts.round.contests[0].id
    told.enter(contest, told.figures(contest, VOTES))
    told.refused(signing(told), "teller1", "scan.beside")


def test_a_scan_that_differs_is_explained_before_anybody_signs() -> None:
    told = checked(at_count("check", 0), (31, *VOTES[1:]))
    told.refused(signing(told), "teller1", "scan.agrees")
    contest = told.facts.round.contests[0].id
    told.do(scanning.ExplainScan(box="1", contest=contest, reason="一张票折了角，读错一处"), "scrutineer")
    assert told.against(signing(told), "teller1") == []


def test_what_agrees_needs_no_word() -> None:
    told = checked(at_count("check", 0))
    contest = told.facts.round.contests[0].id
    told.refused(scanning.ExplainScan(box="1", contest=contest, reason="没有不同"), "scrutineer", "scan.differs")
    assert told.against(signing(told), "teller1") == []


# --- the draw --------------------------------------------------------------------------------------------------------


def test_the_draw_can_be_done_with_pencil_and_hash() -> None:
    packs = [("1", n) for n in range(1, 8)]
    lot = {n: hashlib.sha256(f"elec-recount/v1\n{HEAD}\n{SEED}\n1\n{n}".encode()).hexdigest() for _, n in packs}
    assert scanning.draw(packs, 3, SEED, HEAD) == [("1", n) for n in sorted(lot, key=lot.__getitem__)[:3]]


def test_every_pack_is_drawn_as_often_as_any_other() -> None:
    packs = [("1", n) for n in range(1, 11)]
    hits = dict.fromkeys(packs, 0)
    for seed in range(2000):
        for pack in scanning.draw(packs, 2, f"{seed:04}", HEAD):
            hits[pack] += 1
    assert all(330 < n < 470 for n in hits.values()), hits


def test_no_pack_is_drawn_unless_that_was_chosen() -> None:
    told = counted(at_count(packs=0))
    told.refused(drawing(told), "scrutineer", "recount.chosen", prev=HEAD)


def test_no_pack_is_drawn_before_every_box_is_counted() -> None:
    told = at_count()
    told.do(sealed(told), "teller1")
    told.refused(drawing(told), "scrutineer", "recount.counted", prev=HEAD)


def test_packs_are_drawn_once() -> None:
    told = drawn(at_count())
    told.refused(drawing(told), "scrutineer", "recount.once", prev=HEAD)


def test_the_dice_fall_on_the_record_as_it_stands() -> None:
    told = counted(at_count())
    told.refused(drawing(told), "scrutineer", "recount.head", prev="e" * 64)


def test_no_other_pack_is_taken_than_the_dice_draw() -> None:
    told = counted(at_count())
    (drawn_,) = drawing(told).drawn
    other = scanning.DrawnPack(box="1", pack=3 - drawn_.pack)
    told.refused(drawing(told, drawn=(other,)), "scrutineer", "recount.drawn-so", prev=HEAD)


# --- the recount -----------------------------------------------------------------------------------------------------


def test_only_a_drawn_pack_is_counted_again() -> None:
    told = drawn(at_count())
    ((_, pack),) = told.facts.round.recount.drawn
    told.refused(recounted(told, pack=3 - pack), "scrutineer", "recount.is-drawn")


def test_a_pack_is_counted_again_once() -> None:
    told = drawn(at_count())
    told.do(recounted(told), "scrutineer")
    told.refused(recounted(told), "scrutineer", "recount.record-once")


def test_the_scanner_s_figures_of_a_pack_are_those_sealed() -> None:
    told = drawn(at_count())
    told.refused(recounted(told, machine=part(told, 16)), "scrutineer", "recount.opens")


def with_packs(first: tuple[int, ...], second: tuple[int, ...]) -> Telling:
    """Both packs are drawn; of 20 ballots each, so many are for the six."""
    told = at_count(packs=2)
    figures = {n: of(told, votes, returned=20) for n, votes in ((1, first), (2, second))}
    seals = (
        scanning.PackSeal(number=n, ballots=20, sealed=scanning.pack_commitment(SALT, f)) for n, f in figures.items()
    )
    scanned(told, packs=tuple(seals)).do(opened(told), SERVER)
    told.do(drawing(told), "scrutineer", prev=HEAD)
    return told


def again(told: Telling, pack: int, votes: tuple[int, ...]) -> scanning.RecordRecount:
    figures = of(told, votes, returned=20)
    return recounted(told, pack=pack, counted=figures, machine=figures, salt=SALT)


def test_packs_that_are_all_opened_make_the_box() -> None:
    halves = (15, 15, 14, 14, 13, 5), (15, 14, 14, 13, 13, 5)
    told = with_packs(*halves)
    told.do(again(told, 1, halves[0]), "scrutineer")
    told.do(again(told, 2, halves[1]), "scrutineer")
    other = (15, 14, 14, 13, 12, 5)  # one vote fewer for the fifth than the box has
    told = with_packs(halves[0], other)
    told.do(again(told, 1, halves[0]), "scrutineer")
    told.refused(again(told, 2, other), "scrutineer", "recount.part-of-box")


def test_a_pack_from_which_the_box_cannot_come_is_refused() -> None:
    for first in ((9, 15, 14, 14, 13, 5), (15, 15, 14, 14, 13, 11)):  # 21 left in 20 ballots; one more than the box has
        told = with_packs(first, first)
        told.refused(again(told, 1, first), "scrutineer", "recount.part-of-box")


def test_a_pack_holds_as_many_ballots_as_before() -> None:
    told = drawn(at_count())
    short = of(told, (15, 14, 13, 12, 11, 5), returned=19)
    told.refused(recounted(told, counted=short), "scrutineer", "recount.ballots")


def test_every_contest_of_a_pack_is_counted() -> None:
    told = drawn(at_count())
    told.refused(recounted(told, counted=()), "scrutineer", "scan.every-contest")


def explained(told: Telling) -> list[bool]:
    """What the list of the count says about reasons of differences."""
    demands = counting_demands(told.facts, told.facts.round)
    return [d.met for d in demands if d.code == "recount.explained"]


def test_a_difference_is_recorded_before_its_reason_and_no_result_without_it() -> None:
    told = drawn(at_count())
    told.sign(told.facts.round.contests[0].id)
    ((box, pack),) = told.facts.round.recount.drawn
    why = scanning.ExplainRecount(box=box, pack=pack, reason="一处浅色划写读作弃权")
    told.refused(why, "scrutineer", "recount.differs")  # nothing is counted yet
    assert explained(told) == []  # and nothing is said about a reason
    told.do(recounted(told, counted=part(told, 16)), "scrutineer")
    assert explained(told) == [False]
    (count,) = told.facts.round.recount.counts.values()
    assert (count.differences, count.open) == (2, True)
    told.refused(told.announcement(), told.lead, "recount.explained")
    told.do(why, "scrutineer")
    assert explained(told) == [True]
    assert not count.open
    told.refused(why, "scrutineer", "recount.differs")
    told.do(told.announcement(), told.lead)


def test_a_recount_that_agrees_needs_no_reason() -> None:
    told = drawn(at_count())
    told.do(recounted(told), "scrutineer")
    ((box, pack),) = told.facts.round.recount.drawn
    told.refused(scanning.ExplainRecount(box=box, pack=pack, reason="没有不同"), "scrutineer", "recount.differs")


def test_no_result_before_the_recount() -> None:
    told = counted(at_count())
    contest = told.facts.round.contests[0].id
    told.sign(contest)
    announcement = result.Announce(valid=True)
    told.refused(announcement, told.lead, "recount.drawn")
    told.do(drawing(told), "scrutineer", prev=HEAD)
    told.refused(announcement, told.lead, "recount.recorded")
