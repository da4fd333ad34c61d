"""A box read by scanner: packs are read in the background, doubts decided by people, the box closed and signed.

Files come in under random names, are read by the reader's own bounded processes, and go. What stays of a pack is one
encrypted document with its ballots shuffled, and its pages straightened and without anything but their pixels, under
random ids. No time, no place in the scanner's pile, no file name is kept.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ballots import keeping, reading
from ballots.template import Template, template
from election import count
from election.acts import ballots, doubts, scan_secrets, tallies
from election.acts.perform import Command, Refused, Signer, commit_within
from election.acts.sheets import document
from election.faults import WrongInput
from election.process.base import Actor, Demand
from election.process.facts import Round
from election.process.scanning import (
    CloseScan,
    ContestFigures,
    Decision,
    PackSeal,
    Rejected,
    pack_commitment,
    scan_commitment,
)
from election.process.tally import Figures, Row, WriteIn
from election.process.world import World
from election.record.entry import Entry
from election.store.database import Store
from election.store.tables import ScanDecision, ScanDoubt, ScanImage, ScanPackRow, ScanSecret
from election.store.volatile import Document, Volatile
from election.store.worlds import world_of

log_ = logging.getLogger(__name__)

#: rejected pages that a page lists by their place in the pile, in memory alone
MOST_LISTED = 200
#: pages that one process reads by itself
FEW = 16
Ballot = dict[str, Any]


@dataclass(frozen=True)
class Pack:
    """A pack as it stands: ballots read (with what was found void by hand), how many were counted by hand before."""

    id: str
    number: int
    counted: int
    void: int
    ballots: tuple[Ballot, ...]
    rejected: Mapping[str, int]
    digests: tuple[str, ...]
    images: tuple[str, ...]

    @property
    def size(self) -> int:
        return len(self.ballots) + self.void

    @property
    def doubled(self) -> bool:
        """More were read than people had counted: a pile scanned twice, or two packs together."""
        return self.size > self.counted


# --- reading a pack in the background --------------------------------------------------------------------------------


def progress_key(log: str, number: int, box: str) -> str:
    return f"scan:{log}:{number}:{box}"


def layout(world: World) -> Template:
    """The layout of the ballots of the round that stands. Raises WrongInput where they were not released."""
    this = world.election.round
    if this is None or not this.design:
        raise WrongInput("no ballot was released", place="round", mend="release the ballots first")
    return template(ballots.layout(world))


def spool() -> Path:
    """A folder of a random name for files that are being read: in memory where the system has a place for it."""
    shared = Path("/dev/shm")  # noqa: S108  mkdtemp makes the folder ours alone
    base = shared if shared.is_dir() and os.access(shared, os.W_OK) else None
    return Path(tempfile.mkdtemp(prefix="e", dir=base))


def begin(
    store: Store,
    memory: Volatile,
    world: World,
    log: str,
    box: str,
    pack: tuple[int, int, int],
    files: Sequence[tuple[str, Path]],
    folder: Path,
) -> None:
    """Read the files of one pack, ``(number, counted by hand, void)``, behind the page; ``folder`` is removed after.

    Raises Refused: a box that is closed or still being read, a pack that is there already.
    """
    number, key = len(world.election.rounds), progress_key(log, len(world.election.rounds), box)
    try:
        with store.read() as session:
            known = packs(store, session, log, number, box)
        against = [
            Demand("scan.chosen", world.election.counting != "hand"),
            Demand("tally.box-open", box in _round(world).opened, {"box": box}),
            Demand("scan.once", box not in _round(world).scans, {"box": box}),
            Demand("scan.pack-once", pack[0] not in {p.number for p in known}, {"pack": pack[0]}),
        ]
        if unmet := [d for d in against if not d.met]:
            raise Refused(unmet)
        expected = max(pack[1] - pack[2], 1) * layout(world).pages

        def started(before: Document | None) -> tuple[Document, None]:
            if before is not None and before["state"] == "running" and alive(before["process"]):
                raise Refused([Demand("scan.busy", False)])
            started_ = {"state": "running", "pack": pack[0], "done": 0, "expected": expected, "process": os.getpid()}
            return started_ | {"rejected": []}, None

        memory.change(key, started)
    except (Refused, WrongInput):
        shutil.rmtree(folder, ignore_errors=True)
        raise
    seen = copy_context()  # the work sees as far as whoever asked for it
    work = threading.Thread(
        name="scan",
        target=seen.run,
        args=(_work, store, memory, world, log, box, pack, files, folder, known),
        daemon=True,
    )
    work.start()


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


def _round(world: World) -> Round:
    this = world.election.round
    if this is None:
        raise Refused([Demand("ballot.released", False, {"round": 1})])
    return this


def _told(memory: Volatile, key: str, **news: Any) -> None:
    memory.change(key, lambda known: ((known or {}) | news, None))


def _work(
    store: Store,
    memory: Volatile,
    world: World,
    log: str,
    box: str,
    pack: tuple[int, int, int],
    files: Sequence[tuple[str, Path]],
    folder: Path,
    known: Sequence[Pack],
) -> None:
    key = progress_key(log, len(world.election.rounds), box)
    try:
        rejected = _read(store, memory, world, log, box, pack, files, known)
        _told(memory, key, state="done", rejected=rejected[:MOST_LISTED])
    except Exception as error:
        # whatever it was, the page must say that the pack was not read, and the log must not say what was in it:
        # the kind of the failure only, for its words may quote a file's name or content
        log_.error("a pack was not read: %s", type(error).__name__)
        _told(memory, key, state="failed")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _read(
    store: Store,
    memory: Volatile,
    world: World,
    log: str,
    box: str,
    pack: tuple[int, int, int],
    files: Sequence[tuple[str, Path]],
    known: Sequence[Pack],
) -> list[dict[str, Any]]:
    """Read, straighten, keep. Returns the rejected pages with their place in the pile."""
    number, form = len(world.election.rounds), layout(world)
    key, names = progress_key(log, number, box), {str(path): name for name, path in files}
    few = 1 if pack[1] * form.pages <= FEW else None  # a second process costs more than it saves
    answers = list(
        reading.read(
            form,
            [str(path) for _, path in files],
            processes=few,
            progress=lambda done: _told(memory, key, done=done),
        )
    )
    good = [a for a in answers if a["status"] != "rejected"]
    kept = dict(zip(map(id, good), keeping.straight_pages(form, [(a["file"], a["page"]) for a in good]), strict=True))
    seen = {digest for p in known for digest in p.digests}
    rejected: list[dict[str, Any]] = []
    pile: list[Laid] = []
    digests: list[str] = []
    for answer in answers:
        page = kept.get(id(answer))
        digest = hashlib.sha256(page).hexdigest() if page is not None else ""
        why = answer["why"] if answer["status"] == "rejected" else "cannot-open" if page is None else ""
        why = why or ("same-image" if digest in seen else "")
        if why or page is None:
            rejected.append(_place(names, answer, why))
            pile.append(Laid(answer, None, why))
            continue
        seen.add(digest)
        digests.append(digest)
        pile.append(Laid(answer, page))
    sheets, loose = put_together(pile, form.pages)
    rejected += [_place(names, one.answer, "page-missing" if sheets else "pages-apart") for one in loose]
    _keep(store, world, log, box, pack, sheets, rejected, digests)
    return rejected


def _place(names: Mapping[str, str], answer: Mapping[str, Any], why: object) -> dict[str, Any]:
    return {"file": names.get(answer["file"], ""), "page": answer["page"], "why": str(why)}


@dataclass(frozen=True)
class Laid:
    """One page of the pile: the reader's answer, and the page straightened where it was read, or why it was not."""

    answer: dict[str, Any]
    page: bytes | None
    why: str = ""


