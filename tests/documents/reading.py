"""Reading a PDF back: its text per page without blanks, and sizes."""

from __future__ import annotations

import pypdfium2


def pages(pdf: bytes) -> list[str]:
    """The text of each page, blanks and line ends left out."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = []
        for page in document:
            reader = page.get_textpage()
            texts.append("".join(reader.get_text_range().split()))
            reader.close()
            page.close()
        return texts
    finally:
        document.close()


def sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page in whole millimetres."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [
            (round(w / 72 * 25.4), round(h / 72 * 25.4)) for w, h in map(document.get_page_size, range(len(document)))
        ]
    finally:
        document.close()
