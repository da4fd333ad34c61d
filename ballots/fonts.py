"""The Chinese fonts of every paper: found once, checked character by character, never a silent substitute.

A machine with Noto CJK (or Source Han) installed prints with it: real bold, and rare characters of names (𠮷).
Without it the packaged Noto SC fonts serve. A character that the font lacks is named, because a wrong glyph on a
ballot is a defect in law.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcher

Kind = Literal["serif", "sans"]
KINDS: tuple[Kind, ...] = ("serif", "sans")

#: families with the Chinese mainland's shapes, best first
INSTALLED: dict[Kind, tuple[str, ...]] = {
    "serif": ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC"),
    "sans": ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC"),
}
PACKAGED: dict[Kind, str] = {"serif": "Packaged Serif SC", "sans": "Packaged Sans SC"}
STYLES: dict[int, tuple[str, ...]] = {400: ("Regular", "Book"), 700: ("Bold",)}
#: the only addresses that :func:`fetcher` answers
SCHEME = "font"


@dataclass(frozen=True)
class Face:
    """One font file for a kind and weight. ``packaged`` ones are handed over by :func:`fetcher`."""

    kind: Kind
    family: str
    weight: int
    path: Path
    packaged: bool = False


@cache
def font_faces(*, packaged: bool = False) -> tuple[Face, ...]:
    """The faces that papers are set in: per kind the installed family with its weights, else the packaged one.

    ``packaged`` leaves the installed ones aside, which gives the same glyphs on every machine.
    """
    installed = {} if packaged else _installed()
    return tuple(face for kind in KINDS for face in _faces(kind, installed))


def family(kind: Kind = "serif") -> str:
    """The family name to write in a style sheet (beside :func:`css`)."""
    return next(face.family for face in font_faces() if face.kind == kind)


def css() -> str:
    """``@font-face`` rules for the packaged faces in use; nothing is needed for installed ones."""
    return "\n".join(
        f'@font-face {{ font-family: "{face.family}"; src: url("{SCHEME}:{face.kind}"); }}'
        for face in font_faces()
        if face.packaged
    )


def missing_characters(text: str) -> str:
    """The characters of ``text`` that a face in use lacks, each once, in order. Blanks and line ends are no glyphs."""
    covered = frozenset.intersection(*(_characters(face) for face in font_faces()))
    return "".join(dict.fromkeys(one for one in text if not one.isspace() and ord(one) not in covered))


def fetcher() -> URLFetcher:
    """A fetcher for WeasyPrint that hands over the faces of :func:`css` and refuses every other address.

    A picture written out in the page itself is no address.
    """
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    files = {f"{SCHEME}:{face.kind}": face.path for face in font_faces() if face.packaged}

    class FontsOnly(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            if url.startswith("data:image/png;base64,"):
                return super().fetch(url)
            if url not in files:
                raise ValueError(f"a paper fetches nothing, not {url[:60]}")
            return URLFetcherResponse(url, files[url].read_bytes(), {"Content-Type": "font/otf"})

    return FontsOnly(allowed_protocols=("data",), allow_redirects=False)


def _faces(kind: Kind, installed: dict[tuple[str, str], Path]) -> Iterator[Face]:
    for name in INSTALLED[kind]:
        found = [
            Face(kind, name, weight, installed[name, style])
            for weight, styles in STYLES.items()
            for style in styles
            if (name, style) in installed
        ]
        if found and found[0].weight == 400:
            yield from found
            return
    import pylopdf_fonts_zh_cn

    path = pylopdf_fonts_zh_cn.serif_path() if kind == "serif" else pylopdf_fonts_zh_cn.sans_path()
    yield Face(kind, PACKAGED[kind], 400, path, packaged=True)


def _installed() -> dict[tuple[str, str], Path]:
    """``(family, style) -> file`` of the wanted families, as the renderer's own fontconfig sees them."""
    from weasyprint.text.ffi import ffi, fontconfig

    wanted = {name for names in INSTALLED.values() for name in names}
    config = ffi.gc(fontconfig.FcInitLoadConfigAndFonts(), fontconfig.FcConfigDestroy)
    fonts = fontconfig.FcConfigGetFonts(config, fontconfig.FcSetSystem)
    answer = ffi.new("FcChar8 **")

    def values(pattern: object, key: bytes) -> Iterator[str]:
        number = 0
        while fontconfig.FcPatternGetString(pattern, key, number, answer) == fontconfig.FcResultMatch:
            yield ffi.string(answer[0]).decode(errors="replace")
            number += 1

    found: dict[tuple[str, str], Path] = {}
    for place in range(fonts.nfont if fonts != ffi.NULL else 0):
        pattern = fonts.fonts[place]
        for name in wanted.intersection(values(pattern, b"family")):
            for style in values(pattern, b"style"):
                for file in values(pattern, b"file"):
                    path = Path(file)
                    found[name, style] = min(path, found.get((name, style), path))
    return found


@cache
def _characters(face: Face) -> frozenset[int]:
    from fontTools.ttLib import TTFont
    from fontTools.ttLib.ttCollection import TTCollection

    if face.path.suffix.lower() not in (".ttc", ".otc"):
        with TTFont(face.path, lazy=True) as font:
            return frozenset(font.getBestCmap())
    with TTCollection(face.path, lazy=True) as collection:
        for font in collection.fonts:
            if face.family in (font["name"].getDebugName(1), font["name"].getDebugName(16)):
                return frozenset(font.getBestCmap())
    return frozenset()
