"""The verifier in one file as a person calls it: what it takes, what it says, how it ends."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from election.faults import WrongInput
from election.record import archive, keys, tree
from election.record.archive import Archive
from election.verify import run
from tests.verify.recorded import Recorded, whole
from tests.verify.test_forgeries import TOOL


@pytest.fixture(scope="module")
def told() -> Recorded:
    return whole("party")


@pytest.fixture(scope="module")
def path(told: Recorded, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return told.write(tmp_path_factory.mktemp("alone") / "x.zip")


def call(*arguments: object) -> tuple[int, str, str]:
    done = subprocess.run([sys.executable, TOOL, *map(str, arguments)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_it_takes_what_a_signed_paper_prints(told: Any, path: Path, tmp_path: Path) -> None:
    lines, key = told.lines("election")[:9], keys.fingerprint(keys.public(told.server))
    root = tree.root(lines).hex()
    (tmp_path / "square.txt").write_text(f"存证 9 {root} {keys.grouped(key)}\n", encoding="utf-8")
    for held in (tmp_path / "square.txt", f"9 {keys.grouped(root)}"):
        code, out, err = call(path, "--checkpoint", held)
        assert (code, err) == (0, "")
        assert "as good as the paper" in out
    for held in (f"8 {root}", f"9 {root} {'0' * 64}", f"99999 {root}"):
        code, out, err = call(path, "--checkpoint", held, "--json")
        assert (code, {p["check"] for p in json.loads(out)["problems"]}, err) == (1, {"earlier"}, "")


def test_a_trust_that_is_no_fingerprint_is_wrong_input(path: Path) -> None:
    for trust in ("e268 683e", "", "x" * 64):
        code, out, err = call(path, "--trust", trust)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert "64 hex digits" in err


@pytest.mark.parametrize(
    "held",
    [b"", b"{}", b"PK\x03\x04" + bytes(40), b"\xff\xfe", b"x" * 1_000_001, b"a\n1\nb\n\n\xe2\x80\x94 a AAAAAAAA\n"],
    ids=["empty", "json", "zip", "no text", "too long", "a spoiled line"],
)
def test_a_file_that_is_no_checkpoint_is_wrong_input_to_both(path: Path, tmp_path: Path, held: bytes) -> None:
    (tmp_path / "held").write_bytes(held)
    with pytest.raises(WrongInput):
        run.verify(path, checkpoint=tmp_path / "held")
    code, out, err = call(path, "--checkpoint", tmp_path / "held", "--json")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "held" in err


def test_it_says_what_it_did_not_look_at(told: Any, path: Path) -> None:
    code, out, _ = call(path)
    last = out.splitlines()[-1]
    left = next(line for line in out.splitlines() if line.startswith("not looked at"))
    assert (code, last.split(" (")[0]) == (0, "核验通过 verified")
    for name in ("trust", "earlier", "witnesses", "attachments", "personal", "steps"):
        assert name in left
    key = keys.fingerprint_text(keys.public(told.server))
    checks = {c["id"]: c["status"] for c in json.loads(call(path, "--trust", key, "--json")[1])["checks"]}
    assert {name for name, status in checks.items() if status == "not_checked"} == {
        "earlier", "witnesses", "attachments", "personal", "steps"
    }  # fmt: skip
    assert set(checks.values()) == {"pass", "not_checked"}


def test_the_changed_entry_comes_first_with_its_act(told: Any, path: Path, tmp_path: Path) -> None:
    with Archive(path) as opened:
        content = {name: opened.read(name) for name in opened.members}
    lines = content["logs/election.jsonl"].splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if b'"act":"tally.sign"' in line)
    lines[at] = re.sub(rb'"sig":"(.)', lambda m: b'"sig":"' + (b"1" if m[1] == b"0" else b"0"), lines[at])
    archive.write(tmp_path / "y.zip", sorted((content | {"logs/election.jsonl": b"".join(lines)}).items()))
    code, out, _ = call(tmp_path / "y.zip")
    assert code == 1
    assert out.startswith(f"statements: logs/election.jsonl line {at + 1} (tally.sign, ")
    assert sum(line.startswith("checkpoints: ") for line in out.splitlines()) == 1
    problems = json.loads(call(tmp_path / "y.zip", "--json")[1])["problems"]
    assert problems[0]["act"].startswith("tally.sign, ")