def put_together(pile: Sequence[Laid], of: int) -> tuple[list[list[Laid]], list[Laid]]:
    """Ballots of ``of`` pages as they lie in the pile, and pages that were read but belong to no whole ballot.

    A page that was not read keeps its place, so that the other pages of its ballot are not taken for another's. Backs
    without print may lie between. A pile that cannot be cut into ballots from beginning to end has lost a page somewhere,
    and nothing on a ballot says where: then all of its pages are loose, and the pack is scanned again.
    """
    read = [one for one in pile if one.page is not None]
    if of == 1:
        return [[one] for one in read], []
    for pages in (pile, [one for one in pile if one.why != "no-markers"]):
        cut = [list(pages[at : at + of]) for at in range(0, len(pages), of)]
        whole = [sheet for sheet in cut if _whole(sheet, of)]
        broken = [sheet for sheet in cut if any(one.page is None for one in sheet)]
        if len(pages) == of * (len(whole) + len(broken)) and len(whole) > len(broken):
            return whole, [one for sheet in broken for one in sheet if one.page is not None]
    return [], read


def _whole(sheet: Sequence[Laid], of: int) -> bool:
    numbers = sorted(one.answer["ballot_page"] for one in sheet if one.page is not None)
    return numbers == list(range(1, of + 1))


