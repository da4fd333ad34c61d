"""What seldom happens between a vote and its end, told by the tests of the process, judged by both verifiers."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from election.process import campaign, meeting, nomination, notices, preparation, tally
from election.process.base import Actor, Role
from election.process.machine import SERVER
from election.process.office import OpenAccount
from election.record import statement
from tests.process import telling, telling_today, test_seldom, test_today, test_ways
from tests.verify.forging import FALSE, Forger, falsely
from tests.verify.recorded import Recorded, seed
from tests.verify.test_forgeries import by_both

STORIES: tuple[Callable[..., None], ...] = (
    test_ways.test_void_meeting_is_called_again_and_its_ballots_stay,
    test_ways.test_tie_at_the_cut_is_voted_again_among_the_tied,
    test_ways.test_second_round_fills_the_seats_left,
    test_ways.test_seats_left_may_stay_vacant_by_consent,
    test_ways.test_more_returned_than_issued_voids_the_vote,
    test_ways.test_a_second_round_without_quorum_is_held_again_from_the_preparations,
    test_ways.test_show_of_hands_where_numbers_are_equal_and_most_agree,
    test_ways.test_return_b_void_for_cause,
    test_ways.test_return_c_one_person_refused_and_the_seat_filled,
    test_ways.test_withdrawal_before_printing_asks_the_margin_again,
    test_ways.test_withdrawal_after_printing_is_shown_and_not_electable,
    test_ways.test_sheets_that_differ_are_settled_by_a_third_person,
    test_ways.test_count_again_puts_both_entries_aside,
    test_seldom.test_a_tie_is_voted_again_before_the_second_round_of_another_office,
    test_seldom.test_a_withdrawal_before_the_second_round_is_printed_shows_and_elects_nobody,
    test_today.test_a_second_round_has_its_own_polling_and_what_stays_below_a_third_stays_vacant,
    test_today.test_a_third_of_the_ballots_returned_is_enough_in_the_second_round,
    test_today.test_too_few_voters_void_the_vote_and_it_is_held_again_with_new_ballots,
)


@dataclass
class RecordedToday(Recorded, telling_today.Today):
    body: str = "residents"
    today: date = date(2026, 9, 1)
    rulesets: tuple[str, str] = ("party-2020", "residents-2026")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Recorded]:
    """The elections that a test tells from here on, each of them recorded."""
    begun: list[Recorded] = []

    def begin(cls: type[Recorded]) -> Callable[..., Recorded]:
        return lambda *args, **more: begun.append(cls(*args, **more)) or begun[-1]

    monkeypatch.setattr(telling, "Telling", begin(Recorded))
    monkeypatch.setattr(telling_today, "Today", begin(RecordedToday))
    return begun


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__[5:])
def test_both_verifiers_follow_what_seldom_happens(
    story: Callable[..., None], told: list[Recorded], tmp_path: Path
) -> None:
    story()
    assert both(told[-1], tmp_path) == [[], []]


def both(story: Recorded, folder: Path) -> list[list[tuple[str, int | None]]]:
    forger = Forger(story, folder / "x.zip", random.Random(1))
    return list(by_both(forger._forged(forger._copy(), "", "election", ()), folder))


def test_a_tie_after_a_void_meeting_is_still_of_the_same_round(told: list[Recorded], tmp_path: Path) -> None:
    """The meeting is called again in the next attempt of the preparations; its ballots and its round stay."""
    story = telling.party().seats().nominate().approve().prepare()
    story.today = telling.day(12, 24)
    story.do(meeting.OpenMeeting(place="活动中心"), story.lead)
    story.do(meeting.CloseSignIn(present=32), story.lead)
    story.do(meeting.VoidMeeting(reason="到会人数不足"), story.lead)
    again = campaign.ChangeDay(community="c1", body="party", day=telling.day(12, 27), reason="重新召集")
    story.do(again, "street_officer")
    story.prepare().meet(40)
    story.vote({"member": (40, 39, 38, 30, 25, 25)})
    assert story.facts.round.revote
    story.ballots()
    story.vote({"member": (9, 12)}).announced()
    assert isinstance(story, Recorded)
    assert both(story, tmp_path) == [[], []]


def tied() -> Recorded:
    """A tie for member, voted on again; then the second round for the deputy."""
    story = telling.residents().nominate().approve().prepare().meet()
    story.vote({"chair": (40, 2), "deputy": (15, 3), "member": (40, 39, 22, 22)})
    story.ballots()
    story.vote({"member": (9, 12)})
    story.ballots()
    story.vote({"deputy": (5, 30)}).announced()
    assert isinstance(story, Recorded)
    return story


def test_a_second_round_follows_a_tie_voted_on_again(told: list[Recorded], tmp_path: Path) -> None:
    story = tied()
    assert {"member4", "deputy2"} <= story.elected()
    assert both(story, tmp_path) == [[], []]


def test_a_name_written_in_where_the_tied_are_voted_on_again_is_found_by_both(
    told: list[Recorded], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that takes one: the seat would be given, and voted on once more."""
    with monkeypatch.context() as careless:
        careless.setattr(tally, "takes_names", lambda *_: True)
        story = telling.residents().nominate().approve().prepare().meet()
        story.vote({"chair": (40, 2), "deputy": (39, 2), "member": (40, 39, 22, 22)})
        story.ballots()
        story.do(story.account(), story.lead)
        story.do(tally.OpenBox(box="1"), "scrutineer")
        written = (tally.WriteIn(name="赵六", votes_for=21),)
        story.enter("member", story.figures("member", (9, 12)).model_copy(update={"write_ins": written}))
        story.sign("member")
        story.do(story.announcement(), story.lead)
    assert isinstance(story, Recorded)
    assert all(both(story, tmp_path))


