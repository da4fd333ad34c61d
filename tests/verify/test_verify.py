"""One test per refusal. The forger here holds the server's key: manifest and checkpoints are signed anew each time."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from election.faults import WrongInput
from election.record import archive, bundle, keys, note, seal, statement, tree
from election.record.archive import Archive
from election.record.entry import ZERO, Entry, Kind
from election.verify import answer, run
from election.verify.report import CHECKS
from election.words import acts
from tests.verify.conftest import LOGS, sample


def found(path: Path, **options: Any) -> list[tuple[str, str, str, int | None]]:
    """(check, code, file, line) of the problems; every one can be told in words."""
    report = run.verify(path, **options)
    told = answer.document(report)
    assert told["ok"] is (not told["problems"])
    assert all(problem["text"] and problem["text_en"] for problem in told["problems"])
    return [(p.check, p.code, p.file, p.line) for p in report.problems]


def members(path: Path) -> dict[str, bytes]:
    with Archive(path) as opened:
        return {name: opened.read(name) for name in opened.members}


def resigned(path: Path, changed: dict[str, bytes], key: bytes, drop: tuple[str, ...] = ()) -> Path:
    """The bundle with ``changed`` members and a manifest signed anew over them."""
    all_members = {n: c for n, c in (members(path) | changed).items() if n != bundle.MANIFEST and n not in drop}
    listed = (f"{hashlib.sha256(c).hexdigest()}  {len(c)}  {n}\n" for n, c in sorted(all_members.items()))
    all_members[bundle.MANIFEST] = note.sign(f"{bundle.FORMAT}\n{''.join(listed)}", "qilihe-test", key).encode()
    archive.write(path, sorted(all_members.items()))
    return path


def rechained(office: Any, kind: Kind, seq: int, **changes: Any) -> None:
    """Change an entry and link everything after it anew, as somebody with the database could."""
    log: list[Entry] = office.logs[kind]
    previous = log[seq - 1].hash if seq else ZERO
    for place in range(seq, len(log)):
        fields = {name: getattr(log[place], name) for name in Entry.__dataclass_fields__}
        log[place] = Entry(**fields | {"prev": previous} | (changes if place == seq else {}))
        previous = log[place].hash


def test_a_whole_bundle_verifies(office: Any, tmp_path: Path) -> None:
    report = run.verify(office.write(tmp_path / "x.zip"))
    told = answer.document(report)
    assert (told["ok"], told["trust"], told["entries"], told["problems"]) == (True, "unpinned", 17, [])
    assert told["checkpoints"] == 4
    assert [check["id"] for check in told["checks"]] == list(CHECKS)
    not_checked = {check["id"] for check in told["checks"] if check["status"] == "not_checked"}
    assert not_checked == {"trust", "earlier", "witnesses", "attachments", "personal", "steps", "recount", "result"}


# --- container and manifest ---


def test_a_bundle_packed_again_verifies(office: Any, tmp_path: Path) -> None:
    path = office.write(tmp_path / "x.zip")
    held = members(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in sorted(held):
            out.writestr(name, held[name])
    assert found(path) == []


def test_a_changed_file_is_named(office: Any, tmp_path: Path) -> None:
    path = office.write(tmp_path / "x.zip")
    for name in sorted(members(path)):
        content = members(path)[name]
        changed = content[:-2] + bytes([content[-2] ^ 1]) + content[-1:]
        archive.write(tmp_path / "y.zip", sorted((members(path) | {name: changed}).items()))
        problems = found(tmp_path / "y.zip")
        expected = "manifest-signature" if name == bundle.MANIFEST else "file-changed"
        assert name in {file for _, code, file, _ in problems if code == expected}


def test_a_missing_file_is_named(office: Any, tmp_path: Path) -> None:
    path = office.write(tmp_path / "x.zip")
    for name in members(path):
        archive.write(tmp_path / "y.zip", sorted((n, c) for n, c in members(path).items() if n != name))
        assert name in {file for *_, file, _ in found(tmp_path / "y.zip")}


def test_an_added_file_is_named(office: Any, tmp_path: Path) -> None:
    path = office.write(tmp_path / "x.zip")
    for name in ("notes.txt", "../x", f"papers/{'a' * 64}.pdf", "checkpoints/election/1.note"):
        archive.write(tmp_path / "y.zip", sorted((members(path) | {name: b"added\n"}).items()))
        assert ("manifest", "file-added", name, None) in found(tmp_path / "y.zip")


def test_a_file_without_a_place_is_found_even_if_listed(office: Any, tmp_path: Path) -> None:
    path = resigned(office.write(tmp_path / "x.zip"), {"notes.txt": b"listed"}, office.key)
    assert found(path) == [("archive", "unknown-file", "notes.txt", None)]


def test_another_version_is_not_read_as_this_one(office: Any, tmp_path: Path) -> None:
    path = resigned(office.write(tmp_path / "x.zip"), {bundle.VERSION: b"elec-bundle/v2\n"}, office.key)
    assert found(path) == [("archive", "version", "VERSION", 1)]


def test_a_manifest_that_is_none_is_refused(office: Any, tmp_path: Path) -> None:
    path = office.write(tmp_path / "x.zip")
    signed = note.sign("something else\n", "qilihe-test", office.key).encode()
    archive.write(path, sorted((members(path) | {bundle.MANIFEST: signed}).items()))
    assert found(path) == [("manifest", "manifest-form", "MANIFEST", None)]


def test_a_broken_container_is_an_answer(office: Any, tmp_path: Path) -> None:
    path = office.write(tmp_path / "x.zip")
    path.write_bytes(path.read_bytes()[:-40])
    assert found(path) == [("archive", "damaged", "end of the archive", None)]


# --- trust ---


def test_the_printed_fingerprint_pins_the_key(office: Any, tmp_path: Path) -> None:
    path = office.write(tmp_path / "x.zip")
    printed = keys.fingerprint_text(keys.public(office.key)).upper().replace(" ", ":")
    report = run.verify(path, trust=printed)
    assert (report.ok, report.trust) == (True, "pinned")


def test_a_bundle_signed_anew_with_another_key_fails_the_pin(office: Any, tmp_path: Path) -> None:
    trust = keys.fingerprint(keys.public(office.key))
    office.key = office.seed("a forger's server")
    rechained(
        office, "office", 0, payload=office.logs["office"][0].payload | {"server_key": keys.public(office.key).hex()}
    )
    heads = {entry.log: [e.hash for e in log] for log in office.logs.values() for entry in log[:1]}
    for kind in ("campaign", "election"):
        for seq, entry in enumerate(office.logs[kind]):
            seen = {log: {"size": at["size"], "head": heads[log][at["size"] - 1]} for log, at in entry.seen.items()}
            rechained(office, kind, seq, seen=seen)
        heads[office.logs[kind][0].log] = [e.hash for e in office.logs[kind]]
    office.checkpoints.clear()
    path = office.write(tmp_path / "x.zip")
    assert found(path) == []
    assert found(path, trust=trust) == [("trust", "other-key", "logs/office.jsonl", 1)]
    assert run.verify(path, trust=trust).trust == "unpinned"


@pytest.mark.parametrize("trust", ["", "abcd", "not a fingerprint"])
def test_a_trust_that_is_no_fingerprint_is_wrong_input(office: Any, tmp_path: Path, trust: str) -> None:
    with pytest.raises(WrongInput, match="--trust"):
        run.verify(office.write(tmp_path / "x.zip"), trust=trust)


@pytest.mark.parametrize(
    "change", [{"server_key": "00"}, {"server_key": 1}, {"name": "two words"}, {"name": None}], ids=str
)
def test_an_office_without_a_server_key_is_refused(office: Any, tmp_path: Path, change: dict[str, Any]) -> None:
    rechained(office, "office", 0, payload=office.logs["office"][0].payload | change)
    assert found(office.write(tmp_path / "x.zip")) == [("entries", "server-key", "logs/office.jsonl", 1)]


# --- logs ---

ELECTION = "logs/election.jsonl"
Change = Callable[[list[bytes]], list[bytes]]


@pytest.mark.parametrize(
    ("change", "check", "code", "line"),
    [
        (lambda x: x[:4] + x[5:], "chain", "chain.seq", 5),
        (lambda x: [*x[:4], x[4], *x[4:]], "chain", "chain.seq", 6),
        (lambda x: [*x[:4], x[5], x[4], *x[6:]], "chain", "chain.seq", 5),
        (lambda x: [*x[:4], x[4].replace(b'"row":2', b'"row":7'), *x[5:]], "chain", "chain.changed", 5),
        (lambda x: [*x[:4], x[4].replace(b'"row":2', b'"row": 2'), *x[5:]], "entries", "chain.not-canonical", 5),
        (lambda x: [*x[:4], x[4].replace(b'"row":2', b'"row":2,"row":2'), *x[5:]], "entries", "chain.not-canonical", 5),
        (lambda x: [*x[:4], x[4].replace(b'"row":2', b'"row":2.0'), *x[5:]], "entries", "chain.not-canonical", 5),
        (lambda x: [*x[:4], b"", *x[5:]], "entries", "chain.not-canonical", 5),
        (lambda x: [*x[:4], b"{}", *x[5:]], "entries", "chain.shape", 5),
    ],
    ids=["dropped", "doubled", "swapped", "changed", "spaced", "key twice", "float", "blank", "no entry"],
)
def test_a_changed_log_is_found_at_its_line(
    office: Any, tmp_path: Path, change: Change, check: str, code: str, line: int
) -> None:
    path = office.write(tmp_path / "x.zip")
    content = b"".join(entry + b"\n" for entry in change(office.lines("election")))
    problems = found(resigned(path, {ELECTION: content}, office.key))
    assert problems[0] == (check, code, ELECTION, line)


def test_a_log_in_the_place_of_another_is_found(office: Any, tmp_path: Path) -> None:
    path = office.write(tmp_path / "x.zip")
    problems = found(resigned(path, {ELECTION: members(path)["logs/campaign.jsonl"]}, office.key))
    assert ("chain", "chain.kind", ELECTION, 1) in problems


@pytest.mark.parametrize("kind", ["campaign", "election"])
def test_a_missing_or_empty_log_is_found(office: Any, tmp_path: Path, kind: str) -> None:
    path = office.write(tmp_path / "x.zip")
    assert ("entries", "log-empty", f"logs/{kind}.jsonl", None) in found(
        resigned(path, {f"logs/{kind}.jsonl": b""}, office.key)
    )
    assert ("entries", "log-missing", f"logs/{kind}.jsonl", None) in found(
        resigned(path, {}, office.key, drop=(f"logs/{kind}.jsonl",))
    )


# --- checkpoints ---


def test_a_rewritten_log_does_not_have_the_old_root(office: Any, tmp_path: Path) -> None:
    rechained(office, "campaign", 0, payload={"title": "改过的计划"})
    problems = found(office.write(tmp_path / "x.zip"))
    assert ("checkpoints", "changed-between", "checkpoints/campaign/1.note", None) in problems


def test_a_log_cut_back_misses_what_its_checkpoint_covers(office: Any, tmp_path: Path) -> None:
    office.checkpoint("election")
    del office.logs["election"][-1]
    problems = found(office.write(tmp_path / "x.zip"))
    assert ("checkpoints", "cut-back", "checkpoints/election/10.note", None) in problems


def test_a_log_without_its_last_checkpoint_is_found(office: Any, tmp_path: Path) -> None:
    path = office.write(tmp_path / "x.zip")
    problems = found(resigned(path, {}, office.key, drop=("checkpoints/election/10.note",)))
    assert problems == [("checkpoints", "checkpoint-missing", ELECTION, None)]


def test_a_checkpoint_of_another_log_or_size_is_found(office: Any, tmp_path: Path) -> None:
    path = office.write(tmp_path / "x.zip")
    for name in ("checkpoints/election/3.note", "checkpoints/campaign/0.note"):
        problems = found(resigned(path, {name: members(path)["checkpoints/election/2.note"]}, office.key))
        assert ("checkpoints", "checkpoint-other", name, None) in problems
        office.write(path)


def test_a_checkpoint_by_another_key_is_found(office: Any, tmp_path: Path) -> None:
    path = office.write(tmp_path / "x.zip")
    name = "checkpoints/election/2.note"
    body = note.body_of(members(path)[name].decode())
    for text in (note.sign(body, "qilihe-test", office.seed("other")), f"{body}\n"):
        problems = found(resigned(path, {name: text.encode()}, office.key))
        assert problems == [("checkpoints", "checkpoint-signature", name, None)]


def test_a_log_extends_an_earlier_checkpoint(office: Any, tmp_path: Path) -> None:
    (tmp_path / "c.note").write_text(office.checkpoint("election"), encoding="utf-8")
    office.checkpoints.pop()
    office.add("election", "archive.seal", {})
    report = run.verify(office.write(tmp_path / "x.zip"), checkpoint=tmp_path / "c.note")
    assert report.ok
    assert report.checks["earlier"].status == "pass"


def test_a_bundle_cut_back_since_an_earlier_checkpoint_fails(office: Any, tmp_path: Path) -> None:
    (tmp_path / "c.note").write_text(office.checkpoint("election"), encoding="utf-8")
    office.checkpoints.clear()
    del office.logs["election"][-1]
    path = office.write(tmp_path / "x.zip")
    assert found(path) == []
    assert found(path, checkpoint=tmp_path / "c.note") == [("earlier", "cut-back", ELECTION, 9)]


def test_a_bundle_forked_since_an_earlier_checkpoint_fails(office: Any, tmp_path: Path) -> None:
    (tmp_path / "c.note").write_text(office.checkpoint("election"), encoding="utf-8")
    office.checkpoints.clear()
    rechained(office, "election", 4, payload={"row": 99})
    path = office.write(tmp_path / "x.zip")
    assert found(path) == []
    assert found(path, checkpoint=tmp_path / "c.note") == [("earlier", "forked", ELECTION, 10)]


def test_an_earlier_checkpoint_of_another_log_or_key_fails(office: Any, tmp_path: Path) -> None:
    path = office.write(tmp_path / "x.zip")
    other = bundle.checkpoint("qilihe-test", office.key, "election", "another", [b"x"])
    (tmp_path / "c.note").write_text(other, encoding="utf-8")
    assert found(path, checkpoint=tmp_path / "c.note") == [("earlier", "earlier-other", "", None)]
    forged = bundle.checkpoint("qilihe-test", office.seed("x"), "election", "another", [b"x"])
    (tmp_path / "c.note").write_text(forged, encoding="utf-8")
    assert found(path, checkpoint=tmp_path / "c.note") == [("earlier", "earlier-signature", "", None)]


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\xff\xfe", b"a\n1\nAAAA\n\n\xe2\x80\x94 n AAAAAAA=\n"])
def test_what_is_no_checkpoint_is_wrong_input(office: Any, tmp_path: Path, content: bytes) -> None:
    path = office.write(tmp_path / "x.zip")
    (tmp_path / "c.note").write_bytes(content)
    for file in (tmp_path / "c.note", tmp_path / "none.note"):
        with pytest.raises(WrongInput, match=file.name):
            run.verify(path, checkpoint=file)


# --- what logs saw of each other ---


def seen(record: Any, **sizes: int) -> dict[str, Any]:
    return {
        record.logs[kind][0].log: {"size": size, "head": record.logs[kind][size - 1].hash if size else ZERO}
        for kind, size in sizes.items()
    }


def test_reading_less_than_before_is_found(office: Any, tmp_path: Path) -> None:
    office.add("election", "report.submit", {}, seen=seen(office, office=5, campaign=1))
    assert found(office.write(tmp_path / "x.zip")) == [("seen", "seen-back", ELECTION, 11)]


def test_reading_what_is_not_there_is_found(office: Any, tmp_path: Path) -> None:
    ahead = seen(office, office=6, campaign=1)
    ahead[office.logs["campaign"][0].log] = {"size": 2, "head": "a" * 64}
    office.add("election", "report.submit", {}, seen=ahead)
    assert found(office.write(tmp_path / "x.zip")) == [("seen", "seen-ahead", ELECTION, 11)]


def test_reading_another_beginning_is_found(office: Any, tmp_path: Path) -> None:
    other = seen(office, office=6, campaign=1)
    other[office.logs["campaign"][0].log]["head"] = "a" * 64
    office.add("election", "report.submit", {}, seen=other)
    assert found(office.write(tmp_path / "x.zip")) == [("seen", "seen-other", ELECTION, 11)]


def test_a_first_entry_cites_office_and_campaign(office: Any, tmp_path: Path) -> None:
    office.checkpoints.clear()
    rechained(office, "election", 0, seen={})
    problems = found(office.write(tmp_path / "x.zip"))
    assert problems == [("seen", "seen-none", ELECTION, 1), ("seen", "seen-none", ELECTION, 1)]


def test_logs_that_are_elsewhere_are_not_judged(office: Any, tmp_path: Path) -> None:
    elsewhere = {"00000000-0000-4000-8000-00000000ffff": {"size": 9, "head": "a" * 64}}
    office.add("campaign", "campaign.inspect", {}, seen=elsewhere)
    assert found(office.write(tmp_path / "x.zip")) == []


# --- people ---


def test_an_act_of_an_unknown_account_is_found(office: Any, tmp_path: Path) -> None:
    office.add("election", "roll.change", {}, office.actor("nobody", "registrar"))
    assert found(office.write(tmp_path / "x.zip")) == [("actors", "actor-unknown", ELECTION, 11)]


@pytest.mark.parametrize("change", [{"role": "scrutineer"}, {"scope": "district/street"}], ids=str)
def test_an_act_beyond_role_or_scope_is_found(office: Any, tmp_path: Path, change: dict[str, str]) -> None:
    office.add("election", "roll.change", {}, office.actor("zhao", "registrar") | change)
    assert found(office.write(tmp_path / "x.zip")) == [("actors", "actor-role", ELECTION, 11)]


def test_an_account_counts_from_where_it_was_seen(office: Any, tmp_path: Path) -> None:
    before = seen(office, office=6, campaign=1)
    office.account("sun", "registrar")
    office.add("election", "roll.change", {}, office.actor("sun", "registrar"), seen=before)
    office.add("election", "roll.change", {}, office.actor("sun", "registrar"))
    assert found(office.write(tmp_path / "x.zip")) == [("actors", "actor-unknown", ELECTION, 11)]


def test_a_closed_account_does_not_act(office: Any, tmp_path: Path) -> None:
    office.add("office", "office.account_close", {"account": "zhao"})
    office.add("election", "roll.change", {}, office.actor("zhao", "registrar"))
    assert found(office.write(tmp_path / "x.zip")) == [("actors", "actor-unknown", ELECTION, 11)]


def signed(office: Any, **changes: Any) -> None:
    """An act by chen whose statement was changed after it was signed."""
    office.add(
        "election",
        "result.announce",
        {"elected": ["c2"]},
        office.actor("chen", "leading_chair"),
        signers=[("chen", "leading_chair")],
    )
    log = office.logs["election"]
    said = [log[-1].statements[0] | changes]
    rechained(office, "election", len(log) - 1, statements=said)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sig": "00" * 64}, "statement-signature"),
        ({"type": "result.void"}, "statement-other"),
        ({"subject": "0" * 64}, "statement-other"),
        ({"log": "another"}, "statement-other"),
        ({"account": "nobody"}, "statement-key"),
        ({"account": "zhao"}, "statement-key"),
        ({"key": "0" * 64}, "statement-key"),
        ({"role": "teller"}, "statement-role"),
        ({"alg": "none"}, "statement-algorithm"),
        ({"sig": 1}, "statement-shape"),
        ({"account": ["chen"]}, "statement-shape"),
        ({"more": "x"}, "statement-shape"),
    ],
    ids=str,
)
def test_a_changed_statement_is_found(office: Any, tmp_path: Path, changes: dict[str, Any], code: str) -> None:
    signed(office, **changes)
    assert found(office.write(tmp_path / "x.zip")) == [("statements", code, ELECTION, 11)]


def test_a_signed_act_cannot_be_rewritten_by_the_server(office: Any, tmp_path: Path) -> None:
    office.checkpoints.clear()
    rechained(office, "election", 9, payload={"elected": ["c2"]})
    assert found(office.write(tmp_path / "x.zip")) == [("statements", "statement-other", ELECTION, 10)]


def test_a_statement_cannot_be_moved_to_another_act(office: Any, tmp_path: Path) -> None:
    said = office.logs["election"][1].statements
    signed(office, **said[0])
    assert found(office.write(tmp_path / "x.zip")) == [("statements", "statement-other", ELECTION, 11)]


def test_a_revoked_key_does_not_sign(office: Any, tmp_path: Path) -> None:
    office.add("election", "tally.sign", {}, office.actor("li", "scrutineer"), signers=[("li", "scrutineer")])
    assert found(office.write(tmp_path / "x.zip")) == [("statements", "statement-revoked", ELECTION, 11)]


def test_a_new_key_takes_the_place_of_the_old(office: Any, tmp_path: Path) -> None:
    public = keys.public(office.seed("chen's second key")).hex()
    office.add("office", "office.key", {"account": "chen", "public_key": public})
    signed(office)
    assert found(office.write(tmp_path / "x.zip")) == [("statements", "statement-revoked", ELECTION, 11)]
    log = office.logs["election"]
    said = statement.sign(
        office.seed("chen's second key"),
        type="result.announce",
        log=log[-1].log,
        subject=statement.subject_of(log[-1]),
        account="chen",
        role="leading_chair",
    )
    rechained(office, "election", len(log) - 1, statements=[said.to_dict()])
    assert found(office.write(tmp_path / "x.zip")) == []


def test_somebody_else_does_not_sign_for_the_actor(office: Any, tmp_path: Path) -> None:
    office.add("election", "roll.fix", {}, office.actor("chen", "leading_chair"), signers=[("zhao", "registrar")])
    assert found(office.write(tmp_path / "x.zip")) == [("statements", "statement-signer", ELECTION, 11)]


def test_one_person_does_not_sign_twice(office: Any, tmp_path: Path) -> None:
    twice = [("chen", "leading_chair"), ("chen", "leading_chair")]
    office.add("election", "roll.fix", {}, office.actor("chen", "leading_chair"), signers=twice)
    assert found(office.write(tmp_path / "x.zip")) == [("statements", "statement-signer", ELECTION, 11)]


SCAN = {"sha256": "b" * 64, "size": 4, "media_type": "image/jpeg"}


@pytest.mark.parametrize(
    ("on_paper", "signers", "code"),
    [
        ({"scan": "b" * 64, "vouchers": ["zhao"]}, ["zhao"], "vouchers"),
        ({"scan": "b" * 64}, [], "vouchers"),
        ({}, ["zhao", "zhao"], "vouchers"),
        ({}, ["zhao", "wang", "chen"], "vouchers"),
        ({"vouchers": [1, 2]}, ["zhao", "wang"], "vouchers-other"),
        ({"vouchers": "zhao"}, ["zhao", "wang"], "vouchers-other"),
        ({"vouchers": ["zhao", "chen"]}, ["zhao", "wang"], "vouchers-other"),
        ({"scan": "c" * 64, "vouchers": ["zhao", "wang"]}, ["zhao", "wang"], "scan-missing"),
        ({"vouchers": ["zhao", "wang"], "scan": ["b"]}, ["zhao", "wang"], "scan-missing"),
    ],
    ids=str,
)
def test_a_paper_signature_needs_two_vouchers_and_a_scan(
    office: Any, tmp_path: Path, on_paper: dict[str, Any], signers: list[str], code: str
) -> None:
    roles = {"zhao": "registrar", "wang": "teller", "chen": "leading_chair"}
    office.add(
        "election",
        "handover.sign",
        {},
        office.actor("zhao", "registrar"),
        attachments=[SCAN],
        on_paper=on_paper,
        signers=[(who, roles[who]) for who in signers],
    )
    assert ("on-paper", code, ELECTION, 11) in found(office.write(tmp_path / "x.zip"))


# --- papers, openings, rulesets ---


def test_a_sealed_paper_must_be_there_as_it_was(office: Any, tmp_path: Path) -> None:
    name = f"papers/{hashlib.sha256(office.papers[0]).hexdigest()}.pdf"
    path = resigned(office.write(tmp_path / "x.zip"), {name: b"%PDF another"}, office.key)
    assert found(path) == [("papers", "paper-bytes", name, None)]
    office.papers.clear()
    assert found(office.write(tmp_path / "x.zip")) == [("papers", "paper-missing", ELECTION, 2)]


def test_a_paper_may_be_missing_where_a_later_act_says_that_it_was_destroyed(office: Any, tmp_path: Path) -> None:
    digest = hashlib.sha256(office.papers.pop()).hexdigest()
    street = {"account": "li", "role": "street_officer", "scope": office.logs["election"][0].actor["scope"]}

    def destroy(*lists: object) -> None:
        payload = {"what": "personal", "number": 0, "reason": "保存期满", "lists": list(lists)}
        office.add("election", "retention.destroy", payload, street)

    def papers(path: Path) -> list[tuple[str, int]]:
        return [(code, line) for check, code, _, line in found(path) if check == "papers"]

    for other in ("0" * 64, 7, None):  # another's digest, or none
        destroy(other)
        assert papers(office.write(tmp_path / "x.zip")) == [("paper-missing", 2)]
    destroy(digest)
    path = office.write(tmp_path / "x.zip")
    assert papers(path) == []
    assert answer.document(run.verify(path))["checks"][12]["text_en"].startswith(
        "0 sealed papers are there, byte for byte; 1 "
    )
    paper = {"kind": "list", "number": "2", "sha256": digest}
    office.add("election", "notice.post", {}, street, papers=[paper])  # what is sealed again must be there again
    assert papers(office.write(tmp_path / "x.zip")) == [("paper-missing", len(office.logs["election"]))]


def test_a_paper_nobody_sealed_is_found(office: Any, tmp_path: Path) -> None:
    office.papers.append(b"%PDF slipped in")
    name = f"papers/{hashlib.sha256(office.papers[1]).hexdigest()}.pdf"
    assert found(office.write(tmp_path / "x.zip")) == [("papers", "paper-stray", name, None)]


def test_a_posted_value_cannot_be_another(office: Any, tmp_path: Path) -> None:
    first = office.openings[0]
    forged = seal.Opening(first.commitment, first.salt, "王建设")
    path = office.write(tmp_path / "x.zip", openings=[forged, *office.openings[1:]])
    assert [(check, code) for check, code, *_ in found(path)] == [("openings", "opening-wrong")]


def test_a_value_that_was_never_sealed_is_found(office: Any, tmp_path: Path) -> None:
    path = office.write(tmp_path / "x.zip", openings=[*office.openings, seal.commit("张三", bytes(32))])
    assert [(check, code) for check, code, *_ in found(path)] == [("openings", "opening-stray")]


@pytest.mark.parametrize(
    "line",
    [b"", b"[]", b'{"commitment":1,"salt":"","value":""}', b'{"commitment":"a","salt":"zz","value":""}', b"\xff"],
)
def test_a_malformed_opening_is_found(office: Any, tmp_path: Path, line: bytes) -> None:
    path = resigned(office.write(tmp_path / "x.zip"), {bundle.OPENINGS: line + b"\n"}, office.key)
    assert found(path) == [("openings", "opening-wrong", bundle.OPENINGS, 1)]


def test_an_opening_told_twice_is_found(office: Any, tmp_path: Path) -> None:
    path = office.write(tmp_path / "x.zip")
    content = members(path)[bundle.OPENINGS]
    problems = found(resigned(path, {bundle.OPENINGS: content + content}, office.key))
    assert [(code, line) for _, code, _, line in problems] == [("opening-stray", 3), ("opening-stray", 4)]


def test_the_ruleset_is_the_one_sealed(office: Any, tmp_path: Path) -> None:
    name = f"rulesets/{hashlib.sha256(office.rulesets[0]).hexdigest()}.json"
    path = resigned(office.write(tmp_path / "x.zip"), {name: b"{}"}, office.key)
    assert found(path) == [("ruleset", "ruleset-bytes", name, None)]
    office.rulesets[0] = b'{"id":"easier"}'
    assert [code for _, code, *_ in found(office.write(tmp_path / "x.zip"))] == ["ruleset-missing", "ruleset-stray"]


def test_an_election_without_a_ruleset_is_found(office: Any, tmp_path: Path) -> None:
    office.checkpoints.clear()
    rechained(office, "election", 0, payload={"ruleset_sha256": {"a": []}})
    assert [code for _, code, *_ in found(office.write(tmp_path / "x.zip"))] == ["ruleset-missing", "ruleset-stray"]


def test_many_problems_are_counted_and_the_first_are_told(office: Any, tmp_path: Path) -> None:
    for _ in range(50):
        office.add("election", "roll.change", {}, office.actor("nobody", "registrar"))
    report = run.verify(office.write(tmp_path / "x.zip"))
    assert (report.checks["actors"].count, len(report.problems)) == (50, 20)
    assert "50" in answer.document(report)["checks"][list(CHECKS).index("actors")]["text"]


# --- what a signed paper prints ---


def printed(office: Any, kind: Kind = "election") -> tuple[int, str, str]:
    """Size, root and fingerprint as they stand on a paper that was made now."""
    grown = tree.Tree(office.lines(kind))
    return grown.size, keys.grouped(grown.root().hex()), keys.fingerprint_text(keys.public(office.key))


@pytest.mark.parametrize("kind", ["office", "campaign", "election"])
def test_a_log_extends_what_a_paper_prints(office: Any, tmp_path: Path, kind: Kind) -> None:
    size, root, fingerprint = printed(office, kind)
    office.add(kind, "roll.change" if kind == "election" else "office.witness_close", {"row": 9})
    path, square = office.write(tmp_path / "x.zip"), tmp_path / "square.txt"
    square.write_text(f"存证 {size} {root.replace(' ', '')} {fingerprint}\n", encoding="utf-8")
    for held in (square, f"{size} {root}", f"存证：{size} {root.upper()}"):
        report = run.verify(path, checkpoint=held)
        said = next(c for c in answer.document(report)["checks"] if c["id"] == "earlier")
        assert said["status"] == "pass"
        assert "凭的是那张纸" in said["text"]
        assert "as good as the paper" in said["text_en"]
        assert "以前那个存证点" not in said["text"]
    assert report.trust == "unpinned"


def test_a_record_that_is_not_the_papers_fails(office: Any, tmp_path: Path) -> None:
    size, root, fingerprint = printed(office)
    path, other = office.write(tmp_path / "x.zip"), "0" * 64
    assert found(path, checkpoint=f"{size} {other}") == [("earlier", "printed-root", "", None)]
    assert found(path, checkpoint=f"{size - 1} {root}") == [("earlier", "printed-root", "", None)]
    assert found(path, checkpoint=f"{size + 5} {root}") == [("earlier", "cut-back", ELECTION, size)]
    assert found(path, checkpoint=f"存证 {size} {root} {other}") == [("earlier", "printed-key", "", None)]
    assert found(path, checkpoint=f"存证 {size} {root} {fingerprint}") == []


def test_what_is_neither_checkpoint_nor_print_is_wrong_input(office: Any, tmp_path: Path) -> None:
    path = office.write(tmp_path / "x.zip")
    (tmp_path / "no.txt").write_text(f"存证 {printed(office)[1]}", encoding="utf-8")
    with pytest.raises(WrongInput, match="记录校验码"):
        run.verify(path, checkpoint=tmp_path / "no.txt")


# --- which entry was changed ---


@pytest.fixture
def often() -> Any:
    """An election with a checkpoint after every entry, as a hall writes them."""
    office = sample()
    lines, office.checkpoints = office.lines("election"), []
    for size in range(1, len(lines) + 1):
        text = bundle.checkpoint("qilihe-test", office.key, "election", LOGS["election"], lines[:size])
        office.checkpoints.append(("election", text))
    return office


def told(path: Path) -> list[str]:
    return [line for line in answer.lines(run.verify(path)) if line.startswith("  - ")]


def test_the_changed_entry_is_named_before_what_follows_from_it(often: Any, tmp_path: Path) -> None:
    path, lines = often.write(tmp_path / "x.zip"), often.lines("election")
    for line in (2, 5, 9, 10):
        changed = [*lines]
        changed[line - 1] = re.sub(
            rb'"recorded_at":"2010-12-06T0(.)', rb'"recorded_at":"2010-12-06T1\1', changed[line - 1]
        )
        archive.write(
            tmp_path / "y.zip", sorted((members(path) | {ELECTION: b"".join(x + b"\n" for x in changed)}).items())
        )
        problems = run.verify(tmp_path / "y.zip").problems
        assert {p.line for p in problems if p.file == ELECTION} == {line, None}
        assert (problems[0].file, problems[0].line) == (ELECTION, line)
        assert sum(p.check == "checkpoints" for p in problems) == 2


def test_without_checkpoints_between_the_links_say_which_entry(office: Any, tmp_path: Path) -> None:
    path, lines = office.write(tmp_path / "x.zip"), office.lines("election")
    for pattern, other in ((rb'"row":2', b'"row":7'), (rb'"prev":"[0-9a-f]{64}"', b'"prev":"' + b"0" * 64 + b'"')):
        content = [*lines[:4], re.sub(pattern, other, lines[4]), *lines[5:]]
        resigned(path, {ELECTION: b"".join(x + b"\n" for x in content)}, office.key)
        problems = found(path)
        assert problems[0][3] == 5
        assert {p[3] for p in problems if p[0] == "chain"} <= {5, 6}


def test_an_entry_left_out_is_one_break(office: Any, tmp_path: Path) -> None:
    lines = office.lines("election")
    changed = b"".join(x + b"\n" for x in [*lines[:4], *lines[5:]])
    path = resigned(office.write(tmp_path / "x.zip"), {ELECTION: changed}, office.key)
    assert [p for p in found(path) if p[0] == "chain"] == [("chain", "chain.seq", ELECTION, 5)]


def test_a_log_left_unread_is_not_said_to_be_cut_back(office: Any, tmp_path: Path) -> None:
    for number in range(40):
        office.add("election", "roll.change", {"row": number}, office.actor("zhao", "registrar"))
    office.checkpoint("election")
    lines = office.lines("election")
    path = resigned(
        office.write(tmp_path / "x.zip"), {ELECTION: b"".join(x + b"\n" for x in [*lines[:4], *lines[5:]])}, office.key
    )
    problems = found(path)
    assert problems[0] == ("chain", "chain.seq", ELECTION, 5)
    assert not {"cut-back", "checkpoint-missing"} & {code for _, code, _, _ in problems}


def test_the_act_is_told_in_a_persons_words(office: Any, tmp_path: Path) -> None:
    path, lines = office.write(tmp_path / "x.zip"), office.lines("election")
    changed = lines[8].replace(b'"valid":53', b'"valid":58')
    archive.write(
        path, sorted((members(path) | {ELECTION: b"".join(x + b"\n" for x in [*lines[:8], changed, lines[9]])}).items())
    )
    report = run.verify(path)
    first = told(path)[0]
    assert f"第 9 行（2010年12月6日，{acts.step_title('tally')}：{acts.act_title('tally.sign')}）" in first
    assert "第 10 行记着它原来的校验码" in first
    act = answer.document(report)["problems"][0]["act"]
    assert (act["code"], act["occurred_on"]) == ("tally.sign", "2010-12-06")
    assert act["text_en"].startswith("6 December 2010, ")


def test_the_place_of_raw_damage_is_told_in_chinese(office: Any, tmp_path: Path) -> None:
    good = office.write(tmp_path / "x.zip").read_bytes()
    for at, place in ((-1, "存证包的末尾"), (0, "存证包里的第 1 个文件")):
        data = bytearray(good)
        data[at] ^= 1
        (tmp_path / "y.zip").write_bytes(data)
        assert told(tmp_path / "y.zip")[0].startswith(f"  - {place}：")
