"""What a stranger may put on the scanner: every file gets an answer, none gets the machine."""

from __future__ import annotations

import io
import signal
import struct
import zlib
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from PIL import Image

from ballots import pictures, reading
from ballots.pictures import Grey, Source, Unusable
from ballots.workers import Limits, Place
from election.faults import WrongInput

from . import samples, scans, test_hostile
from .scans import Pen, box_of


@pytest.fixture(scope="module")
def page() -> Grey:
    pdf, layout = samples.printed()
    drawn = scans.rasterise(pdf, 150)
    Pen(drawn, 150).tick(box_of(layout, "chair", "chair1", "for"))
    return drawn


def first(path: Path) -> Grey:
    with Source(path) as source:
        return source.page(1)


def why(path: Path, number: int = 1) -> str:
    with pytest.raises(Unusable) as refused, Source(path) as source:
        source.page(number)
    return refused.value.why


@pytest.mark.parametrize(
    ("suffix", "mode"),
    [
        *((".png", mode) for mode in ("L", "RGB", "RGBA", "LA", "P")),
        *((".jpg", mode) for mode in ("L", "RGB", "CMYK")),
        *((".tif", mode) for mode in ("L", "RGB", "RGBA", "LA", "P", "CMYK")),
    ],
)
def test_grey_and_colour_in_every_format_give_the_same_grey(page: Grey, tmp_path: Path, mode: str, suffix: str) -> None:
    path = tmp_path / f"scan{suffix}"
    Image.fromarray(page).convert(mode).save(path)
    assert np.abs(first(path).astype(int) - page.astype(int)).max() <= 90
    assert np.abs(first(path).astype(int) - page.astype(int)).mean() < 1.5


def test_sixteen_bits_are_read_as_eight(page: Grey, tmp_path: Path) -> None:
    Image.fromarray(page.astype(np.uint16) * 257).save(tmp_path / "deep.png")
    assert np.array_equal(first(tmp_path / "deep.png"), page)


def test_transparent_paper_is_white(page: Grey, tmp_path: Path) -> None:
    clear = np.zeros((*page.shape, 4), np.uint8)
    clear[..., 3] = 255 - page
    Image.fromarray(clear).save(tmp_path / "clear.png")
    assert np.abs(first(tmp_path / "clear.png").astype(int) - page).max() <= 1


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "jpeg"])
def test_every_page_of_a_tiff_is_its_own(page: Grey, tmp_path: Path, compression: str) -> None:
    path = tmp_path / "scan.tif"
    frames = [Image.fromarray(np.roll(page, shift, axis=0)) for shift in (0, 7, 11)]
    frames[0].save(path, save_all=True, append_images=frames[1:], compression=compression)
    assert pictures.count(path) == (3, None)
    with Source(path) as source:
        for number, shift in ((1, 0), (3, 11), (2, 7), (1, 0)):
            near = np.abs(source.page(number).astype(int) - np.roll(page, shift, axis=0)).mean()
            assert near < (1.5 if compression == "jpeg" else 0.01)
    assert why(path, 4) == "cannot-open"


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_scanned_pdf_gives_its_image_and_is_not_rendered(page: Grey, tmp_path: Path, mode: str) -> None:
    path = tmp_path / "scan.pdf"
    Image.fromarray(page).convert(mode).save(path, save_all=True, append_images=[Image.fromarray(page[::-1])])
    assert pictures.count(path) == (2, None)
    assert np.abs(first(path).astype(int) - page).mean() < 1.5


def pdf_of(path: Path, data: bytes, **keys: Any) -> Path:
    """A PDF whose one page holds one image stream, as written."""
    with pikepdf.new() as pdf:
        image = pdf.make_stream(b"")
        image.write(data, filter=keys.pop("Filter", None), decode_parms=keys.pop("DecodeParms", None))
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        for key, value in keys.items():
            image[f"/{key}"] = value
        pdf.add_blank_page(page_size=(595, 842))
        pdf.pages[0].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=pdf.make_indirect(image)))
        pdf.save(path)
    return path


