"""``election ballot print`` and ``election ballot read`` as an office or another program calls them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pikepdf
import pytest
from PIL import Image

from ballots.codes import Doubt, Rejection
from election.cli import main
from election.words import sentences

from . import scans
from .scans import Pen, box_of

FILE: dict[str, Any] = {
    "ruleset": "qilihe-2010.residents",
    "title": "某某社区居民委员会换届选举选票",
    "contests": [
        {
            "id": "chair",
            "office": "主任",
            "seats": 1,
            "candidates": [
                {"id": "c1", "name": "田大利", "sex": "male"},
                {"id": "c2", "name": "田富"},
                {"id": "c3", "name": "丁一"},
            ],
        }
    ],
}


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        main(["ballot", *(str(argument) for argument in arguments)])
    said = capsys.readouterr()
    return int(stopped.value.code or 0), said.out, said.err


def written(tmp_path: Path, document: Any) -> Path:
    path = tmp_path / "count.json"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def printed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, document: Any = FILE, *options: object
) -> dict[str, Any]:
    code, _, err = run(
        capsys,
        "print",
        written(tmp_path, document),
        "--out",
        tmp_path / "B.pdf",
        "--layout",
        tmp_path / "L.json",
        *options,
    )
    assert (code, err) == (0, "")
    layout: dict[str, Any] = json.loads((tmp_path / "L.json").read_text(encoding="utf-8"))
    return layout


def order(layout: dict[str, Any]) -> list[str]:
    marks = [mark for mark in layout["marks"] if mark["choice"] == "for" and mark["candidate"]]
    return [mark["candidate"] for mark in sorted(marks, key=lambda mark: (mark["x_mm"], mark["y_mm"]))]


def test_print_then_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    layout = printed(capsys, tmp_path, FILE, "--copies", 3, "--json")
    with pikepdf.open(tmp_path / "B.pdf") as pdf:
        assert len(pdf.pages) == 3
    page = scans.rasterise((tmp_path / "B.pdf").read_bytes(), 200)
    pen = Pen(page, 200)
    pen.tick(box_of(layout, "chair", "c3", "for"))
    Image.fromarray(np.rot90(page)).save(tmp_path / "scan.png")
    code, out, _ = run(capsys, "read", tmp_path / "L.json", tmp_path / "scan.png", "--json")
    assert code == 0
    assert json.loads(out) == {
        "pages": [
            {
                "file": str(tmp_path / "scan.png"),
                "page": 1,
                "ballot_page": 1,
                "status": "read",
                "marks": {"chair": {"c3": "for"}},
                "review": [],
                "write_ins": {},
                "why": None,
            }
        ]
    }


def test_print_says_what_it_made(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file, out, layout = written(tmp_path, FILE), tmp_path / "B.pdf", tmp_path / "L.json"
    code, said, _ = run(capsys, "print", file, "--out", out, "--layout", layout, "--copies", 2, "--json")
    answer = json.loads(said)
    assert (code, answer["copies"], answer["pages"]) == (0, 2, 1)
    assert answer["design"] == json.loads(layout.read_text(encoding="utf-8"))["design"]
    _, said, _ = run(capsys, "print", file, "--out", out, "--layout", layout, "--copies", 2)
    assert "已印制 2 份选票" in said


def test_candidates_stand_in_stroke_order_of_the_practice_asked_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert order(printed(capsys, tmp_path)) == ["c3", "c2", "c1"]
    assert order(printed(capsys, tmp_path, {**FILE, "single_given_name": "plain"})) == ["c3", "c1", "c2"]


def with_rare(**keys: Any) -> dict[str, Any]:
    candidates = [{"id": "c1", "name": "王\U0002a6a5", **keys}, {"id": "c2", "name": "丁一"}]
    return {**FILE, "contests": [{**FILE["contests"][0], "candidates": candidates}]}


def test_a_character_of_unknown_strokes_asks_the_clerk(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, err = run(
        capsys, "print", written(tmp_path, with_rare()), "--out", tmp_path / "B.pdf", "--layout", tmp_path / "L.json"
    )
    assert code == 2
    assert "U+2A6A5" in err
    assert "strokes" in err
    assert not (tmp_path / "B.pdf").exists()


@pytest.mark.parametrize("strokes", [{"\U0002a6a5": "4143"}, "4143", 64])
def test_strokes_that_a_person_gave_are_taken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, strokes: Any
) -> None:
    monkeypatch.setattr("ballots.fonts.missing_characters", lambda text: "")
    assert order(printed(capsys, tmp_path, with_rare(strokes=strokes))) == ["c2", "c1"]


@pytest.mark.parametrize("strokes", ["6", "", {"ab": "1"}, {"\U0002a6a5": 0}, 3.5, [1]])
def test_strokes_that_are_none_are_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path, strokes: Any) -> None:
    file = written(tmp_path, with_rare(strokes=strokes))
    code, _, err = run(capsys, "print", file, "--out", tmp_path / "B.pdf", "--layout", tmp_path / "L.json")
    assert code == 2
    assert "strokes" in err


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ({**FILE, "contests": []}, "contests"),
        ({**FILE, "ruleset": "nowhere-1900"}, "nowhere-1900"),
        ({**FILE, "ruleset": 5}, "ruleset"),
        ({**FILE, "single_given_name": "last"}, "single_given_name"),
        ({**FILE, "title": []}, "title"),
        ([], "count.json"),
    ],
)
def test_a_file_that_cannot_be_printed_is_exit_2_with_its_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, document: Any, named: str
) -> None:
    code, out, err = run(
        capsys, "print", written(tmp_path, document), "--out", tmp_path / "B.pdf", "--layout", tmp_path / "L.json"
    )
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert named in err


@pytest.mark.parametrize("option", [("--copies", 0), ("--copies", "many"), ("--paper", "B5"), ("--form", "circle")])
def test_a_wrong_option_is_exit_2(capsys: pytest.CaptureFixture[str], tmp_path: Path, option: tuple[Any, ...]) -> None:
    file = written(tmp_path, FILE)
    code, _, err = run(capsys, "print", file, "--out", tmp_path / "B.pdf", "--layout", tmp_path / "L.json", *option)
    assert (code, len(err.splitlines())) == (2, 1)


def test_a_place_that_cannot_be_written_is_exit_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = written(tmp_path, FILE)
    code, _, err = run(capsys, "print", file, "--out", tmp_path / "no" / "B.pdf", "--layout", tmp_path / "L.json")
    assert code == 2
    assert "B.pdf" in err


def test_nothing_to_print_is_exit_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, "print", "--out", tmp_path / "B.pdf", "--layout", tmp_path / "L.json")[0] == 2


def test_read_says_in_words_what_people_must_do(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    layout = printed(capsys, tmp_path)
    page = scans.rasterise((tmp_path / "B.pdf").read_bytes(), 200)
    pen = Pen(page, 200)
    for candidate in ("c1", "c2"):
        pen.tick(box_of(layout, "chair", candidate, "for"))
    Image.fromarray(page).save(tmp_path / "scan.png")
    (tmp_path / "junk.png").write_bytes(b"junk")
    code, out, _ = run(capsys, "read", tmp_path / "L.json", tmp_path / "scan.png", tmp_path / "junk.png")
    assert code == 0
    assert "赞成人数多于应选人数" in out
    assert "不是扫描图像：须是 PDF、JPG、PNG 或 TIFF 文件" in out
    assert "读取 0 页，交人工认定 1 页，不予读取 1 页" in out


def test_a_missing_picture_or_a_broken_layout_is_exit_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    printed(capsys, tmp_path)
    code, out, err = run(capsys, "read", tmp_path / "L.json", tmp_path / "none.png", "--json")
    assert (code, out) == (2, "")
    assert "none.png" in err
    (tmp_path / "scan.png").write_bytes(b"x")
    code, _, err = run(capsys, "read", tmp_path / "count.json", tmp_path / "scan.png")
    assert code == 2
    assert "count.json" in err
    assert run(capsys, "read", tmp_path / "L.json")[0] == 2


def test_every_code_of_the_reader_has_its_sentence() -> None:
    named = {code.removeprefix("ballot.why.") for code in sentences() if code.startswith("ballot.why.")}
    of_a_pile = {"page-missing", "pages-apart"}  # said of sheets that lie together, not of one page
    assert named == {*get_args(Rejection), *get_args(Doubt), *of_a_pile}
