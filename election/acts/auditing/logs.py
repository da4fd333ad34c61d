"""One log of the live database: its chain, and every table that its entries speak of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from election.acts.auditing.findings import NONSENSE, Audit
from election.process.after import papers_destroyed
from election.process.base import Personal
from election.process.sealing import commitments, lasting
from election.process.world import World
from election.record import cosignature, note, seal
from election.record.entry import Entry
from election.record.note import Checkpoint, NoteError
from election.record.tree import Tree
from election.store import people
from election.store.append import step_rows
from election.store.checked import Broken, links
from election.store.tables import CheckpointRow, CosignatureRow, Log, OpeningRow, Paper, StepRow
from election.store.worlds import held, replaying


@dataclass
class _Said:
    """What the entries of one log say of other tables."""

    first: Entry | None = None
    #: commitment -> seq, what is said of its field
    sealed: dict[str, tuple[int, Personal | None]] = field(default_factory=dict)
    papers: dict[tuple[int, int], tuple[str, str, str]] = field(default_factory=dict)
    #: attachment -> seq of the last entry that seals it, its kind
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    #: what was destroyed -> seq of the act that says so
    destroyed: dict[str, int] = field(default_factory=dict)
    #: paper -> seq of the last entry that seals it, of the act that destroyed it
    sealed_at: dict[str, int] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)
    #: sizes at which every version made a checkpoint: beginnings, papers, steps done. Steps opened or reopened and those
    #: of a campaign have one too, but not in records from before that rule, so that there none is missed
    signed: set[int] = field(default_factory=set)
    roots: dict[int, bytes] = field(default_factory=dict)

    def read(self, entry: Entry) -> None:
        self.first = self.first or entry
        for commitment, mark in commitments(entry.act, entry.payload):
            self.sealed[commitment] = (entry.seq, mark)
        for place, paper in enumerate(entry.papers):
            self.papers[entry.seq, place] = (paper["kind"], str(paper["number"] or ""), paper["sha256"])
            self.sealed_at[paper["sha256"]] = entry.seq
        self.files |= {a["sha256"]: (entry.seq, a["media_type"]) for a in entry.attachments}
        if entry.act == "retention.destroy":
            self.destroyed[str(entry.payload["what"])] = entry.seq
            self.gone |= papers_destroyed(entry)
        if entry.papers or entry.seq == 0:
            self.signed.add(entry.seq + 1)


def check(audit: Audit, log: Log) -> None:
    """Read the log from its beginning, and hold against it what its entries name; what later tables need is kept."""
    said, tree = _Said(), Tree()
    notes: dict[int, str] = {}
    if audit.sound("checkpoint"):
        chosen = audit.rows(select(CheckpointRow.size, CheckpointRow.note).where(CheckpointRow.log == log.id))
        notes = dict(map(tuple, chosen))
    seq = 0
    try:
        for data, entry in links(audit.session, log):
            tree.append(data)
            if tree.size in notes:
                said.roots[tree.size] = tree.root()
            said.read(entry)
            seq, audit.entries = seq + 1, audit.entries + 1
    except Broken as error:
        audit.say(log.id, "entry", f"seq {error.place}")
        return
    except NONSENSE:
        audit.say(log.id, "entry", f"seq {seq}")
        return
    with audit.about(log.id, "log"):
        _beginning(audit, log, said.first)
    papers = [digest for digest, at in said.sealed_at.items() if at > said.gone.get(digest, -1)]
    audit.named |= {(digest, "application/pdf") for digest in papers}
    audit.named |= {(digest, kind) for digest, (_, kind) in said.files.items()}
    audit.wanted |= dict.fromkeys(papers, log.id)
    gone = said.destroyed.get("files", -1)
    audit.wanted |= {digest: log.id for digest, (at, _) in said.files.items() if at > gone}
    if "personal" in said.destroyed:
        audit.erased.add(log.id)
    if audit.sound("paper"):
        _papers(audit, log, said)
    opened = _openings(audit, log, said) if audit.sound("opening") else None
    if opened is not None and (world := _folded(audit, log, said, opened)) is not None:
        audit.whole.add(log.id)
        if log.kind == "election":
            with audit.about(log.id, "step_state"):
                _election(audit, log, world)
    if audit.sound("checkpoint") and audit.office.id in audit.whole:  # it says whose they are
        _checkpoints(audit, log, said, notes)


def _beginning(audit: Audit, log: Log, first: Entry | None) -> None:
    """What the log is, its first entry says; one without any was begun and refused."""
    if first is None:
        return
    says = first.payload
    want: dict[str, tuple[str, str | None, str | None, str | None]] = {
        "office": ("", None, None, None),
        "campaign": (says.get("path", ""), None, None, None),
        "election": (
            says.get("path", ""),
            says.get("campaign"),
            says.get("community"),
            says.get("body_of_election"),
        ),
    }
    if (log.path, log.campaign, log.community, log.body) != want[log.kind]:
        audit.say(log.id, "log", f"{log.kind} {log.path}")


def _papers(audit: Audit, log: Log, said: _Said) -> None:
    query = select(Paper.seq, Paper.place, Paper.kind, Paper.number, Paper.sha256).where(Paper.log == log.id)
    have = {(seq, place): tuple(rest) for seq, place, *rest in audit.rows(query)}
    for seq in sorted({k[0] for k in said.papers.keys() | have.keys() if said.papers.get(k) != have.get(k)}):
        audit.say(log.id, "paper", f"seq {seq}")


def _openings(audit: Audit, log: Log, said: _Said) -> dict[str, str]:
    """Every commitment against its opening; the values, by commitment."""
    gone = said.destroyed.get("personal", -1)
    missing, found = dict(said.sealed), {}
    query = select(OpeningRow.commitment, OpeningRow.seq, OpeningRow.posted, OpeningRow.sealed)
    for commitment, seq, posted, sealed in audit.rows(query.where(OpeningRow.log == log.id)):
        at, mark = missing.pop(commitment, (-1, None))
        place = f"seq {seq} {commitment[:16]}"
        with audit.about(log.id, "opening", place):
            content = audit.store.vault.open_json(bytes(sealed), f"opening:{commitment}")
            good = seal.check(seal.Opening(commitment, bytes.fromhex(content["salt"]), content["value"]))
            marked = mark is None or mark.posted == posted
            if not good or at != seq or not marked or (seq <= gone and not lasting(mark)):
                raise ValueError("another opening than the entry's")
            found[commitment] = content["value"]
    for commitment, (seq, mark) in missing.items():
        if seq > gone or lasting(mark):
            audit.say(log.id, "opening", f"seq {seq} {commitment[:16]}")
    return found


def _folded(audit: Audit, log: Log, said: _Said, opened: Mapping[str, str]) -> World | None:
    """The facts of the log replayed, with the campaign and the office as its last entry saw them."""
    world, seq = World(), 0
    if said.first is not None and log.kind == "election":
        law_of = str(said.first.payload.get("ruleset_sha256"))
        if law_of not in audit.rulesets:
            audit.say(log.id, "ruleset", law_of[:16])
        if law_of not in audit.rulesets or not {log.campaign, audit.office.id} <= audit.whole:
            return None
    try:
        for entry, world in replaying(audit.store, audit.session, log, opened):
            seq = entry.seq + 1
            if log.kind == "election" and any(s.done_seq == entry.seq for s in world.election.steps.values()):
                said.signed.add(seq)
            if entry.act == "office.account":
                audit.names[entry.payload["account"]] = seal.reveal(entry.payload["name"], opened)
    except NONSENSE:
        audit.say(log.id, "entry", f"seq {seq}")
        return None
    if (cached := held(audit.store, log)) is not None and cached.at(log.kind) != world.at(log.kind):
        audit.say(log.id, "facts", "cache")
    if log.kind == "office":
        audit.office = world.office
    elif log.kind == "campaign":
        audit.campaigns[log.id] = world.campaign
    else:
        audit.elections[log.id] = (world.election.community, frozenset(world.election.objections))
    return world


def _election(audit: Audit, log: Log, world: World) -> None:
    def shown(rows: Iterable[StepRow]) -> dict[str, tuple[object, ...]]:
        return {r.step: (r.place, r.status, r.attempt, r.due, r.done_on, r.late_days) for r in rows}

    if audit.sound("step_state"):
        # whoever wrote the rows may have seen more of the others' logs than the entry says, never less
        now = World(audit.office, audit.campaigns[str(log.campaign)], world.election, world.rules)
        want = shown(step_rows(world))
        have = shown(audit.session.scalars(select(StepRow).where(StepRow.log == log.id)))
        if have not in (want, shown(step_rows(now))):
            steps = sorted(s for s in want.keys() | have.keys() if want.get(s) != have.get(s))
            audit.say(log.id, "step_state", ", ".join(steps))
    roll = world.election.roll
    if roll.imported and audit.sound("roll_row", "person"):
        kept = people.seal_of(audit.session, log.id, members=world.election.body == "party")
        if (kept.root, kept.registered, kept.probationary) != (roll.root, roll.registered, roll.probationary):
            audit.say(log.id, "roll_row", "root")


def _checkpoints(audit: Audit, log: Log, said: _Said, notes: Mapping[int, str]) -> None:
    name, key = audit.office.name or "server", audit.store.vault.server_public
    for size, text in sorted(notes.items()):
        with audit.about(log.id, "checkpoint", f"size {size}"):
            found = Checkpoint.parse(note.open(text, [note.Verifier(name, key)])[0])
            if found != Checkpoint(note.origin(name, log.kind, log.id), size, said.roots.get(size, b"")):
                raise ValueError("of other entries")
    for size in sorted(said.signed - notes.keys()):
        audit.say(log.id, "checkpoint", f"size {size}")
    if not audit.sound("cosignature"):
        return
    query = select(CosignatureRow.size, CosignatureRow.witness, CosignatureRow.line)
    for size, name, line in audit.rows(query.where(CosignatureRow.log == log.id)):
        with audit.about(log.id, "cosignature", f"size {size} {name}"):
            witness = cosignature.Witness.parse(audit.office.witnesses[name].vkey)
            if not cosignature.read(cosignature.added(notes[size], line), [witness]):
                raise NoteError("not the witness's")
