"""Hostile pictures against the whole command: a sentence for each, within bounds that the operating system measures."""

from __future__ import annotations

import io
import json
import resource
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from . import samples, scans

MEMORY, SECONDS = 1_200_000_000, 120
#: runs the command line and writes the kilobytes of its largest process
_LARGEST = """
import pathlib, resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "election.cli", *sys.argv[1:]])
largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
pathlib.Path("largest").write_text(str(largest))
sys.exit(done.returncode)
"""


def _huge_jpeg() -> bytes:
    """A JPEG whose header claims 65,000 x 65,000 pixels."""
    made = io.BytesIO()
    Image.new("L", (400, 400)).save(made, "JPEG")
    data = bytearray(made.getvalue())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", 65_000, 65_000)
    return bytes(data)


def _looping_tiff() -> bytes:
    """A TIFF whose directory names itself as the next one."""
    entries = [(256, 3, 1, 400), (257, 3, 1, 400), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8)]
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\x00" + struct.pack("<I", 8) + directory + struct.pack("<I", 8)


def _crowded_tiff() -> bytes:
    """A TIFF directory of 65,535 entries that all claim gigabytes."""
    entry = struct.pack("<HHII", 65000, 2, 2**32 - 2, 8)
    return b"II*\x00" + struct.pack("<I", 8) + struct.pack("<H", 65_535) + entry * 65_535 + bytes(4)


def _animated(page: np.ndarray) -> bytes:
    made, frame = io.BytesIO(), Image.fromarray(page)
    frame.save(made, "PNG", save_all=True, append_images=[frame.transpose(Image.Transpose.ROTATE_180)] * 3)
    return made.getvalue()


def _zip_in_png(page: np.ndarray) -> bytes:
    made = io.BytesIO()
    Image.fromarray(page).save(made, "PNG")
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(50_000_000))
    return made.getvalue()


def _pdf_of_pages(count: int) -> bytes:
    """A PDF whose page tree names one page again and again."""
    kids = b" ".join([b"3 0 R"] * count)
    body = (
        b"%PDF-1.7\n1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n"
        b"2 0 obj <</Type /Pages /Count " + str(count).encode() + b" /Kids [" + kids + b"]>> endobj\n"
        b"3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]>> endobj\ntrailer <</Root 1 0 R>>\n"
    )
    return body


def test_every_hostile_file_gets_its_sentence_within_memory_and_time(tmp_path: Path) -> None:
    pdf, layout = samples.printed()
    page = scans.rasterise(pdf, 150)
    turned = Image.fromarray(scans.scanned(page, np.random.default_rng(1)))
    exif = turned.getexif()
    exif[0x0112] = 6
    jpeg = io.BytesIO()
    turned.save(jpeg, "JPEG", exif=exif, quality=90)
    bomb = b"\x89PNG\r\n\x1a\n"
    for kind, data in (
        (b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(bytes(5_000_000))),
        (b"IEND", b""),
    ):
        bomb += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    files = {
        "sixty-thousand.png": (bomb, "too-large"),
        "claims.jpg": (_huge_jpeg(), "too-large"),
        "loop.tif": (_looping_tiff(), "cannot-open"),
        "crowded.tif": (_crowded_tiff(), "cannot-open"),
        "archive.png": (b"PK\x03\x04" + bytes(2000), "wrong-kind"),
        "zip-behind.png": (_zip_in_png(page), None),
        "moving.png": (_animated(np.roll(page, 3, axis=1)), "not-one-image"),
        "wrong-suffix.tif": (jpeg.getvalue(), None),
        "pages.pdf": (_pdf_of_pages(30_000), "cannot-open"),
    }
    (tmp_path / "L.json").write_text(json.dumps(layout), encoding="utf-8")
    for name, (content, _) in files.items():
        (tmp_path / name).write_bytes(content)

    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000_000, 10_000_000))

    # a process of its own asks: the largest child of the test runner may be another test's
    command = [sys.executable, "-c", _LARGEST, "ballot", "read", "L.json", *files, "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=600, preexec_fn=limits, check=False)
    assert done.returncode == 0, done.stderr.decode()
    answers = {one["file"]: one for one in json.loads(done.stdout)["pages"]}
    assert set(answers) == set(files)
    for name, (_, why) in files.items():
        assert answers[name]["why"] == why, name
        assert answers[name]["status"] == ("rejected" if why else "read"), name
    assert int((tmp_path / "largest").read_text()) * 1024 < MEMORY
