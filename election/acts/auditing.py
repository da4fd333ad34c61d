"""The audit of the live database: every table against the record, or against itself where the record does not say.

``AGREEMENTS`` says of every table which of the two, or why neither; a table without a word there fails the tests.
Rows are read as streams, and whatever stands in them, a disagreement names the place.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from election import law
from election.acts import doubts, scan_secrets, tallies
from election.faults import WrongInput
from election.process.facts import Campaign, Office
from election.process.sealing import commitments
from election.process.world import World
from election.record import cosignature, note, seal
from election.record.entry import Entry
from election.record.note import Checkpoint, NoteError
from election.record.tree import Tree
from election.store import people, second
from election.store.append import step_rows
from election.store.checked import Broken, links
from election.store.database import KNOWN, Store
from election.store.reach import ReachSession
from election.store.settings import OFFSET
from election.store.shapes import misshapen
from election.store.tables import (
    AccountRow,
    Base,
    BlindSheet,
    Blob,
    CheckpointRow,
    CosignatureRow,
    FollowCode,
    Log,
    OpeningRow,
    Paper,
    Person,
    RollRow,
    ScanDecision,
    ScanDoubt,
    ScanImage,
    ScanPackRow,
    ScanSecret,
    SealedRuleset,
    Setting,
    StepRow,
)
from election.store.worlds import held, replaying

#: what a table is held against: a replay of the record, its own encrypted content, or nothing
Against = Literal["record", "itself", "nothing"]

#: table -> what it is held against, and how (or why it is not)
AGREEMENTS: dict[str, tuple[Against, str]] = {
    "log": ("record", "the first entry says what it is; size and head are the chain's; no entry is without its log"),
    "entry": ("record", "bytes, hashes and links; every entry can be folded"),
    "opening": ("record", "every commitment that was not lawfully erased has one that opens it, and there is no other"),
    "blob": ("record", "every sealed paper, and every sealed file that was not lawfully destroyed, by its digest"),
    "paper": ("record", "the papers that entries name"),
    "checkpoint": ("record", "signed, with the log's root; one at every beginning, paper and step done"),
    "cosignature": ("record", "of a witness whom the office registered, over the checkpoint that stands there"),
    "ruleset": ("record", "the bytes are those of the digest; all that elections seal are there"),
    "step_state": ("record", "what the replayed facts give"),
    "roll_row": ("record", "the rows' root stands in the entries; each commitment is of its row"),
    "account": ("record", "id, name, role, place, election, person, whether it is open, and its key"),
    "person": ("itself", "the encrypted content opens, and every index and group is the one made from it"),
    "follow_code": ("itself", "the objection that it follows is in the facts"),
    "blind_sheet": ("itself", "it opens where it stands; the commitment to it is judged when both are in"),
    "scan_pack": ("itself", "it opens where it stands; figures are judged when the box is opened"),
    "scan_image": ("itself", "it opens where it stands"),
    "scan_doubt": ("itself", "it opens where it stands"),
    "scan_decision": ("itself", "it opens where it stands"),
    "scan_secret": ("itself", "it opens where it stands; what it opens was committed to when the box was closed"),
    "setting": ("itself", "the keys are those of this home, the demonstration's clocks are numbers"),
    "session": ("nothing", "who is signed in is no fact of an election and is known only here"),
    "draft": ("nothing", "what somebody was typing counts for nothing until it is done"),
    "tries": ("nothing", "keyed hashes and counts of a day; nothing else knows them"),
    "job": ("nothing", "a result of work that can be begun again"),
    "signed_in": (
        "nothing",
        "who has come is sealed as one batch when sign-in closes; until then it is known only here",
    ),
}

#: what content that makes no sense raises
_NONSENSE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    WrongInput,
    zlib.error,
)
#: so many disagreements of a table are told for each log
TOLD = 20
#: rows fetched at once; of tables with large rows
_ROWS, _LARGE = 500, 10


@dataclass(frozen=True)
class Disagreement:
    """A table that does not say what the record says."""

    log: str
    table: str
    detail: str
    #: a value that its column cannot hold: nothing else reads this row
    misshapen: bool = False


def audit(store: Store) -> tuple[int, list[Disagreement]]:
    """Check every log's chain, and every table as ``AGREEMENTS`` says. Returns entries read and what is wrong."""
    with store.snapshot() as connection, ReachSession(connection) as session:
        found = _Audit(store, session)
        for table in Base.metadata.sorted_tables:
            for log, key, column in misshapen(connection, table):
                place = f"seq {key}" if table.name == "entry" else key
                found.say(log, table.name, f"{place} ({column})", misshapen=True)
                found.broken.add(table.name)
        found.all()
        return found.entries, found.wrong


