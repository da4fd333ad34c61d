"""The packs of a box that is read by scanner: read in the background, kept, put aside.

Files come in under random names, are read by the reader's own bounded processes, and go. What stays of a pack is one
encrypted document with its ballots shuffled, and its pages straightened and without anything but their pixels, under
random ids. No time, no place in the scanner's pile, no file name is kept.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import threading
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ballots import keeping, reading
from ballots.template import Template, template
from election.acts import ballots, doubts, spools
from election.acts.laying import Laid, put_together
from election.acts.perform import Refused
from election.faults import WrongInput
from election.process.base import Demand
from election.process.facts import Round
from election.process.scanning import voiding
from election.process.world import World
from election.store.database import Store
from election.store.tables import ScanDecision, ScanDoubt, ScanImage, ScanPackRow
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
    #: account of the scrutineer who found the void ones void too; blank while nobody has
    voided_by: str = ""

    @property
    def size(self) -> int:
        return len(self.ballots) + self.void

    @property
    def doubled(self) -> bool:
        """More were read than people had counted: a pile scanned twice, or two packs together."""
        return self.size > self.counted


# --- what is there ---------------------------------------------------------------------------------------------------


def packs_of(store: Store, session: Session, log: str, number: int, box: str = "") -> list[Pack]:
    """The packs of a round, or of one box of it."""
    where = [ScanPackRow.log == log, ScanPackRow.round == number, *([ScanPackRow.box == box] if box else [])]
    rows = session.scalars(select(ScanPackRow).where(*where).order_by(ScanPackRow.box, ScanPackRow.number))
    found = []
    for row in rows:
        content = store.vault.open_json(bytes(row.sealed), f"scan_pack:{row.id}")
        listed = {name: tuple(content[name]) for name in ("ballots", "digests", "images")}
        found.append(Pack(id=row.id, number=row.number, **(content | listed)))
    return found


def alike(packs: Sequence[Pack]) -> tuple[int, int] | None:
    """Two packs that hold much the same ballots: one pile scanned as both. None where no two do."""
    votes = [(p.number, Counter(repr(sorted(b["marks"].items())) for b in p.ballots)) for p in packs]
    for at, (number, known) in enumerate(votes):
        for before, earlier in votes[:at]:
            if known and 10 * (known & earlier).total() >= 9 * max(known.total(), earlier.total()):
                return before, number
    return None


def decided(session: Session, pack: Pack) -> int:
    """Doubts of a pack that somebody has decided: they go with it."""
    of_pack = select(ScanDoubt.id).where(ScanDoubt.pack == pack.id)
    found = select(func.count(ScanDecision.doubt.distinct())).where(ScanDecision.doubt.in_(of_pack))
    return session.scalar(found) or 0


def put_aside(store: Store, world: World, log: str, box: str, pack: int) -> None:
    """Put a pack aside, to be scanned again; its doubts and what was decided about them go too. Raises Refused."""
    number = len(world.election.rounds)
    with store.write(log) as session:
        if box in round_of(world_of(store, session, log)).scans:
            raise Refused([Demand("scan.once", False, {"box": box})])
        found = next((p for p in packs_of(store, session, log, number, box) if p.number == pack), None)
        if found is None:
            raise Refused([Demand("scan.pack-there", False, {"pack": pack})])
        of_pack = select(ScanDoubt.id).where(ScanDoubt.pack == found.id)
        session.execute(delete(ScanDecision).where(ScanDecision.doubt.in_(of_pack)))
        session.execute(delete(ScanDoubt).where(ScanDoubt.pack == found.id))
        session.execute(delete(ScanImage).where(ScanImage.id.in_(found.images)))
        session.execute(delete(ScanPackRow).where(ScanPackRow.id == found.id))


def unconfirmed(world: World, there: Sequence[Pack]) -> list[Pack]:
    """Packs with ballots that the teller alone takes for void."""
    return [p for p in there if p.void and not all(d.met for d in voiding(world, p.voided_by, teller=""))]


def find_void(store: Store, log: str, box: str, pack: int, void: int, account: str) -> None:
    """A scrutineer finds void what the teller said was void in a pack. Raises Refused, also where the number is another."""
    with store.write(log) as session:
        world = world_of(store, session, log)
        known = packs_of(store, session, log, len(world.election.rounds), box)
        found = next((p for p in known if p.number == pack and p.void == void > 0), None)
        against = [
            Demand("scan.once", box not in round_of(world).scans, {"box": box}),
            Demand("scan.pack-there", found is not None, {"pack": pack}),
            *voiding(world, account, teller=""),
        ]
        if unmet := [d for d in against if not d.met]:
            raise Refused(unmet)
        assert found is not None  # it was asked for
        row = session.get(ScanPackRow, found.id)
        assert row is not None  # it was read in this transaction
        content = store.vault.open_json(bytes(row.sealed), f"scan_pack:{row.id}")
        row.sealed = store.vault.seal_json(content | {"voided_by": account}, f"scan_pack:{row.id}")


# --- reading a pack in the background --------------------------------------------------------------------------------


def progress_key(log: str, number: int, box: str) -> str:
    return f"scan:{log}:{number}:{box}"


def working(memory: Volatile, log: str, number: int, box: str) -> Document | None:
    """How far the reading of a box is, or how the last one ended; None where a process died over it."""
    found = memory.read(progress_key(log, number, box))
    return found if found is None or found["state"] != "running" or alive(found["process"]) else None


def being_read(memory: Volatile, log: str, number: int, box: str) -> bool:
    found = working(memory, log, number, box)
    return found is not None and found["state"] == "running"


def layout(world: World) -> Template:
    """The layout of the ballots of the round that stands. Raises WrongInput where they were not released."""
    this = world.election.round
    if this is None or not this.design:
        raise WrongInput("no ballot was released", place="round", mend="release the ballots first")
    return template(ballots.layout(world))


@dataclass(frozen=True)
class Pile:
    """One pack on its way from the scanner's files to what is kept of it. ``folder`` is removed when they are read."""

    store: Store
    memory: Volatile
    world: World
    log: str
    box: str
    number: int
    #: ballots that people counted in the pack before it was scanned, and how many of them they found void by hand
    counted: int
    void: int
    #: each file's own name, for the page alone, and where it lies
    files: Sequence[tuple[str, Path]]
    folder: Path

    @property
    def round(self) -> int:
        return len(self.world.election.rounds)

    def packs(self) -> list[Pack]:
        """What was kept of the box so far."""
        with self.store.read() as session:
            return packs_of(self.store, session, self.log, self.round, self.box)

    def digests(self) -> set[str]:
        """Of every page that was kept in the round, whatever its box."""
        with self.store.read() as session:
            return _digests(self.store, session, self.log, self.round)

    def digest(self, page: bytes) -> str:
        """Says that two pages are the same picture, to whoever holds the keys of this office."""
        picture = hashlib.sha256(page).hexdigest()
        return self.store.vault.index("scan_page", self.log, str(self.round), picture)

    def told(self, **news: Any) -> None:
        """Say how far it is, to the page that waits."""
        self.memory.change(progress_key(self.log, self.round, self.box), lambda known: ((known or {}) | news, None))


