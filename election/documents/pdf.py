"""HTML in, the same PDF bytes out, every time; nothing is fetched from anywhere."""

from __future__ import annotations

import hashlib
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

#: Pango and fontconfig are not safe to enter twice at once
_press = Lock()

#: tagged (read aloud, searched) and made for the archive; declared by WeasyPrint, not validated by veraPDF
VARIANT = "pdf/a-2a"


def typeset(html: str, stylesheet: str) -> bytes:
    """The PDF of ``html`` under ``stylesheet`` (both from templates of this package).

    The identifier is the digest of both; creation and modification dates are the page's own ``dcterms`` metadata.
    """
    from weasyprint import HTML

    with _press:
        page = HTML(string=html, base_url=None, url_fetcher=_fetcher())
        pdf = page.write_pdf(
            stylesheets=[_parsed(stylesheet)],
            font_config=_fonts(),
            pdf_identifier=hashlib.sha256(f"{stylesheet}\0{html}".encode()).hexdigest()[:32].encode(),
            pdf_variant=VARIANT,
        )
    assert isinstance(pdf, bytes)
    return pdf


@cache
def _fetcher() -> Any:
    """A fetcher that refuses every address: a paper is complete in itself."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class NothingIsFetched(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            raise FatalURLFetchingError("a paper fetches nothing")

    return NothingIsFetched(allowed_protocols=(), allow_redirects=False)


@cache
def _fonts() -> FontConfiguration:
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


@cache
def _parsed(stylesheet: str) -> CSS:
    from weasyprint import CSS

    return CSS(string=stylesheet, font_config=_fonts(), url_fetcher=_fetcher())
