"""A QR code that the command line draws is one that it reads again, whatever it holds."""

from __future__ import annotations

import random
from base64 import b64encode
from pathlib import Path

import pytest

from election.commands.witness_state import carried, draw
from election.faults import WrongInput


@pytest.mark.parametrize("seed", range(30))
def test_a_square_that_was_drawn_is_read(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    lines = [b64encode(chance.randbytes(32)).decode() for _ in range(3 + seed % 8)]
    text = "\n".join(["old 7", *lines, "", "sample-office/election/x", str(seed), lines[0]])
    draw(text, tmp_path / "square.png")
    assert carried(str(tmp_path / "square.png")).decode() == text


def test_a_picture_without_a_square_is_said_to_have_none(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    with pytest.raises(WrongInput, match="no QR code"):
        carried(str(tmp_path / "x.png"))