def begin(pile: Pile) -> None:
    """Read the files of a pack behind the page.

    Raises Refused: a box that is closed or still being read, a pack that is there already. The folder is the caller's
    until this returns.
    """
    _claim(pile)
    seen = copy_context()  # the work sees as far as whoever asked for it
    threading.Thread(name="scan", target=seen.run, args=(_work, pile), daemon=True).start()


def _claim(pile: Pile) -> None:
    """From here on the box is being read, and no other pack of it."""
    with pile.store.read() as session:
        world = world_of(pile.store, session, pile.log)  # the upload took its time
    this = round_of(world)
    against = [
        Demand("scan.chosen", world.election.counting != "hand"),
        Demand("tally.box-open", pile.box in this.opened, {"box": pile.box}),
        Demand("scan.once", pile.box not in this.scans, {"box": pile.box}),
        Demand("scan.pack-once", pile.number not in {p.number for p in pile.packs()}, {"pack": pile.number}),
    ]
    if unmet := [d for d in against if not d.met]:
        raise Refused(unmet)
    expected = max(pile.counted - pile.void, 1) * layout(pile.world).pages

    def started(before: Document | None) -> tuple[Document, None]:
        if before is not None and before["state"] == "running" and alive(before["process"]):
            raise Refused([Demand("scan.busy", False)])
        started_ = {"state": "running", "pack": pile.number, "done": 0, "expected": expected, "process": os.getpid()}
        return started_ | {"files": len(pile.files), "rejected": []}, None

    pile.memory.change(progress_key(pile.log, pile.round, pile.box), started)


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


def round_of(world: World) -> Round:
    this = world.election.round
    if this is None:
        raise Refused([Demand("ballot.released", False, {"round": 1})])
    return this


def _work(pile: Pile) -> None:
    try:
        rejected = _read(pile)
        pile.told(state="done", rejected=rejected[:MOST_LISTED])
    except Refused:
        pile.told(state="late")
    except Exception as error:
        # whatever it was, the page must say that the pack was not read, and the log must not say what was in it:
        # the kind of the failure only, for its words may quote a file's name or content
        log_.error("a pack was not read: %s", type(error).__name__)
        pile.told(state="failed")
    finally:
        spools.remove(pile.folder)


def _read(pile: Pile) -> list[dict[str, Any]]:
    """Read, straighten, keep. Returns the rejected pages with their place among the files."""
    form, names = layout(pile.world), {str(path): name for name, path in pile.files}
    few = 1 if pile.counted * form.pages <= FEW else None  # a second process costs more than it saves
    answers = list(reading.read(form, list(names), processes=few, progress=lambda done: pile.told(done=done)))
    good = [a for a in answers if a["status"] != "rejected"]
    kept = dict(zip(map(id, good), keeping.straight_pages(form, [(a["file"], a["page"]) for a in good]), strict=True))
    pages = {at: page for at, page in kept.items() if page is not None}
    while True:  # again where another box has kept one of these pages meanwhile
        rejected = _sorted(pile, answers, pages, names)
        if rejected is not None:
            return rejected


