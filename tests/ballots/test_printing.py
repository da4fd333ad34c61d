from __future__ import annotations

import io
import os
import subprocess
import sys
from typing import Any

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
import uharfbuzz

import ballots
from ballots import Candidate, Contest, fonts, printing
from ballots.design import design
from ballots.markers import dictionary
from election.faults import WrongInput

from . import samples, scans


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


@pytest.mark.parametrize(("paper", "width", "height"), [("A3", 297, 420), ("A4", 210, 297), ("A5", 148, 210)])
def test_n_copies_of_p_pages_in_turn_on_the_paper_asked_for(paper: Any, width: int, height: int) -> None:
    contests = samples.WHOLE if paper != "A5" else (samples.CHAIR, samples.MEMBER)
    pdf, layout = samples.printed(contests, "sign", paper, copies=3)
    with opened(pdf) as document:
        assert len(document.pages) == 3 * layout["pages"]
        for page in document.pages:
            left, bottom, right, top = (float(edge) for edge in page.mediabox)
            assert (right - left, top - bottom) == pytest.approx((width * 72 / 25.4, height * 72 / 25.4), abs=0.01)
        contents = [page.obj.Contents.objgen for page in document.pages]
        assert contents == contents[: layout["pages"]] * 3
        assert len(set(contents)) == layout["pages"]


def test_every_copy_shares_one_content_and_one_set_of_resources() -> None:
    pdf, _ = samples.printed(copies=50)
    with opened(pdf) as document:
        assert len({page.obj.Contents.objgen for page in document.pages}) == 1
        assert len({page.obj.Resources.objgen for page in document.pages}) == 1
        for page in document.pages:
            assert set(page.obj.keys()) == {"/Type", "/MediaBox", "/Contents", "/Resources", "/Parent"}


def test_nothing_in_the_file_tells_when_or_by_what_it_was_made() -> None:
    pdf, _ = samples.printed(copies=2)
    with opened(pdf) as document:
        assert "/Info" not in document.trailer
        assert "/Metadata" not in document.Root
        assert set(document.Root.keys()) == {"/Type", "/Pages"}
    for word in (b"WeasyPrint", b"CreationDate", b"ModDate", b"Producer", b"xmp"):
        assert word not in pdf


def test_two_runs_in_two_processes_give_the_same_bytes() -> None:
    program = "import sys; from tests.ballots.samples import printed; sys.stdout.buffer.write(printed(copies=3)[0])"
    runs = [
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            cwd=os.path.dirname(os.path.dirname(os.path.dirname(__file__))),
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai"))
    ]
    assert runs[0] == runs[1] == samples.printed(copies=3)[0]


def test_two_thousand_copies_cost_little_more_than_one() -> None:
    one, _ = samples.printed(copies=1)
    many = printing.replicate(one, 2000)
    assert len(many) < len(one) + 60_000
    with opened(many) as document:
        assert len(document.pages) == 2000


def test_every_printed_outline_and_marker_lies_where_the_layout_says() -> None:
    dpi = 600
    pdf, layout = samples.printed()
    page = scans.rasterise(pdf, dpi)
    _, ids, _ = cv2.aruco.ArucoDetector(dictionary()).detectMarkers(cv2.resize(page, None, fx=0.25, fy=0.25))
    assert sorted(ids.flatten()) == sorted(one["id"] for one in layout["fiducials"])
    scale = dpi / 25.4
    boxes = [(m["x_mm"], m["y_mm"], m["w_mm"], m["h_mm"]) for m in layout["marks"]]
    boxes += [(f["x_mm"], f["y_mm"], f["size_mm"], f["size_mm"]) for f in layout["fiducials"]]
    for x, y, w, h in boxes:
        left, top, right, bottom = (round(v * scale) for v in (x - 1, y - 1, x + w + 1, y + h + 1))
        dark = page[top:bottom, left:right] < 128
        rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
        found = np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]) / scale + [left / scale, top / scale] * 2
        assert found == pytest.approx([x, y, x + w, y + h], abs=0.06)


def test_names_notes_and_the_title_can_be_read_from_the_pdf() -> None:
    pdf, _ = samples.printed()
    document = pypdfium2.PdfDocument(pdf)
    text = document[0].get_textpage().get_text_range()
    document.close()
    for printed in (
        samples.TITLE,
        "王建国",
        "欧阳志远",
        "买买提·艾力江",
        "（一组）",
        "应选5名",
        "填写说明",
        "盖章处",
        "另选",
    ):
        assert printed in text


