"""Pages as they lie in the scanner's pile, put together into ballots of one or more pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Laid:
    """One page of the pile: the reader's answer, and the page straightened where it was read, or why it was not."""

    answer: dict[str, Any]
    page: bytes | None
    why: str = ""


#: how a back without print is rejected; one of pure white has two levels only
BLANK = {"no-markers", "one-bit"}


def put_together(laid: Sequence[Laid], of: int) -> tuple[list[list[Laid]], list[Laid]]:
    """Ballots of ``of`` pages as they lie in the pile, and pages that were read but belong to no whole ballot.

    A pile is cut by places, not by what was read: from its first page to its last every ballot must lie as pages 1…P in
    turn, in one of the ways of :func:`_ways`, the same for the whole pile. A page that was not read keeps its place, and
    breaks its own ballot alone; it is a blank back only where the way of the whole pile has a back without print.

    Any other pile is loose as a whole, and the pack is scanned again. 2 before 1 is a sheet that lies face down or a
    pile that has lost its first page: 2A 1A 2B 1B and 2A 1B 2B 1C look alike, so neither is believed.

    A pile that lies in turn by chance gives no sign, and its ballots are of two people's pages: a second page and the
    first after it both lost (1A 2B); the first and the last page lost, or the first moved to the end, of a pile that lies
    face down throughout (1A 2B 1B 2C); pages exchanged by hand. What was lost shows in the pack's count.
    """
    read = [one for one in laid if one.page is not None]
    if of == 1:
        return [[one] for one in read], []
    for way in _ways(of):
        sheets = [laid[at : at + len(way)] for at in range(0, len(laid), len(way))]
        if not all(len(sheet) == len(way) and all(map(_lies, sheet, way)) for sheet in sheets):
            continue
        cut = [[one for one, number in zip(sheet, way, strict=True) if number] for sheet in sheets]
        whole = [sheet for sheet in cut if all(one.page is not None for one in sheet)]
        if len(whole) > len(cut) - len(whole):
            return whole, [one for sheet in cut if sheet not in whole for one in sheet if one.page is not None]
    return [], read


def _ways(of: int) -> list[list[int]]:
    """How the pages of one ballot may lie in a pile, 0 for a back without print.

    One after the other; with the last back empty, where the number of pages is odd and both sides were printed and
    scanned; or each with its empty back, where one side was printed and both were scanned.
    """
    pages = list(range(1, of + 1))
    return [pages, *([[*pages, 0]] if of % 2 else []), [side for page in pages for side in (page, 0)]]


def _lies(one: Laid, number: int) -> bool:
    """May this lie where page ``number``, or for 0 a back without print, is expected?"""
    if number:
        return one.page is None or one.answer["ballot_page"] == number
    return one.page is None and one.why in BLANK