def _keep(
    store: Store,
    world: World,
    log: str,
    box: str,
    pack: tuple[int, int, int],
    sheets: Sequence[Sequence[Laid]],
    rejected: Sequence[Mapping[str, Any]],
    digests: Sequence[str],
) -> None:
    number, form, id_ = len(world.election.rounds), layout(world), str(uuid4())
    images: list[ScanImage] = []
    found: list[doubts.Doubt] = []
    read: list[Ballot] = []
    for sheet in sheets:
        ballot: Ballot = {"id": str(uuid4()), "marks": {}, "write_ins": {}}
        for one in sheet:
            assert one.page is not None  # a whole ballot
            image = str(uuid4())
            images.append(ScanImage(id=image, log=log, sealed=store.vault.seal(one.page, f"scan_image:{image}")))
            ballot["marks"] |= one.answer["marks"]
            found += _doubts(world, form, box, id_, ballot["id"], image, one.answer)
        read.append(ballot)
    chance = secrets.SystemRandom()
    for shuffled in (images, read, found):
        chance.shuffle(shuffled)
    content = {
        "counted": pack[1],
        "void": pack[2],
        "ballots": read,
        "rejected": dict(Counter(r["why"] for r in rejected)),
        "digests": sorted(digests),
        "images": sorted(i.id for i in images),
    }
    sealed = store.vault.seal_json(content, f"scan_pack:{id_}")
    with store.write(log) as session:
        session.add(ScanPackRow(id=id_, log=log, round=number, box=box, number=pack[0], sealed=sealed))
        session.add_all(images)
        for doubt in found:
            hidden = store.vault.seal_json(doubt.sealed(), f"scan_doubt:{doubt.id}")
            session.add(ScanDoubt(id=doubt.id, log=log, round=number, box=box, pack=id_, sealed=hidden))


def _doubts(
    world: World, form: Template, box: str, pack: str, ballot: str, image: str, answer: Mapping[str, Any]
) -> list[doubts.Doubt]:
    """What people must decide on one page, one doubt per contest."""
    found = []
    for contest in dict.fromkeys(item["contest"] for item in answer["review"]):
        items = [item for item in answer["review"] if item["contest"] == contest]
        known = dict(answer["marks"].get(contest, {}))
        listed = [c.person for c in _round(world).candidates[contest]]
        whole = any(item["candidate"] is None and item["row"] is None for item in items)
        asked = {item["candidate"] for item in items}
        rows = tuple(sorted({item["row"] for item in items if item["row"] is not None}))
        found.append(
            doubts.Doubt(
                id=str(uuid4()),
                box=box,
                pack=pack,
                ballot=ballot,
                contest=contest,
                image=image,
                strips=_strips(form, contest, asked if not whole else {*listed}, rows),
                candidates=tuple(c for c in listed if whole or c in asked),
                rows=rows,
                why=tuple(sorted({str(item["why"]) for item in items})),
                known={} if whole else {c: m for c, m in known.items() if c not in asked},
            )
        )
    return found


def _strips(
    form: Template, contest: str, candidates: Collection[str | None], rows: Collection[int]
) -> tuple[tuple[float, float], ...]:
    """The heads of the columns and every line that must be decided, neighbours together."""
    marks = [m for m in form.marks if m.contest == contest]
    first, (above, below) = min(m.box.y for m in marks), doubts.HEADS_MM
    boxes = [m.box for m in marks if (m.row in rows if m.candidate is None else m.candidate in candidates)]
    strips = [(first - above, first - below)]
    for top, bottom in sorted({(b.y - doubts.AROUND_MM, b.bottom + doubts.AROUND_MM) for b in boxes}):
        if top <= strips[-1][1]:
            strips[-1] = (strips[-1][0], max(bottom, strips[-1][1]))
        else:
            strips.append((top, bottom))
    return tuple(strips)


# --- what is there ---------------------------------------------------------------------------------------------------


