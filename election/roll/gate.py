"""The gate before a spreadsheet is opened: what is unpacked is measured first, and what it must not hold is refused.

The sizes that an archive states can lie, so every member is inflated here, counted, and thrown away again.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from election.faults import WrongInput


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost, in bytes, members, rows and columns."""

    file_bytes: int = 10 * 2**20
    unpacked_bytes: int = 200 * 2**20
    members: int = 100
    rows: int = 300_000
    columns: int = 256


#: a file that comes through the web
UPLOAD = Limits()
#: a file that the person at the machine names
LOCAL = Limits(file_bytes=64 * 2**20, unpacked_bytes=600 * 2**20)

#: a member this much larger than its packed form is a bomb; real sheets stay under 40
_RATIO = 100
_RATIO_FROM_BYTES = 2**20
_CHUNK = 2**18
_LOCAL_HEADER = struct.Struct("<4s22xHH")
#: in the name of a part, in its type, or in the type of what leads to it
_REFUSED = {
    "vbaproject": "macros",
    "macrosheet": "macros",
    "macroenabled": "macros",
    "externallink": "links to other files",
    "embeddings": "embedded objects",
    "oleobject": "embedded objects",
    "relationships/package": "embedded objects",
    "activex": "controls",
}
#: 60,000 links of cells, which is all a sheet can have, are 15 MB; nothing that is declared stands deep
_DECLARED_BYTES = 32 * 2**20
_DEEPEST = 8
_ERROR_CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\st\s*=\s*["']e["']""")
_CELL_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3}[0-9]{1,7})["']""")
_OVERLAP = 512


def check_size(data: bytes, name: str, limits: Limits) -> None:
    """Raises WrongInput for an empty file and one over the limit."""
    if not data:
        raise WrongInput("is empty", place="{name}", mend="export the roll again", name=name)
    if len(data) > limits.file_bytes:
        raise WrongInput(
            "is larger than {megabytes} MB",
            place="{name}",
            mend="split it into several files",
            megabytes=limits.file_bytes // 2**20,
            name=name,
        )


