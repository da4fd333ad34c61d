"""Forgeries of a bundle, each by somebody who holds as much as they can: the file, or the server's key as well.

A forgery says what it did and where, so that a test can ask whether both verifiers name that place.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import cycle
from pathlib import Path
from typing import Any

from election.process import tally
from election.process.relatives import RecordRelation
from election.process.sealing import seal_act
from election.record import archive, bundle, canonical, keys, note, statement
from election.record.archive import Archive
from election.record.entry import ZERO, Entry, Kind
from tests.verify.recorded import KINDS, LOGS, NAME, Recorded, seed

Members = dict[str, bytes]
Outcome = dict[str, Any]

#: what an announcement says of a vote that elected a whole committee, in the place of the truth
FALSE: dict[str, Callable[[dict[str, Any], Outcome], object]] = {
    "nobody is elected and no seat vacant": lambda said, one: one.update(elected=[], vacant=0),
    "one of the elected is left out": lambda said, one: one.update(elected=one["elected"][:-1]),
    "one of the elected is called tied": lambda said, one: one.update(
        elected=one["elected"][:-1], tied=one["elected"][-1:], vacant=one["vacant"] + 1, next="revote"
    ),
    "the vote is called void": lambda said, one: said.update(valid=not said["valid"]),
    "the elected stand in another order": lambda said, one: one.update(elected=one["elected"][::-1]),
    "a contest more is announced": lambda said, one: said["outcomes"].append(one | {"contest": "other"}),
    "no contest is announced": lambda said, one: said.update(outcomes=[]),
    "a seat more is vacant": lambda said, one: one.update(vacant=one["vacant"] + 1),
}


def signed(entry: Entry, **changes: Any) -> Entry:
    """The entry with ``changes``, signed again by those who signed it."""
    made = replace(entry, statements=[], **changes)
    subject = statement.subject_of(made)
    said = [
        statement.sign(
            seed(s["account"]), type=made.act, log=made.log, subject=subject, account=s["account"], role=s["role"]
        ).to_dict()
        for s in entry.statements
    ]
    return replace(made, statements=said)


def falsely(entry: Entry, change: Callable[[dict[str, Any], Outcome], object]) -> Entry:
    """The announcement changed, in the outcome that elects most people, and signed for again."""
    said = json.loads(json.dumps(entry.payload))
    change(said, max(said["outcomes"], key=lambda outcome: len(outcome["elected"])))
    return signed(entry, payload=said)


@dataclass(frozen=True)
class Forgery:
    what: str
    data: bytes
    #: members of which one must be named; empty: any place will do
    files: tuple[str, ...] = ()
    #: the lines of which one must be named, in the first of ``files``
    lines: tuple[int, ...] = ()
    #: what the doubter holds: the fingerprint on paper, a checkpoint taken earlier
    trust: str | None = None
    earlier: str | None = None


@dataclass
class Forger:
    told: Recorded
    path: Path
    chance: random.Random
    data: bytes = b""
    good: Members = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.data = self.told.write(self.path).read_bytes()
        with Archive(self.path) as opened:
            self.good = {name: opened.read(name) for name in opened.members}
        self.kinds: list[Callable[[], Forgery]] = [
            self.bit, self.member_bit, self.members_changed, self.zip_trick, self.line, self.signature_swapped,
            self.statement_stripped, self.signed_payload, self.paper, self.checkpoint, self.opening, self.cut_back,
            self.forked, self.entries_swapped, self.another_key, self.key_revoked, self.account_closed,
            self.foreign_algorithm, self.relative, self.false_reveal, self.tallies_left_out, self.false_numbers,
            self.false_result,
        ]  # fmt: skip
        self.falsehoods: Iterator[str] = cycle(FALSE)

    def forge(self, number: int) -> Forgery:
        """The next forgery: every kind in its turn, its place by chance."""
        return self.kinds[number % len(self.kinds)]()

    # --- with the file alone -----------------------------------------------------------------------------------------

    def bit(self) -> Forgery:
        place = self.chance.randrange(len(self.data))
        return Forgery(f"bit flipped in byte {place}", self._flipped(self.data, place))

    def member_bit(self) -> Forgery:
        name = self.chance.choice(sorted(self.good))
        content = self.good[name]
        place = self.chance.randrange(len(content))
        changed = self._flipped(content, place)
        line, last = content[:place].count(b"\n") + 1, content.count(b"\n")
        # a last line that is still an entry is told by the checkpoint over it, not by a link of its own
        lines = (line,) if name.startswith("logs/") and line < last else ()
        return Forgery(f"bit flipped in {name}", self.packed({name: changed}), (name,), tuple(self._near(lines)))

    def members_changed(self) -> Forgery:
        one, other = self.chance.sample(sorted(self.good), 2)
        kind = self.chance.choice(["dropped", "added", "exchanged", "renamed"])
        members = dict(self.good)
        if kind == "dropped":
            del members[one]
        elif kind == "added":
            members["papers/" + "0" * 64 + ".pdf"] = b"x"
        elif kind == "exchanged":
            members[one], members[other] = members[other], members[one]
        else:
            members[f"x{one}"] = members.pop(one)
        named = {
            "added": ("papers/" + "0" * 64 + ".pdf",),
            "renamed": (one, f"x{one}"),
            "exchanged": (one, other),  # without the office's log nothing else can be read
        }.get(kind, (one,))
        return Forgery(f"{kind}: {one}, {other}", self._zip(members), named)

    def zip_trick(self) -> Forgery:
        kind = self.chance.choice(["twice", "behind", "before", "comment", "bzip2", "extra", "folder"])
        out = io.BytesIO()
        method = zipfile.ZIP_BZIP2 if kind == "bzip2" else zipfile.ZIP_STORED
        with zipfile.ZipFile(out, "w", method) as target:
            for name, content in sorted(self.good.items()):
                info = zipfile.ZipInfo(name)
                info.compress_type = method
                if kind == "extra":
                    info.extra = b"\xfe\xca\x01\x00x"
                target.writestr(info, content)
            if kind == "twice":
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    target.writestr(zipfile.ZipInfo("VERSION"), b"elec-bundle/v1\n")
            elif kind == "folder":
                target.writestr(zipfile.ZipInfo("logs/"), b"")
            if kind == "comment":
                target.comment = b"hidden"
        data = out.getvalue()
        return Forgery(f"zip trick: {kind}", {"behind": data + b"x", "before": b"x" + data}.get(kind, data))

    # --- with the server's key: manifest, chain and checkpoints are made anew ----------------------------------------

    def line(self) -> Forgery:
        """A line dropped, doubled, moved or cut off; only the manifest is signed anew."""
        name = f"logs/{self.chance.choice(KINDS)}.jsonl"
        lines = self.good[name].splitlines(keepends=True)
        one, other = sorted(self.chance.sample(range(len(lines)), 2))
        kind = self.chance.choice(["dropped", "doubled", "swapped", "copied", "cut"])
        if kind == "dropped":
            del lines[one]
        elif kind == "doubled":
            lines.insert(one, lines[one])
            one += 1
        elif kind == "swapped":
            lines[one], lines[other] = lines[other], lines[one]
        elif kind == "copied":
            lines[one] = lines[other]
        else:
            del lines[other:]
        changed = () if kind == "cut" else (one + 1,)
        return Forgery(
            f"{kind}: line {one + 1} of {name}",
            self._signed({name: b"".join(lines)}),
            (name, *self._checkpoints(name)),
            changed if len(lines) > one else (),
        )

    def signature_swapped(self) -> Forgery:
        """Two people's signatures exchanged: of one act or of two."""
        told, log = self._copy(), "election"
        one, other = self.chance.sample([e.seq for e in told.logs["election"] if e.statements], 2)
        first, second = (told.logs["election"][n].statements[0] for n in (one, other))
        parts = self.chance.choice([("sig",), tuple(first), ("account", "key", "sig")])
        for seq, mine, theirs in ((one, first, second), (other, second, first)):
            self._replace(told, log, seq, statements=[mine | {part: theirs[part] for part in parts}])
        return self._forged(told, f"signatures of {one} and {other}: {parts}", log, (one + 1, other + 1))

    def statement_stripped(self) -> Forgery:
        told = self._copy()
        seq = self.chance.choice([e.seq for e in told.logs["election"] if e.statements])
        self._replace(told, "election", seq, statements=[])
        return self._forged(told, f"statement of {seq} taken away", "election", (seq + 1,))

    def signed_payload(self) -> Forgery:
        """What somebody signed is changed under the signature."""
        told = self._copy()
        seq = self.chance.choice([e.seq for e in told.logs["election"] if e.statements])
        entry = told.logs["election"][seq]
        change: dict[str, object] = self.chance.choice(
            [{"payload": entry.payload | {"reason": "x"}}, {"occurred_on": "2010-11-09"}, {"attempt": 2}]
        )
        self._replace(told, "election", seq, **change)
        return self._forged(told, f"{sorted(change)} of {seq} changed", "election", (seq + 1,))

    def paper(self) -> Forgery:
        path = self.chance.choice([name for name in self.good if name.startswith("papers/")])
        content = self.good[path]
        place = self.chance.randrange(len(content))
        return Forgery(f"{path} edited", self._signed({path: self._flipped(content, place)}), (path,))

    def checkpoint(self) -> Forgery:
        """Another root, another size, another log or another signer."""
        path = self.chance.choice([name for name in self.good if name.startswith("checkpoints/")])
        was = note.Checkpoint.parse(note.body_of(self.good[path].decode()))
        kind = self.chance.choice(["root", "size", "origin", "signer"])
        made = {
            "root": replace(was, root=self.chance.randbytes(32)),
            "size": replace(was, size=was.size + 1),
            "origin": replace(was, origin=f"{NAME}/election/{LOGS['office'][:-1]}9"),
            "signer": was,
        }[kind]
        text = note.sign(made.body(), NAME, seed("somebody") if kind == "signer" else self.told.server)
        return Forgery(f"{kind} of {path}", self._signed({path: text.encode()}), (path,))

    def opening(self) -> Forgery:
        lines = self.good[bundle.OPENINGS].splitlines(keepends=True)
        one = self.chance.randrange(len(lines))
        changed = lines[one].replace(b'"value":"', b'"value":"\xe7\x8e\x8b')
        content = b"".join([*lines[:one], changed, *lines[one + 1 :]])
        return Forgery(f"opening {one + 1}", self._signed({bundle.OPENINGS: content}), (bundle.OPENINGS,), (one + 1,))

    # --- with the server's key, against somebody who holds a checkpoint or the fingerprint ---------------------------

    def cut_back(self) -> Forgery:
        told = self._copy()
        size = self.chance.randrange(2, len(told.logs["election"]))
        del told.logs["election"][size:]
        return self._forged(told, f"cut back to {size}", "election", (size,), earlier=self._held())

    def forked(self) -> Forgery:
        """An act that nobody signed is changed, and all after it linked anew."""
        told = self._copy()
        seq = self.chance.choice([e.seq for e in told.logs["election"][1:] if not e.statements])
        recorded = told.logs["election"][seq].recorded_at
        self._replace(told, "election", seq, recorded_at=recorded[:-4] + "777Z")
        return self._forged(told, f"forked at {seq}", "election", (), earlier=self._held())

    def entries_swapped(self) -> Forgery:
        told = self._copy()
        log = told.logs["election"]
        seq = self.chance.randrange(1, len(log) - 1)
        log[seq], log[seq + 1] = replace(log[seq + 1], seq=seq), replace(log[seq], seq=seq + 1)
        self._replace(told, "election", seq)
        return self._forged(told, f"{seq} and the next swapped", "election", (), earlier=self._held())

    def another_key(self) -> Forgery:
        """The whole bundle signed anew, server and people alike, by somebody else."""
        told = self._copy()
        told.server = seed(f"other {self.chance.random()}")
        public = keys.public(told.server)
        opened = told.logs["office"][0].payload
        changed = {"server_key": public.hex(), "fingerprint": keys.fingerprint(public)}
        self._replace(told, "office", 0, payload=opened | changed)
        trust = keys.fingerprint(keys.public(self.told.server))
        return self._forged(told, "signed anew by another key", "office", (1,), trust=trust)

    # --- with the server's key and people who sign what is false -----------------------------------------------------

    def key_revoked(self) -> Forgery:
        return self._no_more("office.key_revoke")

    def account_closed(self) -> Forgery:
        return self._no_more("office.account_close")

    def _no_more(self, act: str) -> Forgery:
        """Somebody signs after the office ended the key or the account."""
        told = self._copy()
        seq = self.chance.choice([e.seq for e in told.logs["election"] if e.statements])
        who, office = told.logs["election"][seq].statements[0]["account"], told.logs["office"]
        payload = {"account": who, "public_key": keys.public(seed(who)).hex()}
        ended = {"act": act, "payload": payload if act == "office.key_revoke" else {"account": who}}
        office.append(replace(office[-1], seq=len(office), **ended))  # type: ignore[arg-type]
        for n, entry in enumerate(told.logs["election"][seq:], start=seq):
            saw = entry.seen | {LOGS["office"]: {"size": len(office)}}
            told.logs["election"][n] = replace(entry, seen=saw)
        self._linked(told)
        return self._forged(told, f"{act} of {who} before {seq}", "election", (seq + 1,))

    def foreign_algorithm(self) -> Forgery:
        """A signature that is good, under the name of an algorithm that nobody knows."""
        told = self._copy()
        seq = self.chance.choice([e.seq for e in told.logs["election"] if e.statements])
        said = told.logs["election"][seq].statements[0] | {"alg": self.chance.choice(["none", "ed25519ph", "ED25519"])}
        claim = canonical.encode({name: value for name, value in said.items() if name != "sig"})
        message = statement.PURPOSE + said["type"].encode() + b"\n" + hashlib.sha256(claim).digest()
        said["sig"] = keys.sign(seed(said["account"]), message).hex()
        self._replace(told, "election", seq, statements=[said])
        return self._forged(told, f"algorithm {said['alg']} in {seq}", "election", (seq + 1,))

    def relative(self) -> Forgery:
        """Whoever counts is a near relative of a candidate, as the record says before the count."""
        told, log = self._copy(), self.told.logs["election"]
        who = self.chance.choice(["teller1", "teller2", "scrutineer1"])
        person = next(e.payload.get("person") for e in told.logs["office"] if e.payload.get("account") == who) or who
        listed = next(e for e in log if e.act == "nomination.prospective")
        candidate = self.chance.choice(listed.payload["candidates"])["person"]
        pair = self.chance.sample([person, candidate], 2)
        act = RecordRelation(person=pair[0], person_name="甲", relative=pair[1], relative_name="乙", relation="parent")
        proposed = next(e for e in log if e.act == "nomination.propose")
        at = next(e.seq for e in log if e.act.startswith("tally."))
        around = {"attachments": [], "papers": [], "statements": [], "seen": log[at].seen}
        entry = replace(proposed, act=act.code, actor=listed.actor, payload=seal_act(act).payload, **around)
        told.logs["election"].insert(at, entry)
        self._renumbered(told)
        first = next(e.seq for e in told.logs["election"][at:] if e.actor["account"] == who)
        return self._forged(told, f"{who} is near to {candidate}", "election", (first + 1,))

    def false_reveal(self) -> Forgery:
        """Both figures shown are others than those committed to; the same people sign for what is shown."""
        told, digest = self._copy(), ""
        for n, entry in enumerate(told.logs["election"]):
            payload = json.loads(json.dumps(entry.payload))
            if entry.act == "tally.reveal":
                for shown in payload["entries"]:
                    row = shown["figures"]["rows"][-1]
                    row.update(against=row["against"] + 1, abstain=row["abstain"] - 1)
                figures = tally.Figures.model_validate(payload["entries"][0]["figures"])
                digest = hashlib.sha256(tally.canonical(figures)).hexdigest()
            elif entry.act == "tally.sign":
                payload["sheet_sha256"] = digest
            else:
                continue
            told.logs["election"][n] = signed(entry, payload=payload)
        self._linked(told)
        shown = next(e.seq for e in told.logs["election"] if e.act == "tally.reveal")
        return self._forged(told, "other figures than those committed to", "election", (shown + 1,))

    def tallies_left_out(self) -> Forgery:
        """Every act of the tallies, or a signature under one."""
        told = self._copy()
        signs = [e.seq for e in told.logs["election"] if e.act == "tally.sign"]
        acts = [e.seq for e in told.logs["election"] if e.act.startswith("tally.")]
        gone = self.chance.choice([acts, signs, [self.chance.choice(signs)]])
        told.logs["election"] = [e for e in told.logs["election"] if e.seq not in gone]
        self._renumbered(told)
        return self._forged(told, f"without {gone}", "election", (self._announced(told).seq + 1,))

    def false_numbers(self) -> Forgery:
        """Fewer present than voted or than the quorum, fewer ballots issued than returned."""
        told = self._copy()
        act, change = self.chance.choice(
            [
                ("meeting.sign_in", {"present": 3}),
                ("ballot.account", {"issued": 1}),
                ("ballot.account", {"returned": 39}),
            ]
        )
        entry = next(e for e in told.logs["election"] if e.act == act)
        told.logs["election"][entry.seq] = signed(entry, payload=entry.payload | change)
        self._linked(told)
        rests = next(e for e in told.logs["election"] if e.act == "meeting.adopt_method")
        lines = (entry.seq + 1, rests.seq + 1, self._announced(told).seq + 1)
        if "returned" in change:
            lines += tuple(e.seq + 1 for e in told.logs["election"] if e.act == "tally.reveal")
        return self._forged(told, f"{act}: {change}", "election", lines)

    def false_result(self) -> Forgery:
        """The chair signs a result that is not the tallies'."""
        told, what = self._copy(), next(self.falsehoods)
        entry = self._announced(told)
        told.logs["election"][entry.seq] = falsely(entry, FALSE[what])
        self._linked(told)
        return self._forged(told, what, "election", (entry.seq + 1,))

    @staticmethod
    def _announced(told: Recorded) -> Entry:
        return [e for e in told.logs["election"] if e.act == "result.announce"][-1]

    # --- how ---------------------------------------------------------------------------------------------------------

    def _flipped(self, content: bytes, place: int) -> bytes:
        return content[:place] + bytes([content[place] ^ 1 << self.chance.randrange(8)]) + content[place + 1 :]

    @staticmethod
    def _near(lines: tuple[int, ...]) -> list[int]:
        """A lost line end is told at its line or at the one it ran into."""
        return [near for line in lines for near in (line, line + 1)]

    def packed(self, changed: Members) -> bytes:
        return self._zip(self.good | changed)

    def _zip(self, members: Members) -> bytes:
        archive.write(self.path, sorted(members.items()))
        return self.path.read_bytes()

    def _signed(self, changed: Members) -> bytes:
        """The bundle with ``changed`` members and a manifest signed anew over them."""
        members = {n: c for n, c in (self.good | changed).items() if n != bundle.MANIFEST}
        listed = (f"{hashlib.sha256(c).hexdigest()}  {len(c)}  {n}\n" for n, c in sorted(members.items()))
        members[bundle.MANIFEST] = note.sign(f"{bundle.FORMAT}\n{''.join(listed)}", NAME, self.told.server).encode()
        return self._zip(members)

    def _checkpoints(self, log: str) -> list[str]:
        """A line put elsewhere may first be told by a checkpoint over it, or by a log that had seen it."""
        kind = log.split("/")[1].removesuffix(".jsonl")
        return [name for name in self.good if name.startswith(f"checkpoints/{kind}/")]

    def _copy(self) -> Recorded:
        copied = object.__new__(Recorded)
        copied.__dict__ = self.told.__dict__ | {"logs": {k: list(v) for k, v in self.told.logs.items()}}
        return copied

    def _replace(self, told: Recorded, kind: Kind, seq: int, **changes: object) -> None:
        """Change an entry and link all logs anew, in what they saw of each other too."""
        told.logs[kind][seq] = replace(told.logs[kind][seq], **changes)  # type: ignore[arg-type]
        self._linked(told)

    @staticmethod
    def _linked(told: Recorded) -> None:
        logs = {LOGS[kind]: told.logs[kind] for kind in KINDS}
        for rows in logs.values():
            previous = ZERO
            for place, entry in enumerate(rows):
                saw = {
                    log: {"size": at["size"], "head": logs[log][at["size"] - 1].hash} for log, at in entry.seen.items()
                }
                made: Entry = replace(entry, prev=previous, seen=saw)
                rows[place], previous = made, made.hash

    def _renumbered(self, told: Recorded) -> None:
        """An election of which entries were put in or left out."""
        told.logs["election"] = [replace(e, seq=n) for n, e in enumerate(told.logs["election"])]
        self._linked(told)

    def _held(self) -> str:
        """A checkpoint of the true log that somebody took away."""
        return bundle.checkpoint(NAME, self.told.server, "election", LOGS["election"], self.told.lines("election"))

    def _forged(self, told: Recorded, what: str, kind: str, lines: tuple[int, ...], **held: str) -> Forgery:
        told.checkpoints = []
        sealed = {p["sha256"] for log in told.logs.values() for e in log for p in e.papers}
        told.papers = {digest: content for digest, content in self.told.papers.items() if digest in sealed}
        standing = str([e.payload for log in told.logs.values() for e in log])
        told.openings = [o for o in self.told.openings if o.commitment in standing]
        told.write(self.path)
        return Forgery(what, self.path.read_bytes(), (f"logs/{kind}.jsonl",), lines, **held)  # type: ignore[arg-type]
