"""The verifier in one file as a person calls it: what it takes, what it says, how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from election.record import keys, tree
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