def packs(store: Store, session: Session, log: str, number: int, box: str) -> list[Pack]:
    rows = session.scalars(
        select(ScanPackRow)
        .where(ScanPackRow.log == log, ScanPackRow.round == number, ScanPackRow.box == box)
        .order_by(ScanPackRow.number)
    )
    found = []
    for row in rows:
        content = store.vault.open_json(bytes(row.sealed), f"scan_pack:{row.id}")
        listed = {name: tuple(content[name]) for name in ("ballots", "digests", "images")}
        found.append(Pack(id=row.id, number=row.number, **(content | listed)))
    return found


def drop_pack(store: Store, world: World, log: str, box: str, pack: int) -> None:
    """Put a pack aside, to be scanned again; its doubts and what was decided about them go too. Raises Refused."""
    number = len(world.election.rounds)
    if box in _round(world).scans:
        raise Refused([Demand("scan.once", False, {"box": box})])
    with store.write(log) as session:
        found = next((p for p in packs(store, session, log, number, box) if p.number == pack), None)
        if found is None:
            raise Refused([Demand("scan.pack-there", False, {"pack": pack})])
        of_pack = select(ScanDoubt.id).where(ScanDoubt.pack == found.id)
        session.execute(delete(ScanDecision).where(ScanDecision.doubt.in_(of_pack)))
        session.execute(delete(ScanDoubt).where(ScanDoubt.pack == found.id))
        session.execute(delete(ScanImage).where(ScanImage.id.in_(found.images)))
        session.execute(delete(ScanPackRow).where(ScanPackRow.id == found.id))


def picture(store: Store, session: Session, doubt: doubts.Doubt) -> bytes:
    """The lines of the ballot that a doubt is about, as PNG. Raises LookupError where the image is gone."""
    row = session.get(ScanImage, doubt.image)
    if row is None:
        raise LookupError(doubt.image)
    return keeping.crop(store.vault.open(bytes(row.sealed), f"scan_image:{row.id}"), doubt.strips)


# --- closing a box ---------------------------------------------------------------------------------------------------


def closing_demands(store: Store, session: Session, world: World, log: str, box: str) -> list[Demand]:
    """What stands against closing the box: packs that hold another number than people counted, doubts still open."""
    number = len(world.election.rounds)
    there = packs(store, session, log, number, box)
    _, open_ = doubts.left(store, session, log, number, box)
    found = [Demand("scan.packs-some", bool(there))]
    found += [
        Demand("scan.pack-size", p.size == p.counted, {"pack": p.number, "has": p.size, "needs": p.counted})
        for p in there
    ]
    found.append(Demand("scan.doubts", not open_, {"count": open_}))
    this = _round(world)
    if this.account is not None and len(this.boxes) == 1 and there:
        total, returned = sum(p.size for p in there), this.account["returned"]
        found.append(Demand("scan.returned", total == returned, {"ballots": total, "returned": returned}))
    return [d for d in found if not d.met]


def close(
    store: Store, actor: Actor, signer: Signer, log: str, box: str, occurred_on: date, now: datetime
) -> list[Entry]:
    """Seal the box with the teller's signature; where the scan is one of the two entries, its sheets too. Raises Refused.

    Everything in one transaction: what people decided goes into the ballots, and the decisions themselves are gone but
    for their shuffled list, which waits, encrypted, for the box's count to close.
    """
    with store.write(log) as session:
        world = world_of(store, session, log)
        if against := closing_demands(store, session, world, log, box):
            raise Refused(against)
        number, this = len(world.election.rounds), _round(world)
        found = doubts.of_box(store, session, log, number, box)
        known = doubts.decisions(store, session, found)
        there = packs(store, session, log, number, box)
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
        scan = _round(world).scans.get(box)
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
        "ballots": shuffled,
        "rejected": dict(pack.rejected),
        "digests": [],
        "images": pack.images,
    }
    row.sealed = store.vault.seal_json(content, f"scan_pack:{pack.id}")


def ballots_of(store: Store, session: Session, log: str, number: int, box: str) -> list[Ballot]:
    """The ballots of a closed box, for the wall."""
    return [b for p in packs(store, session, log, number, box) for b in p.ballots]


# --- the end ---------------------------------------------------------------------------------------------------------


def destroy(session: Session, log: str) -> None:
    """All that is left of the scans of an election: images, ballots, doubts, salts."""
    session.execute(delete(ScanDecision).where(ScanDecision.log == log))
    for table in (ScanDoubt, ScanImage, ScanPackRow, ScanSecret):
        session.execute(delete(table).where(table.log == log))
