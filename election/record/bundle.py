"""A bundle: everything another person needs to check one election without us (format v1, ``docs/record-format.md``).

::

    VERSION                         "elec-bundle/v1\\n"
    logs/<kind>.jsonl               exact bytes of the entries, one a line; kind is office, campaign, election
    checkpoints/<kind>/<size>.note  signed checkpoints of that log
    rulesets/<sha256>.json          exact bytes of the rulesets that the election seals
    papers/<sha256>.pdf             exact bytes of the documents that entries seal
    openings.jsonl                  openings of posted values: {"commitment", "salt", "value"}, by commitment
    MANIFEST                        a note of the server over "sha256  size  path" of every other member

The same parts give the same bytes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from types import TracebackType

from election.faults import WrongInput
from election.record import archive, canonical, note, seal, tree
from election.record.archive import Archive, Damaged
from election.record.entry import KINDS, Entry, Kind

FORMAT = "elec-bundle/v1"
VERSION, MANIFEST, OPENINGS = "VERSION", "MANIFEST", "openings.jsonl"
#: no act of the record is near it: a plan with all its communities has some kilobytes
MAX_LINE = 2**22
#: notes and rulesets together: fifty thousand checkpoints with the signatures of some witnesses
MAX_SMALL = 2**26
#: logs and openings together: they are held in memory, some eight times as large; a million entries and more
MAX_LOGS = 2**30

_PATH = re.compile(
    r"VERSION|MANIFEST|openings\.jsonl|logs/(office|campaign|election)\.jsonl"
    r"|checkpoints/(office|campaign|election)/(0|[1-9][0-9]{0,15})\.note"
    r"|rulesets/[0-9a-f]{64}\.json|papers/[0-9a-f]{64}\.pdf"
)
#: what is read as a stream
_LARGE = ("logs/", "papers/", OPENINGS)
#: what is held in memory while it is judged
_HELD = ("logs/", OPENINGS)
_LISTED = re.compile(r"([0-9a-f]{64})  (0|[1-9][0-9]{0,15})  (\S+)")


def log_path(kind: str) -> str:
    return f"logs/{kind}.jsonl"


def checkpoint_path(kind: str, size: int) -> str:
    return f"checkpoints/{kind}/{size}.note"


def known_path(path: str) -> bool:
    """Whether the format has a place for a member of that name."""
    return _PATH.fullmatch(path) is not None


def write(
    path: str | os.PathLike[str],
    *,
    name: str,
    key: bytes,
    logs: Mapping[Kind, Sequence[bytes]],
    checkpoints: Iterable[tuple[Kind, str]] = (),
    rulesets: Iterable[bytes] = (),
    papers: Iterable[bytes] = (),
    openings: Iterable[seal.Opening] = (),
) -> dict[Kind, str]:
    """Write the bundle of the three ``logs`` (exact bytes of every entry, from the first).

    ``name`` and ``key`` (seed) are the server's, as the office log's first entry declares them; they sign the manifest
    and, where ``checkpoints`` (kind, note) has none of a whole log, that checkpoint too. Returns those it signed.
    Raises ValueError where a log is missing, and what Entry and note raise for parts that are none.
    """
    if set(logs) != set(KINDS) or not all(logs.values()):
        raise ValueError("a bundle has an office, a campaign and an election log, none of them empty")
    members = {VERSION: f"{FORMAT}\n".encode()}
    for kind, lines in logs.items():
        members[log_path(kind)] = b"".join(line + b"\n" for line in lines)
    for kind, text in checkpoints:
        size = note.Checkpoint.parse(note.body_of(text)).size
        members[checkpoint_path(kind, size)] = text.encode()
    signed: dict[Kind, str] = {}
    for kind, lines in logs.items():
        if checkpoint_path(kind, len(lines)) not in members:
            signed[kind] = checkpoint(name, key, kind, Entry.from_bytes(lines[0]).log, lines)
            members[checkpoint_path(kind, len(lines))] = signed[kind].encode()
    members |= {f"rulesets/{sha256(content).hexdigest()}.json": content for content in rulesets}
    members |= {f"papers/{sha256(content).hexdigest()}.pdf": content for content in papers}
    opened = sorted({o.commitment: o for o in openings}.items())
    members[OPENINGS] = b"".join(
        canonical.encode({"commitment": c, "salt": o.salt.hex(), "value": o.value}) + b"\n" for c, o in opened
    )
    body = f"{FORMAT}\n" + "".join(
        f"{sha256(content).hexdigest()}  {len(content)}  {member}\n" for member, content in sorted(members.items())
    )
    members[MANIFEST] = note.sign(body, name, key).encode()
    archive.write(path, sorted(members.items()))
    return signed


def checkpoint(name: str, key: bytes, kind: Kind, log: str, lines: Iterable[bytes]) -> str:
    """A signed checkpoint of the log ``log`` whose entries so far are ``lines``."""
    grown = tree.Tree(lines)
    return note.sign(note.Checkpoint(note.origin(name, kind, log), grown.size, grown.root()).body(), name, key)


@dataclass(frozen=True)
class Listed:
    """A member as the manifest lists it."""

    sha256: str
    size: int


def parse_manifest(body: str) -> dict[str, Listed]:
    """Path -> what is listed, from the manifest's text. Raises ValueError where it is not one."""
    head, *lines = body.removesuffix("\n").split("\n")
    found: dict[str, Listed] = {}
    for line in lines:
        match = _LISTED.fullmatch(line)
        if match is None:
            raise ValueError("a line of the manifest is not one")
        found[match[3]] = Listed(match[1], int(match[2]))
    if head != FORMAT or list(found) != sorted(found) or len(found) != len(lines):
        raise ValueError("not a manifest of this format")
    return found


