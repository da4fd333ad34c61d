"""What is named a ring or a cross, pixel by pixel; every other shape is for people."""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
import pytest

from ballots.looking import digest, look
from ballots.signs import classify

from . import hands, samples, scans

SCALE = 6.0


def drawn(*lines: tuple[tuple[float, float], tuple[float, float]], ring: float = 0.0, width: int = 3) -> np.ndarray:
    """Lines and a ring about the middle of 14 mm of paper, in millimetres."""
    paper = np.zeros((84, 84), np.uint8)
    for start, end in lines:
        pixels = [tuple(round(v * SCALE) for v in point) for point in (start, end)]
        cv2.line(paper, *pixels, 255, width)
    if ring:
        cv2.circle(paper, (42, 42), round(ring * SCALE), 255, width)
    return paper > 0


def strung(*points: tuple[float, float], width: int = 3) -> np.ndarray:
    """Strokes from point to point, in millimetres."""
    return drawn(*pairwise(points), width=width)


CROSS = (((4.0, 4.0), (10.0, 10.0)), ((4.0, 10.0), (10.0, 4.0)))


@pytest.mark.parametrize(
    ("ink", "sign"),
    [
        (drawn(ring=2.0), "for"),
        (drawn(ring=1.5, width=1), "for"),
        (drawn(*CROSS), "against"),
        (drawn(*CROSS, width=1), "against"),
        (drawn(CROSS[0]), "unclear"),
        (drawn(((2.0, 7.0), (12.0, 7.0)), width=1), "unclear"),
        (drawn(((7.0, 4.0), (7.0, 10.0)), ((4.0, 7.0), (10.0, 7.0))), "unclear"),
        (drawn(((4.0, 4.0), (7.0, 7.0)), ((7.0, 7.0), (10.0, 4.0))), "unclear"),
        (drawn(ring=0.5, width=1), "unclear"),
        (drawn(*CROSS, ring=3.0), "unclear"),
        (drawn(((7.0, 7.0), (7.3, 7.0)), width=1), "unclear"),
        (drawn(((8.0, 6.0), (10.0, 4.0)), ring=1.2, width=4), "unclear"),
        (drawn(*CROSS, ring=1.2), "unclear"),
        (drawn(*CROSS, ring=1.2, width=4), "unclear"),
        (drawn(((4.0, 10.0), (10.0, 4.0)), ring=1.5, width=4), "unclear"),
        (drawn(*CROSS, ((7.0, 4.0), (7.0, 10.0))), "unclear"),
        (drawn(*CROSS, ((4.0, 7.0), (10.0, 7.0)), width=5), "unclear"),
        (strung((5.5, 4.0), (8.5, 4.0), (5.5, 10.0), (8.5, 10.0), (5.5, 4.0)), "unclear"),
        (strung((5.0, 5.0), (9.0, 5.0), (9.0, 9.0), (5.0, 9.0), (5.0, 5.0)), "unclear"),
        (drawn(ring=2.5) | drawn(ring=1.0, width=2), "unclear"),
        (strung((5.5, 4.0), (5.5, 9.0), (6.2, 10.0), (7.8, 10.0), (8.5, 9.0), (8.5, 4.0), width=5), "unclear"),
        (drawn(((5.4, 5.0), (5.4, 9.0)), ((8.7, 5.0), (5.7, 7.0)), ((5.7, 7.0), (8.7, 9.0)), width=5), "unclear"),
        (drawn(((5.0, 5.0), (9.0, 5.0)), ((8.2, 5.0), (5.2, 9.0)), ((5.8, 5.0), (8.8, 9.0)), width=5), "unclear"),
        (drawn(((5.0, 6.6), (9.0, 7.4)), ((7.4, 5.0), (6.6, 9.0)), width=4), "unclear"),
        (drawn(((5.0, 4.5), (7.0, 9.5)), ((9.0, 4.5), (7.0, 9.5)), width=8), "unclear"),
        (strung((5.2, 5.2), (8.8, 5.2), (8.8, 8.8), (5.2, 8.8), (5.2, 5.2), width=5), "unclear"),
    ],
    ids=[
        "ring",
        "thin-ring",
        "cross",
        "thin-cross",
        "stroke",
        "dash",
        "plus",
        "vee",
        "dot",
        "ring-and-cross",
        "speck",
        "tailed-ring",
        "cross-over-ring",
        "thick-cross-over-ring",
        "struck-ring",
        "star",
        "thick-star",
        "eight",
        "square",
        "two-rings",
        "thick-u",
        "thick-k",
        "wen",
        "turned-plus",
        "thick-vee",
        "thick-square",
    ],
)
def test_a_sign_is_named_only_where_nobody_could_argue(ink: np.ndarray, sign: str) -> None:
    assert classify(ink, SCALE) == sign


@pytest.mark.parametrize(
    ("drawing", "sign"),
    [(hands.ring, "for"), (hands.cross, "against"), (hands.hooked_cross, "against")],
)
def test_clean_signs_of_every_pen_are_read(drawing: hands.Drawing, sign: str) -> None:
    assert sum(one.sign == sign for one in hands.measured(drawing, 300, seed=21)) >= 0.97 * 300


def test_specks_beside_a_cross_are_mostly_nothing() -> None:
    """Some lie on its strokes, or nearly shut in a piece of paper with them."""
    assert sum(one.sign == "against" for one in hands.measured(hands.specked_cross, 300, seed=23)) >= 0.8 * 300


@pytest.mark.parametrize(
    ("drawing", "most"), [(hands.scribbled_cross, 0.02), (hands.struck_tick, 0.03), (hands.barred_cross, 0.07)]
)
def test_what_may_be_more_than_a_cross_is_hardly_ever_named(drawing: hands.Drawing, most: float) -> None:
    """Some are drawn so that the third stroke lies on the others: those are crosses to the eye as well."""
    assert sum(one.sign in ("for", "against") for one in hands.measured(drawing, 300, seed=22)) <= most * 300


def test_a_page_turned_on_the_glass_is_the_same_picture() -> None:
    template, page, key = samples.checked(), scans.rasterise(samples.printed()[0], 150), bytes(range(16))
    upright = digest(page, look(template, page).placed, key)
    for quarter in (1, 2, 3):
        turned = np.ascontiguousarray(np.rot90(page, quarter))
        assert digest(turned, look(template, turned).placed, key) == upright
        assert digest(turned, None, key) != upright
    assert digest(page, None, key) == upright
    assert digest(np.roll(page, 1, axis=0), None, key) != upright
    assert digest(page, None, bytes(16)) != upright