@dataclass
class _Said:
    """What the entries of one log say of other tables."""

    first: Entry | None = None
    #: commitment -> seq, whether posted
    sealed: dict[str, tuple[int, bool | None]] = field(default_factory=dict)
    papers: dict[tuple[int, int], tuple[str, str, str]] = field(default_factory=dict)
    #: attachment -> seq of the last entry that seals it, its kind
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    #: what was destroyed -> seq of the act that says so
    destroyed: dict[str, int] = field(default_factory=dict)
    #: sizes at which a checkpoint was made
    signed: set[int] = field(default_factory=set)
    roots: dict[int, bytes] = field(default_factory=dict)

    def read(self, entry: Entry) -> None:
        self.first = self.first or entry
        for commitment, posted in commitments(entry.act, entry.payload):
            self.sealed[commitment] = (entry.seq, posted)
        for place, paper in enumerate(entry.papers):
            self.papers[entry.seq, place] = (paper["kind"], str(paper["number"] or ""), paper["sha256"])
        self.files |= {a["sha256"]: (entry.seq, a["media_type"]) for a in entry.attachments}
        if entry.act == "retention.destroy":
            self.destroyed[str(entry.payload["what"])] = entry.seq
        if entry.papers or entry.seq == 0:
            self.signed.add(entry.seq + 1)


