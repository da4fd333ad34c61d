"""Broken files at the command line: a sentence that names the file, never a traceback.

The long run goes on for ``ELECTION_FUZZ`` seconds of processor time; the short one makes a few hundred files. What was
tried is a function of a number, so that ``ELECTION_FUZZ_FROM`` finds a failure again.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
import os
import random
import zipfile
from collections import Counter

import pytest

from election import law
from election.cli import main

from ..count import elections
from ..roll.making import csv_text, number, person, workbook

RULESETS = tuple(law.ids())
DAY = "2010-12-26"
JUNK = (
    None, True, False, 0, -1, 1, 2**31, 10**11, 10**400, 1.5, -0.0, 1e308, "", " ", "\n", "for", "write-in:甲", "\ud800",
    "\u0000", "\u202e王", "🂡", "𠀀", "a" * 300, [], {}, [[]], [None], {"": None}, {"value": 1}, "> 1/2", "9/1", "2010-02-30",
)  # fmt: skip
PIECES = (
    b"", b"\x00", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\r", b'"', b"'", b"{", b"}", b"[", b"]", b",", b":", b"\\u", b"\\ud8",
    b"NaN", b"-", b"1e999", b"\xe7\x8e", b"=cmd|", b"#", b"]]>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"PK\x05\x06",
)  # fmt: skip


def _break(value, chance):
    """A copy of a JSON value with one place in it changed."""
    value = copy.deepcopy(value)
    where = value
    while True:
        inner = list(where) if isinstance(where, dict) else range(len(where))
        if not inner:
            return value
        key = chance.choice(inner)
        if isinstance(where[key], dict | list) and where[key] and chance.random() < 0.75:
            where = where[key]
            continue
        action = chance.randrange(6)
        if action == 0:
            del where[key]
        elif action == 1 and isinstance(where, dict):
            where[chance.choice(("x", "", "marks", "times", "value", str(key) + " "))] = where[key]
        elif action == 2 and isinstance(where[key], int) and not isinstance(where[key], bool):
            where[key] += chance.choice((-1, 1, 10))
        elif action == 3 and isinstance(where, list):
            where.insert(key, copy.deepcopy(where[key]))
        else:
            where[key] = chance.choice(JUNK)
        return value


def _garble(raw, chance):
    """Bytes with a few of them changed, cut, doubled or moved."""
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = chance.randrange(len(raw) + 1)
        to = min(len(raw), at + chance.choice((1, 1, 2, 8, 200)))
        way = chance.randrange(5)
        if way == 0:
            raw = raw[:at] + raw[to:]
        elif way == 1:
            raw = raw[:at] + chance.choice(PIECES) + raw[at:]
        elif way == 2:
            raw = raw[:at] + chance.choice(PIECES) + raw[to:]
        elif way == 3:
            raw = raw[:to] + raw[at:to] * chance.choice((1, 3)) + raw[to:]
        elif raw:
            raw = raw[:at] + bytes((chance.randrange(256),)) + raw[at + 1 :]
    return raw


def _text(value, chance):
    raw = json.dumps(value, ensure_ascii=chance.random() < 0.5, indent=chance.choice((None, 1))).encode(
        "utf-8", "surrogatepass"
    )
    return _garble(raw, chance) if chance.random() < 0.4 else raw


def _count_file(chance):
    file, _ = elections.election(chance, chance.choice(RULESETS))
    for _ in range(chance.choice((0, 1, 1, 2, 4))):
        file = _break(file, chance)
    return ".json", _text(file, chance), [["count", "FILE", "--json"]]


def _ruleset_file(chance):
    base = chance.choice(RULESETS)
    if chance.random() < 0.5:
        document = law.load(base).as_json() | {"id": "own", "extends": base}
        for _ in range(chance.choice((0, 1, 1, 2, 4))):
            document = _break(document, chance)
        raw = _text(document, chance)
    else:
        lines = [f'id = "own"\nextends = "{base}"\n[values]\n']
        for key in chance.sample(sorted(law.load(base).values), 4):
            junk = chance.choice(JUNK[1:])
            value = law.load(base).value(key) if chance.random() < 0.5 else junk
            shown = json.dumps(value, ensure_ascii=False) if not isinstance(value, dict | list) else "{}"
            lines.append(f'"{key}" = {{ value = {shown}, source = "甲" }}\n')
        if chance.random() < 0.3:
            step = chance.choice(law.load(base).steps).name
            lines.append(f'[[steps]]\nname = "{step}"\ndeadline = {{ key = "handover.days", on_miss = "flag" }}\n')
        raw = _garble("".join(lines).encode("utf-8", "surrogatepass"), chance)
    file, _ = elections.election(chance, base)
    commands = [
        ["rulesets", "--ruleset-file", "FILE", "--json"],
        ["margin", "--ruleset-file", "FILE", "--seats", str(chance.randrange(-1, 12)), "--json"],
        ["calendar", "--ruleset-file", "FILE", "--election-day", DAY, "--json"],
        ["count", json.dumps(file), "--ruleset-file", "FILE", "--json"],
    ]
    return chance.choice((".toml", ".json")), raw, [chance.choice(commands)]


def _roll_file(chance):
    rows = [
        person(name=chance.choice(("王建国", "李秀英", "", "𠀀")), id_number=number(sequence=chance.randrange(1000)))
        for _ in range(chance.randrange(4))
    ]
    text = csv_text(rows)
    # a workbook is opened in a process of its own, which costs far more than the rest
    if chance.random() < 0.95:
        suffix, raw = ".csv", _garble(text.encode(chance.choice(("utf-8", "utf-8-sig", "gb18030")), "replace"), chance)
    else:
        lines = [line.split(",") for line in text.splitlines()]
        suffix, raw = ".xlsx", _garbled_workbook(workbook(*lines), chance)
    ruleset = chance.choice([name for name in RULESETS if law.load(name).body != "party"])
    return suffix, raw, [["roll", "check", "FILE", "--election-day", DAY, "--ruleset", ruleset, "--json"]]


def _garbled_workbook(raw, chance):
    """Broken as a whole, or one of the sheets inside."""
    if chance.random() < 0.3:
        return _garble(raw, chance)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as book, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as broken:
        names = book.namelist()
        victim = chance.choice([name for name in names if name.endswith(".xml")])
        for name in names:
            inside = book.read(name)
            broken.writestr(name, _garble(inside, chance) if name == victim else inside)
    return out.getvalue()


MAKERS = (_count_file, _ruleset_file, _roll_file)


#: the same two for every run: Click remembers each stream that it has written to, and a million of them fill the memory
_SAID = (io.StringIO(), io.StringIO())


def _run(arguments):
    for stream in _SAID:
        stream.seek(0)
        stream.truncate()
    out, err = _SAID
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as stop:
        main(arguments)
    return stop.value.code, out.getvalue(), err.getvalue()


def _try(case, folder):
    """``(kind, exit code)`` of one broken file, and the assertion that it was answered as the contract says."""
    chance = random.Random(case)
    suffix, raw, commands = (maker := MAKERS[case % len(MAKERS)])(chance)
    path = folder / f"broken{suffix}"
    path.write_bytes(raw)
    for command in commands:
        arguments = []
        for argument in command:
            if argument.startswith("{"):
                (folder / "sound.json").write_text(argument, encoding="utf-8")
                argument = str(folder / "sound.json")
            arguments.append(str(path) if argument == "FILE" else argument)
        code, out, err = _run(arguments)
        if code == 2:
            assert not out, case
            assert err.startswith("election: "), case
            assert err.count("\n") == 1, case
            assert path.name in err or "sound.json" in err or "seats" in err, (case, err)
        else:
            assert code in (0, 1), (case, code)
            assert isinstance(json.loads(out), dict | list), case
    return maker.__name__, code


def _spent():
    """Seconds of processor time, with those of the processes that open workbooks."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def test_a_few_hundred_broken_files(tmp_path):
    seen = Counter(_try(case, tmp_path) for case in range(450))
    assert {kind for kind, code in seen if code == 2} == {maker.__name__ for maker in MAKERS}
    assert {kind for kind, code in seen if code != 2} == {maker.__name__ for maker in MAKERS}


@pytest.mark.long
@pytest.mark.timeout(36_000)
def test_an_hour_of_broken_files(tmp_path):
    case = int(os.environ.get("ELECTION_FUZZ_FROM", "0"))
    until = _spent() + float(os.environ.get("ELECTION_FUZZ", "3600"))
    seen, slowest = Counter(), (0.0, -1)
    while _spent() < until:
        began = _spent()
        seen[_try(case, tmp_path)] += 1
        slowest = max(slowest, (_spent() - began, case))
        case += 1
        if case % 5_000 == 0:
            print(case, dict(seen), slowest, flush=True)
    print(f"{case} files", dict(seen), "slowest (seconds, case)", slowest, flush=True)
    assert slowest[0] < 20
