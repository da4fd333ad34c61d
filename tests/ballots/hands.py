"""Signs as hands draw them, box by box on a sheet of nothing else: clean ones, and ones that two people read two ways."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ballots import ink
from ballots.geometry import Rectangle
from ballots.ink import Levels, Measured
from ballots.registration import Sheet

from .scans import Pen

Points = NDArray[np.float64]
#: draws about (0, 0), millimetres, south down
Drawing = Callable[["Hand"], None]
SIDE_MM, PITCH_MM, LINE_MM, BLACK, PAPER = 8.0, 14.0, 0.35, 30, 245


class Hand:
    """A pen in a hand that shakes: strokes bow, wobble and end in small hooks."""

    def __init__(self, pen: Pen, x: float, y: float, rng: np.random.Generator) -> None:
        self.rng, self._pen, self._at = rng, pen, np.array([x, y])
        #: half the height of what is drawn
        self.size = float(rng.uniform(1.9, 3.1))
        self._turn = float(rng.uniform(-0.12, 0.12))

    def shaken(self, most: float) -> Points:
        return self.rng.uniform(-most, most, 2)

    def path(self, points: Points) -> None:
        """The points as they stand, turned as this hand turns everything."""
        sin, cos = math.sin(self._turn), math.cos(self._turn)
        turned = points @ np.array([[cos, sin], [-sin, cos]]) + self._at
        self._pen.line(*((float(x), float(y)) for x, y in turned))

    def speck(self, at: Points, area_mm2: float) -> None:
        self._pen.dot(*(at + self._at).tolist(), area_mm2)

    def stroke(self, start: Sequence[float], end: Sequence[float], bow: float = 0.06, hook: float = 0.0) -> None:
        """From ``start`` to ``end`` with a ``bow`` (share of its length) and a ``hook`` (mm) where the pen leaves."""
        one, other = np.asarray(start, float), np.asarray(end, float)
        along = other - one
        across = np.array([-along[1], along[0]])
        t = np.linspace(0.0, 1.0, 24)
        wave = self.rng.uniform(-bow, bow) * 4 * t * (1 - t)
        wave += self.rng.uniform(-0.012, 0.012) * np.sin(2 * np.pi * (self.rng.uniform(1, 3) * t + self.rng.random()))
        points = one + t[:, None] * along + wave[:, None] * across
        if hook:
            back = math.atan2(along[1], along[0]) + self.rng.choice([-1, 1]) * self.rng.uniform(1.2, 2.5)
            points = np.vstack([points, points[-1] + hook * np.array([math.cos(back), math.sin(back)])])
        self.path(points)


def ring(hand: Hand) -> None:
    """A wobbly ellipse whose ends overlap or leave a little open."""
    rng = hand.rng
    turn = math.radians(rng.uniform(338, 390))
    t = np.linspace(0.0, turn, 70)
    tall = hand.size * rng.uniform(0.75, 1.0)
    wobble = 1 + sum(rng.uniform(-0.03, 0.03) * np.cos(k * t + rng.uniform(0, 7)) for k in (2, 3, 4))
    wobble *= 1 + rng.uniform(-0.08, 0.08) * t / turn
    start = rng.uniform(0, 2 * np.pi)
    around = np.stack([hand.size * np.cos(t + start), tall * np.sin(t + start)], axis=1) * wobble[:, None]
    lean = rng.uniform(0, np.pi)
    sin, cos = math.sin(lean), math.cos(lean)
    hand.path(around @ np.array([[cos, sin], [-sin, cos]]) + hand.shaken(0.3))


def cross(hand: Hand) -> None:
    """Two strokes of unequal arms, bowed, off the middle, some with a hook where the pen leaves."""
    rng, size = hand.rng, hand.size
    for side in (1, -1):
        reach = size * rng.uniform(0.7, 1.1, 4)
        hook = float(rng.uniform(0.2, 0.6)) if rng.random() < 0.3 else 0.0
        shift = hand.shaken(0.12 * size)
        start, end = shift - (side * reach[0], reach[1]), np.add(shift, (side * reach[2], reach[3]))
        hand.stroke(start, end, hook=hook)


def hooked_cross(hand: Hand) -> None:
    """A × of a quick hand: hooks at either end, more bow."""
    rng, size = hand.rng, hand.size
    for side in (1, -1):
        reach = size * rng.uniform(0.75, 1.1, 4)
        shift = hand.shaken(0.12 * size)
        start, end = shift - (side * reach[0], reach[1]), np.add(shift, (side * reach[2], reach[3]))
        if rng.random() < 0.3:
            start, end = end, start
        hand.stroke(start, end, bow=0.1, hook=float(rng.uniform(0.4, 0.9)) if rng.random() < 0.5 else 0.0)


def specked_cross(hand: Hand) -> None:
    """A × on paper with specks, which are nothing."""
    cross(hand)
    for _ in range(2):
        hand.speck(hand.shaken(1.2 * hand.size), float(hand.rng.uniform(0.03, 0.15)))


def scribbled_cross(hand: Hand) -> None:
    """A × that somebody went over and over to strike it out."""
    cross(hand)
    rng, size = hand.rng, hand.size
    angle, steps = rng.uniform(0, np.pi), int(rng.integers(5, 13))
    length, width = size * rng.uniform(0.7, 1.2), size * rng.uniform(0.15, 0.9)
    along = np.array([math.cos(angle), math.sin(angle)])
    across = np.array([-along[1], along[0]])
    ways = np.array([1 if n % 2 else -1 for n in range(steps)]) * rng.uniform(0.7, 1.1, steps)
    places = np.linspace(-width, width, steps) + rng.normal(0, 0.08 * size, steps)
    hand.path(ways[:, None] * length * along + places[:, None] * across + hand.shaken(0.2 * size))


def struck_tick(hand: Hand) -> None:
    """A ✓ with one slash through it."""
    rng, size = hand.rng, hand.size
    foot = size * np.array([rng.uniform(-0.6, -0.1), rng.uniform(0.5, 1.0)])
    short = rng.uniform(0.25, 0.6) * size * 2
    left = math.radians(rng.uniform(200, 260))
    hand.stroke(foot + short * np.array([math.cos(left), math.sin(left)]), foot)
    tip = size * np.array([rng.uniform(0.7, 1.1), rng.uniform(-1.1, -0.6)])
    hand.stroke(foot, tip)
    middle = foot + rng.uniform(0.3, 0.65) * (tip - foot)
    angle = math.radians(rng.uniform(20, 70))
    away = np.array([math.cos(angle), math.sin(angle)])
    hand.stroke(middle - size * rng.uniform(0.6, 1.2) * away, middle + size * rng.uniform(0.6, 1.2) * away)


def barred_cross(hand: Hand) -> None:
    """A × with one more bar, as in 女."""
    cross(hand)
    rng, size = hand.rng, hand.size
    height, lean = size * rng.uniform(-0.6, 0.3), rng.uniform(-0.15, 0.15) * size
    hand.stroke(
        (-size * rng.uniform(0.5, 1.2), height + lean), (size * rng.uniform(0.5, 1.2), height - lean)
    )  # fmt: skip


def measured(drawing: Drawing, count: int, seed: int, pens: tuple[float, float] = (0.3, 1.2)) -> list[Measured]:
    """What is seen in ``count`` boxes with a drawing each."""
    return [one for _, seen in pictured(drawing, count, seed, pens) for one in seen]


def pictured(
    drawing: Drawing, count: int, seed: int, pens: tuple[float, float] = (0.3, 1.2)
) -> list[tuple[NDArray[np.uint8], list[Measured]]]:
    """Strips of ten boxes with a drawing each and what is seen: pens (mm), pencil's grey to black, 200 and 300 dpi."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(0, count, 10):
        dpi, across = (200, 300)[number // 10 % 2], min(10, count - number)
        scale = dpi / 25.4
        page = np.full((round(PITCH_MM * scale), round(PITCH_MM * across * scale)), PAPER, np.uint8)
        boxes = [
            Rectangle(PITCH_MM * (n + 0.5) - SIDE_MM / 2, (PITCH_MM - SIDE_MM) / 2, SIDE_MM, SIDE_MM)
            for n in range(across)
        ]
        for box in boxes:
            inset = LINE_MM / 2
            left, top, right, bottom = box.x + inset, box.y + inset, box.right - inset, box.bottom - inset
            Pen(page, dpi, BLACK, LINE_MM).line((left, top), (right, top), (right, bottom), (left, bottom), (left, top))
            pen = Pen(page, dpi, int(rng.integers(20, 131)), float(rng.uniform(*pens)))
            x, y = rng.uniform(-0.4, 0.4, 2)
            drawing(Hand(pen, box.x + SIDE_MM / 2 + x, box.y + SIDE_MM / 2 + y, rng))
        page = cv2.GaussianBlur(page, (0, 0), float(rng.uniform(0.4, 0.8)))
        page = np.clip(page + rng.normal(0, 2.5, page.shape), 0, 255).astype(np.uint8)
        placed = np.array([[scale, 0, -0.5], [0, scale, -0.5], [0, 0, 1]])
        sheet = Sheet(page, placed, scale)
        found.append((page, ink.measure(sheet, boxes, "rectangle", LINE_MM, Levels(BLACK, PAPER))))
    return found
