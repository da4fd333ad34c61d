"""``election verify`` from outside: one JSON document, exit codes, one line for wrong input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from election.cli import main
from election.record import keys


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stopped:
        main(["verify", *arguments])
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


def test_a_whole_bundle_is_exit_0(office: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = office.write(tmp_path / "x.zip")
    (tmp_path / "c.note").write_text(office.checkpoint("election"), encoding="utf-8")
    trust = keys.fingerprint_text(keys.public(office.key))
    code, out, err = call(capsys, str(path), "--trust", trust, "--checkpoint", str(tmp_path / "c.note"), "--json")
    told = json.loads(out)
    assert (code, err, told["ok"], told["trust"]) == (0, "", True, "pinned")
    assert {"ok", "trust", "entries", "checkpoints", "contests", "checks", "problems"} <= set(told)
    assert all(set(check) == {"id", "status", "text", "text_en"} for check in told["checks"])


def test_a_changed_bundle_is_exit_1_and_names_the_place(
    office: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office.add("election", "roll.change", {}, office.actor("nobody", "registrar"))
    path = office.write(tmp_path / "x.zip")
    code, out, err = call(capsys, str(path), "--json")
    problem = json.loads(out)["problems"][0]
    assert (code, err) == (1, "")
    assert (problem["file"], problem["line"], problem["seq"]) == ("logs/election.jsonl", 11, 10)
    code, out, err = call(capsys, str(path))
    assert (code, err) == (1, "")
    assert "logs/election.jsonl 第 11 行（2010年12月6日，roll：变更名册上的人员）：经办人当时没有账号" in out


def test_a_person_reads_a_numbered_list(office: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = office.write(tmp_path / "x.zip")
    code, out, _ = call(capsys, str(path))
    lines = out.splitlines()
    assert code == 0
    assert lines[0].startswith(" 1. [通过] ")
    assert lines[1].startswith(" 2. [未检查] ")
    assert keys.fingerprint_text(keys.public(office.key)) in lines[-1]
    _, out, _ = call(capsys, str(path), "--trust", keys.fingerprint(keys.public(office.key)))
    assert out.splitlines()[-1] == "核验通过，签发印鉴码与纸面一致。"


@pytest.mark.parametrize("arguments", [["none.zip"], ["none.zip", "--trust", "x"], ["/"], []], ids=str)
def test_wrong_input_is_exit_2_with_one_line(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    code, out, err = call(capsys, *arguments, "--json")
    assert (code, out) == (2, "")
    assert err.startswith("election: ")
    assert err.count("\n") == 1


def test_what_does_not_open_is_named_with_a_mend(
    office: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(office.write(tmp_path / "x.zip"))
    for arguments in (["none"], [path, "--checkpoint", "none"], [path, "--policy", "none"]):
        _, _, err = call(capsys, *arguments)
        assert err == "election: none: cannot be read (No such file or directory); check the path and its rights\n"