def test_a_lossless_scan_in_a_pdf_is_exact_and_an_inverted_one_turned_back(page: Grey, tmp_path: Path) -> None:
    height, width = page.shape
    keys = {
        "Width": width,
        "Height": height,
        "BitsPerComponent": 8,
        "ColorSpace": pikepdf.Name.DeviceGray,
        "Filter": pikepdf.Name.FlateDecode,
    }
    plain = pdf_of(tmp_path / "plain.pdf", zlib.compress(page.tobytes()), **keys)
    assert np.array_equal(first(plain), page)
    inverted = pdf_of(
        tmp_path / "inverted.pdf", zlib.compress((255 - page).tobytes()), Decode=pikepdf.Array([1, 0]), **keys
    )
    assert np.array_equal(first(inverted), page)


def test_one_bit_pictures_are_refused_in_every_format(page: Grey, tmp_path: Path) -> None:
    bits = Image.fromarray(page).convert("1", dither=Image.Dither.NONE)
    bits.save(tmp_path / "a.png")
    bits.save(tmp_path / "b.tif", compression="group4")
    bits.save(tmp_path / "c.pdf")
    bits.convert("L").save(tmp_path / "d.png")
    Image.fromarray(page).quantize(4).save(tmp_path / "e.png", bits=2)
    for name in ["a.png", "b.tif", "c.pdf", "d.png", "e.png"]:
        assert why(tmp_path / name) == "one-bit", name


