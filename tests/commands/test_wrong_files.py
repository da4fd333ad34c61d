"""Every command that takes a file, given every file that is none: exit 2 and one line that names it, in bounded time and memory."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import json
import os
import resource
import signal
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from election.cli import main
from election.record import keys, note

DAY = "2010-12-26"
COUNT = {
    "ruleset": "qilihe-2010.residents",
    "entitled": 3,
    "present": 3,
    "issued": 3,
    "returned": 3,
    "contests": [{"id": "chair", "office": "主任", "seats": 1, "candidates": [{"id": "a", "name": "王建国"}, {"id": "b", "name": "李秀英"}]}],
    "ballots": [{"times": 3, "marks": {"chair": {"a": "for"}}}],
}  # fmt: skip
GOOD = json.dumps(COUNT, ensure_ascii=False)


def _deep(opening: str, closing: str = "", times: int = 200_000) -> bytes:
    return (opening * times + closing * times).encode()


def _zip(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def _outward() -> bytes:
    """A zip whose names lead out of the folder it is opened in, or into another machine's."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("../../outside", "/etc/outside", "logs/../../outside", "C:\\outside", "manifest.json"):
            archive.writestr(name, b"{}")
        link = zipfile.ZipInfo("logs/election.jsonl")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return made.getvalue()


def _bomb() -> bytes:
    return _zip(**{"xl/workbook.xml": b"<" * 300_000_000, "logs/election.jsonl": b" " * 10, "manifest.json": b"{" * 10})


#: name -> bytes; a name in capitals is no file at all
FILES: dict[str, Callable[[], bytes]] = {
    "empty": bytes,
    "blank": lambda: b" \n\n",
    "null": lambda: b"\0" * 1000,
    "nul-inside": lambda: GOOD.replace("chair", "ch\0air").encode(),
    "utf-16": lambda: GOOD.encode("utf-16"),
    "gb18030": lambda: GOOD.encode("gb18030"),
    "not-utf-8": lambda: GOOD.encode().replace(b"a", b"\xff"),
    "lone-surrogate": lambda: GOOD.replace("王建国", "\\ud800").encode(),
    "deep-lists": lambda: _deep("["),
    "deep-objects": lambda: _deep('{"a":'),
    "deep-and-closed": lambda: _deep("[", "]"),
    "deep-inside": lambda: GOOD.replace('"a": "for"', '"a": ' + "[" * 100_000 + "]" * 100_000).encode(),
    "huge-number": lambda: GOOD.replace('"entitled": 3', '"entitled": ' + "9" * 100_000).encode(),
    "exponent": lambda: GOOD.replace('"entitled": 3', '"entitled": 1e999999999').encode(),
    "twice": lambda: GOOD.replace('"present": 3', '"present": 3, "present": 3').encode(),
    "nan": lambda: GOOD.replace('"present": 3', '"present": NaN').encode(),
    "infinity": lambda: GOOD.replace('"present": 3', '"present": -Infinity').encode(),
    "cut": lambda: GOOD.encode()[:-20],
    "list": lambda: b"[1, 2]",
    "word": lambda: b'"a"',
    "gzip": lambda: gzip.compress(GOOD.encode()),
    "gzip-bomb": lambda: gzip.compress(b"[" * 200_000_000, 1),
    "bzip2": lambda: bz2.compress(GOOD.encode()),
    "zip": lambda: _zip(x=b"x"),
    "zip-outward": _outward,
    "zip-bomb": _bomb,
    "zip-cut": lambda: _zip(x=b"x" * 5000)[:-30],
    "pdf": lambda: b"%PDF-1.7\n%%EOF",
    "image": lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    "one-line": lambda: b"x" * 25_000_000,
    "formulas": lambda: "姓名,出生日期\n=cmd|' /C calc'!A0,=1+1\n".encode(),
}
#: no file, or no end of it
PLACES = ("MISSING", "DIRECTORY", "ZERO", "LOOP", "LONG", "TERABYTE")
#: what is asked; FILE is the wrong one, OTHER a good file of counts
COMMANDS: dict[str, tuple[str, ...]] = {
    "count": ("count", "FILE", "--json"),
    "count-ruleset": ("count", "OTHER", "--ruleset-file", "FILE", "--json"),
    "rulesets": ("rulesets", "--ruleset-file", "FILE", "--json"),
    "margin": ("margin", "--ruleset-file", "FILE", "--seats", "3", "--json"),
    "calendar": ("calendar", "--ruleset-file", "FILE", "--election-day", DAY, "--json"),
    "roll": ("roll", "check", "FILE", "--election-day", DAY, "--ruleset", "qilihe-2010.residents", "--json"),
    "print": ("ballot", "print", "FILE", "--out", "out.pdf", "--layout", "out.json"),
    "print-ruleset": ("ballot", "print", "OTHER", "--out", "out.pdf", "--layout", "out.json", "--ruleset-file", "FILE"),
    "read": ("ballot", "read", "FILE", "OTHER", "--json"),
    "verify": ("verify", "FILE", "--json"),
    "restore": ("restore", "FILE", "--identity", "KEY"),
    "cosign": ("witness", "cosign", "FILE", "--dir", "witness", "--password-file", "password"),
    "restore-key": ("restore", "OTHER", "--identity", "FILE"),
}
#: what is no wrong input: not asked for there, or answered with "no" (a bundle that is none, rows that are rejected)
TAKEN = {
    ("print", "exponent"), ("cosign", "empty"), ("cosign", "blank"), ("verify", "zip"), ("verify", "zip-outward"), ("verify", "zip-cut"), ("roll", "formulas"),
}  # fmt: skip
#: most bytes of address space a command may take more than this process has
MEMORY = 2_500_000_000
SECONDS = 60


