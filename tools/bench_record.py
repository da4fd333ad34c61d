"""``bench.py record``: verifying a long record beside a loop over the same bytes, and beside its bare signatures;
a told turnover's replay beside the parsing it needs, and its bundle's whole verification.
"""

from __future__ import annotations

import gc
import json
import os
import tempfile
from hashlib import sha256
from pathlib import Path

from bench_timing import in_turn, line


def record() -> None:
    """A million-entry record beside one loop over the same bytes; a signed one beside the bare signatures; a told one.

    Time is the processor's: what else runs on the machine does not count. ``BENCH_ENTRIES`` makes it smaller.
    """
    number = int(os.environ.get("BENCH_ENTRIES", "1000000"))
    _record_unsigned(number)
    gc.collect()
    _record_signed(number // 10)
    gc.collect()
    _told()


#: an entry as a registrar makes thousands of them: what differs is its place, the link, the time and three digests
_ENTRY = (
    '{"act":"roll.change","actor":{"account":"fba9de6b-278f-403d-b78c-3a68c6bffe9f","role":"registrar","scope":'
    '"qilihe/liuyin/c1"},"attachments":[],"attempt":1,"kind":"election","log":"00000000-0000-4000-8000-000000000000",'
    '"occurred_on":"2010-11-08","on_paper":null,"papers":[],"payload":{"name":{"sealed":"%s"},"person":'
    '"06044ec5-0778-4cc6-a751-384897ebbb93","reason":"登记员核对户口簿后确认","root":"%s"},"prev":"%s","recorded_at":'
    '"2010-11-08T01:%02d:%02d.000Z","seen":{"00000000-0000-4000-8000-000000000001":{"head":"%s","size":17}},"seq":%d,'
    '"statements":%s,"step":"residents.register"}'
)


def _record_unsigned(number: int) -> None:
    from election.record import keys, note, tree
    from election.record.chain import walk
    from election.record.entry import ZERO
    from election.record.note import Checkpoint

    lines, previous = [], ZERO
    for seq in range(number):
        digest = f"{seq:064x}"
        text = _ENTRY % (digest, digest, previous, seq // 60 % 60, seq % 60, "a" * 64, seq, "[]")
        lines.append(text.encode())
        previous = sha256(lines[-1]).hexdigest()
    seed = b"s" * 32
    server = note.Verifier("bench", keys.public(seed))
    notes, grown = {}, tree.Tree()
    for size, data in enumerate(lines, start=1):
        grown.append(data)
        if size % 10_000 == 0:
            body = Checkpoint(note.origin("bench", "election", "x"), size, grown.root()).body()
            notes[size] = note.sign(body, "bench", seed)

    def bare() -> None:
        for data in lines:
            sha256(data).digest()
            json.loads(data)

    def verified() -> None:
        again = tree.Tree()
        for data, _, problem in walk(lines):
            again.append(data)
            if problem is not None:
                raise SystemExit("the benchmark's own chain does not hold")
            if again.size in notes:
                said = Checkpoint.parse(note.open(notes[again.size], [server])[0])
                if (said.size, said.root) != (again.size, again.root()):
                    raise SystemExit("the benchmark's own tree does not hold")

    peer, ours = in_turn(bare, verified)
    line(f"sha256 and json.loads of {number:,} entries of {len(lines[0])} bytes", peer, peer, "s")
    line("their chain, canonical form, shape, tree and checkpoints", ours, peer, "s", "goal 1x")


def _record_signed(number: int) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from election.record import keys, statement
    from election.record.entry import ZERO, Entry

    seed = b"p" * 32
    public = keys.public(seed)
    lines, bare_ones, previous = [], [], ZERO
    for seq in range(number):
        digest = f"{seq:064x}"
        parts = (digest, digest, previous, seq // 60 % 60, seq % 60, "a" * 64, seq)
        subject = statement.subject_of(Entry.from_bytes((_ENTRY % (*parts, "[]")).encode()))
        said = statement.sign(
            seed, type="roll.change", log="00000000-0000-4000-8000-000000000000", subject=subject, account="a", role="r"
        )
        signed = json.dumps([said.to_dict()], sort_keys=True, separators=(",", ":"))
        lines.append((_ENTRY % (*parts, signed)).encode())
        bare_ones.append((bytes.fromhex(said.sig), said.message()))
        previous = sha256(lines[-1]).hexdigest()

    def bare() -> None:
        for signature, message in bare_ones:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)

    def verified() -> None:
        from election.record.chain import walk

        for _, entry, problem in walk(lines):
            if problem is not None or entry is None:
                raise SystemExit("the benchmark's own chain does not hold")
            said = statement.Statement.from_dict(entry.statements[0])
            if said.subject != statement.subject_of(entry) or not statement.verify(said, public):
                raise SystemExit("the benchmark's own signatures do not hold")

    peer, ours = in_turn(bare, verified)
    line(f"{number:,} bare Ed25519 verifications, the key read for each", peer, peer, "s")
    line("the same entries, each with its chain, form and signature", ours, peer, "s", "goal 1.15x")


def _told() -> None:
    """Both elections of a community from an empty store to the archive: what a replay takes, and what a verifier takes."""
    from election.acts import archive
    from election.demo import fill
    from election.process import machine
    from election.process.world import World
    from election.record import bundle as bundles
    from election.record.entry import KINDS, Entry
    from election.store.database import open_store
    from election.store.home import Home
    from election.store.tables import Log
    from election.store.worlds import openings, ruleset_reader
    from election.verify import run

    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Home(Path(folder) / "home"))
        told = next(line["id"] for line in fill.to_end(store) if line["body"] == "residents")
        file = Path(folder) / "told.zip"
        archive.export(store, told, file)
        with bundles.read(file) as bundle:
            lines = {kind: list(bundle.lines(bundles.log_path(kind))) for kind in KINDS}
        with store.read() as session:
            rules, opened = ruleset_reader(store, session), dict[str, str]()
            for log in session.query(Log.id):
                opened |= openings(store, session, log.id)
            parsed = {kind: [Entry.from_bytes(data) for data in found] for kind, found in lines.items()}

            def parsing() -> None:
                for found in lines.values():
                    for data in found:
                        Entry.from_bytes(data)

            def replay() -> None:
                """As a reader of the record does: of the other logs as much as each entry had seen."""
                world, others = (
                    World(rules=rules),
                    {entry.log: entry.kind for found in parsed.values() for entry in found},
                )
                for entry in parsed["election"]:
                    for other, seen in entry.seen.items():
                        kind = others[other]
                        machine.fold(world, parsed[kind][world.at(kind).size : seen["size"]], opened)
                    machine.fold(world, [entry], opened)

            def verify() -> None:
                if run.verify(file, store.vault.trust).problems:
                    raise SystemExit("the benchmark's own bundle does not verify")

            def bare() -> None:
                for found in lines.values():
                    for data in found:
                        sha256(data).digest()
                        json.loads(data)

            least, reading, folding, whole = in_turn(bare, parsing, replay, verify)
        number = sum(map(len, lines.values()))
        size = file.stat().st_size / 1e6
        line(f"sha256 and json.loads of the {number} entries of a told turnover", least * 1000, least * 1000, "ms")
        line("parsing them as entries", reading * 1000, least * 1000, "ms", f"{number / reading:,.0f} entries/s")
        line(
            "replaying them: facts folded from nothing (beside parsing)",
            folding * 1000,
            reading * 1000,
            "ms",
            f"{number / folding:,.0f} entries/s",
        )
        line(f"election verify of the bundle, {size:.1f} MB with its papers", whole * 1000, least * 1000, "ms")
        store.close()
