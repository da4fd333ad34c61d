"""A box read by scanner is closed: what people decided goes into its ballots, and the teller signs it."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ballots import extents, keeping
from ballots.template import Template
from election import count
from election.acts import doubts, packs, scan_secrets, tallies
from election.acts.packs import Ballot, Pack, packs_of, round_of
from election.acts.perform import Command, Refused, Signer, commit_within
from election.acts.sheets import document
from election.process.base import Actor, Demand
from election.process.scanning import (
    CloseScan,
    ContestFigures,
    Decision,
    PackSeal,
    Rejected,
    pack_commitment,
    scan_commitment,
)
from election.process.tally import Figures, Row, WriteIn, returned_in
from election.process.world import World
from election.record.entry import Entry
from election.store.database import Store
from election.store.tables import ScanDecision, ScanDoubt, ScanImage, ScanPackRow, ScanSecret
from election.store.volatile import Volatile
from election.store.worlds import world_of

# --- closing a box ---------------------------------------------------------------------------------------------------


def closing_demands(store: Store, session: Session, memory: Volatile, world: World, log: str, box: str) -> list[Demand]:
    """What stands against closing the box: a pack still being read, packs that hold another number than people counted,
    doubts still open.
    """
    number = len(world.election.rounds)
    there = packs_of(store, session, log, number, box)
    _, open_ = doubts.left(store, session, world, log, box)
    found = [
        Demand("scan.busy", not packs.being_read(memory, log, number, box)),
        Demand("scan.packs-some", bool(there)),
    ]
    found += [
        Demand("scan.pack-size", p.size == p.counted, {"pack": p.number, "has": p.size, "needs": p.counted})
        for p in there
    ]
    found += [
        Demand("scan.void-confirmed", False, {"pack": p.number, "count": p.void})
        for p in packs.unconfirmed(world, there)
    ]
    found.append(Demand("scan.doubts", not open_, {"count": open_}))
    this = round_of(world)
    if (returned := returned_in(this, box)) is not None and there:
        total = sum(p.size for p in there)
        found.append(Demand("scan.returned", total == returned, {"ballots": total, "returned": returned}))
    return [d for d in found if not d.met]


def close(
    store: Store,
    memory: Volatile,
    actor: Actor,
    signer: Signer,
    log: str,
    box: str,
    occurred_on: date,
    now: datetime,
) -> list[Entry]:
    """Seal the box with the teller's signature; where the scan is one of the two entries, its sheets too. Raises Refused.

    Everything in one transaction: what people decided goes into the ballots, and the decisions themselves are gone but
    for their shuffled list, which waits, encrypted, for the box's count to close.
    """
    with store.write(log) as session:
        world = world_of(store, session, log)
        if against := closing_demands(store, session, memory, world, log, box):
            raise Refused(against)
        number, this = len(world.election.rounds), round_of(world)
        found = doubts.of_box(store, session, log, number, box)
        known = doubts.decisions(store, session, world, found)
        there = packs_of(store, session, log, number, box)
        outcome = {d.id: doubts.final(known[d.id]) for d in found}
        finished = {p.number: _finished(p, found, outcome) for p in there}
        rules = world.election.law
        documents = [document(this, c) for c in this.contests]
        by_pack = {n: _figures(count.count_box(b, documents, rules), len(b)) for n, b in finished.items()}
        every = [b for of in finished.values() for b in of]
        whole = _figures(count.count_box(every, documents, rules), len(every))
        decided = [_decision(d, outcome[d.id]) for d in found]
        secrets.SystemRandom().shuffle(decided)
        salt = secrets.token_hex(32)
        salts = {n: secrets.token_hex(32) for n in by_pack}
        rejected: Counter[str] = Counter()
        for p in there:
            rejected.update(p.rejected)
        act = CloseScan(
            box=box,
            packs=tuple(
                PackSeal(number=n, ballots=len(finished[n]), sealed=pack_commitment(salts[n], f))
                for n, f in by_pack.items()
            ),
            void=sum(p.void for p in there),
            voided_by=tuple(sorted({p.voided_by for p in there if p.void})),
            rejected=tuple(Rejected(why=why, pages=n) for why, n in sorted(rejected.items())),
            doubts=len(decided),
            thirds=sum(d.third for d in decided),
            adjudicators=tuple(sorted({account for of in known.values() for account in of})),
            sealed=scan_commitment(salt, whole, decided),
        )
        entries = [commit_within(store, session, Command(log, act, actor, occurred_on, [signer]), now)]
        content = {
            "salt": salt,
            "figures": [f.model_dump(mode="json") for f in whole],
            "decisions": [d.model_dump(mode="json") for d in decided],
            "packs": {
                str(n): {"salt": salts[n], "figures": [f.model_dump(mode="json") for f in figures]}
                for n, figures in by_pack.items()
            },
        }
        scan_secrets.keep(store, session, log, number, box, content)
        _forget_doubts(session, log, number, box)
        for p in there:
            _keep_ballots(store, session, p, finished[p.number])
        if world.election.counting == "scan":
            for f in whole:
                entries += tallies.enter_within(
                    store, session, actor, signer, log, f.contest, box, f.figures, occurred_on, now
                )
        else:
            entries += scan_secrets.open_closed(store, session, log, box, occurred_on, now)
        return entries


def enter_again(
    store: Store, actor: Actor, signer: Signer, log: str, contest: str, box: str, occurred_on: date, now: datetime
) -> list[Entry]:
    """After a sheet was put aside: the scan's sheet of one contest is entered anew. Raises Refused."""
    with store.write(log) as session:
        world = world_of(store, session, log)
        content = scan_secrets.secret(store, session, log, len(world.election.rounds), box)
        scan = round_of(world).scans.get(box)
        if content is None or scan is None or scan.account != actor.account:
            raise Refused([Demand("scan.closed", False, {"box": box})])
        figures = next(ContestFigures.model_validate(f) for f in content["figures"] if f["contest"] == contest)
        return tallies.enter_within(store, session, actor, signer, log, contest, box, figures.figures, occurred_on, now)


