"""What a ballot looks like, page by page: a layout never changes unseen.

The pictures in ``golden/`` are pages in the packaged fonts at 40 dpi. Where a change is meant, look at the new pages, then
write them anew: ``python -m tests.ballots.test_golden``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from ballots import fonts
from ballots.contests import Contest
from ballots.design import design
from ballots.geometry import Form, Paper
from ballots.pictures import Grey
from ballots.printing import draw, replicate

from . import samples, scans

GOLDEN = Path(__file__).parent / "golden"
DPI = 40
MANY = samples.contest(
    "member", "委员", 9, [f"王{name}" for name in "一丁七万三上下不丑专且世丘丙业丛东丝丞丢两严丧个中丰串临丸丹"]
)
PAGES: dict[str, tuple[tuple[Contest, ...], Form, Paper, bool, bool]] = {
    "columns-a4": (samples.WHOLE, "columns", "A4", False, False),
    "sign-a4": (samples.WHOLE, "sign", "A4", False, False),
    "columns-a5": (samples.WHOLE, "columns", "A5", False, False),
    "sign-a3-large": (samples.WHOLE, "sign", "A3", True, False),
    "many-a4": ((MANY,), "columns", "A4", False, False),
    "proof-a4": ((samples.CHAIR,), "columns", "A4", False, True),
}
#: antialiasing moves a grey a little; a line or a name that moved changes a block of 8 x 8 pixels much more
MOST_BLOCK, MOST_MEAN = 24.0, 1.0


def drawn(name: str) -> Iterator[tuple[str, Grey]]:
    contests, form, paper, large, proof = PAGES[name]
    layout = design(
        contests, samples.TITLE, form=form, paper=paper, large=large, proof=proof, issuer="某某社区居民委员会选举领导小组",
        date="2010年12月26日", over_mark_voids="contest",
    )  # fmt: skip
    pdf = replicate(draw(layout), 1)
    for page in range(layout.pages):
        yield f"{name}-{page + 1}.png", scans.rasterise(pdf, DPI, page)


def packaged(monkeypatch: pytest.MonkeyPatch) -> None:
    faces = fonts.font_faces(packaged=True)
    monkeypatch.setattr(fonts, "font_faces", lambda: faces)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_looks_as_it_did(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged(monkeypatch)
    pages = dict(drawn(name))
    assert sorted(pages) == sorted(path.name for path in GOLDEN.glob(f"{name}-*.png"))
    for file, page in pages.items():
        block, mean = difference(page, golden(file))
        assert block <= MOST_BLOCK, file
        assert mean <= MOST_MEAN, file


def test_a_name_that_moved_is_seen() -> None:
    file = "columns-a4-1.png"
    page = golden(file).copy()
    page[100:160] = np.roll(page[100:160], 3, axis=0)
    assert difference(page, golden(file))[0] > MOST_BLOCK


def golden(file: str) -> Grey:
    picture = cv2.imread(str(GOLDEN / file), cv2.IMREAD_GRAYSCALE)
    assert picture is not None, file
    return np.asarray(picture, np.uint8)


def difference(one: Grey, other: Grey) -> tuple[float, float]:
    """The most that a block of 8 x 8 pixels differs on average, and the page as a whole, in grey levels."""
    assert one.shape == other.shape
    away = np.abs(cv2.blur(one, (3, 3)).astype(np.float32) - cv2.blur(other, (3, 3)))
    return float(cv2.blur(away, (8, 8)).max()), float(away.mean())


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        packaged(patch)
        for each in PAGES:
            for to, picture in drawn(each):
                cv2.imwrite(str(GOLDEN / to), picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