@pytest.mark.parametrize(
    ("announced", "change"),
    [
        (1, {"elected": ["member3"]}),  # fewer votes than the other of the tied
        (2, {"elected": ["deputy1"], "vacant": 0}),  # five of 42
    ],
    ids=["tie", "second round"],
)
def test_a_false_result_of_a_later_vote_is_named(
    told: list[Recorded], tmp_path: Path, announced: int, change: dict[str, Any]
) -> None:
    forger = Forger(tied(), tmp_path / "x.zip", random.Random(1))
    story = forger._copy()
    entry = [e for e in story.logs["election"] if e.act == "result.announce"][announced]
    (outcome,) = entry.payload["outcomes"]
    false = replace(entry, payload=entry.payload | {"outcomes": [outcome | change]})
    (signed,) = entry.statements
    account, role = signed["account"], signed["role"]
    said = statement.sign(
        seed(account), type=entry.act, log=entry.log, subject=statement.subject_of(false), account=account, role=role
    )
    forger._replace(story, "election", entry.seq, payload=false.payload, statements=[said.to_dict()])
    place = ("logs/election.jsonl", entry.seq + 1)
    for found in by_both(forger._forged(story, "", "election", ()), tmp_path):
        assert place in found


def teller(person: str) -> OpenAccount:
    return OpenAccount(account="teller9", role=Role.TELLER, scope=telling.PATH, name="某人", person=person)


def test_a_withdrawn_candidate_may_count_afterwards(told: list[Recorded], tmp_path: Path) -> None:
    story = telling.party().seats()
    story.nominate(story.people(1)).approve()
    (last,) = [c.person for c in story.facts.prospective][-1:]
    story.do(nomination.WithdrawCandidate(person=last, kind="written"), story.lead)
    story.do(teller(last), SERVER)
    story.prepare()
    story.do(preparation.AppointStaff(person=last, name="某人", role="teller"), story.lead)
    story.meet()
    story.do(story.account(), story.lead)
    story.do(tally.OpenBox(box="1"), "scrutineer")
    story.enter("member", story.figures("member", (40, 39, 38, 37, 36, 1)))
    digest = story.facts.round.sheets[("member", "1")].sha256
    for who in ("teller1", Actor("teller9", "teller", telling.PATH), "scrutineer1"):
        story.do(tally.SignTally(contest="member", box="1", sheet_sha256=digest), who)
    story.do(story.announcement(), story.lead)
    assert isinstance(story, Recorded)
    assert both(story, tmp_path) == [[], []]