def _finished(pack: Pack, found: Sequence[doubts.Doubt], outcome: Mapping[str, doubts.Decided]) -> list[Ballot]:
    """The ballots of a pack as a count file has them, with what people decided and the ballots found void."""
    of = {b["id"]: {"marks": dict(b["marks"]), "write_ins": dict(b["write_ins"])} for b in pack.ballots}
    for doubt in found:
        if doubt.pack != pack.id:
            continue
        ballot, decided = of[doubt.ballot], outcome[doubt.id]
        if decided["unreadable"]:
            ballot["marks"][doubt.contest] = "unreadable"
            continue
        ballot["marks"][doubt.contest] = dict(doubt.known) | decided["marks"]
        if decided["names"]:
            ballot["write_ins"][doubt.contest] = decided["names"]
    return [*of.values(), *({"spoiled": True} for _ in range(pack.void))]


def _decision(doubt: doubts.Doubt, decided: doubts.Decided) -> Decision:
    return Decision.model_validate(
        {
            "contest": doubt.contest,
            "why": doubt.why,
            "unreadable": decided["unreadable"],
            "marks": [{"candidate": c, "mark": m} for c, m in decided["marks"].items()],
            "names": decided["names"],
            "third": bool(decided.get("third")),
        }
    )


def _figures(sheets: Mapping[str, Any], returned: int) -> list[ContestFigures]:
    return [
        ContestFigures(
            contest=contest,
            figures=Figures(
                returned=returned,
                valid=sheet["valid"],
                invalid=sheet["invalid"],
                rows=tuple(
                    Row(candidate=c, votes_for=r["for"], against=r["against"], abstain=r["abstain"])
                    for c, r in sheet["votes"].items()
                ),
                write_ins=tuple(WriteIn(name=w["name"], votes_for=w["for"]) for w in sheet["write_ins"]),
            ),
        )
        for contest, sheet in sheets.items()
    ]


def _forget_doubts(session: Session, log: str, number: int, box: str) -> None:
    where = (ScanDoubt.log == log, ScanDoubt.round == number, ScanDoubt.box == box)
    session.execute(delete(ScanDecision).where(ScanDecision.doubt.in_(select(ScanDoubt.id).where(*where))))
    session.execute(delete(ScanDoubt).where(*where))


def _keep_ballots(store: Store, session: Session, pack: Pack, finished: Iterable[Ballot]) -> None:
    row = session.get(ScanPackRow, pack.id)
    assert row is not None  # it was read in this transaction
    shuffled = list(finished)
    secrets.SystemRandom().shuffle(shuffled)
    content = {
        "counted": pack.counted,
        "void": 0,
        "voided_by": "",
        "ballots": shuffled,
        "rejected": dict(pack.rejected),
        "digests": pack.digests,
        "images": pack.images,
    }
    row.sealed = store.vault.seal_json(content, f"scan_pack:{pack.id}")


def ballots_of(store: Store, session: Session, log: str, number: int, box: str) -> list[Ballot]:
    """The ballots of a closed box, for the wall."""
    return [b for p in packs_of(store, session, log, number, box) for b in p.ballots]


def picture(store: Store, session: Session, form: Template, doubt: doubts.Doubt) -> bytes:
    """What a doubt asks of its ballot, and no other choice of the voter's, as PNG. Raises LookupError: the image is gone."""
    row = session.get(ScanImage, doubt.image)
    if row is None:
        raise LookupError(doubt.image)
    if doubt.whole:
        parts = extents.of_contest(form, doubt.contest)
    else:
        parts = extents.of_rows(form, doubt.contest, {*doubt.candidates, *doubt.rows})
    return keeping.crop(store.vault.open(bytes(row.sealed), f"scan_image:{row.id}"), parts)


# --- the end ---------------------------------------------------------------------------------------------------------


def destroy(session: Session, log: str) -> None:
    """All that is left of the scans of an election: images, ballots, doubts, salts."""
    session.execute(delete(ScanDecision).where(ScanDecision.log == log))
    for table in (ScanDoubt, ScanImage, ScanPackRow, ScanSecret):
        session.execute(delete(table).where(table.log == log))
