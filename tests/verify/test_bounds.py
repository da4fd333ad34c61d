"""Whatever a bundle holds, both verifiers answer, soon and in little memory: one test for each bound and for each form."""

from __future__ import annotations

import hashlib
import json
import os
import random
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from election.record import archive, bundle, keys, statement
from election.verify import run
from tests.verify.forging import Forger, Forgery, Members
from tests.verify.recorded import seed, whole
from tests.verify.test_forgeries import ALONE, TOOL, by_both

MANIFEST, OPENINGS = bundle.MANIFEST, bundle.OPENINGS
OFFICE, ELECTION = "logs/office.jsonl", "logs/election.jsonl"


@pytest.fixture(scope="module")
def forger(tmp_path_factory: pytest.TempPathFactory) -> Forger:
    return Forger(whole("party"), tmp_path_factory.mktemp("bounds") / "x.zip", random.Random(3))


def places(data: bytes, folder: Path) -> list[list[tuple[str, int | None]]]:
    return list(by_both(Forgery("", data), folder))


# --- with the file alone: order


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("one", [0, 1, -2])
def test_the_first_file_that_is_out_of_its_place_is_named(
    forger: Forger, tmp_path: Path, method: int, one: int
) -> None:
    names = sorted(forger.good)
    names[one], names[one + 1] = names[one + 1], names[one]
    with zipfile.ZipFile(tmp_path / "x.zip", "w", method) as out:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            out.writestr(info, forger.good[name])
    for found in places((tmp_path / "x.zip").read_bytes(), tmp_path):
        assert found == [(names[one], None)]


# --- with the file alone: names and notes ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x", "9" * 5000, "01", "-1", "1 "])
def test_a_checkpoint_of_no_size_is_named(forger: Forger, tmp_path: Path, name: str) -> None:
    path = f"checkpoints/office/{name}.note"
    for found in places(forger.packed({path: b"x"}), tmp_path):
        assert (path, None) in found


def repeated(manifest: bytes) -> bytes:
    """The server's own signature line once more, with a signature that is none."""
    last = manifest.decode().splitlines()[-1]
    return manifest + (last[:-6] + "AAAA==" if last.endswith("==") else last[:-4] + "AAAA").encode() + b"\n"


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest + "— nobody AAAAAAAA\n".encode(),
        lambda manifest: manifest + f"— hidden/{'x' * 5000} AAAAAAAA\n".encode() * 60,
        repeated,
    ],
    ids=["another's", "hidden", "repeated"],
)
def test_nothing_is_added_behind_the_manifest(forger: Forger, tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    for found in places(forger.packed({MANIFEST: change(forger.good[MANIFEST])}), tmp_path):
        assert found == [(MANIFEST, None)]


def server(**changes: Any) -> Callable[[bytes], bytes]:
    """The office's first line with other fields in its payload."""

    def change(line: bytes) -> bytes:
        entry = json.loads(line)
        entry["payload"] |= changes
        return json.dumps(entry, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda line: b"[" * 100_000,
        lambda line: line.replace(b'"papers":[]', b'"papers":' + b"[" * 300 + b"]" * 300),
        lambda line: b"[]",
        lambda line: b"",
        server(name="\ud800"),
        server(name=["qilihe-test"]),
        server(name="a b+c"),
        server(server_key="ab"),
        server(server_key=5),
        lambda line: line.replace(b'"payload":{', b'"payload":{"a":' + b"[" * 400 + b"]" * 400 + b","),
    ],
    ids=["nested", "papers", "list", "empty", "surrogate", "names", "blank", "short", "number", "payload"],
)
def test_an_office_that_declares_no_server_is_named(
    forger: Forger, tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    first, rest = forger.good[OFFICE].split(b"\n", 1)
    for found in places(forger.packed({OFFICE: change(first) + b"\n" + rest}), tmp_path):
        assert {(OFFICE, 1), (OFFICE, 2)} & set(found)


@pytest.mark.parametrize("on_paper", [{"vouchers": 5}, {"vouchers": {"a": 1, "b": 2}}, {"scan": [1]}, {"scan": {}}])
def test_vouchers_that_are_no_list_are_named(forger: Forger, tmp_path: Path, on_paper: dict[str, Any]) -> None:
    lines = forger.good[ELECTION].splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if json.loads(line)["statements"])
    entry = json.loads(lines[at])
    (said,) = entry["statements"]
    entry |= {"on_paper": on_paper, "statements": [said, said | {"account": "other"}]}
    entry["attachments"] = [{"sha256": "0" * 64, "size": 1, "media_type": "image/png"}]
    lines[at] = ALONE.canonical(entry) + b"\n"
    for found in places(forger.packed({ELECTION: b"".join(lines)}), tmp_path):
        assert (ELECTION, at + 1) in found


