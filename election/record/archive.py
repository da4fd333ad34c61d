"""The container of a bundle: a zip in which nothing can hide.

A general zip reader believes the central directory and skips the rest, so bytes can change, overlap or be added where
it does not look. This reader accepts only a plain form: members one after another from the first byte to the central
directory, the same facts in both headers, no comments, extra fields, encryption, descriptors or zip64, and the same
attributes for every member. What the writer makes has that form, and so has a bundle that was unpacked and packed
again by Python in the same order; a bit changed anywhere has not. Members are stored, not compressed, so that two runs on any two
machines give the same bytes.
"""

from __future__ import annotations

import mmap
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from election.faults import WrongInput, unreadable

#: gates for what comes from outside; a district's largest election needs a hundredth of these
MAX_FILE = 2 * 2**30
MAX_TOTAL = 2 * 2**30
MAX_MEMBERS = 50_000
#: no text of the record shrinks more; a bomb does (1000 : 1)
MAX_RATIO = 200

_END = struct.Struct("<4s4H2LH")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_CHUNK = 1 << 20


class Damaged(Exception):
    """The archive is not of the plain form, or a member's bytes are not those its headers tell. ``place`` names where."""

    def __init__(self, place: str) -> None:
        self.place = place
        super().__init__(f"damaged at {place}")


@dataclass(frozen=True)
class Member:
    name: str
    size: int
    stored: int
    crc: int
    deflated: bool
    #: first byte of the data in the file
    start: int


class Archive:
    """An archive open for reading. Raises WrongInput for what is no archive or too large, Damaged for a broken one."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        try:
            with Path(path).open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                if size > MAX_FILE:
                    raise WrongInput("larger than any bundle", place="{path}", path=path)
                if size < _END.size:
                    raise WrongInput("not a bundle", place="{path}", mend="give the zip that was exported", path=path)
                self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise unreadable(path, error) from error
        try:
            self.members = self._directory(str(path))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._data.close()

    def _directory(self, path: str) -> dict[str, Member]:
        data = self._data
        if data[:4] != b"PK\x03\x04" and data.rfind(b"PK\x05\x06") < 0:
            raise WrongInput("not a bundle", place="{path}", mend="give the zip that was exported", path=path)
        end = len(data) - _END.size
        signature, disk, first_disk, here, count, length, offset, comment = _END.unpack_from(data, end)
        if signature != b"PK\x05\x06" or (disk, first_disk, comment) != (0, 0, 0):
            raise Damaged("end of the archive")
        if here != count or count == 0 or offset + length != end:
            raise Damaged("end of the archive")
        if count > MAX_MEMBERS:
            raise WrongInput("more than {most} files in a bundle", place="{path}", most=MAX_MEMBERS, path=path)
        members: dict[str, Member] = {}
        place, position, total = offset, 0, 0
        attributes: tuple[int, ...] | None = None
        for number in range(1, count + 1):
            member, width, common = self._member(place, position, end, f"file {number} of the archive")
            if member.name in members:
                raise Damaged(member.name)
            if attributes not in (None, common):
                raise Damaged(f"attributes of {member.name}")
            attributes = common
            members[member.name] = member
            place, position, total = place + width, member.start + member.stored, total + member.size
            if total > MAX_TOTAL or member.size > MAX_RATIO * member.stored + 1024:
                raise WrongInput(
                    "unpacks to more than any bundle holds", place="{path}: {member}", path=path, member=member.name
                )
        if position != offset or place != end:
            raise Damaged("between the files of the archive")
        return members

    def _member(self, place: int, position: int, end: int, where: str) -> tuple[Member, int, tuple[int, ...]]:
        """The member whose central record is at ``place`` and whose local one must be at ``position``."""
        data = self._data
        if place + _CENTRAL.size > end or position + _LOCAL.size > end:
            raise Damaged(where)
        central = _CENTRAL.unpack_from(data, place)
        made, facts, lengths, rest = central[1], central[2:10], central[10:13], central[13:]
        local = _LOCAL.unpack_from(data, position)
        width, extra, comment = lengths
        name = data[place + _CENTRAL.size : place + _CENTRAL.size + width]
        start = position + _LOCAL.size + width
        _, flags, method, _, _, crc, stored, size = facts
        disk, inner, outer, offset = rest
        plain = (
            central[0] == b"PK\x01\x02"
            and local[0] == b"PK\x03\x04"
            and local[1:9] == facts
            and local[9:] == (width, 0)
            and (extra, comment, disk, offset) == (0, 0, 0, position)
            and data[position + _LOCAL.size : start] == name
            and flags in (0, 0x800)
            and method in (0, 8)
            and (method == 8 or stored == size)
            and start + stored <= end
        )
        if not plain or not name.isascii() or not name.decode("ascii").isprintable():
            raise Damaged(where)
        member = Member(name.decode("ascii"), size, stored, crc, method == 8, start)
        return member, _CENTRAL.size + width, (made, flags, inner, outer)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of a member in pieces. Raises Damaged where it is not what the headers tell; KeyError."""
        member = self.members[name]
        crc = length = 0
        for piece in self._inflated(member) if member.deflated else self._pieces(member):
            crc, length = zlib.crc32(piece, crc), length + len(piece)
            if length > member.size:
                raise Damaged(name)
            yield piece
        if crc != member.crc or length != member.size:
            raise Damaged(name)

    def read(self, name: str, limit: int = 2**26) -> bytes:
        """The whole content of a member of at most ``limit`` bytes. Raises WrongInput, Damaged, KeyError."""
        if self.members[name].size > limit:
            raise WrongInput("larger than {limit} bytes", place="{name}", limit=limit, name=name)
        return b"".join(self.chunks(name))

    def _pieces(self, member: Member) -> Iterator[bytes]:
        for at in range(member.start, member.start + member.stored, _CHUNK):
            yield self._data[at : min(at + _CHUNK, member.start + member.stored)]

    def _inflated(self, member: Member) -> Iterator[bytes]:
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for piece in self._pieces(member):
                while piece:
                    yield inflate.decompress(piece, _CHUNK)
                    piece = inflate.unconsumed_tail
            yield inflate.flush()
        except zlib.error:
            raise Damaged(member.name) from None
        if not inflate.eof or inflate.unused_data:
            raise Damaged(member.name)


def write(path: str | os.PathLike[str], members: Iterable[tuple[str, bytes]]) -> None:
    """Write an archive of ``members`` in the order given; the file appears whole or not at all."""
    target = Path(path)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=False) as out:
            for name, content in members:
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                info.create_system = 3
                info.external_attr = 0o100644 << 16
                out.writestr(info, content)
        Path(temporary).chmod(0o644)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
