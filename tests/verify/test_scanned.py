"""A scanned box, its doubts, its recount: what the holder of the server's key may alter of them, and who finds it where."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from election.process import scanning
from election.process.machine import SERVER
from election.record import statement
from election.verify import run
from tests.process import scanned
from tests.verify.forging import Forger
from tests.verify.recorded import Recorded, seed
from tests.verify.test_forgeries import by_both

VOTES = (30, 29, 28, 27, 26, 10)


def told(method: str) -> Recorded:
    """A party's box read by scanner, up to its announced result; two doubts, of which a third person decided one."""
    story = Recorded("party", date(2010, 11, 10)).open().roll(40).seats().nominate().approve().prepare().meet()
    assert isinstance(story, Recorded)
    scanned.at_count(method, 1, story)
    figures = scanned.of(story, VOTES if method == "scan" else (31, *VOTES[1:]))
    name = scanning.DecidedName(name="欧阳测写", mark="for")
    decisions = (scanned.decided(story), scanned.decided(story, third=True, names=(name,)))
    people = ("adjudicator1", "scrutineer1", "scrutineer2")
    seal = scanned.sealed(story, figures=figures, decisions=decisions, thirds=1, adjudicators=people)
    story.do(seal, "teller1")
    contest = story.facts.round.contests[0].id
    story.enter(contest, story.figures(contest, VOTES))
    story.do(scanned.opened(story, decisions, figures=figures), SERVER)
    if method == "check":
        story.do(scanning.ExplainScan(box="1", contest=contest, reason="一张票折了角，读错一处"), "scrutineer")
    head = story.logs["election"][-1].hash
    story.do(scanned.drawing(story, head), "scrutineer", prev=head)
    story.do(scanned.recounted(story, counted=scanned.part(story, 16)), "scrutineer")
    ((box, pack),) = story.facts.round.recount.drawn
    story.do(scanning.ExplainRecount(box=box, pack=pack, reason="一处浅色划写读作弃权"), "scrutineer")
    story.sign(contest)
    story.do(story.announcement(), story.lead)
    return story


class ScanForger(Forger):
    """Acts of a scanned box altered; chain, checkpoints and manifest are made anew, people's signatures cannot be."""

    def at(self, act: str) -> int:
        """The place of the act in the log."""
        (found,) = (e.seq for e in self.told.logs["election"] if e.act == act)
        return found

    def altered(self, act: str, change: dict[str, Any]) -> tuple[str, int | None]:
        """Fields of an act's payload changed."""
        story, seq = self._copy(), self.at(act)
        payload = story.logs["election"][seq].payload
        self._replace(story, "election", seq, payload=payload | change)
        return self.first(story)

    def without(self, *acts: str) -> Recorded:
        """Acts left out, what follows moved up."""
        story = self._copy()
        kept = [e for e in story.logs["election"] if e.act not in acts]
        story.logs["election"] = [replace(e, seq=n) for n, e in enumerate(kept)]
        self._replace(story, "election", min(map(self.at, acts)))
        return story

    def exchanged(self, act: str, by: int) -> Recorded:
        """An act put ``by`` places earlier."""
        story, seq = self._copy(), self.at(act)
        log = story.logs["election"]
        log.insert(seq - by, log.pop(seq))
        story.logs["election"] = [replace(e, seq=n) for n, e in enumerate(log)]
        self._replace(story, "election", seq - by)
        return story

    def first(self, story: Recorded, **held: str) -> tuple[str, int | None]:
        """Check and line of the first problem; no check where all is well."""
        forgery = self._forged(story, "", "election", (), **held)
        path = self.path.with_name("forged.zip")
        path.write_bytes(forgery.data)
        held_note = self.path.with_name("held.note")
        held_note.write_text(forgery.earlier or "", encoding="utf-8")
        report = run.verify(path, checkpoint=held_note if forgery.earlier else None)
        return (report.problems[0].check, report.problems[0].line) if report.problems else ("", None)


