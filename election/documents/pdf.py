"""HTML in, the same PDF bytes out, every time; nothing is fetched but the fonts that the project brings."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Any

from ballots import fonts

if TYPE_CHECKING:
    from weasyprint import CSS

#: Pango and fontconfig are not safe to enter twice at once
_press = Lock()

#: tagged (read aloud, searched) and made for the archive; declared by WeasyPrint, not validated by veraPDF
VARIANT = "pdf/a-2a"
#: the name under which the archive's colour space is handed to WeasyPrint, which leaves its own copy open
COLOURS = "paper"


def typeset(html: str, stylesheet: str) -> bytes:
    """The PDF of ``html`` under ``stylesheet`` (both from templates of this package).

    The identifier is the digest of both; creation and modification dates are the page's own ``dcterms`` metadata.
    """
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fetcher = fonts.fetcher(html + stylesheet)
    with _press:
        faces = FontConfiguration()
        page = HTML(string=html, base_url=None, url_fetcher=fetcher)
        pdf = page.write_pdf(
            stylesheets=[CSS(string=fonts.css(), font_config=faces, url_fetcher=fetcher), _parsed(stylesheet)],
            font_config=faces,
            color_profiles={COLOURS: _colours()},
            output_intent=COLOURS,
            pdf_identifier=hashlib.sha256(f"{stylesheet}\0{html}".encode()).hexdigest()[:32].encode(),
            pdf_variant=VARIANT,
        )
    assert isinstance(pdf, bytes)
    return pdf


@cache
def _colours() -> Any:
    """The sRGB profile that PDF/A asks for, read once; its bytes as they are, because a colour engine rewrites them."""
    from weasyprint.css import ColorProfile

    source = files("weasyprint.pdf").joinpath("sRGB2014.icc").read_bytes()

    class AsItIs(ColorProfile):  # type: ignore[misc]
        content = source

    return AsItIs(BytesIO(source), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))


@cache
def _parsed(stylesheet: str) -> CSS:
    from weasyprint import CSS

    return CSS(string=stylesheet)
