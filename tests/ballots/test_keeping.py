"""Pages as they are kept: straight, in the ballot's own millimetres, with nothing but their pixels."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ballots import keeping
from ballots.geometry import Rectangle
from ballots.workers import Limits

from . import samples, scans
from .scans import Pen, box_of, scanned


def scan(path: Path, *, quarter: int = 0) -> Path:
    """A ballot marked for chair1, laid on the glass askew, with what a scanner writes beside the picture."""
    pdf, layout = samples.printed()
    page = scans.rasterise(pdf, 150)
    Pen(page, 150).fill(box_of(layout, "chair", "chair1", "for"))
    picture = Image.fromarray(scanned(page, np.random.default_rng(3), turn=1.2, scale=0.97, quarter=quarter))
    exif = picture.getexif()
    exif[0x0131], exif[0x0132] = "Scanner 3000", "2010:12:26 09:00:00"
    picture.save(path, "JPEG", exif=exif, dpi=(150, 150), comment=b"operator 7", quality=90)
    return path


def test_each_page_comes_back_straight_and_a_broken_one_costs_only_itself(tmp_path: Path) -> None:
    (tmp_path / "junk.jpg").write_bytes(b"\xff\xd8\xff junk")
    Image.new("L", (1200, 1600), 255).save(tmp_path / "blank.png")
    lying = scan(tmp_path / "lying.jpg", quarter=1)
    places = [(str(path), 1) for path in (tmp_path / "junk.jpg", lying, tmp_path / "blank.png", tmp_path / "none.png")]
    broken, kept, *rest = keeping.straight_pages(samples.checked(), places)
    assert (broken, rest) == (None, [None, None])
    assert kept is not None
    with Image.open(io.BytesIO(kept)) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "L", (210 * 6, 297 * 6))
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert (image.info["jfif_unit"], dict(image.getexif())) == (0, {})
        grey = np.asarray(image)
    layout = samples.printed()[1]
    for candidate, marked in (("chair1", True), ("chair2", False)):
        box = box_of(layout, "chair", candidate, "for")
        left, top = ((box[corner] + 2.0) * keeping.SCALE for corner in ("x_mm", "y_mm"))
        inside = grey[round(top) : round(top + 3 * keeping.SCALE), round(left) : round(left + 3 * keeping.SCALE)]
        assert (inside.mean() < 160) == marked


def test_a_page_that_takes_too_long_is_none_and_the_next_has_a_process_of_its_own(tmp_path: Path) -> None:
    slow = str(scan(tmp_path / "slow.jpg"))
    pages = keeping.straight_pages(samples.checked(), [(slow, 1)] * 2, Limits(page_seconds=0.001))
    assert list(pages) == [None, None]


def page_of_rows() -> bytes:
    """A page 200 pixels wide and 60 mm tall whose rows grow darker downward."""
    rows = np.repeat(np.linspace(250, 10, 360).astype(np.uint8)[:, None], 200, axis=1)
    return bytes(cv2.imencode(".png", rows)[1].tobytes())


def cropped(*parts: Rectangle) -> np.ndarray:
    grey = cv2.imdecode(np.frombuffer(keeping.crop(page_of_rows(), parts), np.uint8), cv2.IMREAD_UNCHANGED)
    assert grey is not None
    return grey


def test_parts_stand_below_one_another_with_a_gap_and_nothing_beside_them() -> None:
    whole = cropped(Rectangle(0.0, 0.0, 40.0, 60.0))
    assert whole.shape == (360, 200)
    two = cropped(Rectangle(5.0, 5.0, 10.0, 5.0), Rectangle(5.0, 40.0, 20.0, 2.0))
    assert two.shape == (30 + 6 + 12, 120)
    assert np.array_equal(two[:30, :60], whole[30:60, 30:90])
    assert np.array_equal(two[36:], whole[240:252, 30:150])
    assert {*two[30:36].flat, *two[:30, 60:].flat} == {keeping.GAP_GREY}


def test_a_part_over_the_edge_ends_there() -> None:
    whole = cropped(Rectangle(0.0, 0.0, 40.0, 60.0))
    assert np.array_equal(cropped(Rectangle(-3.0, -3.0, 90.0, 4.0)), whole[:6])


def test_what_is_no_picture_cannot_be_cropped() -> None:
    with pytest.raises(ValueError, match="no picture"):
        keeping.crop(b"junk", [Rectangle(0.0, 0.0, 1.0, 1.0)])