@dataclass
class _Audit:
    store: Store
    session: Session
    wrong: list[Disagreement] = field(default_factory=list)
    #: how much was wrong in a table's rows of a log
    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    entries: int = 0
    #: tables with rows that cannot be read: what rests on them is not looked at
    broken: set[str] = field(default_factory=set)
    rulesets: set[str] = field(default_factory=set)
    office: Office = field(default_factory=Office)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    #: election -> community, numbers of objections
    elections: dict[str, tuple[str, frozenset[int]]] = field(default_factory=dict)
    #: election whose people were erased
    erased: set[str] = field(default_factory=set)
    #: digest -> log, of contents that must be here; digest and kind of those that may
    wanted: dict[str, str] = field(default_factory=dict)
    named: set[tuple[str, str]] = field(default_factory=set)
    #: account -> name
    names: dict[str, str] = field(default_factory=dict)
    #: logs that were read to their end and folded
    whole: set[str] = field(default_factory=set)

    def say(self, log: str, table: str, detail: str, *, misshapen: bool = False) -> None:
        self.told[log, table] += 1
        if self.told[log, table] <= TOLD:
            self.wrong.append(Disagreement(log, table, detail, misshapen))

    @contextmanager
    def about(self, log: str, table: str, detail: str = "") -> Iterator[None]:
        """Content that makes no sense is told with its place, and the audit goes on."""
        try:
            yield
        except _NONSENSE:
            self.say(log, table, detail or "unreadable")

    def rows(self, query: Select[*tuple[Any, ...]], at_once: int = _ROWS) -> Iterator[Any]:
        return iter(self.session.execute(query.execution_options(yield_per=at_once)))

    def sound(self, *tables: str) -> bool:
        return not self.broken.intersection(tables)

    def all(self) -> None:
        with self.about("", "ruleset"):
            self._rulesets()
        if self.sound("log", "entry"):
            logs = self.session.scalars(select(Log)).all()
            for kind in ("office", "campaign", "election"):
                for log in sorted((log for log in logs if log.kind == kind), key=lambda log: log.id):
                    self._log(log)
            for log in logs:
                if log.kind not in ("office", "campaign", "election"):
                    self.say(log.id, "log", log.kind)
            with self.about("", "log"):
                self._strays({log.id for log in logs})
            whole = len(self.whole) == len(logs)
            later: list[tuple[str, Callable[[], None]]] = [("person", self._people)]
            if whole:  # what a broken log says is not known
                later += [("account", self._accounts), ("blob", self._blobs), ("follow_code", self._follow_codes)]
            for table, step in later:
                if self.sound(table):
                    with self.about("", table):
                        step()
        self._encrypted()
        if self.sound("setting"):
            self._settings()

    # --- a log -------------------------------------------------------------------------------------------------------

    def _log(self, log: Log) -> None:
        said, tree = _Said(), Tree()
        notes: dict[int, str] = {}
        if self.sound("checkpoint"):
            chosen = self.rows(select(CheckpointRow.size, CheckpointRow.note).where(CheckpointRow.log == log.id))
            notes = dict(map(tuple, chosen))
        seq = 0
        try:
            for data, entry in links(self.session, log):
                tree.append(data)
                if tree.size in notes:
                    said.roots[tree.size] = tree.root()
                said.read(entry)
                seq, self.entries = seq + 1, self.entries + 1
        except Broken as error:
            self.say(log.id, "entry", f"seq {error.place}")
            return
        except _NONSENSE:
            self.say(log.id, "entry", f"seq {seq}")
            return
        with self.about(log.id, "log"):
            self._beginning(log, said.first)
        self.named |= {(paper[2], "application/pdf") for paper in said.papers.values()}
        self.named |= {(digest, kind) for digest, (_, kind) in said.files.items()}
        self.wanted |= {paper[2]: log.id for paper in said.papers.values()}
        gone = said.destroyed.get("files", -1)
        self.wanted |= {digest: log.id for digest, (at, _) in said.files.items() if at > gone}
        if "personal" in said.destroyed:
            self.erased.add(log.id)
        if self.sound("paper"):
            self._papers(log, said)
        opened = self._openings(log, said) if self.sound("opening") else None
        if opened is not None and (world := self._folded(log, said, opened)) is not None:
            self.whole.add(log.id)
            if log.kind == "election":
                with self.about(log.id, "step_state"):
                    self._election(log, world)
        if self.sound("checkpoint") and self.office.id in self.whole:  # it says whose they are
            self._checkpoints(log, said, notes)

    def _beginning(self, log: Log, first: Entry | None) -> None:
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
            self.say(log.id, "log", f"{log.kind} {log.path}")

    def _papers(self, log: Log, said: _Said) -> None:
        query = select(Paper.seq, Paper.place, Paper.kind, Paper.number, Paper.sha256).where(Paper.log == log.id)
        have = {(seq, place): tuple(rest) for seq, place, *rest in self.rows(query)}
        for seq in sorted({k[0] for k in said.papers.keys() | have.keys() if said.papers.get(k) != have.get(k)}):
            self.say(log.id, "paper", f"seq {seq}")

    def _openings(self, log: Log, said: _Said) -> dict[str, str]:
        """Every commitment against its opening; the values, by commitment."""
        gone = said.destroyed.get("personal", -1)
        missing, found = dict(said.sealed), {}
        query = select(OpeningRow.commitment, OpeningRow.seq, OpeningRow.posted, OpeningRow.sealed)
        for commitment, seq, posted, sealed in self.rows(query.where(OpeningRow.log == log.id)):
            at, shown = missing.pop(commitment, (-1, None))
            place = f"seq {seq} {commitment[:16]}"
            with self.about(log.id, "opening", place):
                content = self.store.vault.open_json(bytes(sealed), f"opening:{commitment}")
                good = seal.check(seal.Opening(commitment, bytes.fromhex(content["salt"]), content["value"]))
                if not good or at != seq or shown not in (None, posted) or (not posted and seq <= gone):
                    raise ValueError("another opening than the entry's")
                found[commitment] = content["value"]
        for commitment, (seq, posted) in missing.items():
            if posted or seq > gone:
                self.say(log.id, "opening", f"seq {seq} {commitment[:16]}")
        return found

    def _folded(self, log: Log, said: _Said, opened: Mapping[str, str]) -> World | None:
        """The facts of the log replayed, with the campaign and the office as its last entry saw them."""
        world, seq = World(), 0
        if said.first is not None and log.kind == "election":
            law_of = str(said.first.payload.get("ruleset_sha256"))
            if law_of not in self.rulesets:
                self.say(log.id, "ruleset", law_of[:16])
            if law_of not in self.rulesets or not {log.campaign, self.office.id} <= self.whole:
                return None
        try:
            for entry, world in replaying(self.store, self.session, log, opened):
                seq = entry.seq + 1
                if log.kind == "election" and any(s.done_seq == entry.seq for s in world.election.steps.values()):
                    said.signed.add(seq)
                if entry.act == "office.account":
                    self.names[entry.payload["account"]] = seal.reveal(entry.payload["name"], opened)
        except _NONSENSE:
            self.say(log.id, "entry", f"seq {seq}")
            return None
        if (cached := held(self.store, log)) is not None and cached.at(log.kind) != world.at(log.kind):
            self.say(log.id, "facts", "cache")
        if log.kind == "office":
            self.office = world.office
        elif log.kind == "campaign":
            self.campaigns[log.id] = world.campaign
        else:
            self.elections[log.id] = (world.election.community, frozenset(world.election.objections))
        return world

    def _election(self, log: Log, world: World) -> None:
        def shown(rows: Iterable[StepRow]) -> dict[str, tuple[object, ...]]:
            return {r.step: (r.place, r.status, r.attempt, r.due, r.done_on, r.late_days) for r in rows}

        if self.sound("step_state"):
            # whoever wrote the rows may have seen more of the others' logs than the entry says, never less
            now = World(self.office, self.campaigns[str(log.campaign)], world.election, world.rules)
            want = shown(step_rows(world))
            have = shown(self.session.scalars(select(StepRow).where(StepRow.log == log.id)))
            if have not in (want, shown(step_rows(now))):
                steps = sorted(s for s in want.keys() | have.keys() if want.get(s) != have.get(s))
                self.say(log.id, "step_state", ", ".join(steps))
        roll = world.election.roll
        if roll.imported and self.sound("roll_row", "person"):
            kept = people.seal_of(self.session, log.id, members=world.election.body == "party")
            if (kept.root, kept.registered, kept.probationary) != (roll.root, roll.registered, roll.probationary):
                self.say(log.id, "roll_row", "root")

    def _checkpoints(self, log: Log, said: _Said, notes: Mapping[int, str]) -> None:
        name, key = self.office.name or "server", self.store.vault.server_public
        for size, text in sorted(notes.items()):
            with self.about(log.id, "checkpoint", f"size {size}"):
                found = Checkpoint.parse(note.open(text, [note.Verifier(name, key)])[0])
                if found != Checkpoint(note.origin(name, log.kind, log.id), size, said.roots.get(size, b"")):
                    raise ValueError("of other entries")
        for size in sorted(said.signed - notes.keys()):
            self.say(log.id, "checkpoint", f"size {size}")
        if not self.sound("cosignature"):
            return
        query = select(CosignatureRow.size, CosignatureRow.witness, CosignatureRow.line)
        for size, name, line in self.rows(query.where(CosignatureRow.log == log.id)):
            with self.about(log.id, "cosignature", f"size {size} {name}"):
                witness = cosignature.Witness.parse(self.office.witnesses[name].vkey)
                if not cosignature.read(cosignature.added(notes[size], line), [witness]):
                    raise NoteError("not the witness's")

    # --- what belongs to no log, or to several -----------------------------------------------------------------------

    def _rulesets(self) -> None:
        if not self.sound("ruleset"):
            return
        for digest, name, data in self.rows(select(SealedRuleset.sha256, SealedRuleset.id, SealedRuleset.data), _LARGE):
            with self.about("", "ruleset", digest[:16]):
                if sha256(data).hexdigest() != digest or law.from_json(bytes(data)).id != name:
                    raise ValueError("other bytes")
                self.rulesets.add(digest)

    def _strays(self, logs: set[str]) -> None:
        """Rows of a log that is not there."""
        for name, (against, _) in AGREEMENTS.items():
            column = Base.metadata.tables[name].columns.get("log")
            if column is not None and against != "nothing" and self.sound(name):
                for log in sorted(set(self.session.scalars(select(column).distinct())) - logs):
                    self.say(log, name, "log")

    def _people(self) -> None:
        """Whoever is kept, with the rows of rolls on which they stand."""
        if not self.sound("roll_row"):
            return
        query = select(Person, RollRow).outerjoin(RollRow, RollRow.person == Person.id)
        for person, row in self.rows(query):
            log = row.log if row is not None else ""
            resident: people.Resident | None = None
            with self.about(log, "person", person.id):
                resident = people.open_person(self.store, person)
                want = people.indexes(self.store, person.community, resident)
                if log in self.erased:
                    want["name_index"] = ""
                community = self.elections.get(log, (person.community,))[0]
                if any(getattr(person, key) != value for key, value in want.items()) or person.community != community:
                    raise ValueError("another index than the content's")
            if row is None or resident is None:
                continue
            made = people.row_commitment(resident, row.status, row.category, bytes(row.salt))
            if (row.commitment != made) if row.salt else (log in self.whole and log not in self.erased):
                self.say(log, "roll_row", row.id)

    def _accounts(self) -> None:
        facts = dict(self.office.accounts)
        for row in self.session.scalars(select(AccountRow).execution_options(yield_per=_ROWS)):
            known = facts.pop(row.id, None)
            with self.about("", "account", row.id):
                name = self.store.vault.open(bytes(row.name), f"account:{row.id}").decode()
                if row.second is not None:
                    self.store.vault.open(bytes(row.second), second.belongs(row.id))
                if known is None:
                    raise ValueError("an account that nobody opened")
                key = known.key if known.active else None
                mine = (row.role, row.scope, row.election, row.person or "", row.active, name)
                theirs = (known.role, known.scope, known.election, known.person, known.active, self.names.get(row.id))
                kept = row.fingerprint if row.active else None
                wrapped = row.wrapped["key_id"] if row.wrapped is not None else None
                if mine != theirs or (kept, wrapped) != ((key.fingerprint, row.id) if key else (None, None)):
                    raise ValueError("another account than was opened")
        for account in sorted(facts):
            self.say("", "account", account)

    def _blobs(self) -> None:
        missing = dict(self.wanted)
        query = select(Blob.sha256, Blob.media_type, Blob.size, Blob.sealed)
        for digest, kind, size, sealed in self.rows(query, _LARGE):
            with self.about(missing.pop(digest, ""), "blob", digest[:16]):
                content = self.store.vault.open_blob(bytes(sealed), digest)
                same = (sha256(content).hexdigest(), len(content)) == (digest, size)
                if not same or (digest, kind) not in self.named:
                    raise ValueError("other bytes, or named by no entry")
        for digest, log in sorted(missing.items()):
            self.say(log, "blob", digest[:16])

    def _follow_codes(self) -> None:
        for code, log, number in self.rows(select(FollowCode.code_index, FollowCode.log, FollowCode.number)):
            if number not in self.elections.get(log, ("", frozenset()))[1]:
                self.say(log, "follow_code", code[:16])

    def _encrypted(self) -> None:
        """What is sealed for later opens in the place where it stands, and nowhere else."""
        opened: list[tuple[type[Base], tuple[str, ...], Callable[..., str]]] = [
            (BlindSheet, ("log", "round", "contest", "box", "account"), tallies.belongs),
            (ScanPackRow, ("id",), "scan_pack:{}".format),
            (ScanImage, ("id",), "scan_image:{}".format),
            (ScanDoubt, ("id",), "scan_doubt:{}".format),
            (ScanDecision, ("doubt", "account"), doubts.belongs),
            (ScanSecret, ("log", "round", "box"), scan_secrets.belongs),
        ]
        for kept, keys, belongs in opened:
            columns = kept.__table__.columns
            if not self.sound(kept.__tablename__):
                continue
            for log, sealed, *key in self.rows(
                select(columns["log"], columns["sealed"], *(columns[k].label(f"key_{k}") for k in keys)), _LARGE
            ):
                with self.about(log, kept.__tablename__, " ".join(map(str, key[-2:]))):
                    self.store.vault.open(bytes(sealed), belongs(*key))

    def _settings(self) -> None:
        for key, value in self.rows(select(Setting.key, Setting.value)):
            with self.about("", "setting", key):
                if key == KNOWN:
                    index, _, sealed = value.partition(" ")
                    self.store.vault.open(bytes.fromhex(sealed), KNOWN)
                    if index != self.store.vault.index(KNOWN):
                        raise ValueError("made with another key")
                elif key.partition(":")[0] == OFFSET:
                    timedelta(seconds=int(value))
                elif key != "written_again":
                    raise ValueError("nothing of that name")
