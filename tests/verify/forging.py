"""Forgeries of a bundle, each by somebody who holds as much as they can: the file, or the server's key as well.

A forgery says what it did and where, so that a test can ask whether both verifiers name that place.
"""

from __future__ import annotations

import hashlib
import io
import random
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from election.record import archive, bundle, keys, note
from election.record.archive import Archive
from election.record.entry import ZERO, Entry, Kind
from tests.verify.recorded import KINDS, LOGS, NAME, Recorded, seed

Members = dict[str, bytes]


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
            self.forked, self.entries_swapped, self.another_key,
        ]  # fmt: skip

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
