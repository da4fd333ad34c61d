"""A scanned box told in memory: sealed by its teller, opened, packs drawn and counted again."""

from __future__ import annotations

from typing import Any

from election.process import scanning, tally
from election.process.machine import SERVER

from .telling import Telling, party_at_vote

SALT, PACK_SALT = "7" * 64, "8" * 64
VOTES = (30, 29, 28, 27, 26, 10)
SEED, HEAD = "352614", "f" * 64


def at_count(method: str = "scan", packs: int = 1, told: Telling | None = None) -> Telling:
    """Ballots accounted for, the box open, the way of counting chosen."""
    told = told or party_at_vote()
    told.do(scanning.ChooseCounting(method=method, packs=packs), told.lead)
    told.do(told.account(), told.lead)
    told.do(tally.OpenBox(box="1"), "scrutineer")
    return told


def of(told: Telling, votes: tuple[int, ...] = VOTES, **more: Any) -> tuple[scanning.ContestFigures, ...]:
    contest = told.facts.round.contests[0].id
    return (scanning.ContestFigures(contest=contest, figures=told.figures(contest, votes, **more)),)


def decided(told: Telling, **more: Any) -> scanning.Decision:
    contest = told.facts.round.contests[0]
    person = told.facts.round.candidates[contest.id][0].person
    mark = scanning.DecidedMark(candidate=person, mark="for")
    return scanning.Decision(contest=contest.id, why=("faint",), marks=(mark,), **more)


def sealed(told: Telling, **changes: Any) -> scanning.CloseScan:
    """Two packs of 20; the second one's figures are ``part``."""
    decisions = changes.pop("decisions", ())
    figures = changes.pop("figures", None) or of(told)
    pack = scanning.pack_commitment(PACK_SALT, part(told))
    base: dict[str, Any] = {
        "box": "1",
        "packs": tuple(scanning.PackSeal(number=n, ballots=20, sealed=pack) for n in (1, 2)),
        "sealed": scanning.scan_commitment(SALT, figures, decisions),
        "doubts": len(decisions),
        "adjudicators": ("adjudicator1", "scrutineer1") if decisions else (),
    }
    return scanning.CloseScan(**(base | changes))


def part(told: Telling, first: int = 15) -> tuple[scanning.ContestFigures, ...]:
    return of(told, (first, 14, 13, 12, 11, 5), returned=20)


def opened(told: Telling, decisions: tuple[scanning.Decision, ...] = (), **changes: Any) -> scanning.OpenScan:
    base: dict[str, Any] = {"box": "1", "salt": SALT, "figures": of(told), "decisions": decisions}
    return scanning.OpenScan(**(base | changes))


def scanned(told: Telling, **changes: Any) -> Telling:
    """Closed by teller 1, whose sheet it is; teller 2 enters by hand; both open."""
    told.do(sealed(told, **changes), "teller1")
    contest = told.facts.round.contests[0].id
    told.enter(contest, told.figures(contest, VOTES))
    return told


def counted(told: Telling) -> Telling:
    scanned(told).do(opened(told), SERVER)
    return told


def drawing(told: Telling, head: str = HEAD, **changes: Any) -> scanning.DrawPacks:
    drawn = scanning.draw(scanning.packs_of(told.facts.round), told.facts.recount_packs, SEED, head)
    base: dict[str, Any] = {
        "seed": SEED,
        "head": head,
        "drawn": tuple(scanning.DrawnPack(box=b, pack=n) for b, n in drawn),
    }
    return scanning.DrawPacks(**(base | changes))


def drawn(told: Telling) -> Telling:
    counted(told).do(drawing(told), "scrutineer", prev=HEAD)
    return told


def recounted(told: Telling, **changes: Any) -> scanning.RecordRecount:
    box, pack = told.facts.round.recount.drawn[0]
    base: dict[str, Any] = {
        "box": box,
        "pack": pack,
        "counted": part(told),
        "salt": PACK_SALT,
        "machine": part(told),
    }
    return scanning.RecordRecount(**(base | changes))
