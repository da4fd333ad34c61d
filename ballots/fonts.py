"""The Chinese fonts of every paper: found once, checked character by character, never a silent substitute.

A machine with Noto CJK (or Source Han) installed prints with it: real bold, and rare characters of names (𠮷).
Without it the packaged Noto SC fonts serve. A character that the font lacks is named, because a wrong glyph on a
ballot is a defect in law.

A renderer gets each face cut to the characters of its page: it handles a few kilobytes where the file has twenty
megabytes, which is most of the time that a page takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from election.names.writing import composed

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcher

Kind = Literal["serif", "sans"]
KINDS: tuple[Kind, ...] = ("serif", "sans")

#: families with the Chinese mainland's shapes, best first
INSTALLED: dict[Kind, tuple[str, ...]] = {
    "serif": ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC"),
    "sans": ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC"),
}
#: what a style sheet calls them, whichever file serves
FAMILY: dict[Kind, str] = {"serif": "Paper Serif", "sans": "Paper Sans"}
STYLES: dict[int, tuple[str, ...]] = {400: ("Regular", "Book"), 700: ("Bold",)}
#: the only addresses that :func:`fetcher` answers
SCHEME = "font"
#: what a renderer sets of its own: digits of pages and lists, hyphens, bullets
OWN = frozenset(map(chr, range(0x20, 0x7F))) | frozenset("\xa0‐…•◦▪")


@dataclass(frozen=True)
class Face:
    """One font of a file, for a kind and weight. ``name`` is its family there, the one font of a packaged file has none."""

    kind: Kind
    weight: int
    path: Path
    name: str = ""

    @property
    def address(self) -> str:
        return f"{SCHEME}:{self.kind}-{self.weight}"


@cache
def font_faces(*, packaged: bool = False) -> tuple[Face, ...]:
    """The faces that papers are set in: per kind the installed family with its weights, else the packaged one.

    ``packaged`` leaves the installed ones aside, which gives the same glyphs on every machine.
    """
    installed = {} if packaged else _installed()
    return tuple(face for kind in KINDS for face in _faces(kind, installed))


def css() -> str:
    """``@font-face`` rules for :data:`FAMILY`."""
    return "\n".join(
        f'@font-face {{ font-family: "{FAMILY[face.kind]}"; font-weight: {face.weight}; src: url("{face.address}"); }}'
        for face in font_faces()
    )


def missing_characters(text: str) -> str:
    """The characters of ``text`` that a face in use lacks, each once, in order. Blanks and line ends are no glyphs."""
    covered = _covered(font_faces())
    return "".join(dict.fromkeys(one for one in text if not one.isspace() and ord(one) not in covered))


def fetcher(document: str) -> URLFetcher:
    """A fetcher for WeasyPrint that hands over the faces of :func:`css`, cut to the characters of ``document``.

    It refuses every other address; a picture written out in the page itself is no address.
    """
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    faces = {face.address: face for face in font_faces()}
    text = unescape(document)
    characters = OWN.union(text, composed("NFC", text))

    class FontsOnly(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            if url.startswith("data:image/png;base64,"):
                return super().fetch(url)
            if url not in faces:
                raise ValueError(f"a paper fetches nothing, not {url[:60]}")
            return URLFetcherResponse(url, cut(faces[url], characters), {"Content-Type": "font/otf"})

    return FontsOnly(allowed_protocols=("data",), allow_redirects=False)


def cut(face: Face, characters: frozenset[str]) -> bytes:
    """A font file with the glyphs of these characters, all they may turn into, and nothing else."""
    import uharfbuzz

    wanted = uharfbuzz.SubsetInput()
    wanted.unicode_set.update(map(ord, characters))
    wanted.layout_feature_tag_set.invert()
    data: bytes = uharfbuzz.subset(_opened(face), wanted).blob.data
    return data


def _faces(kind: Kind, installed: dict[tuple[str, str], Path]) -> Iterator[Face]:
    for name in INSTALLED[kind]:
        found = [
            Face(kind, weight, installed[name, style], name)
            for weight, styles in STYLES.items()
            for style in styles
            if (name, style) in installed
        ]
        if found and found[0].weight == 400:
            yield from found
            return
    import pylopdf_fonts_zh_cn

    path = pylopdf_fonts_zh_cn.serif_path() if kind == "serif" else pylopdf_fonts_zh_cn.sans_path()
    yield Face(kind, 400, path)


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
def _opened(face: Face) -> Any:
    """The face as HarfBuzz reads it; the file is mapped, not read."""
    import uharfbuzz

    file = uharfbuzz.Blob.from_file_path(face.path)
    fonts = (uharfbuzz.Face(file, place) for place in range(uharfbuzz.Face(file).count))
    return next(font for font in fonts if face.name in ("", font.get_name(1), font.get_name(16)))


@cache
def _covered(faces: tuple[Face, ...]) -> frozenset[int]:
    """The characters that every one of these faces has."""
    return frozenset.intersection(*(frozenset(_opened(face).unicodes) for face in faces))