def test_one_withdrawn_after_printing_still_may_not_count(told: list[Recorded], tmp_path: Path) -> None:
    story = telling.party_at_vote()
    assert isinstance(story, Recorded)
    story.do(nomination.WithdrawCandidate(person="member6", kind="written"), story.lead)
    story.do(teller("member6"), SERVER)
    story.vote({"member": (40, 39, 38, 37, 36, 1)})
    forger = Forger(story, tmp_path / "x.zip", random.Random(1))
    forged = forger._copy()
    entry = next(e for e in forged.logs["election"] if e.act == "tally.sign" and e.actor["account"] == "teller2")
    actor = entry.actor | {"account": "teller9"}
    said = statement.sign(
        seed("teller9"),
        type=entry.act,
        log=entry.log,
        subject=statement.subject_of(entry),
        account="teller9",
        role="teller",
    )
    forger._replace(forged, "election", entry.seq, actor=actor, statements=[said.to_dict()])
    for found in by_both(forger._forged(forged, "", "election", ()), tmp_path):
        assert ("logs/election.jsonl", entry.seq + 1) in found


def reserved() -> Any:
    """Five seats of which one is a policeman's and one of higher education: two with fewer votes come first."""
    story = telling.party().seats(("委员", 5), police=True, tertiary=True)
    people = story.people(1)
    for n, (person, post) in enumerate(people):
        story.propose(person, post, police=n == 5, education="college" if n == 6 else "senior_secondary")
    slots = tuple(nomination.Slot(person=person, office=post) for person, post in people)
    story.do(nomination.FixProspective(candidates=slots), story.lead)
    story.do(notices.PostNotice(kind="prospective_list", place="公示栏"), story.lead)
    story.do(nomination.ReportProspective(), story.lead)
    return story.approve().prepare().meet().vote({"member": (35, 34, 33, 30, 24, 22, 21)})


def of_those_entitled() -> Any:
    """The party's law of 2020: half of 50 entitled, where 40 are present."""
    story = telling_today.Today("party", today=date(2026, 9, 1))
    story.open().roll(50).seats().nominate().approve().prepare().meet(40)
    return story.vote({"member": (40, 39, 38, 26, 25, 24)})


RESULTS: dict[str, Callable[[], object]] = {
    "a share of those entitled": of_those_entitled,
    "reserved seats": reserved,
    "hands": test_ways.test_show_of_hands_where_numbers_are_equal_and_most_agree,
    "stations": test_today.test_a_third_of_the_ballots_returned_is_enough_in_the_second_round,
    "a tie": test_ways.test_tie_at_the_cut_is_voted_again_among_the_tied,
}


@pytest.mark.parametrize("story", RESULTS)
def test_no_false_result_passes_either_verifier(story: str, told: list[Recorded], tmp_path: Path) -> None:
    RESULTS[story]()
    forger = Forger(told[-1], tmp_path / "x.zip", random.Random(8))
    assert list(by_both(forger._forged(forger._copy(), "", "election", ()), tmp_path)) == [[], []]
    announced = [e for e in forger.told.logs["election"] if e.act == "result.announce"]
    tried = 0
    for entry, change in ((entry, change) for entry in announced for change in FALSE.values()):
        copy = forger._copy()
        copy.logs["election"][entry.seq] = falsely(entry, change)
        if copy.logs["election"][entry.seq].payload == entry.payload:
            continue
        forger._linked(copy)
        for found in by_both(forger._forged(copy, "", "election", ()), tmp_path):
            assert ("logs/election.jsonl", entry.seq + 1) in found
        tried += 1
    assert tried > 4


@pytest.mark.parametrize("act", ["hands.record", "hands.sign"])
def test_a_show_of_hands_that_nobody_signed_is_none(act: str, told: list[Recorded], tmp_path: Path) -> None:
    RESULTS["hands"]()
    forger = Forger(told[-1], tmp_path / "x.zip", random.Random(8))
    copy = forger._copy()
    copy.logs["election"] = [e for e in copy.logs["election"] if e.act != act]
    forger._renumbered(copy)
    last = forger._announced(copy).seq + 1
    for found in by_both(forger._forged(copy, "", "election", ()), tmp_path):
        assert {("logs/election.jsonl", line) for line in (last - 1, last)} & set(found)
