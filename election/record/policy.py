"""Whose cosignatures make a checkpoint believed: the text format C2SP tlog-policy.

::

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <member>...
    quorum <name>|none

A policy is given to the verifier from outside, never taken from a bundle. A log's key is named as the server signs; the
logs of one server (office, campaigns, elections) have origins that begin with that name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from election.record import cosignature
from election.record.cosignature import Cosignature, Witness
from election.record.note import NoteError, Verifier


class PolicyError(ValueError):
    """A line of a policy that is none; ``line`` counts from 1, 0 where something is missing from the whole."""

    def __init__(self, line: int, what: str) -> None:
        self.line, self.what = line, what
        super().__init__(f"line {line}: {what}" if line else what)


@dataclass(frozen=True)
class Policy:
    #: keys that may sign checkpoints; none: the key is known from elsewhere
    logs: tuple[Verifier, ...]
    #: name in the policy -> key
    witnesses: Mapping[str, Witness]
    #: name -> (how many, of which members)
    groups: Mapping[str, tuple[int, tuple[str, ...]]]
    #: a witness, a group, or empty where none is asked for
    quorum: str

    def cosigned(self, text: str) -> list[Cosignature]:
        """The cosignatures of this policy's witnesses under a checkpoint. Raises NoteError."""
        return cosignature.read(text, self.witnesses.values())

    def met(self, cosigned: Iterable[Cosignature]) -> bool:
        """Whether these cosignatures are the quorum."""
        names = {found.witness for found in cosigned}
        have = {name for name, witness in self.witnesses.items() if witness.name in names}

        def witnessed(name: str) -> bool:
            if name in self.groups:
                k, members = self.groups[name]
                return sum(map(witnessed, members)) >= k
            return name in have

        return not self.quorum or witnessed(self.quorum)


def parse(text: str) -> Policy:
    """The policy of ``text``. Raises PolicyError naming the line."""
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), start=1):
        if any(c < " " and c != "\t" for c in line):
            raise PolicyError(number, "a control character")
        words = re.split(r"[ \t]+", line.strip(" \t"))
        if words == [""] or words[0].startswith("#"):
            continue
        try:
            reader.read(words)
        except ValueError as error:
            raise PolicyError(number, str(error)) from None
    if reader.quorum is None:
        raise PolicyError(0, "there is no quorum line")
    return Policy(tuple(reader.logs), reader.witnesses, reader.groups, reader.quorum)


class _Reader:
    def __init__(self) -> None:
        self.logs: list[Verifier] = []
        self.witnesses: dict[str, Witness] = {}
        self.groups: dict[str, tuple[int, tuple[str, ...]]] = {}
        self.quorum: str | None = None
        #: names that are a member of a group already: a witness counts in one way only
        self.used: set[str] = set()

    def read(self, words: list[str]) -> None:
        readers: dict[str, Callable[[list[str]], None]] = {
            "log": self._log, "witness": self._witness, "group": self._group, "quorum": self._quorum,
        }  # fmt: skip
        if words[0] not in readers:
            raise ValueError(f"{words[0]!r} is not log, witness, group or quorum")
        readers[words[0]](words[1:])

    def _log(self, words: list[str]) -> None:
        if len(words) not in (1, 2):
            raise ValueError("a log is: log <vkey> [<url>]")
        key = Verifier.parse(words[0])
        if key.public_key in {known.public_key for known in self.logs}:
            raise ValueError("the same log twice")
        self.logs.append(key)

    def _witness(self, words: list[str]) -> None:
        if len(words) not in (2, 3):
            raise ValueError("a witness is: witness <name> <vkey> [<url>]")
        self._new(words[0])
        key = Witness.parse(words[1])
        if key.public_key in {known.public_key for known in self.witnesses.values()}:
            raise ValueError("the same witness twice")
        if key.name in {known.name for known in self.witnesses.values()}:
            raise ValueError("two witnesses sign under one name")
        self.witnesses[words[0]] = key

    def _group(self, words: list[str]) -> None:
        if len(words) < 3:
            raise ValueError("a group is: group <name> all|any|<k> <member>...")
        name, number, *members = words
        self._new(name)
        for member in members:
            if member not in self.witnesses and member not in self.groups:
                raise ValueError(f"{member} is not named above")
            if member in self.used:
                raise ValueError(f"{member} is in a group already")
            self.used.add(member)
        if not re.fullmatch(r"all|any|[1-9][0-9]{0,3}", number):
            raise ValueError(f"{number!r} is not all, any or a number")
        k = {"all": len(members), "any": 1}.get(number) or int(number)
        if k > len(members):
            raise ValueError(f"{k} of only {len(members)}")
        self.groups[name] = (k, tuple(members))

    def _quorum(self, words: list[str]) -> None:
        if len(words) != 1:
            raise ValueError("a quorum is: quorum <name>|none")
        if self.quorum is not None:
            raise ValueError("a second quorum line")
        if words[0] != "none" and words[0] not in self.witnesses and words[0] not in self.groups:
            raise ValueError(f"{words[0]} is not named above")
        self.quorum = "" if words[0] == "none" else words[0]

    def _new(self, name: str) -> None:
        if name == "none" or name in self.witnesses or name in self.groups:
            raise ValueError(f"the name {name} is taken")


def written(logs: Iterable[Verifier], witnesses: Mapping[str, Witness], k: int) -> str:
    """The policy that asks for ``k`` of ``witnesses`` (name -> key), as text."""
    lines = [f"log {key.vkey}" for key in logs]
    lines += [f"witness {name} {key.vkey}" for name, key in witnesses.items()]
    lines += [f"group witnesses {k} {' '.join(witnesses)}", "quorum witnesses"] if witnesses else ["quorum none"]
    return "\n".join(lines) + "\n"


__all__ = ["NoteError", "Policy", "PolicyError", "parse", "written"]