def place_of(name: str, folder: Path) -> Path:
    path = folder / name.lower()
    if name == "DIRECTORY":
        path.mkdir(exist_ok=True)
    elif name == "ZERO":
        return Path("/dev/zero")
    elif name == "LOOP":
        path.unlink(missing_ok=True)
        path.symlink_to(path)
    elif name == "LONG":
        return folder / ("长" * 200)
    elif name == "TERABYTE":
        path.touch()
        os.truncate(path, 10**12)
    elif name != "MISSING":
        path.write_bytes(FILES[name]())
    return path


def run(arguments: list[str]) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as stop:
        main(arguments)
    return int(stop.value.code or 0), out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("wrong")
    (made / "other.json").write_text(GOOD, encoding="utf-8")
    assert run(["backup-key", "--out", str(made / "key")])[0] == 0
    (made / "password").write_text("见证人的密码\n", encoding="utf-8")
    own = ("--dir", str(made / "witness"), "--password-file", str(made / "password"))
    server = note.vkey("office", keys.public(keys.generate()))
    assert run(["witness", "new", "jiedao", "--server", server, *own])[0] == 0
    return made


@pytest.fixture
def bounded() -> Iterator[None]:
    """A command that takes more memory or time than a clerk's computer gives fails here and not the machine."""

    def too_long(*_: object) -> None:
        raise TimeoutError

    before = resource.getrlimit(resource.RLIMIT_AS)
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, before[1]))
    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(len(COMMANDS) * SECONDS)
    yield
    signal.alarm(0)
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.parametrize("name", [*FILES, *PLACES])
def test_a_wrong_file_is_one_line(name: str, folder: Path, bounded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("ELECTION_HOME", str(folder / "home"))
    path = place_of(name, folder)
    names = {"FILE": str(path), "OTHER": "other.json", "KEY": "key"}
    for command, asked in COMMANDS.items():
        arguments = [names.get(argument, argument) for argument in asked]
        code, out, err = run(arguments)
        if (command, name) in TAKEN:
            assert code in (0, 1), (command, err)
            continue
        assert code == 2, (command, code, out[:200])
        assert not out, (command, out[:200])
        assert err.startswith("election: "), (command, err)
        assert err.count("\n") == 1, (command, err)
        assert len(err) < 1000, (command, len(err))
        assert path.name[:20] in err, (command, err)
    assert not [
        p for p in (*folder.parent.glob("outside"), *folder.rglob("outside"), Path("/etc/outside")) if p.exists()
    ]
    assert not [p for p in (folder / "home").rglob("*") if p.is_file()], "nothing is begun with a file that is wrong"
