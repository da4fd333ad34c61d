"""Whatever is forged in a bundle is found, its place named, by the program's verifier and by the one that stands alone."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from importlib import util
from pathlib import Path
from typing import Any

import pytest

from election.faults import WrongInput
from election.process.base import ACTS
from election.verify import run
from tests.verify.forging import Forger, Forgery
from tests.verify.recorded import whole

TOOL = Path(__file__).parents[2] / "tools" / "verify_alone.py"


def alone() -> Any:
    """The verifier that imports nothing of ours, loaded from its file."""
    spec = util.spec_from_file_location("verify_alone", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ALONE = alone()


def by_both(forgery: Forgery, folder: Path) -> Iterator[list[tuple[str, int | None]]]:
    """(file, line) of what each of the two finds wrong."""
    path, held = folder / "forged.zip", None
    path.write_bytes(forgery.data)
    if forgery.earlier is not None:
        held = folder / "held.note"
        held.write_text(forgery.earlier, encoding="utf-8")
    try:
        report = run.verify(path, forgery.trust, held)
        yield [(p.file or str(p.params.get("place") or p.params), p.line) for p in report.problems]
    except WrongInput as error:
        yield [(str(error), None)]
    earlier = forgery.earlier.encode() if forgery.earlier else None
    try:
        found = ALONE.check(forgery.data, forgery.trust, earlier).problems
        yield [(p["file"], p["line"]) for p in found]
    except SystemExit:
        yield [("no bundle", None)]


def named(forgery: Forgery, found: list[tuple[str, int | None]]) -> bool:
    """Whether the place is told: the member, and where lines were changed, one of them."""
    if not forgery.files:
        return bool(found)
    files = [place for place in found if place[0] in forgery.files]
    if not forgery.lines:
        return bool(files)
    return any(file == forgery.files[0] and line in forgery.lines for file, line in files)


@pytest.mark.parametrize(
    "count",
    [
        pytest.param(500, id="500"),
        pytest.param(10_000, id="10000", marks=[pytest.mark.long, pytest.mark.timeout(7200)]),
    ],
)
def test_every_forgery_is_found_and_its_place_named(tmp_path: Path, count: int) -> None:
    forger = Forger(whole("party"), tmp_path / "x.zip", random.Random(20101226))
    made: Counter[str] = Counter()
    for number in range(count):
        forgery = forger.forge(number)
        made[forger.kinds[number % len(forger.kinds)].__name__] += 1
        for who, found in zip(("ours", "alone"), by_both(forgery, tmp_path), strict=True):
            assert named(forgery, found), f"{number}: {forgery.what}: {who} says {found[:5]}"
    assert len(made) == len(forger.kinds)


@pytest.mark.parametrize("body", ["party", "residents"])
def test_both_find_nothing_in_a_whole_turnover(tmp_path: Path, body: str) -> None:
    path = whole(body).write(tmp_path / "x.zip")
    report = run.verify(path)
    assert report.problems == []
    assert {c.id for c in report.checks.values() if c.status == "not_checked"} == {"trust", "earlier", "witnesses"}
    found = ALONE.check(path.read_bytes())
    assert (found.problems, found.entries) == ([], report.entries)


def test_the_second_verifier_imports_nothing_of_ours() -> None:
    imported = [line for line in TOOL.read_text(encoding="utf-8").splitlines() if line.startswith(("import", "from"))]
    assert imported
    assert not [line for line in imported if "election" in line or "ballots" in line]


def test_both_know_the_same_acts_that_are_signed() -> None:
    assert {code for code, act in ACTS.items() if act.signed} == ALONE.SIGNED
    page = (TOOL.parents[1] / "docs" / "verifying.md").read_text(encoding="utf-8")
    listed = page.split("These acts must be signed")[1].split("\n\n")[0]
    assert set(re.findall(r"`([a-z_.]+)`", listed)) == ALONE.SIGNED