def test_a_proof_copy_carries_its_watermark_and_another_design() -> None:
    pdf, layout = samples.printed(proof=True)
    document = pypdfium2.PdfDocument(pdf)
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert "样票" in text
    assert layout["proof"] is True
    assert layout["design"] != samples.printed()[1]["design"]
    assert "proof" not in samples.printed()[1]


def test_a_character_without_a_glyph_is_named_and_nothing_is_printed() -> None:
    contest = Contest("k", "主任", 1, (Candidate("a", "王\U000323af"),))
    with pytest.raises(WrongInput, match=r"U\+323AF"):
        ballots.make([contest], "选票")


def test_a_name_cannot_draw_or_fetch() -> None:
    contest = Contest("k", "主任", 1, (Candidate("a", '<link rel=attachment href="x">&amp;'),))
    document = printing.html(design([contest], "<b>选票</b>"))
    assert "<link" not in document
    assert "<b>" not in document
    with opened(ballots.make([contest], "选票")[0]) as pdf:
        assert "/Names" not in pdf.Root


@pytest.mark.parametrize("copies", [0, -1, printing.MOST_COPIES + 1])
def test_a_number_of_copies_out_of_range_is_refused(copies: int) -> None:
    with pytest.raises(WrongInput, match="copies"):
        ballots.make([samples.CHAIR], "选票", copies=copies)


def test_the_packaged_fonts_serve_where_none_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    faces = fonts.font_faces(packaged=True)
    monkeypatch.setattr(fonts, "font_faces", lambda: faces)
    assert fonts.css().count("@font-face") == len(fonts.KINDS)
    assert fonts.missing_characters("王建国√○×") == ""
    assert fonts.missing_characters("\U00020bb7") == "\U00020bb7"
    pdf, _ = ballots.make([samples.CHAIR], "选票")
    assert embedded(pdf) == {fonts.FAMILY["serif"], fonts.FAMILY["sans"]}


def test_a_ballot_is_set_in_its_own_faces_alone() -> None:
    pdf, _ = ballots.make([samples.CHAIR], "选票")
    assert embedded(pdf) == {fonts.FAMILY["serif"], fonts.FAMILY["sans"]}


def embedded(pdf: bytes) -> set[str]:
    """The families of the fonts of the first page."""
    with opened(pdf) as document:
        found = document.pages[0].obj.Resources.Font.values()
        return {str(font.BaseFont).partition("+")[2].replace("-", " ").removesuffix(" Bold") for font in found}


def test_the_fetcher_hands_over_fonts_and_nothing_else() -> None:
    fetcher = fonts.fetcher("")
    for address in ("https://example.org/", "file:///etc/passwd", "data:text/plain,x", "font:../secret", "font:"):
        with pytest.raises(ValueError, match="fetches nothing"):
            fetcher.fetch(address)


def test_a_face_is_cut_to_the_characters_of_the_document() -> None:
    fetcher = fonts.fetcher("<p>王&#24314;e\u0301</p>")
    for face in fonts.font_faces():
        characters = set(uharfbuzz.Face(fetcher.fetch(face.address).read()).unicodes)
        assert characters >= {ord("王"), ord("建"), ord("é"), ord("9")}
        assert ord("国") not in characters


def test_missing_characters_names_each_once_and_passes_over_blanks() -> None:
    assert fonts.missing_characters("王 \n　国") == ""
    assert fonts.missing_characters("王\U000323af国\U000323af") == "\U000323af"


def test_every_character_of_the_ballots_own_words_has_a_glyph_in_both_sets_of_fonts() -> None:
    layout = design(samples.WHOLE, samples.TITLE, over_mark_voids="ballot", against_first=True)
    printed = {character for text in layout.texts for line in text.lines for character in line if character.strip()}
    for faces in (fonts.font_faces(), fonts.font_faces(packaged=True)):
        assert {one for one in printed if ord(one) not in fonts._covered(faces)} == set()


def test_pages_drawn_with_resources_of_their_own_share_them_when_copied() -> None:
    drawn = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        document.pages[0].obj.Resources = pikepdf.Dictionary(ProcSet=pikepdf.Array([pikepdf.Name.PDF]))
        document.save(drawn)
    with opened(printing.replicate(drawn.getvalue(), 3)) as copies:
        assert len(copies.pages) == 3
        assert len({page.obj.Resources.objgen for page in copies.pages}) == 1
        assert copies.pages[2].obj.Resources.ProcSet[0] == "/PDF"


def test_a_ballot_of_more_pages_than_there_are_corners_is_refused() -> None:
    contests = [samples.contest(f"k{number}", "委员", 1, ["王建国"], 20) for number in range(63)]
    with pytest.raises(WrongInput, match="needs 63 pages, more than 62; split it"):
        design(contests, "选票", paper="A3", large=True)