@pytest.fixture(scope="module", params=["scan", "check"])
def forger(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ScanForger:
    folder = tmp_path_factory.mktemp(request.param)
    return ScanForger(told(request.param), folder / "x.zip", random.Random(4))


def test_a_box_as_it_was_scanned_verifies(forger: ScanForger, tmp_path: Path) -> None:
    forgery = forger._forged(forger._copy(), "", "election", ())
    assert list(by_both(forgery, tmp_path)) == [[], []]


def another(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + ("0" if value[-1:] != "0" else "1")
    return value[1:] or [*value, "x"]


SIGNED = ("scan.close", "scan.explain", "recount.draw", "recount.record", "recount.explain")


def test_whatever_of_a_signed_act_is_altered_its_signature_tells(forger: ScanForger) -> None:
    tried = 0
    for act in SIGNED:
        if act == "scan.explain" and forger.told.facts.counting == "scan":
            continue
        payload = forger.told.logs["election"][forger.at(act)].payload
        for field, value in payload.items():
            found = forger.altered(act, {field: another(value)})
            assert found == ("statements", forger.at(act) + 1), (act, field)
            tried += 1
    assert tried > 15


def opening(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What the server, who alone opens a scan, could put in its place."""
    figures, decisions = payload["figures"], payload["decisions"]
    sheet = figures[0]["figures"]
    yield {"salt": "9" * 64}
    for cell in ("votes_for", "against", "abstain"):
        row = sheet["rows"][0] | {cell: sheet["rows"][0][cell] + 1}
        yield {"figures": [figures[0] | {"figures": sheet | {"rows": [row, *sheet["rows"][1:]]}}]}
    yield {"figures": []}
    yield {"decisions": decisions[:1]}
    yield {"decisions": decisions[::-1]}
    yield {"decisions": [*decisions, decisions[0]]}
    yield {"decisions": [decisions[0] | {"unreadable": True}, decisions[1]]}
    yield {"decisions": [decisions[0] | {"marks": [decisions[0]["marks"][0] | {"mark": "against"}]}, decisions[1]]}
    yield {"decisions": [decisions[0], decisions[1] | {"names": []}]}
    yield {"decisions": [decisions[0], decisions[1] | {"third": False}]}


def test_nothing_opens_but_what_the_teller_sealed(forger: ScanForger) -> None:
    seq = forger.at("scan.open")
    for change in opening(forger.told.logs["election"][seq].payload):
        assert forger.altered("scan.open", change) == ("steps", seq + 1), change


@pytest.mark.parametrize("change", [{"method": "hand", "packs": 0}, {"packs": 0}, {"packs": 2}])
def test_another_way_of_counting_does_not_fit_what_follows(forger: ScanForger, change: dict[str, Any]) -> None:
    """Nobody signs how boxes are counted: what was done after it tells. The way of the other kind is told as well."""
    follows = "scan.close" if "method" in change else "recount.draw"
    assert forger.altered("prepare.counting", change) == ("steps", forger.at(follows) + 1)
    other = {"scan": "check", "check": "scan"}[forger.told.facts.counting]
    assert forger.altered("prepare.counting", {"method": other})[0] == "steps"


@pytest.mark.parametrize(
    "act", ["prepare.counting", "scan.close", "scan.open", "recount.draw", "recount.record", "recount.explain"]
)
def test_an_act_left_out_is_missed_by_those_that_follow(forger: ScanForger, act: str) -> None:
    assert forger.first(forger.without(act))[0] == "steps"


def test_a_difference_without_its_reason_is_missed(forger: ScanForger) -> None:
    if forger.told.facts.counting == "check":
        assert forger.first(forger.without("scan.explain"))[0] == "steps"


def test_no_act_is_put_before_what_it_rests_on(forger: ScanForger) -> None:
    """A scan opened before the count is closed, packs drawn before their figures were fixed."""
    assert forger.first(forger.exchanged("scan.open", 1))[0] == "steps"
    assert forger.first(forger.exchanged("recount.draw", 1))[0] == "steps"


def test_the_draw_is_signed_over_all_that_came_before(forger: ScanForger) -> None:
    """The scrutineer signs the hash of the entry before: from then on the server alone can change nothing earlier."""
    story = forger._copy()
    recorded = story.logs["election"][3].recorded_at
    forger._replace(story, "election", 3, recorded_at=recorded[:-4] + "777Z")
    assert forger.first(story) == ("steps", forger.at("recount.draw") + 1)


# --- with the teller's key as well -----------------------------------------------------------------------------------


def resealed(forger: ScanForger, **change: Any) -> tuple[str, int | None]:
    """The seal of the box changed, and signed again by the teller who sealed it."""
    story, seq = forger._copy(), forger.at("scan.close")
    payload = forger.told.logs["election"][seq].payload | change
    forger._replace(story, "election", seq, payload=payload)
    entry = story.logs["election"][seq]
    signed = statement.sign(
        seed("teller1"),
        type=entry.act,
        log=entry.log,
        subject=statement.subject_of(entry),
        account="teller1",
        role="teller",
    )
    forger._replace(story, "election", seq, statements=[signed.to_dict()])
    # what the scrutineer signed at the draw no longer fits; here only what the seal itself betrays is asked
    return forger.first(story)


@pytest.mark.parametrize(
    ("change", "act"),
    [
        ({"doubts": 3}, "scan.open"),
        ({"thirds": 0}, "scan.open"),
        ({"sealed": "9" * 64}, "scan.open"),
        ({"adjudicators": ["adjudicator1", "scrutineer1"]}, "scan.close"),
        ({"adjudicators": ["adjudicator1", "scrutineer1", "teller2"]}, "scan.close"),
        ({"packs": [{"number": 1, "ballots": 20, "sealed": "9" * 64}]}, "scan.close"),
        ({"void": 1}, "scan.close"),
        ({"void": 1, "voided_by": ["teller2"]}, "scan.close"),
        # what nobody but the teller knows: only that it is another record than the scrutineer saw
        ({"void": 1, "voided_by": ["scrutineer1"]}, "recount.draw"),
        ({"rejected": [{"why": "no-markers", "pages": 3}]}, "recount.draw"),
        ({"adjudicators": ["adjudicator2", "scrutineer1", "scrutineer2"]}, "recount.draw"),
    ],
)
def test_what_a_teller_and_the_server_together_can_alter(forger: ScanForger, change: dict[str, Any], act: str) -> None:
    assert resealed(forger, **change) == ("steps", forger.at(act) + 1)


# --- what no replay can know -----------------------------------------------------------------------------------------


def test_a_recount_left_out_as_a_whole_is_told_only_by_a_checkpoint_held_outside(forger: ScanForger) -> None:
    """``docs/verifying.md`` says so. All that names the recount is gone, and with it what pinned the record before it."""
    story = forger.without("recount.draw", "recount.record", "recount.explain")
    seq = forger.at("prepare.counting")
    forger._replace(story, "election", seq, payload=story.logs["election"][seq].payload | {"packs": 0})
    assert forger.first(story) == ("", None)
    assert forger.first(story, earlier=forger._held())[0] == "earlier"
