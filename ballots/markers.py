"""ArUco markers as outlines to print and as a dictionary to look for."""

from __future__ import annotations

from functools import cache
from typing import Any

from ballots.geometry import DICTIONARY

#: 4 x 4 bits inside a border of one
MODULES = 6


@cache
def dictionary() -> Any:
    """OpenCV's dictionary object."""
    import cv2

    return cv2.aruco.getPredefinedDictionary(getattr(cv2.aruco, DICTIONARY))


@cache
def outline(marker_id: int) -> tuple[tuple[tuple[int, int], ...], ...]:
    """The black of marker ``marker_id`` as closed loops of corners in modules, to be filled by the even-odd rule.

    Whole outlines instead of single squares, so that no printer shows hairlines between them.
    """
    import cv2

    picture = cv2.aruco.generateImageMarker(dictionary(), marker_id, MODULES)
    black = {(x, y) for y in range(MODULES) for x in range(MODULES) if not picture[y, x]}
    edges: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for x, y in sorted(black):
        around = (
            ((x, y), (x + 1, y), (x, y - 1)),
            ((x + 1, y), (x + 1, y + 1), (x + 1, y)),
            ((x + 1, y + 1), (x, y + 1), (x, y + 1)),
            ((x, y + 1), (x, y), (x - 1, y)),
        )
        for start, end, neighbour in around:
            if neighbour not in black:
                edges.setdefault(start, []).append(end)
    loops = []
    while edges:
        start = min(edges)
        loop = [start]
        while True:
            ends = edges[loop[-1]]
            end = ends.pop()
            if not ends:
                del edges[loop[-1]]
            if end == start:
                break
            loop.append(end)
        loops.append(tuple(loop))
    return tuple(loops)