class Bundle:
    """A bundle open for reading. Nothing is believed: checks are the verifier's; only sizes are gated here."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive

    def __enter__(self) -> Bundle:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.archive.close()

    @property
    def paths(self) -> list[str]:
        """Names of the members as they stand in the file."""
        return list(self.archive.members)

    def __contains__(self, path: object) -> bool:
        return path in self.archive.members

    def size(self, path: str) -> int:
        return self.archive.members[path].size

    def sha256(self, path: str) -> str:
        """Digest of a member's content, read as a stream. Raises Damaged."""
        digest = sha256()
        for piece in self.archive.chunks(path):
            digest.update(piece)
        return digest.hexdigest()

    def read(self, path: str) -> bytes:
        """Content of a small member. Raises Damaged, WrongInput."""
        return self.archive.read(path)

    def text(self, path: str) -> str:
        """Content of a note. Raises Damaged where it is not UTF-8."""
        try:
            return self.archive.read(path).decode()
        except UnicodeDecodeError:
            raise Damaged(path) from None

    def lines(self, path: str) -> Iterator[bytes]:
        """Lines of a member without their ends. Raises Damaged where the last has none, WrongInput for an endless one."""
        rest = b""
        for piece in self.archive.chunks(path):
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
            if len(rest) > MAX_LINE:
                raise WrongInput("a line of more than {most} bytes", place="{path}", most=MAX_LINE, path=path)
        if rest:
            raise Damaged(path)

    def checkpoints(self) -> list[tuple[str, int, str]]:
        """(kind, size, path) of the checkpoints, by kind and size."""
        found = (re.fullmatch(r"checkpoints/([a-z]+)/(0|[1-9][0-9]{0,15})\.note", path) for path in self.paths)
        return sorted((match[1], int(match[2]), match[0]) for match in found if match)

    def within(self, folder: str) -> list[str]:
        """Paths of the members in ``folder`` (``rulesets``, ``papers``), sorted."""
        return sorted(path for path in self.paths if path.startswith(f"{folder}/"))


def read(path: str | os.PathLike[str]) -> Bundle:
    """Open a bundle. Raises WrongInput for what is no bundle or too large, Damaged where the archive itself is broken."""
    found = Bundle(Archive(path))
    small = sum(found.size(name) for name in found.paths if not name.startswith(_LARGE))
    if small > MAX_SMALL:
        found.archive.close()
        raise WrongInput("unpacks to more than any bundle holds", place="{path}", path=path)
    if sum(found.size(name) for name in found.paths if name.startswith(_HELD)) > MAX_LOGS:
        found.archive.close()
        raise WrongInput("logs and openings of more than {most} bytes", place="{path}", most=MAX_LOGS, path=path)
    return found
