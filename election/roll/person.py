"""What a checked roll is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from election.names.identity import Sex
from election.roll.values import Hukou, Membership

#: ``registered`` may vote; ``waiting`` may vote and waits for a registrar's look; ``held`` may not until a registrar decides;
#: ``rejected`` is not on the roll
Status = Literal["registered", "waiting", "held", "rejected"]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file. ``birth`` is None only where the row is rejected; texts that are not given are empty."""

    source_row: int
    status: Status
    name: str
    sex: Sex | None
    id_number: str
    birth: date | None
    group: str
    household: str
    address: str
    hukou: Hukou | None
    residence_from: date | None
    deprived: bool
    phone: str
    #: the columns that the contract does not name, by their header
    notes: Mapping[str, str]
    #: only on a roll of party members
    membership: Membership | None = None

    def with_status(self, status: Status) -> Row:
        """The same person otherwise; written out, for ``replace`` would cost a large roll seconds."""
        return Row(
            self.source_row,
            status,
            self.name,
            self.sex,
            self.id_number,
            self.birth,
            self.group,
            self.household,
            self.address,
            self.hukou,
            self.residence_from,
            self.deprived,
            self.phone,
            self.notes,
            self.membership,
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong or doubtful in a row: a code of contract §3, which of its kinds, and the numbers for its sentence."""

    row: int
    code: str
    kind: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The key of its sentence: ``roll.bad-id.length``, ``roll.no-id``."""
        return f"roll.{self.code}.{self.kind}" if self.kind else f"roll.{self.code}"


@dataclass(frozen=True, slots=True)
class Known:
    """Someone already on the roll; ``id_number`` is empty where none is known."""

    name: str
    id_number: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer: every row with its status, every fault, in the order of the file."""

    rows: tuple[Row, ...]
    rejected: tuple[Fault, ...]
    warnings: tuple[Fault, ...]

    @property
    def good(self) -> tuple[Row, ...]:
        """The rows that an import writes as voters."""
        return tuple(row for row in self.rows if row.status in ("registered", "waiting"))

    @property
    def held(self) -> tuple[Row, ...]:
        """The rows that wait for a decision and are not registered."""
        return tuple(row for row in self.rows if row.status == "held")

    @property
    def registered(self) -> int:
        """How many people the file registers."""
        return sum(1 for row in self.rows if row.status in ("registered", "waiting"))