# --- with the server's key: what the openings, keys and rules may be -------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data + b"junk",
        lambda data: data + b'{"a":1}\r',
        lambda data: data[:-1],
        lambda data: data[:-1].replace(b'"value":"', b'"value":"x'),
        lambda data: b'{"commitment":"x","salt":"' + b"0" * 64 + b'","value":"\\ud800"}\n',
        lambda data: b"\n" * 100_000,
    ],
    ids=["junk", "return", "no end", "no end and false", "surrogate", "empty lines"],
)
def test_openings_are_read_to_their_end(forger: Forger, tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    for found in places(forger._signed({OPENINGS: change(forger.good[OPENINGS])}), tmp_path):
        assert OPENINGS in {file for file, _ in found}


def signed(forger: Forger, data: Callable[[Any], None]) -> bytes:
    story = forger._copy()
    data(story)
    return forger._forged(story, "", "election", ()).data


def test_a_key_is_written_in_one_way(forger: Forger, tmp_path: Path) -> None:
    def shout(story: Any) -> None:
        entry = next(e for e in story.logs["office"] if e.act == "office.account" and e.payload["account"] == "teller1")
        key = entry.payload["public_key"].upper()
        forger._replace(story, "office", entry.seq, payload=entry.payload | {"public_key": key})

    for found in places(signed(forger, shout), tmp_path):
        assert {file for file, _ in found} >= {ELECTION}


def test_a_name_that_nothing_opens_does_not_hide_other_figures(forger: Forger, tmp_path: Path) -> None:
    entry = next(e for e in forger.told.logs["election"] if e.act == "tally.reveal")

    def alter(story: Any) -> None:
        entries = json.loads(json.dumps(entry.payload["entries"]))
        for shown in entries:
            shown["figures"]["write_ins"].append({"name": {"sealed": "a" * 64}, "votes_for": 1})
            shown["figures"]["rows"][0]["votes_for"] -= 1
            shown["figures"]["rows"][0]["abstain"] += 1
        forger._replace(story, "election", entry.seq, payload=entry.payload | {"entries": entries})

    for found in places(signed(forger, alter), tmp_path):
        assert (ELECTION, entry.seq + 1) in found


@pytest.mark.parametrize("rule", ["> 1/0", "> 0/2", "half", f"> {'9' * 5000}/1", None])
def test_a_threshold_that_is_none_is_found(forger: Forger, tmp_path: Path, rule: str | None) -> None:
    def change(story: Any) -> None:
        first = story.logs["election"][0]
        rules = json.loads(story.sealed[first.payload["ruleset_sha256"]])
        rules["values"]["threshold.assembly"]["value"] = rule
        content = json.dumps(rules).encode()
        digest = hashlib.sha256(content).hexdigest()
        story.sealed = {digest: content}
        forger._replace(story, "election", 0, payload=first.payload | {"ruleset_sha256": digest})

    for found in places(signed(forger, change), tmp_path):
        assert ELECTION in {file for file, _ in found}


# --- time and memory -------------------------------------------------------------------------------------------------


def deflated(pieces: Iterable[bytes]) -> tuple[int, int, bytes]:
    deflate, size, crc, out = zlib.compressobj(9, zlib.DEFLATED, -15), 0, 0, []
    for piece in pieces:
        size, crc = size + len(piece), zlib.crc32(piece, crc)
        out.append(deflate.compress(piece))
    return size, crc, b"".join(out) + deflate.flush()


def plain(members: dict[str, tuple[int, int, bytes]]) -> bytes:
    """A zip of the plain form, written from what its headers are to say."""
    out = central = b""
    for name, (size, crc, stored) in members.items():
        facts = (20, 0, 8, 0, 33, crc, len(stored), size)
        central += struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, *facts, len(name), 0, 0, 0, 0, 0, len(out)) + name.encode()
        out += struct.pack("<4s5H3L2H", b"PK\3\4", *facts, len(name), 0) + name.encode() + stored
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(members), len(members), len(central), len(out), 0)
    return out + central + end


