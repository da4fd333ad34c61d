"""One entry shown without the rest: what a proof proves, and what is found wrong with it."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pytest

from election.faults import WrongInput
from election.record import bundle, cosignature, keys, note, policy, proof
from election.record.cosignature import Witness
from election.verify import answer, run
from election.verify.report import Report
from tests.verify.recorded import LOGS, NAME, Recorded, seed, whole


@pytest.fixture(scope="module")
def told() -> Recorded:
    return whole("party")


def written(told: Recorded, seq: int, size: int | None = None) -> proof.Proof:
    lines = told.lines("election")[:size]
    checkpoint = bundle.checkpoint(NAME, told.server, "election", LOGS["election"], lines)
    return proof.prove(lines, seq, checkpoint, note.vkey(NAME, keys.public(told.server)))


def checked(text: str, folder: Path, **options: Any) -> Report:
    path = folder / "x.tlog-proof"
    path.write_text(text, encoding="utf-8")
    report = run.verify(path, **options)
    assert all(p["text"] and p["text_en"] for p in answer.document(report)["problems"])
    return report


def test_every_entry_can_be_shown_on_its_own(told: Recorded, tmp_path: Path) -> None:
    trust = keys.fingerprint(keys.public(told.server))
    for seq, line in enumerate(told.lines("election")):
        report = checked(written(told, seq).text(), tmp_path, trust=trust)
        document = answer.document(report)
        assert (report.problems, report.trust, document["entries"]) == ([], "pinned", 1)
        assert document["entry"] == json.loads(line)
        assert {c["id"]: c["status"] for c in document["checks"]} == {
            "trust": "pass", "entries": "pass", "checkpoints": "pass", "witnesses": "not_checked", "inclusion": "pass",
        }  # fmt: skip


def test_a_person_reads_what_the_entry_says_and_that_nothing_else_was_looked_at(told: Recorded, tmp_path: Path) -> None:
    lines = told.lines("election")
    seq = next(n for n, line in enumerate(lines) if b'"act":"tally.sign"' in line)
    entry = json.loads(lines[seq])
    said = "\n".join(answer.lines(checked(written(told, seq).text(), tmp_path)))
    year, month, day = map(int, entry["occurred_on"].split("-"))
    for part in (f"{year}年{month}月{day}日", "签署计票单", "计票人", entry["actor"]["account"], "sheet_sha256"):
        assert part in said
    assert f"第 {seq + 1} 条（seq {seq}）" in said
    assert "没有查其他记录" in said
    assert "每本记录都查到末尾" not in said


def test_nothing_of_another_entry_is_in_the_file(told: Recorded) -> None:
    shown = b64decode(json.loads(b64decode(written(told, 5).text().splitlines()[1].split(" ")[1]))["entry"])
    assert shown == told.lines("election")[5]
    assert len(written(told, 5).siblings) <= 6


@pytest.mark.parametrize("place", ["extra", "index", "sibling", "size", "root", "signature"])
def test_any_change_is_found(told: Recorded, tmp_path: Path, place: str) -> None:
    good = written(told, 20)
    lines = good.text().split("\n")
    number = {"extra": 1, "index": 2, "sibling": 4, "size": -5, "root": -4, "signature": -2}[place]
    if place == "extra":
        extra = json.loads(b64decode(lines[1].split(" ")[1]))
        entry = b64decode(extra["entry"]).replace(b'"attempt":1', b'"attempt":2')
        content = {"entry": b64encode(entry).decode(), "server": extra["server"]}
        changed = b64encode(json.dumps(content, separators=(",", ":")).encode())
        lines[1] = f"extra {changed.decode()}"
    elif place in ("index", "size"):
        lines[number] = lines[number].replace("20" if place == "index" else lines[number], "19")
    else:
        at = len(lines[number]) // 2
        lines[number] = lines[number][:at] + ("A" if lines[number][at] != "A" else "B") + lines[number][at + 1 :]
    text = "\n".join(lines)
    assert text != good.text()
    assert not checked(text, tmp_path).ok


def test_a_proof_by_another_key_fails_against_the_fingerprint(told: Recorded, tmp_path: Path) -> None:
    trust = keys.fingerprint(keys.public(told.server))
    lines, other = told.lines("election"), seed("other")
    checkpoint = bundle.checkpoint(NAME, other, "election", LOGS["election"], lines)
    text = proof.prove(lines, 3, checkpoint, note.vkey(NAME, keys.public(other))).text()
    assert checked(text, tmp_path).ok
    assert [(p.check, p.code) for p in checked(text, tmp_path, trust=trust).problems] == [("trust", "other-key")]


def test_a_checkpoint_of_another_log_proves_nothing(told: Recorded, tmp_path: Path) -> None:
    lines = told.lines("election")
    checkpoint = bundle.checkpoint(NAME, told.server, "campaign", LOGS["campaign"], lines)
    text = proof.prove(lines, 3, checkpoint, note.vkey(NAME, keys.public(told.server))).text()
    assert [p.code for p in checked(text, tmp_path).problems] == ["proof-other"]


@pytest.mark.parametrize(
    "text",
    [
        proof.HEAD,
        f"{proof.HEAD}\n\n",
        f"{proof.HEAD}\nextra AA==\nindex 0\n\nx\n",
        f"{proof.HEAD}\nextra AA==\nindex -1\n\nx\n",
        f"{proof.HEAD}\nmore AA==\nindex 0\n\nx\n",
        f"{proof.HEAD}\nextra AA==\nindex 0\nAAAA\n\nx\n",
    ],
)
def test_what_is_no_proof_is_said_so(tmp_path: Path, text: str) -> None:
    assert [p.code for p in checked(text, tmp_path).problems] == ["proof-form"]


def test_a_policy_is_asked_of_a_proof_and_of_a_bundle(told: Recorded, tmp_path: Path) -> None:
    seeds = {name: seed(name) for name in ("a", "b")}
    witnesses = {name: Witness(name, keys.public(key)) for name, key in seeds.items()}
    server = note.Verifier(NAME, keys.public(told.server))
    asked = tmp_path / "policy"
    asked.write_text(policy.written([server], witnesses, 2), encoding="utf-8")
    for names, expected in (("", False), ("a", False), ("ab", True)):
        good = written(told, 7)
        text = good.checkpoint
        for name in names:
            text = cosignature.added(text, cosignature.sign(text, name, seeds[name], 1293264000))
        shown = proof.Proof(good.data, good.server, good.index, good.siblings, text)
        assert checked(shown.text(), tmp_path, policy=asked).ok is expected
        told.checkpoints.append(("election", text))
        path = told.write(tmp_path / "x.zip")
        told.checkpoints.pop()
        report = run.verify(path, policy=asked)
        assert report.ok is expected
        assert {p.check for p in report.problems} <= {"witnesses"}
        assert report.checks["steps"].status == "pass"
    other = tmp_path / "other"
    other.write_text(policy.written([note.Verifier(NAME, keys.public(seed("other")))], witnesses, 2), encoding="utf-8")
    assert [p.code for p in run.verify(path, policy=other).problems] == ["policy-log"]


def test_a_proof_is_asked_for_the_log_of_its_policy_and_for_good_cosignatures(told: Recorded, tmp_path: Path) -> None:
    a = {"a": Witness("a", keys.public(seed("a")))}
    good = written(told, 7)
    cosigned = cosignature.added(good.checkpoint, cosignature.sign(good.checkpoint, "a", seed("a"), 1293264000))
    asked, other = tmp_path / "policy", tmp_path / "other"
    asked.write_text(policy.written([note.Verifier(NAME, keys.public(told.server))], a, 1), encoding="utf-8")
    other.write_text(policy.written([note.Verifier(NAME, keys.public(seed("other")))], a, 1), encoding="utf-8")

    def problems(checkpoint: str, policy: Path) -> list[tuple[str, str]]:
        shown = proof.Proof(good.data, good.server, good.index, good.siblings, checkpoint)
        return [(p.check, p.code) for p in checked(shown.text(), tmp_path, policy=policy).problems]

    assert problems(cosigned, asked) == []
    assert problems(cosigned, other) == [("witnesses", "policy-log")]
    spoilt = good.checkpoint + cosignature.sign(good.checkpoint, "a", seed("a"), 1293264000).replace(
        cosigned.splitlines()[-1].split(" ")[2], changed(cosigned.splitlines()[-1].split(" ")[2])
    )
    assert problems(spoilt, asked) == [("witnesses", "cosignature")]
    told.checkpoints.append(("election", spoilt))
    path = told.write(tmp_path / "x.zip")
    told.checkpoints.pop()
    assert ("witnesses", "cosignature") in {(p.check, p.code) for p in run.verify(path, policy=asked).problems}


def changed(blob: str) -> str:
    """A cosignature of the same key and time with one bit of its signature turned."""
    raw = bytearray(b64decode(blob))
    raw[-1] ^= 1
    return b64encode(raw).decode()


def test_a_proof_of_bytes_that_are_no_entry_proves_nothing(told: Recorded, tmp_path: Path) -> None:
    lines = [*told.lines("election")[:3], b"{}"]
    checkpoint = bundle.checkpoint(NAME, told.server, "election", LOGS["election"], lines)
    text = proof.prove(lines, 3, checkpoint, note.vkey(NAME, keys.public(told.server))).text()
    report = checked(text, tmp_path)
    assert [(p.check, p.code) for p in report.problems] == [("entries", "chain.not-canonical")]
    assert report.entry is None


def test_a_policy_that_is_none_is_wrong_input(told: Recorded, tmp_path: Path) -> None:
    path = told.write(tmp_path / "x.zip")
    for content in (b"quorum nobody\n", b"\xff"):
        (tmp_path / "p").write_bytes(content)
        with pytest.raises(WrongInput, match="not a policy"):
            run.verify(path, policy=tmp_path / "p")
    with pytest.raises(WrongInput):
        run.verify(path, policy=tmp_path / "nowhere")
    (tmp_path / "e").write_text(written(told, 1).text(), encoding="utf-8")
    with pytest.raises(WrongInput):
        run.verify(tmp_path / "e", checkpoint=tmp_path / "p")
