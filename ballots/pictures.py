"""Pictures from outside as 8-bit grey arrays: one page at a time, sizes checked before anything is decoded.

Every function here runs in a worker process (:mod:`ballots.workers`), because a picture is the one thing that a
stranger puts on the scanner.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ballots import tiff
from ballots.codes import Rejection

Grey = npt.NDArray[np.uint8]

#: A3 at 600 dpi has 70 million pixels
MOST_PIXELS = 80_000_000
LEAST_SIDE = 300
MOST_PAGES = 20_000
#: the largest scan file that is opened
LARGEST_FILE = 2_000_000_000
#: an A3 page's JPEG at full quality stays far below
LARGEST_STREAM = 200_000_000

#: pixels and grey levels in which a smaller copy is told from another ballot
SMALL_WIDTH, MOST_APART = 400, 10

#: how a PNG and a JPEG begin, and a TIFF whose header is damaged: it opens as no picture
_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II", b"MM")
_FORMATS = {"image": ("PNG", "JPEG"), "tiff": ("TIFF",)}
_MODES = {"L", "RGB", "RGBA", "LA", "P", "CMYK", "YCbCr", "I;16", "I;16B", "I;16L"}


class Unusable(Exception):
    """This page cannot be read; ``why`` is the code."""

    def __init__(self, why: Rejection) -> None:
        self.why = why
        super().__init__(why)


def kind(path: str | Path) -> str:
    """``pdf``, ``tiff``, ``image`` or ``other`` by the first bytes, whatever the name says; a cut-off file is an ``image``."""
    with Path(path).open("rb") as file:
        start = file.read(1024)
    if start[:4] in (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"):
        return "tiff"
    if b"%PDF-" in start:
        return "pdf"
    return "image" if any(start.startswith(known[: len(start)]) for known in _STARTS) else "other"


def count(path: str | Path) -> tuple[int, Rejection | None]:
    """How many pages of a PDF or TIFF open, and why what comes after them does not: one more answer, never silence.

    A file of too many pages is refused as a whole.
    """
    try:
        if Path(path).stat().st_size > LARGEST_FILE:
            return 0, "too-large"
        pages, whole = _count_pdf(path) if kind(path) == "pdf" else _count_tiff(path)
    except Unusable as unusable:
        return 0, unusable.why
    if pages > MOST_PAGES:
        return 0, "too-large"
    return pages, None if whole and pages else "cannot-open"


class Source:
    """An open file of one or more pages; ``page(n)`` decodes one. Use as a context manager."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._open: Any = None

    def __enter__(self) -> Source:
        try:
            size = self._path.stat().st_size
            if size > LARGEST_FILE:
                raise Unusable("too-large")
            self._kind = kind(self._path)
            if self._kind == "other":
                raise Unusable("wrong-kind")
            if self._kind == "image" and size > LARGEST_STREAM:
                raise Unusable("too-large")
            self._frames = tiff.chain(self._path, MOST_PAGES).pages if self._kind == "tiff" else ()
            self._open = _pdf(self._path) if self._kind == "pdf" else _image(self._path, _FORMATS[self._kind])
            if self._kind == "image" and getattr(self._open, "n_frames", 1) > 1:
                self._open.close()
                raise Unusable("not-one-image")
        except OSError:
            raise Unusable("cannot-open") from None
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def page(self, number: int) -> Grey:
        """Page ``number`` from 1. Raises Unusable."""
        if self._kind == "pdf":
            return _checked(_pdf_page(self._open, number))
        if self._kind == "tiff":
            return self._tiff_page(number)
        if number != 1:
            raise Unusable("cannot-open")
        return _checked(_grey(self._open))

    def _tiff_page(self, number: int) -> Grey:
        """A smaller copy of the page before it, which a viewer wrote and did not name as one, is the same ballot."""
        grey = _checked(self._frame(number))
        if number > 1 and self._frames[number - 1].may_copy(self._frames[number - 2]):
            try:
                before = self._frame(number - 1)
            except Unusable:
                return grey
            if _same(grey, before):
                raise Unusable("same-image")
        return grey

    def _frame(self, number: int) -> Grey:
        if not 0 < number <= len(self._frames):
            raise Unusable("cannot-open")
        try:
            self._open.seek(self._frames[number - 1].place)
        except Exception:
            # Pillow's parser raises end of file, struct, value, key and syntax errors for a damaged directory
            raise Unusable("cannot-open") from None
        return _grey(self._open)


def _same(one: Grey, other: Grey) -> bool:
    """One picture in two sizes: no speck of a square millimetre differs, as a pen's stroke would."""
    import cv2

    size = SMALL_WIDTH, round(SMALL_WIDTH * one.shape[0] / one.shape[1])
    small = [
        cv2.blur(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), (3, 3)).astype(np.int16) for grey in (one, other)
    ]
    return int(np.abs(small[0] - small[1]).max()) <= MOST_APART


def _count_tiff(path: str | Path) -> tuple[int, bool]:
    chain = tiff.chain(path, MOST_PAGES)
    return len(chain.pages), chain.whole


def _count_pdf(path: str | Path) -> tuple[int, bool]:
    """A file that must be repaired to be opened may have lost pages, and nothing in it says how many."""
    try:
        with _qpdf().open(path, attempt_recovery=False) as pdf:
            return len(pdf.pages), int(pdf.Root.Pages.Count) == len(pdf.pages)
    except Exception:
        # a password, no PDF, a damaged page tree: qpdf raises many kinds, all of which mean the same here
        with _pdf(path) as pdf:
            try:
                return len(pdf.pages), False
            except Exception:  # the tree of pages of what was repaired is hostile too, and fails in as many kinds
                raise Unusable("cannot-open") from None