def check_workbook(data: bytes, name: str, limits: Limits) -> None:
    """Raises WrongInput for what is not a plain xlsx workbook of bearable size."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OverflowError) as error:
        raise _damaged(name) from error
    _check_list(members, name, limits)
    types: dict[str, set[str]] = {}
    for member in members:
        tail = b""
        chunks = _inflate(data, member, name)
        if _declares(member):
            _look_at_declared(chunks, types, name)
        for chunk in chunks:
            if member.filename.startswith("xl/worksheets/"):
                _refuse_error_cell(tail + chunk, name)
                tail = chunk[-_OVERLAP:]
    for member in members:
        part = f"/{member.filename.lower()}"
        for kind in types.get(part, set()) or types.get(part.rpartition(".")[2], set()):
            _refuse(kind, name)


def _check_list(members: list[zipfile.ZipInfo], name: str, limits: Limits) -> None:
    names = [member.filename for member in members]
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise WrongInput("is not an xlsx workbook", place="{name}", mend="save it as .xlsx or .csv", name=name)
    if len(names) > limits.members or len(set(names)) != len(names):
        raise _bomb(name)
    if sum(member.file_size for member in members) > limits.unpacked_bytes:
        raise _bomb(name)
    if sum(member.file_size for member in members if _declares(member)) > _DECLARED_BYTES:
        raise _bomb(name)
    for member in members:
        lowered = member.filename.lower()
        _refuse(lowered, name)
        if ".." in lowered.split("/") or lowered.startswith("/") or "\\" in lowered:
            raise _damaged(name)
        if member.flag_bits & 1:
            raise WrongInput("has a password", place="{name}", mend="remove the password and save it again", name=name)
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _damaged(name)
        if member.file_size > max(_RATIO_FROM_BYTES, member.compress_size * _RATIO):
            raise _bomb(name)


def _refuse(said: str, name: str) -> None:
    for part, what in _REFUSED.items():
        if part in said.lower():
            raise _unwanted(what, part, name)


def _declares(member: zipfile.ZipInfo) -> bool:
    """Whether the part says of what types the others are, or what they lead to."""
    return member.filename.lower() == "[content_types].xml" or member.filename.lower().endswith(".rels")


def _look_at_declared(chunks: Iterator[bytes], types: dict[str, set[str]], name: str) -> None:
    """Add to ``types`` those of parts (``/name``) and of endings; refuse what leads to what must not be there.

    What a cell links to stays: nobody follows it. Readers go by what is declared, whatever the parts are called.
    """
    parser = expat.ParserCreate()
    depth = 0

    def begin(_tag: str, said: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise _damaged(name)
        if "ContentType" in said:
            whose = said.get("PartName") or said.get("Extension", "")
            types.setdefault(whose.lower(), set()).add(said["ContentType"])
        kind = said.get("Type", "")
        _refuse(kind, name)
        if said.get("TargetMode", "").lower() == "external" and not kind.endswith("/hyperlink"):
            raise _unwanted("links to other files", kind.rpartition("/")[2], name)

    def end(_tag: str) -> None:
        nonlocal depth
        depth -= 1

    def entities(*_: object) -> None:
        raise _damaged(name)

    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = begin, end, entities
    try:
        for chunk in chunks:
            parser.Parse(chunk)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise _damaged(name) from error


def _inflate(data: bytes, member: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """The member's bytes in pieces, never more than it states, whatever its header says."""
    start = member.header_offset
    try:
        signature, name_length, extra_length = _LOCAL_HEADER.unpack_from(data, start)
    except struct.error as error:
        raise _damaged(name) from error
    start += _LOCAL_HEADER.size + name_length + extra_length
    packed = memoryview(data)[start : start + member.compress_size]
    if signature != b"PK\x03\x04" or len(packed) != member.compress_size:
        raise _damaged(name)
    produced = 0
    for chunk in _stored(packed) if member.compress_type == zipfile.ZIP_STORED else _deflated(packed, name):
        produced += len(chunk)
        if produced > member.file_size:
            raise _bomb(name)
        yield chunk
    if produced != member.file_size:
        raise _damaged(name)


def _stored(packed: memoryview) -> Iterator[bytes]:
    for at in range(0, len(packed), _CHUNK):
        yield bytes(packed[at : at + _CHUNK])


def _deflated(packed: memoryview, name: str) -> Iterator[bytes]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    waiting: bytes | memoryview = packed
    try:
        while not stream.eof:
            chunk = stream.decompress(waiting, _CHUNK)
            waiting = stream.unconsumed_tail
            if not chunk and not waiting and not stream.eof:
                raise _damaged(name)
            yield chunk
    except zlib.error as error:
        raise _damaged(name) from error


def _refuse_error_cell(text: bytes, name: str) -> None:
    """A formula that failed (#N/A, #REF!) reads as an empty cell, and an empty cell has a meaning: refuse instead."""
    found = _ERROR_CELL.search(text)
    if found:
        reference = _CELL_REFERENCE.search(found.group())
        cell = reference.group(1).decode("ascii") if reference else "?"
        raise WrongInput(
            "the formula failed (such as #N/A)",
            place="{name}, {cell}",
            mend="correct the formula, or paste it as a value",
            name=name,
            cell=cell,
        )


def _unwanted(what: str, part: str, name: str) -> WrongInput:
    return WrongInput(
        "holds {unwanted}",
        place="{name}, {part}",
        mend="save it as .xlsx without macros and links",
        unwanted=what,
        name=name,
        part=part,
    )


def _damaged(name: str) -> WrongInput:
    return WrongInput("is damaged or cut short", place="{name}", mend="export it again", name=name)


def _bomb(name: str) -> WrongInput:
    return WrongInput(
        "is too large once unpacked",
        place="{name}",
        mend="keep only the sheet with the roll and save it again",
        name=name,
    )