def bomb(forger: Forger, name: str, pieces: Iterable[bytes]) -> bytes:
    members: Members = {n: c for n, c in forger.good.items() if n != name}
    return plain({n: deflated([c]) for n, c in members.items()} | {name: deflated(pieces)})


def noise(size: int) -> Iterator[bytes]:
    """A line that does not shrink, so that the file as a whole shrinks less than a bomb may."""
    yield os.urandom(size).replace(b"\n", b"x") + b"\n"


def lines(of: bytes, times: int) -> Iterator[bytes]:
    yield from noise(len(of) * times // 150)
    for _ in range(0, times, 1000):
        yield of * 1000


@pytest.mark.parametrize("line", [b"\n", b"{}\n", b"[[]]\n"], ids=["empty", "object", "list"])
def test_a_log_that_is_none_is_not_read_to_its_end(forger: Forger, tmp_path: Path, line: bytes) -> None:
    data = bomb(forger, ELECTION, lines(line, 5_000_000))
    begun = time.process_time()
    for found in places(data, tmp_path):
        assert (ELECTION, 1) in found
    assert time.process_time() - begun < 3


def test_an_entry_repeated_for_ever_is_not_read_to_its_end(forger: Forger, tmp_path: Path) -> None:
    first = forger.good[ELECTION].split(b"\n")[0] + b"\n"
    data = bomb(forger, ELECTION, [first * 50_000, *noise(400_000)])
    begun = time.process_time()
    for found in places(data, tmp_path):
        assert (ELECTION, 2) in found
    assert time.process_time() - begun < 5


def test_openings_that_are_none_are_not_read_to_their_end(forger: Forger, tmp_path: Path) -> None:
    data = bomb(forger, OPENINGS, lines(b"\n", 5_000_000))
    begun = time.process_time()
    for found in places(data, tmp_path):
        assert (OPENINGS, 1) in found
    assert time.process_time() - begun < 3


def test_many_statements_of_one_act_are_not_all_looked_at(forger: Forger, tmp_path: Path) -> None:
    entry = next(e for e in forger.told.logs["election"] if e.statements)
    story = forger._copy()
    forger._replace(story, "election", entry.seq, statements=entry.statements * 8000)
    data = forger._forged(story, "", "election", ()).data
    begun = time.process_time()
    for found in places(data, tmp_path):
        assert (ELECTION, entry.seq + 1) in found
    assert time.process_time() - begun < 3


def test_a_line_without_end_is_refused(forger: Forger, tmp_path: Path) -> None:
    long = forger.good[ELECTION].replace(b'"payload":{', b'"payload":{"a":"' + b"x" * bundle.MAX_LINE + b'",', 1)
    for found in places(forger.packed({ELECTION: long}), tmp_path):
        assert any(ELECTION in file for file, _ in found)


@pytest.mark.parametrize(
    ("name", "pieces"),
    [
        ("VERSION", [b"\0" * 2**20] * 64),
        (MANIFEST, [b"x" * 2**20] * 80 + [*noise(2**20)]),
        ("rulesets/" + "0" * 64 + ".json", [b"x" * 2**20] * 80 + [*noise(2**20)]),
    ],
    ids=["shrunk", "manifest", "ruleset"],
)
def test_what_unpacks_to_more_than_any_bundle_is_no_input(
    forger: Forger, tmp_path: Path, name: str, pieces: list[bytes]
) -> None:
    ours, alone = places(bomb(forger, name, pieces), tmp_path)
    assert "unpacks to more than any bundle holds" in ours[0][0]
    assert alone == [("no bundle", None)]


def test_the_second_verifier_says_in_one_line_what_is_no_input(forger: Forger, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    for data in (b"no zip", bomb(forger, "VERSION", [b"\0" * 2**20] * 8)):
        path.write_bytes(data)
        done = subprocess.run([sys.executable, str(TOOL), str(path)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1), done.stderr


def test_headers_that_claim_more_are_believed_by_nobody(forger: Forger, tmp_path: Path) -> None:
    members = {n: deflated([c]) for n, c in forger.good.items()}
    _, crc, stored = members[ELECTION]
    data = plain(members | {ELECTION: (2**32 - 1, crc, stored)})
    for found in places(data, tmp_path):
        assert found != []


def test_logs_that_memory_could_not_hold_are_refused_by_their_size(
    forger: Forger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = sum(len(content) for name, content in forger.good.items() if name.startswith(("logs/", OPENINGS)))
    for most, refused in ((held, False), (held - 1, True)):
        monkeypatch.setattr(bundle, "MAX_LOGS", most)
        monkeypatch.setattr(ALONE, "MOST_LOGS", most)
        ours, alone = places(forger.packed({}), tmp_path)
        assert (bool(ours), bool(alone)) == (refused, refused)
    assert "logs and openings of more than" in ours[0][0]
    assert alone == [("no bundle", None)]


def keyed(forger: Forger, times: int, accounts: int) -> bytes:
    """A sound bundle in which ``accounts`` people have in turn made ``times`` new keys, each signed for by the one before."""
    story = forger._copy()
    log = story.logs["office"]
    people = [e.payload for e in log if e.act == "office.account"][:accounts]
    held = {p["account"]: seed(p["account"]) for p in people}
    for number in range(times):
        person = people[number % len(people)]
        who, key = person["account"], seed(f"new key {number}")
        payload = {
            "account": who,
            "public_key": keys.public(key).hex(),
            "fingerprint": keys.fingerprint(keys.public(key)),
        }
        made = replace(
            log[-1], seq=len(log), prev=log[-1].hash, act="office.key", payload=payload | {"alg": "ed25519"},
            actor={"account": who, "role": person["role"], "scope": person["scope"]}, statements=[],
        )  # fmt: skip
        said = statement.sign(
            held[who], type="office.key", log=made.log, subject=statement.subject_of(made), account=who,
            role=person["role"],
        )  # fmt: skip
        log.append(replace(made, statements=[said.to_dict()]))
        held[who] = key
    return forger._forged(story, "", "office", ()).data


def steps(call: Callable[[], object]) -> int:
    """How many lines of Python are run."""
    count, before = 0, sys.gettrace()

    def trace(frame: Any, event: str, argument: Any) -> Any:
        nonlocal count
        count += 1
        return trace

    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def test_many_keys_of_one_account_cost_what_keys_of_many_cost(forger: Forger, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    taken: dict[int, tuple[int, int]] = {}
    for accounts in (1, 20):
        data = keyed(forger, 400, accounts)
        path.write_bytes(data)
        assert (run.verify(path).problems, ALONE.check(data).problems) == ([], [])
        taken[accounts] = steps(lambda: run.verify(path)), steps(lambda data=data: ALONE.check(data))  # type: ignore[misc]
    assert all(one < 1.03 * many for one, many in zip(taken[1], taken[20], strict=True)), taken


def test_both_have_the_same_gates() -> None:
    """What one takes for a bundle the other does too."""
    ours = (
        archive.MAX_FILE,
        archive.MAX_TOTAL,
        bundle.MAX_SMALL,
        bundle.MAX_LOGS,
        bundle.MAX_LINE,
        archive.MAX_MEMBERS,
        archive.MAX_RATIO,
    )
    assert ours == (
        ALONE.MOST, ALONE.MOST, ALONE.MOST_SMALL, ALONE.MOST_LOGS, ALONE.MOST_LINE, ALONE.MOST_FILES, ALONE.MOST_RATIO,
    )  # fmt: skip
