"""Numbered stubs as a product of their own: the one ballot page, and above it a strip that is torn off at issue.

The number stands on the strip alone, outside the ballot's own page, so that what is cast is the same paper as every
other. All ballots share one drawing; only the digits on the strips differ.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from html import escape

from ballots import fonts
from ballots.geometry import PAPERS, Paper
from ballots.printing import MOST_COPIES, rendered
from election.faults import WrongInput

#: the strip's height, and where its number stands on it (from the left, from its lower edge), in millimetres
STRIP_MM, NUMBER_MM = 26.0, (30.0, 9.0)
DIGITS = 6
#: a digit's own page
DIGIT_MM = (4.2, 7.0)
POINTS = 72 / 25.4
#: the smallest paper on sale out of which a ballot with its strip is cut (SRA4 is 3 mm short of one of A4)
STOCK = {"A5": "A4", "A4": "A3", "A3": "SRA3"}


@dataclass(frozen=True)
class Sheet:
    """What the printer cuts to: millimetres, and the paper to cut it from."""

    width: int
    height: int
    stock: str


def sheet(paper: Paper) -> Sheet:
    """The size of a ballot of ``paper`` with its strip. No paper of that size is sold."""
    width, height = PAPERS[paper]
    return Sheet(round(width), round(height + STRIP_MM), STOCK[paper])


def with_stubs(ballots: bytes, pages: int, copies: int, title: str) -> bytes:
    """``copies`` of the ballot under strips numbered from 000001; the ballot is the first ``pages`` pages of a PDF.

    Pages after a ballot's first have an empty strip.

    Raises WrongInput for a number of copies out of range and for a character that the fonts lack.
    """
    import pikepdf

    if not 1 <= copies <= MOST_COPIES:
        raise WrongInput(
            "{copies} copies", place="copies", mend="print 1 to {most} at a time", copies=copies, most=MOST_COPIES
        )
    with pikepdf.open(io.BytesIO(ballots)) as drawn, pikepdf.new() as made:
        _, _, width, height = (float(edge) for edge in drawn.pages[0].mediabox)
        with pikepdf.open(io.BytesIO(_parts(width / POINTS, title))) as parts:
            strip, *digits = [made.copy_foreign(page.as_form_xobject()) for page in parts.pages]
        faces = [made.copy_foreign(page.as_form_xobject()) for page in list(drawn.pages)[:pages]]
        tall = height + STRIP_MM * POINTS
        for number in range(1, copies + 1):
            for place, face in enumerate(faces):
                shown = {"/Ballot": face}
                content = "q /Ballot Do Q\n"
                if place == 0:
                    shown["/Strip"] = strip
                    content += f"q 1 0 0 1 0 {height:.3f} cm /Strip Do Q\n"
                    for at, digit in enumerate(f"{number:0{DIGITS}d}"):
                        shown[f"/D{digit}"] = digits[int(digit)]
                        x = (NUMBER_MM[0] + at * DIGIT_MM[0]) * POINTS
                        content += f"q 1 0 0 1 {x:.3f} {height + NUMBER_MM[1] * POINTS:.3f} cm /D{digit} Do Q\n"
                made.pages.append(
                    pikepdf.Page(
                        pikepdf.Dictionary(
                            Type=pikepdf.Name.Page,
                            MediaBox=[0.0, 0.0, width, tall],
                            Contents=made.make_stream(content.encode()),
                            Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(shown)),
                        )
                    )
                )
        written = io.BytesIO()
        made.save(written, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return written.getvalue()


def _parts(width: float, title: str) -> bytes:
    """One page with the strip, then a page for each digit from 0 to 9."""
    words = ("存根", "编号", "发票员签字：＿＿＿＿＿＿", "沿虚线撕下存根后，将选票交给领票人；存根不得投入票箱")
    if missing := fonts.missing_characters(title + "".join(words)):
        raise WrongInput(
            "the fonts lack {lacking}", place="title", mend="install Noto CJK (fonts-noto-cjk)", lacking=missing
        )
    stub, number, signed, note = words
    digits = "".join(f'<section class="digit">{digit}</section>' for digit in range(10))
    style = f"""
{fonts.css()}
@page strip {{ size: {width:.3f}mm {STRIP_MM}mm; margin: 0 }}
@page digit {{ size: {DIGIT_MM[0]}mm {DIGIT_MM[1]}mm; margin: 0 }}
body {{ margin: 0; font-family: "{fonts.FAMILY["serif"]}" }}
p {{ position: absolute; margin: 0; white-space: nowrap }}
.strip {{ page: strip; position: relative; height: {STRIP_MM}mm; box-sizing: border-box; border-bottom: 0.3mm dashed #000 }}
.digit {{ page: digit; break-before: page; text-align: center; font-size: 6.5mm; line-height: {DIGIT_MM[1]}mm }}
"""
    return rendered(
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><style>{style}</style></head><body>'
        f'<section class="strip"><p style="left:14mm;top:3mm;font-size:4.2mm">{escape(title)}　{stub}</p>'
        f'<p style="left:14mm;top:10.5mm;font-size:4.6mm;line-height:7mm">{number}</p>'
        f'<p style="left:64mm;top:11mm;font-size:4mm;line-height:7mm">{signed}</p>'
        f'<p style="left:14mm;top:20mm;font-size:3mm">{note}</p></section>{digits}</body></html>'
    )
