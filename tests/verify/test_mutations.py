"""Whatever is changed in a bundle is found: random changes by people without the server's key, and with it."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path
from typing import Any

import pytest

from election.faults import WrongInput
from election.record import archive, bundle, note
from election.record.archive import Archive
from election.verify import run

MANY = [
    pytest.param(300, id="300"),
    pytest.param(10_000, id="10000", marks=[pytest.mark.long, pytest.mark.timeout(3600)]),
]


def refused(path: Path) -> bool:
    """Whether the bundle is found wrong, or unusable as such; anything else but an answer is an error of ours."""
    try:
        return not run.verify(path).ok
    except WrongInput:
        return True


def flipped(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]


def lines_changed(content: bytes, chance: random.Random) -> bytes:
    """A line dropped, doubled, moved, or taken from elsewhere in the file."""
    lines = content.splitlines(keepends=True)
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    kind = chance.choice(["drop", "double", "swap", "copy", "cut"])
    if kind == "drop":
        del lines[one]
    elif kind == "double":
        lines.insert(one, lines[one])
    elif kind == "swap":
        lines[one], lines[other] = lines[other], lines[one]
    elif kind == "copy":
        lines[one] = lines[other]
    else:
        del lines[one:]
    return b"".join(lines)


@pytest.mark.parametrize("count", MANY)
def test_any_bit_of_the_file(office: Any, tmp_path: Path, count: int) -> None:
    good = office.write(tmp_path / "x.zip").read_bytes()
    assert run.verify(tmp_path / "x.zip").ok
    chance = random.Random(20101206)
    for number in range(count):
        (tmp_path / "y.zip").write_bytes(flipped(good, chance))
        assert refused(tmp_path / "y.zip"), f"change {number} was not found"


@pytest.mark.parametrize("resign", [False, True], ids=["outsider", "with the server's key"])
@pytest.mark.parametrize("count", MANY)
def test_any_change_of_a_member(office: Any, tmp_path: Path, count: int, resign: bool) -> None:
    """The holder of the server's key signs the manifest anew over the change, and still is found.

    With that key only the ends of its own logs and files that nothing else refers to are its to choose: cutting
    ``openings.jsonl`` hides posted values, which is for their readers to miss, and is left out here.
    """
    with Archive(office.write(tmp_path / "x.zip")) as opened:
        good = {name: opened.read(name) for name in opened.members}
    chance = random.Random(20101226)
    for number in range(count):
        members = dict(good)
        name = chance.choice(sorted(members))
        lined = name.startswith("logs/")
        members[name] = (
            lines_changed(good[name], chance) if lined and chance.random() < 0.5 else flipped(good[name], chance)
        )
        if members == good:
            continue
        if resign and name != bundle.MANIFEST:
            body = "".join(
                f"{hashlib.sha256(content).hexdigest()}  {len(content)}  {path}\n"
                for path, content in sorted(members.items())
                if path != bundle.MANIFEST
            )
            members[bundle.MANIFEST] = note.sign(f"{bundle.FORMAT}\n{body}", "qilihe-test", office.key).encode()
        archive.write(tmp_path / "y.zip", sorted(members.items()))
        assert refused(tmp_path / "y.zip"), f"change {number}, in {name}, was not found"


@pytest.mark.parametrize("count", MANY)
def test_members_dropped_added_or_exchanged(office: Any, tmp_path: Path, count: int) -> None:
    with Archive(office.write(tmp_path / "x.zip")) as opened:
        good = {name: opened.read(name) for name in opened.members}
    chance = random.Random(20101231)
    for number in range(count):
        members = dict(good)
        one, other = chance.sample(sorted(members), 2)
        kind = chance.choice(["drop", "add", "exchange", "rename"])
        if kind == "drop":
            del members[one]
        elif kind == "add":
            members[f"{one}.{number}"] = members[one]
        elif kind == "exchange":
            members[one], members[other] = members[other], members[one]
        else:
            members[f"x{one}"] = members.pop(one)
        archive.write(tmp_path / "y.zip", sorted(members.items()))
        assert refused(tmp_path / "y.zip"), f"{kind} {one} was not found"