def _sorted(
    pile: Pile, answers: Sequence[dict[str, Any]], kept: Mapping[int, bytes], names: Mapping[str, str]
) -> list[dict[str, Any]] | None:
    """Lay the pages beside what the round has, and keep what is new. Returns what was rejected; None: look again."""
    of = layout(pile.world).pages
    before = pile.digests()
    # of each picture that is there: its pack, where it is of this box
    seen = dict.fromkeys(before, 0) | {digest: pack.number for pack in pile.packs() for digest in pack.digests}
    rejected: list[dict[str, Any]] = []
    laid: list[Laid] = []
    digests: list[str] = []
    for answer in answers:
        page = kept.get(id(answer))
        digest = pile.digest(page) if page is not None else ""
        why = answer["why"] if answer["status"] == "rejected" else "cannot-open" if page is None else ""
        why = why or ("same-image" if digest in seen else "")
        if why or page is None:
            rejected.append(_place(names, answer, why) | {"before": seen.get(digest, 0)})
            laid.append(Laid(answer, None, why))
            continue
        seen[digest] = pile.number
        digests.append(digest)
        laid.append(Laid(answer, page))
    sheets, loose = put_together(laid, of)
    rejected += [_place(names, one.answer, "page-missing" if sheets else "pages-apart") for one in loose]
    return rejected if _keep(pile, sheets, rejected, digests, before) else None


def _place(names: Mapping[str, str], answer: Mapping[str, Any], why: object) -> dict[str, Any]:
    return {"file": names.get(answer["file"], ""), "page": answer["page"], "why": str(why)}


def _digests(store: Store, session: Session, log: str, number: int) -> set[str]:
    return {digest for pack in packs_of(store, session, log, number) for digest in pack.digests}


def _keep(
    pile: Pile,
    sheets: Sequence[Sequence[Laid]],
    rejected: Sequence[Mapping[str, Any]],
    digests: Sequence[str],
    before: Collection[str],
) -> bool:
    """Keep what was read. False: the round has more pages than ``before``, and of these. Raises Refused: the box is closed."""
    store, id_ = pile.store, str(uuid4())
    images: list[ScanImage] = []
    found: list[doubts.Doubt] = []
    read: list[Ballot] = []
    for sheet in sheets:
        ballot: Ballot = {"id": str(uuid4()), "marks": {}, "write_ins": {}}
        for one in sheet:
            assert one.page is not None  # a whole ballot
            image = str(uuid4())
            images.append(ScanImage(id=image, log=pile.log, sealed=store.vault.seal(one.page, f"scan_image:{image}")))
            ballot["marks"] |= one.answer["marks"]
            found += _doubts(pile.world, pile.box, id_, ballot["id"], image, one.answer)
        read.append(ballot)
    chance = secrets.SystemRandom()
    for shuffled in (images, read, found):
        chance.shuffle(shuffled)
    content = {
        "counted": pile.counted,
        "void": pile.void,
        "voided_by": "",
        "ballots": read,
        "rejected": dict(Counter(r["why"] for r in rejected)),
        "digests": sorted(digests),
        "images": sorted(i.id for i in images),
    }
    sealed = store.vault.seal_json(content, f"scan_pack:{id_}")
    where = {"log": pile.log, "round": pile.round, "box": pile.box}
    with store.write(pile.log) as session:
        if pile.box in round_of(world_of(store, session, pile.log)).scans:
            raise Refused([Demand("scan.once", False, {"box": pile.box})])
        if (_digests(store, session, pile.log, pile.round) - set(before)) & set(digests):
            return False
        session.add(ScanPackRow(id=id_, **where, number=pile.number, sealed=sealed))
        session.add_all(images)
        for doubt in found:
            hidden = store.vault.seal_json(doubt.sealed(), f"scan_doubt:{doubt.id}")
            session.add(ScanDoubt(id=doubt.id, **where, pack=id_, sealed=hidden))
    return True


def _doubts(
    world: World, box: str, pack: str, ballot: str, image: str, answer: Mapping[str, Any]
) -> list[doubts.Doubt]:
    """What people must decide on one page, one doubt per contest."""
    found = []
    for contest in dict.fromkeys(item["contest"] for item in answer["review"]):
        items = [item for item in answer["review"] if item["contest"] == contest]
        known = dict(answer["marks"].get(contest, {}))
        listed = [c.person for c in round_of(world).candidates[contest]]
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
                whole=whole,
                candidates=tuple(c for c in listed if whole or c in asked),
                rows=rows,
                why=tuple(sorted({str(item["why"]) for item in items})),
                known={} if whole else {c: m for c, m in known.items() if c not in asked},
            )
        )
    return found