def test_what_is_no_picture_is_refused(page: Grey, tmp_path: Path) -> None:
    whole = io.BytesIO()
    Image.fromarray(page).save(whole, "PNG")
    jpeg = io.BytesIO()
    Image.fromarray(page).save(jpeg, "JPEG")
    tiff = io.BytesIO()
    Image.fromarray(page).save(tiff, "TIFF", compression="tiff_lzw")
    broken = {
        "empty.png": b"",
        "half.png": whole.getvalue()[: len(whole.getvalue()) // 2],
        "half.jpg": jpeg.getvalue()[: len(jpeg.getvalue()) // 2],
        "half.tif": tiff.getvalue()[: len(tiff.getvalue()) // 2],
        "damaged.png": whole.getvalue()[:5000] + bytes(200) + whole.getvalue()[5200:],
        "start.tif": b"II*\x00\xff\xff\xff\xff",
        "start.pdf": b"%PDF-1.7\n" + bytes(100),
        "cut.png": b"\x89PNG",
    }
    others = {
        "text.jpg": b"hello",
        "gif.png": b"GIF89a" + bytes(100),
        "svg.png": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "telephone.jpg": b"\x00\x00\x00\x18ftypheic" + bytes(100),
        "letter.pdf": b"PK\x03\x04" + bytes(100),
    }
    for name, content in (broken | others).items():
        (tmp_path / name).write_bytes(content)
        assert why(tmp_path / name) == ("wrong-kind" if name in others else "cannot-open"), name


def png_header(width: int, height: int, depth: int = 8) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(100_000, 100_000), (9000, 9000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_that_claims_to_be_huge_is_not_decoded(tmp_path: Path, width: int, height: int) -> None:
    (tmp_path / "bomb.png").write_bytes(png_header(width, height))
    assert why(tmp_path / "bomb.png") == "too-large"


def test_a_tiny_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dot.png").write_bytes(png_header(10, 10))
    assert why(tmp_path / "dot.png") == "too-small"


def test_a_pdf_page_must_be_one_scanned_image(page: Grey, tmp_path: Path) -> None:
    (tmp_path / "drawn.pdf").write_bytes(samples.printed()[0])
    assert why(tmp_path / "drawn.pdf") == "not-one-image"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "blank.pdf")
    assert why(tmp_path / "blank.pdf") == "not-one-image"
    Image.fromarray(page).save(tmp_path / "one.pdf")
    with pikepdf.open(tmp_path / "one.pdf") as pdf:
        objects = pdf.pages[0].obj.Resources.XObject
        objects.Other = next(iter(objects.values()))
        pdf.save(tmp_path / "two.pdf")
    assert why(tmp_path / "two.pdf") == "not-one-image"


def test_an_encrypted_pdf_is_refused(page: Grey, tmp_path: Path) -> None:
    Image.fromarray(page).save(tmp_path / "open.pdf")
    with pikepdf.open(tmp_path / "open.pdf") as pdf:
        pdf.save(tmp_path / "shut.pdf", encryption=pikepdf.Encryption(owner="a", user="b"))
    assert pictures.count(tmp_path / "shut.pdf") == (0, "cannot-open")
    assert why(tmp_path / "shut.pdf") == "cannot-open"


def test_a_pdf_image_that_claims_to_be_huge_or_is_of_a_foreign_kind_is_refused(tmp_path: Path) -> None:
    grey = {"BitsPerComponent": 8, "ColorSpace": pikepdf.Name.DeviceGray}
    flate = {"Filter": pikepdf.Name.FlateDecode}
    huge = pdf_of(tmp_path / "huge.pdf", zlib.compress(b"x"), Width=60_000, Height=60_000, **grey, **flate)
    assert why(huge) == "too-large"
    short = pdf_of(tmp_path / "short.pdf", zlib.compress(b"x" * 10), Width=1000, Height=1000, **grey, **flate)
    assert why(short) == "cannot-open"
    wave = pdf_of(tmp_path / "jpx.pdf", b"x", Width=1000, Height=1000, Filter=pikepdf.Name.JPXDecode, **grey)
    assert why(wave) == "cannot-open"
    fax = pdf_of(tmp_path / "fax.pdf", b"x", Width=1000, Height=1000, Filter=pikepdf.Name.CCITTFaxDecode, **grey)
    assert why(fax) == "one-bit"


def test_files_beyond_the_limits_are_not_opened(page: Grey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = Image.fromarray(page)
    frames.save(tmp_path / "two.tif", save_all=True, append_images=[frames])
    frames.save(tmp_path / "one.png")
    monkeypatch.setattr(pictures, "LARGEST_STREAM", 1000)
    assert why(tmp_path / "one.png") == "too-large"
    monkeypatch.setattr(pictures, "MOST_PAGES", 1)
    assert pictures.count(tmp_path / "two.tif") == (0, "too-large")
    monkeypatch.setattr(pictures, "LARGEST_FILE", 1000)
    assert why(tmp_path / "two.tif") == "too-large"
    monkeypatch.setattr(pictures, "MOST_PAGES", 2)
    assert pictures.count(tmp_path / "two.tif") == (0, "too-large")


def test_pages_that_cannot_be_counted(tmp_path: Path) -> None:
    made = io.BytesIO()
    Image.new("L", (400, 400)).save(made, "TIFF")
    tiff = bytearray(made.getvalue())
    (directory,) = struct.unpack_from("<I", tiff, 4)
    (entries,) = struct.unpack_from("<H", tiff, directory)
    struct.pack_into("<I", tiff, directory + 2 + 12 * entries, len(tiff))
    (tmp_path / "empty.tif").write_bytes(tiff + bytes(6))
    (tmp_path / "tree.pdf").write_bytes(test_hostile._pdf_of_pages(3).replace(b"/Kids [3 0 R", b"/Kids [2 0 R"))
    with pikepdf.new() as empty:
        empty.save(tmp_path / "empty.pdf")
    assert pictures.count(tmp_path / "empty.tif") == (1, "cannot-open")
    for name in ("tree.pdf", "empty.pdf"):
        assert pictures.count(tmp_path / name) == (0, "cannot-open")


def directories(tiff: bytes) -> list[int]:
    """Where each directory's pointer to the next one stands, the header's first."""
    places, (at,) = [4], struct.unpack_from("<I", tiff, 4)
    while at:
        places.append(at + 2 + 12 * struct.unpack_from("<H", tiff, at)[0])
        (at,) = struct.unpack_from("<I", tiff, places[-1])
    return places


@pytest.fixture(scope="module")
def four(page: Grey, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A TIFF of four pages."""
    path = tmp_path_factory.mktemp("four") / "four.tif"
    frames = [Image.fromarray(np.roll(page, shift, axis=1)) for shift in (1, 2, 3, 4)]
    frames[0].save(path, save_all=True, append_images=frames[1:], compression="tiff_lzw")
    return path.read_bytes()


@pytest.mark.parametrize("damage", ["beyond", "middle", "itself", "header"])
def test_what_a_damaged_tiff_has_lost_is_told_after_the_pages_that_open(
    four: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str], damage: str
) -> None:
    """Otherwise a pile loses ballots without a word: the first pages are answered as if they were all."""
    chain, tiff = directories(four), bytearray(four)
    (first,) = struct.unpack_from("<I", four, 4)
    to = {"beyond": len(four) + 999, "middle": len(four) // 3, "itself": first, "header": 4}[damage]
    struct.pack_into("<I", tiff, chain[2], to)
    (tmp_path / "damaged.tif").write_bytes(tiff)
    found = answers([tmp_path / "damaged.tif"])
    assert [(one["page"], one["status"], one["why"]) for one in found] == [
        (1, "read", None),
        (2, "read", None),
        (3, "rejected", "cannot-open"),
    ]
    assert "damaged" not in capfd.readouterr().err


@pytest.mark.parametrize("share", [0.95, 0.8, 0.6, 0.45, 0.2])
def test_a_tiff_that_is_cut_short_never_ends_as_if_it_were_whole(
    four: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str], share: float
) -> None:
    (tmp_path / "cut.tif").write_bytes(four[: int(len(four) * share)])
    found = answers([tmp_path / "cut.tif"])
    assert [one["page"] for one in found] == list(range(1, len(found) + 1))
    assert (found[-1]["status"], found[-1]["why"]) == ("rejected", "cannot-open")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("share", [0.99, 0.7, 0.4])
def test_a_pdf_that_is_cut_short_never_ends_as_if_it_were_whole(page: Grey, tmp_path: Path, share: float) -> None:
    frames = [Image.fromarray(np.roll(page, shift, axis=1)) for shift in (1, 2, 3, 4)]
    frames[0].save(tmp_path / "whole.pdf", save_all=True, append_images=frames[1:])
    whole = (tmp_path / "whole.pdf").read_bytes()
    (tmp_path / "cut.pdf").write_bytes(whole[: int(len(whole) * share)])
    found = answers([tmp_path / "cut.pdf"])
    assert (found[-1]["status"], found[-1]["why"]) == ("rejected", "cannot-open")


def test_a_file_of_too_many_pages_is_refused_as_a_whole(page: Grey, tmp_path: Path) -> None:
    """Its first page would open: were it answered, the others would be gone unsaid."""
    Image.fromarray(page).save(tmp_path / "one.pdf")
    with pikepdf.open(tmp_path / "one.pdf") as pdf:
        pdf.Root.Pages.Kids = pikepdf.Array([pdf.pages[0].obj] * (pictures.MOST_PAGES + 1))
        pdf.Root.Pages.Count = pictures.MOST_PAGES + 1
        pdf.save(tmp_path / "many.pdf")
    (found,) = answers([tmp_path / "many.pdf"])
    assert (found["page"], found["status"], found["why"]) == (1, "rejected", "too-large")


def test_a_tiff_by_another_name_of_its_header_is_no_picture_of_one_page(four: bytes, tmp_path: Path) -> None:
    (tmp_path / "odd.tif").write_bytes(b"II\x00\x2a" + four[4:])
    assert why(tmp_path / "odd.tif") == "cannot-open"


@pytest.mark.parametrize(("tag", "value"), [(254, 1), (254, 4), (255, 2)])
def test_a_smaller_copy_or_a_mask_in_a_tiff_is_no_page(four: bytes, tmp_path: Path, tag: int, value: int) -> None:
    """A viewer's copy of a page would be a second ballot."""
    tiff = bytearray(four)
    (second,) = struct.unpack_from("<I", tiff, directories(four)[1])
    entries = {struct.unpack_from("<H", tiff, at)[0]: at for at in range(second + 2, directories(four)[2], 12)}
    spare = entries[min(entries.keys() - {256, 257, 258, 259, 262, 273, 277, 278, 279})]
    struct.pack_into("<HHII", tiff, spare, tag, 4, 1, value)
    (tmp_path / "full.tif").write_bytes(tiff)
    assert pictures.count(tmp_path / "full.tif") == (4, None)  # called a copy, but as large as a page: it is answered
    struct.pack_into("<HHII", tiff, entries[256], 256, 4, 1, 100)
    (tmp_path / "copy.tif").write_bytes(tiff)
    assert pictures.count(tmp_path / "copy.tif") == (3, None)
    (tmp_path / "four.tif").write_bytes(four)
    with Source(tmp_path / "copy.tif") as source, Source(tmp_path / "four.tif") as whole:
        assert np.array_equal(source.page(2), whole.page(3))


def test_a_smaller_copy_that_is_not_named_as_one_is_the_same_picture_and_no_second_ballot(tmp_path: Path) -> None:
    pdf, layout = samples.printed()
    page = scans.rasterise(pdf, 200)
    Pen(page, 200).tick(box_of(layout, "chair", "chair1", "for"))
    page = scans.scanned(page, np.random.default_rng(5), turn=0.3)
    marked = page.copy()
    Pen(marked, 200, grey=110).tick(box_of(layout, "deputy", "deputy1", "for"))

    def smaller(grey: Grey) -> Image.Image:
        size = grey.shape[1] * 4 // 5, grey.shape[0] * 4 // 5
        return Image.fromarray(grey).resize(size, Image.Resampling.LANCZOS)

    for name, second in (("copy.tif", page), ("other.tif", marked)):
        Image.fromarray(page).save(tmp_path / name, save_all=True, append_images=[smaller(second)])
    found = answers([tmp_path / "copy.tif"]) + answers([tmp_path / "other.tif"])
    assert [(one["page"], one["why"]) for one in found] == [(1, None), (2, "same-image"), (1, None), (2, None)]
    assert found[3]["marks"]["deputy"] == {"deputy1": "for"}


def test_an_animated_png_is_refused_and_not_read_by_its_first_picture(page: Grey, tmp_path: Path) -> None:
    (tmp_path / "moving.png").write_bytes(test_hostile._animated(page))
    assert why(tmp_path / "moving.png") == "not-one-image"


def test_a_file_that_went_away_or_has_levels_of_no_paper_is_refused(page: Grey, tmp_path: Path) -> None:
    assert why(tmp_path / "none.png") == "cannot-open"
    Image.fromarray(page.astype(np.float32)).save(tmp_path / "float.tif")
    assert why(tmp_path / "float.tif") == "cannot-open"
    grey = {"BitsPerComponent": 8, "ColorSpace": pikepdf.Name.DeviceGray, "Width": 1000, "Height": 1000}
    runs = pdf_of(tmp_path / "runs.pdf", b"\x80", Filter=pikepdf.Name.RunLengthDecode, **grey)
    assert why(runs) == "cannot-open"


def test_a_jpeg_in_a_pdf_is_taken_as_it_is_and_an_inverted_one_turned_back(page: Grey, tmp_path: Path) -> None:
    made = io.BytesIO()
    Image.fromarray(page).save(made, "JPEG", quality=95)
    height, width = page.shape
    keys = {"Width": width, "Height": height, "BitsPerComponent": 8, "ColorSpace": pikepdf.Name.DeviceGray}
    plain = pdf_of(tmp_path / "plain.pdf", made.getvalue(), Filter=pikepdf.Name.DCTDecode, **keys)
    assert np.abs(first(plain).astype(int) - page).mean() < 1.5
    turned = {**keys, "Decode": pikepdf.Array([1, 0])}
    inverted = pdf_of(tmp_path / "inverted.pdf", made.getvalue(), Filter=pikepdf.Name.DCTDecode, **turned)
    assert np.array_equal(first(inverted), 255 - first(plain))


@pytest.mark.parametrize("name", ["scan.png", "scan.pdf"])
def test_memory_that_does_not_suffice_is_said_of_the_page(
    page: Grey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def exhausted(*_: object, **__: object) -> None:
        raise MemoryError

    if name == "scan.png":
        Image.fromarray(page).save(tmp_path / name)
    else:
        keys = {"BitsPerComponent": 8, "ColorSpace": pikepdf.Name.DeviceGray, "Filter": pikepdf.Name.FlateDecode}
        pdf_of(tmp_path / name, zlib.compress(page.tobytes()), Width=page.shape[1], Height=page.shape[0], **keys)
    monkeypatch.setattr(pictures.np, "asarray", exhausted)
    assert why(tmp_path / name) == "too-large"


def answers(paths: list[Path], **options: Any) -> list[dict[str, Any]]:
    return list(reading.read(samples.checked(), [str(path) for path in paths], processes=2, **options))


def test_files_are_answered_in_order_and_hostile_ones_cost_only_themselves(page: Grey, tmp_path: Path) -> None:
    frames = [Image.fromarray(np.roll(page, shift, axis=1)) for shift in range(1, 13)]
    frames[0].save(tmp_path / "many.tif", save_all=True, append_images=frames[1:], compression="tiff_lzw")
    Image.fromarray(page).save(tmp_path / "good.png")
    Image.fromarray(page).save(tmp_path / "again.tif")
    bomb = zlib.compress(bytes(600_000_000), 9)
    pdf_of(
        tmp_path / "bomb.pdf",
        bomb,
        Width=1000,
        Height=1000,
        BitsPerComponent=8,
        ColorSpace=pikepdf.Name.DeviceGray,
        Filter=pikepdf.Name.FlateDecode,
    )
    (tmp_path / "junk.jpg").write_bytes(b"\xff\xd8\xff junk")
    names = ["bomb.pdf", "good.png", "junk.jpg", "many.tif", "again.tif"]
    heard: list[int] = []
    found = answers([tmp_path / name for name in names], progress=heard.append)
    assert [(Path(one["file"]).name, one["page"]) for one in found] == [
        ("bomb.pdf", 1),
        ("good.png", 1),
        ("junk.jpg", 1),
        *(("many.tif", number) for number in range(1, 13)),
        ("again.tif", 1),
    ]
    assert [one["status"] for one in found] == ["rejected", "read", "rejected", *["read"] * 12, "rejected"]
    assert found[0]["why"] in ("cannot-open", "too-large")
    assert found[2]["why"] == "cannot-open"
    assert found[-1]["why"] == "same-image"
    assert found[1]["marks"]["chair"] == {"chair1": "for"}
    assert heard == list(range(1, 17))
    assert all(
        set(one) == {"file", "page", "ballot_page", "status", "marks", "review", "write_ins", "why"} for one in found
    )


def test_a_page_that_takes_too_long_ends_its_worker_and_not_the_count(page: Grey, tmp_path: Path) -> None:
    Image.fromarray(page).save(tmp_path / "slow.png")
    found = answers([tmp_path / "slow.png"] * 2, limits=Limits(page_seconds=0.001))
    assert [(one["status"], one["why"]) for one in found] == [("rejected", "cannot-open")] * 2


def test_a_file_that_takes_too_long_to_count_is_one_page_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "pages.pdf").write_bytes(test_hostile._pdf_of_pages(15_000))
    (found,) = answers([tmp_path / "pages.pdf"], limits=Limits(count_seconds=0.001))
    assert (found["page"], found["status"], found["why"]) == (1, "rejected", "cannot-open")


def test_files_taken_together_keep_their_own_answers_in_their_order(page: Grey, tmp_path: Path) -> None:
    Image.fromarray(page).save(tmp_path / "good.jpg")
    (tmp_path / "half.jpg").write_bytes((tmp_path / "good.jpg").read_bytes()[:2000])
    Image.fromarray(page).save(tmp_path / "two.tif", save_all=True, append_images=[Image.fromarray(page[::-1])])
    found = answers([tmp_path / name for name in ("half.jpg", "good.jpg", "half.jpg", "two.tif", "good.jpg")])
    assert [(Path(one["file"]).name, one["page"], one["why"]) for one in found] == [
        ("half.jpg", 1, "cannot-open"),
        ("good.jpg", 1, None),
        ("half.jpg", 1, "cannot-open"),
        ("two.tif", 1, None),
        ("two.tif", 2, "no-markers"),
        ("good.jpg", 1, "same-image"),
    ]


def test_a_grey_and_a_coloured_jpeg_are_decoded_as_pillow_does(page: Grey, tmp_path: Path) -> None:
    Image.fromarray(page).save(tmp_path / "grey.jpg")
    Image.fromarray(page).convert("RGB").save(tmp_path / "colour.jpg")
    for name in ("grey.jpg", "colour.jpg"):
        with pictures.Source(tmp_path / name) as source, Image.open(tmp_path / name) as image:
            image.draft("L", image.size)
            assert np.array_equal(source.page(1), np.asarray(image))


def test_work_for_a_crew_that_has_died_is_done_by_a_new_one(page: Grey, tmp_path: Path) -> None:
    Image.fromarray(page).save(tmp_path / "good.png")
    place = Place(str(tmp_path / "good.png"), 1)
    with reading._Crew(samples.checked(), 1, Limits()) as crew:
        with pytest.raises(BrokenProcessPool):
            crew._pool.submit(signal.raise_signal, signal.SIGKILL).result()
        ((done, read),) = crew.results(iter([place]))
    assert done == place
    assert (read.answer["status"], read.answer["marks"]["chair"]) == ("read", {"chair1": "for"})


def test_pages_are_counted_again_where_another_file_killed_the_crew(page: Grey, tmp_path: Path) -> None:
    sheets = [Image.fromarray(page) for _ in range(3)]
    sheets[0].save(tmp_path / "three.pdf", save_all=True, append_images=sheets[1:])
    with reading._Crew(samples.checked(), 1, Limits()) as crew:
        with pytest.raises(BrokenProcessPool):
            crew._pool.submit(signal.raise_signal, signal.SIGKILL).result()
        assert crew.count(str(tmp_path / "three.pdf")) == (3, None)


@pytest.mark.parametrize("name", ["twice.jpg", "twice.png"])
def test_a_picture_named_twice_is_decoded_twice(name: str, page: Grey, tmp_path: Path) -> None:
    Image.fromarray(page).save(tmp_path / name)
    found = answers([tmp_path / name] * 3)
    assert [(one["status"], one["why"]) for one in found] == [("read", None), *[("rejected", "same-image")] * 2]


def test_a_missing_file_or_a_folder_is_told_before_anything_is_read(tmp_path: Path) -> None:
    for path in (tmp_path / "none.png", tmp_path, Path("\0.png")):
        with pytest.raises(WrongInput):
            reading.read(samples.checked(), [str(path)])