def _image(source: str | Path | io.BytesIO, formats: tuple[str, ...]) -> Any:
    """A picture of one of the formats whose header was read and whose pixels were not."""
    from PIL import Image

    with warnings.catch_warnings():
        # a decompression bomb warns here; it is measured and refused in _measured
        warnings.simplefilter("ignore")
        try:
            return Image.open(source, formats=formats)
        except Image.DecompressionBombError:
            raise Unusable("too-large") from None
        except Exception:
            # Pillow's parsers raise struct, value, key and syntax errors for damaged headers
            raise Unusable("cannot-open") from None


def _measured(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise Unusable("too-large")
    if min(width, height) < LEAST_SIDE:
        raise Unusable("too-small")


def _grey(image: Any) -> Grey:
    """Decode the current frame. A truncated picture is refused, never filled up."""
    _measured(*image.size)
    if image.mode == "1" or _bits(image) < 8:
        raise Unusable("one-bit")
    if image.mode not in _MODES:
        raise Unusable("cannot-open")
    try:
        if image.format == "JPEG":
            image.draft("L", image.size)
            if image.mode == "L":
                return _in_place(image)
        with _whole_pictures_only():
            image.load()
        if image.mode.startswith("I;16"):
            deep: Grey = (np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8)
            return deep
        if image.mode == "P":
            image = image.convert("RGBA")
        if image.mode in ("RGBA", "LA"):
            from PIL import Image

            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
        return np.asarray(image if image.mode == "L" else image.convert("L"), dtype=np.uint8)
    except MemoryError:
        raise Unusable("too-large") from None
    except Exception:
        # damaged pixel data: codecs raise OSError, ValueError, struct.error, zlib.error and others
        raise Unusable("cannot-open") from None


def _in_place(jpeg: Any) -> Grey:
    """A grey JPEG decoded where it is wanted: copying it out of Pillow takes as long as decoding it."""
    from PIL import _imaging

    pixels = np.empty(jpeg.size[::-1], dtype=np.uint8)
    jpeg.im = _imaging.map_buffer(pixels, jpeg.size, "raw", 0, ("L", 0, 1))
    with _whole_pictures_only():
        jpeg.load()
    return pixels


@contextmanager
def _whole_pictures_only() -> Iterator[None]:
    """Pillow's switch is the process's, and WeasyPrint turns it the other way: the missing part would be black."""
    from PIL import ImageFile

    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _bits(image: Any) -> int:
    """Bits per sample that the file declares; 8 where the format has no less."""
    if image.format == "TIFF":
        declared = image.tag_v2.get(258, (1,))
        return int(min(declared)) if declared else 1
    if image.format == "PNG":
        position = image.fp.tell()
        image.fp.seek(24)
        depth = int.from_bytes(image.fp.read(1), "big")
        image.fp.seek(position)
        return depth
    return 8


@cache
def _qpdf() -> Any:
    """pikepdf within its limits, loaded with the first PDF: most piles are pictures."""
    import pikepdf

    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=4 * MOST_PIXELS,
        png_max_memory=4 * MOST_PIXELS,
        tiff_max_memory=4 * MOST_PIXELS,
        run_length_max_memory=LARGEST_STREAM,
        dct_max_memory=4 * MOST_PIXELS,
        max_stream_filters=3,
    )
    return pikepdf


def _pdf(path: str | Path) -> Any:
    try:
        return _qpdf().open(path)
    except Exception:
        # a password, no PDF, or a damaged one: qpdf raises its own errors and those of Python
        raise Unusable("cannot-open") from None


def _pdf_page(pdf: Any, number: int) -> Grey:
    """The one scanned image of a PDF page, extracted and not rendered. Raises Unusable."""
    try:
        page = pdf.pages[number - 1]
        found = list(page.get_images(recursive=True).values())
        if len(found) != 1:
            raise Unusable("not-one-image")
        scan = found[0]
        width, height = int(scan.get("/Width", 0)), int(scan.get("/Height", 0))
        _measured(width, height)
        image = _qpdf().PdfImage(scan)
        filters = list(image.filters)
        if image.image_mask or image.bits_per_component == 1 or filters[-1:] in (["/CCITTFaxDecode"], ["/JBIG2Decode"]):
            raise Unusable("one-bit")
        if not set(filters) <= {"/DCTDecode", "/FlateDecode"}:
            raise Unusable("cannot-open")
        if filters != ["/DCTDecode"]:
            return _transcoded(image)
        grey = _grey(_image(io.BytesIO(scan.read_raw_bytes()), ("JPEG",)))
        decode = [float(one) for one in scan.get("/Decode", [])]
        return np.asarray(255 - grey, dtype=np.uint8) if decode[:2] == [1.0, 0.0] else grey
    except Unusable:
        raise
    except MemoryError:
        raise Unusable("too-large") from None
    except Exception:
        # a damaged object: qpdf, pikepdf and Pillow raise their own errors
        raise Unusable("cannot-open") from None


def _transcoded(image: Any) -> Grey:
    """A losslessly packed image; pikepdf unpacks it and heeds its Decode array."""
    made = image.as_pil_image()
    _measured(*made.size)
    return np.asarray(made.convert("L"), dtype=np.uint8)


def _checked(grey: Grey) -> Grey:
    """Refuse a picture of two levels only: a 1-bit scan in a larger coat, in which light pens have vanished."""
    # a few pixels of an ordinary picture have more levels already
    if _two_levels(grey[::32, ::32]) and _two_levels(grey):
        raise Unusable("one-bit")
    return grey


def _two_levels(grey: Grey) -> bool:
    return bool(((grey == grey.min()) | (grey == grey.max())).all())
