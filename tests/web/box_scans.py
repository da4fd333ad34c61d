"""A small box of scanned ballots of the hall's own design: printed, marked with a pen, laid on the glass."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any

import numpy as np

from election.acts import ballots
from election.web.hall.sheets import lines_of

from ..ballots.scans import Pen, box_of, rasterise, scanned
from .hall_town import Hall

DPI = 150
CONTEST = "member"
_DRAWN: dict[str, tuple[Any, dict[str, Any]]] = {}


@dataclass
class Box:
    """Scans of one design. Candidates are named by their place on the ballot."""

    hall: Hall

    @property
    def _design(self) -> tuple[Any, dict[str, Any]]:
        """Drawn once: every copy of the hall has the same ballot."""
        if self.hall.this.design not in _DRAWN:
            pdf, layout = ballots.design(self.hall.world(), self.hall.this)
            _DRAWN[self.hall.this.design] = rasterise(pdf, DPI), layout
        return _DRAWN[self.hall.this.design]

    @cached_property
    def people(self) -> list[str]:
        this = self.hall.this
        return [line.person for line in lines_of(this, this.contests[0], self.hall.facts.law)]

    def ballot(self, marks: str, *, seed: int, doubt: int | None = None, name: bool = False) -> bytes:
        """A JPEG. ``marks`` has a letter per candidate: f, a, or - for none; ``doubt`` gets a faint mark for."""
        blank, layout = self._design
        page = blank.copy()
        pen = Pen(page, DPI)
        for person, letter in zip(self.people, marks, strict=True):
            choice = {"f": "for", "a": "against"}.get(letter)
            if choice:
                pen.tick(box_of(layout, CONTEST, person, choice))
        if doubt is not None:
            Pen(page, DPI, grey=205).tick(box_of(layout, CONTEST, self.people[doubt], "for"))
        if name:
            field = layout["write_ins"][0]
            pen.line((field["x_mm"] + 8, field["y_mm"] + 4), (field["x_mm"] + 20, field["y_mm"] + 8))
            pen.tick(box_of(layout, CONTEST, None, "for", field["row"]))
        rng = np.random.default_rng(seed)
        return jpeg(scanned(page, rng, turn=float(rng.uniform(-1, 1))))


def jpeg(grey: Any) -> bytes:
    """As a scanner writes it, with what a scanner writes beside the picture."""
    from PIL import Image

    out = BytesIO()
    picture = Image.fromarray(grey)
    exif = picture.getexif()
    exif[0x0132] = "2010:12:26 10:11:12"
    exif[0x010F] = "ScannerMaker"
    picture.save(out, "JPEG", quality=85, exif=exif, dpi=(DPI, DPI))
    return out.getvalue()


def upload(files: Sequence[bytes], pack: int, counted: int, void: int = 0) -> dict[str, Any]:
    return {
        "pack": str(pack),
        "counted": str(counted),
        "void": str(void),
        "files": [(BytesIO(data), f"scan{n:03}.jpg") for n, data in enumerate(files, 1)],
    }


def finished() -> None:
    """The reading behind the page is through."""
    for thread in threading.enumerate():
        if thread.name == "scan":
            thread.join()
