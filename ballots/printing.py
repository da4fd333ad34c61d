"""A layout as a PDF: drawn once, repeated by reference. No copy differs from another in a single byte.

WeasyPrint draws each page of the design once; 2,000 copies are 2,000 small page objects over the same content and
resources, so that a printer works on one page and nothing on the paper can tell two ballots apart.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from html import escape

from ballots import fonts, markers, words
from ballots.geometry import Example, Layout, Rectangle, Text
from election.faults import WrongInput

MOST_COPIES = 100_000
#: clockwise angle of the watermark on a proof copy, and its grey
PROOF_TURN, PROOF_GREY = -35, "#d9d9d9"
#: pens of a field to write in and of the signs that show how to mark
FIELD_MM, SIGN_MM = 0.15, 0.7


def draw(layout: Layout) -> bytes:
    """The design as a PDF of ``layout.pages`` pages, to be given to :func:`replicate`; the same layout gives the same
    bytes there. Raises WrongInput for a character that the fonts lack.
    """
    return rendered(html(layout))


def html(layout: Layout) -> str:
    """The page of the renderer: everything at its place in millimetres. Raises WrongInput for a missing character."""
    printed = [*(line for text in layout.texts for line in text.lines), words.PROOF if layout.proof else ""]
    if missing := fonts.missing_characters("".join(printed)):
        named = " ".join(f"{one} (U+{ord(one):04X})" for one in missing)
        raise WrongInput(
            "the fonts on this machine lack {named}",
            place="ballot",
            mend="install Noto CJK (fonts-noto-cjk)",
            named=named,
        )
    pages = "".join(_page(layout, page) for page in range(1, layout.pages + 1))
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><style>{_style(layout)}</style></head>'
        f"<body>{pages}</body></html>"
    )


def replicate(pdf: bytes, copies: int) -> bytes:
    """``copies`` ballots, pages 1…P of ``pdf`` in turn, which are of one size, each over the content of its first.

    No identifiers, no metadata. Raises WrongInput for a number of copies out of range.
    """
    import pikepdf

    if not 1 <= copies <= MOST_COPIES:
        raise WrongInput(
            "{copies} copies", place="copies", mend="print 1 to {most} at a time", copies=copies, most=MOST_COPIES
        )

    with pikepdf.open(io.BytesIO(pdf)) as drawn, pikepdf.new() as ballots:
        tree, masters = ballots.Root.Pages, []
        for page in drawn.pages:
            resources = page.obj.Resources
            if not resources.is_indirect:
                resources = drawn.make_indirect(resources)
            page.contents_coalesce()
            masters.append(
                {
                    "/Type": pikepdf.Name.Page,
                    "/Parent": tree,
                    "/Contents": ballots.copy_foreign(page.obj.Contents),
                    "/Resources": ballots.copy_foreign(resources),
                }
            )
        # what all pages share stands once, in the tree, and is inherited (ISO 32000-1, 7.7.3.4): a page is then so small
        # that 2,000 of them hardly take longer than one
        tree.MediaBox = pikepdf.Array([float(edge) for edge in drawn.pages[0].mediabox])
        if len(masters) == 1:
            tree.Resources = masters[0].pop("/Resources")
        # the page tree is written directly, since qpdf's own way costs more than drawing the ballot, and page by page,
        # since a list of them all would wake Python's collector
        drawings = [pikepdf.Dictionary(master) for master in masters]
        tree.Kids = pikepdf.Array()
        kids = tree.Kids
        for _ in range(copies):
            for drawing in drawings:
                kids.append(ballots.make_indirect(drawing.copy()))
        tree.Count = copies * len(drawings)
        written = io.BytesIO()
        ballots.save(written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return written.getvalue()


def rendered(document: str) -> bytes:
    """The PDF of an HTML document of ours; nothing is fetched but the fonts of :mod:`ballots.fonts`."""
    from weasyprint import HTML
    from weasyprint.text.fonts import FontConfiguration

    drawn = HTML(string=document, url_fetcher=fonts.fetcher(document))
    pdf: bytes = drawn.write_pdf(font_config=FontConfiguration())
    return pdf


def _style(layout: Layout) -> str:
    return f"""
{fonts.css()}
@page {{ size: {layout.width}mm {layout.height}mm; margin: 0 }}
html, body {{ margin: 0; padding: 0; color: #000 }}
section {{ position: relative; width: {layout.width}mm; height: {layout.height}mm; overflow: hidden }}
section + section {{ break-before: page }}
svg {{ position: absolute; left: 0; top: 0 }}
p {{ position: absolute; margin: 0; white-space: pre }}
.serif {{ font-family: "{fonts.FAMILY["serif"]}" }}
.sans {{ font-family: "{fonts.FAMILY["sans"]}" }}
.bold {{ font-weight: 700 }}
"""


def _page(layout: Layout, page: int) -> str:
    watermark = _watermark(layout) if layout.proof else ""
    shapes = "".join(_shapes(layout, page))
    texts = "".join(_text(text) for text in layout.texts if text.page == page)
    return (
        f'<section>{watermark}<svg xmlns="http://www.w3.org/2000/svg" width="{layout.width}mm" '
        f'height="{layout.height}mm" viewBox="0 0 {layout.width} {layout.height}">{shapes}</svg>{texts}</section>'
    )


def _text(text: Text) -> str:
    """The lines as one paragraph, vertically in the middle of its box."""
    height = len(text.lines) * text.size * text.leading
    top = text.box.y + (text.box.h - height) / 2
    lines = escape("\n".join(text.lines))
    return (
        f'<p class="{text.face}{" bold" if text.bold else ""}" style="left:{text.box.x:.3f}mm;top:{top:.3f}mm;'
        f"width:{text.box.w:.3f}mm;text-align:{text.align};font-size:{text.size:.3f}mm;"
        f'line-height:{text.size * text.leading:.3f}mm">{lines}</p>'
    )


def _shapes(layout: Layout, page: int) -> Iterator[str]:
    """One path for each pen: a page has a hundred outlines and few pens, and a renderer pays for each element."""
    drawn: dict[str, list[str]] = {}
    for pen, path in _strokes(layout, page):
        drawn.setdefault(pen, []).append(path)
    for pen, paths in drawn.items():
        yield f'<path d="{" ".join(paths)}" {pen}/>'


def _strokes(layout: Layout, page: int) -> Iterator[tuple[str, str]]:
    """What is drawn beside the words, as a pen and the path it takes."""
    for line in (one for one in layout.lines if one.page == page):
        dash = ' stroke-dasharray="1.5 1.5"' if line.dash else ""
        pen = f'{_pen(line.width)} stroke-linecap="square"{dash}'
        yield pen, f"M{line.x1:.3f} {line.y1:.3f}L{line.x2:.3f} {line.y2:.3f}"
    for mark in (one for one in layout.marks if one.page == page):
        yield _pen(layout.outline), _outline(layout, mark.box)
    for field in (one.box for one in layout.write_ins if one.page == page):
        yield _pen(FIELD_MM), _inside(field, FIELD_MM)
    for example in (one for one in layout.examples if one.page == page):
        yield _pen(layout.outline), _outline(layout, example.box)
        if sign := _sign(example):
            yield f'{_pen(SIGN_MM)} stroke-linecap="round" stroke-linejoin="round"', sign
    for marker in (one for one in layout.fiducials if one.page == page):
        module = marker.box.w / markers.MODULES
        loops = " ".join(
            "M" + " L".join(f"{marker.box.x + x * module:.4f} {marker.box.y + y * module:.4f}" for x, y in loop) + " Z"
            for loop in markers.outline(marker.id)
        )
        yield 'fill="#000" fill-rule="evenodd"', loops


def _pen(width: float) -> str:
    return f'fill="none" stroke="#000" stroke-width="{width}"'


def _outline(layout: Layout, box: Rectangle) -> str:
    """A printed outline whose outer edge is the box given."""
    if layout.shape == "rectangle":
        return _inside(box, layout.outline)
    return _circle(box.x + box.w / 2, box.y + box.h / 2, (box.w - layout.outline) / 2)


def _inside(box: Rectangle, width: float) -> str:
    across, down = box.w - width, box.h - width
    return f"M{box.x + width / 2:.3f} {box.y + width / 2:.3f}h{across:.3f}v{down:.3f}h{-across:.3f}Z"


def _circle(x: float, y: float, r: float) -> str:
    half = f"{r:.3f} {r:.3f} 0 0 1"
    return f"M{x - r:.3f} {y:.3f}A{half} {x + r:.3f} {y:.3f}A{half} {x - r:.3f} {y:.3f}Z"


def _sign(example: Example) -> str:
    box = example.box
    cx, cy, r = box.x + box.w / 2, box.y + box.h / 2, box.w / 2
    if example.sign == "circle":
        return _circle(cx, cy, r * 0.62)
    if example.sign == "none":
        return ""
    if example.sign == "tick":
        strokes: tuple[tuple[tuple[float, float], ...], ...] = (((-0.5, -0.05), (-0.12, 0.42), (0.6, -0.5)),)
    else:
        strokes = (((-0.5, -0.5), (0.5, 0.5)), ((0.5, -0.5), (-0.5, 0.5)))
    return " ".join("M" + " L".join(f"{cx + x * r:.3f} {cy + y * r:.3f}" for x, y in stroke) for stroke in strokes)


def _watermark(layout: Layout) -> str:
    size = layout.width / 11
    return (
        f'<p class="sans bold" style="left:0;top:{layout.height / 2 - size:.1f}mm;width:{layout.width}mm;'
        f"text-align:center;font-size:{size:.1f}mm;line-height:{2 * size:.1f}mm;color:{PROOF_GREY};"
        f'transform:rotate({PROOF_TURN}deg)">{words.PROOF}</p>'
    )
