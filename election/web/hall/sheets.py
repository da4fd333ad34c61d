"""A tally sheet on a page: its lines in ballot order, the figures as they were typed, and what is wrong with them.

Nothing that was typed is changed or lost; digits of any width are read, anything else is said to be none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from election.acts import sheets as checked
from election.acts.order import candidates_in_order, telling_apart
from election.law import Ruleset
from election.names.writing import clean_name
from election.process.facts import Candidate, Contest, Round
from election.process.tally import Figures, Row, WriteIn
from election.web.words import _, sentence

#: the marks of a ballot, in the order of its columns, and what they are called
MARKS = ("for", "against", "abstain")
MARK_WORDS = {"for": "赞成", "against": "反对", "abstain": "弃权"}
#: figures above the lines
HEADS = ("returned", "valid", "invalid")
HEAD_WORDS = {"returned": "本箱收回", "valid": "有效票", "invalid": "无效票"}
#: lines for written names on one sheet, and characters of one answer, that are kept
MOST_WRITE_INS = 60
LONGEST_NUMBER = 30
LARGEST = 10_000_000
#: full-width digits as ASCII ones; no other character that looks like a digit is taken for one
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")


@dataclass(frozen=True)
class Line:
    """One candidate as the ballot has them."""

    person: str
    name: str
    #: tells namesakes apart
    note: str = ""
    #: withdrew after printing: votes are counted all the same
    struck: bool = False

    @property
    def words(self) -> str:
        return f"{self.name}（{self.note}）" if self.note else self.name


def ballot_lines(candidates: Sequence[Candidate], rules: Ruleset) -> list[Line]:
    """Candidates in the order of the ballot."""
    ordered = candidates_in_order(candidates, rules)
    notes = telling_apart(ordered)
    return [Line(c.person, clean_name(c.name), notes[c.person], c.struck) for c in ordered]


def lines_of(this: Round, contest: Contest, rules: Ruleset) -> list[Line]:
    return ballot_lines(this.candidates.get(contest.id, []), rules)


def digits(text: str) -> int | None:
    """A whole number of at least 0, typed in ASCII or full-width digits; None for anything else."""
    plain = text.translate(_WIDE).strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= LONGEST_NUMBER else None


def number_of(text: str) -> tuple[int | None, str]:
    """``(number, "")``, or ``(None, sentence)``."""
    if not text.strip():
        return None, _("还没有填写，没有的填 0")
    found = digits(text)
    if found is None:
        return None, _("须是不小于 0 的整数，如 12")
    if found > LARGEST:
        return None, _("数太大，请核对")
    return found, ""


@dataclass
class Sheet:
    """One typed sheet. ``typed`` is kept as it came: ``valid``, ``r.0.for``, ``w.0.name``, ``w.0.for``, ``w.rows``."""

    lines: Sequence[Line]
    typed: dict[str, str] = field(default_factory=dict)
    write_ins: bool = True
    #: input name -> sentence
    errors: dict[str, str] = field(default_factory=dict)
    #: lines of the page that the written names of ``read`` came from
    written_at: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, lines: Sequence[Line], form: Mapping[str, str], *, write_ins: bool) -> Sheet:
        """From a form or a draft; inputs that no sheet has are left out."""
        sheet = cls(lines, write_ins=write_ins)
        for name in sheet.inputs(int_of(form.get("w.rows", "1"))):
            sheet.typed[name] = str(form.get(name, ""))
        sheet.typed["w.rows"] = str(sheet.write_in_rows)
        return sheet

    def inputs(self, write_in_rows: int) -> list[str]:
        """Every input in the order of the page."""
        cells = [f"r.{at}.{mark}" for at in range(len(self.lines)) for mark in MARKS]
        extra = range(min(max(write_in_rows, 1), MOST_WRITE_INS)) if self.write_ins else ()
        self.typed.setdefault("w.rows", str(len(extra)))
        return [*HEADS, *cells, *(f"w.{at}.{part}" for at in extra for part in ("name", "for"))]

    @property
    def write_in_rows(self) -> int:
        return int_of(self.typed.get("w.rows", "0")) if self.write_ins else 0

    def value(self, name: str) -> str:
        return self.typed.get(name, "")

    def number(self, name: str) -> int | None:
        return digits(self.value(name))

    @property
    def blank(self) -> bool:
        return not any(value.strip() for name, value in self.typed.items() if name != "w.rows")

    # --- lines for written names -------------------------------------------------------------------------------------

    def changed(self, order: str) -> bool:
        """Whether a button asked for another line or for one less; done then."""
        what, _colon, at = order.partition(":")
        if what == "add":
            self.add_write_in()
        elif what == "remove":
            self.remove_write_in(int_of(at) if at.isdigit() else -1)
        return what in ("add", "remove")

    def add_write_in(self) -> None:
        if self.write_ins and self.write_in_rows < MOST_WRITE_INS:
            self.typed["w.rows"] = str(self.write_in_rows + 1)

    def remove_write_in(self, at: int) -> None:
        """Take one line out; those below move up, and one blank line stays."""
        rows = [(self.value(f"w.{i}.name"), self.value(f"w.{i}.for")) for i in range(self.write_in_rows) if i != at]
        for i in range(self.write_in_rows):
            self.typed.pop(f"w.{i}.name", None)
            self.typed.pop(f"w.{i}.for", None)
        for i, (name, votes) in enumerate(rows or [("", "")]):
            self.typed[f"w.{i}.name"], self.typed[f"w.{i}.for"] = name, votes
        self.typed["w.rows"] = str(len(rows) or 1)

    # --- sums beside the lines ---------------------------------------------------------------------------------------

    def row_sum(self, at: int) -> int | None:
        """What a line has so far; None while nothing is typed in it."""
        found = [n for mark in MARKS if (n := self.number(f"r.{at}.{mark}")) is not None]
        return sum(found) if found else None

    def left(self, at: int, valid: int | None = None) -> int | None:
        """What a line lacks of the valid ballots; negative where it has too many; None while it cannot be said."""
        valid = self.number("valid") if valid is None else valid
        total = self.row_sum(at)
        return None if valid is None or total is None else valid - total

    def input_of(self, place: str) -> str:
        """From a place of a check (``votes.ID.for``, ``write_ins[0].name``) to the input it is typed in; else blank."""
        head, _dot, rest = place.partition(".")
        if head == "votes":
            person, _dot, mark = rest.rpartition(".")
            at = next((i for i, line in enumerate(self.lines) if line.person == person), None)
            return "" if at is None else f"r.{at}.{mark}"
        if head.startswith("write_ins"):
            row = int_of(head[10:-1])
            return f"w.{self.written_at[row] if row < len(self.written_at) else 0}.{rest or 'name'}"
        return place if place in HEADS else ""

    # --- typed texts into figures ------------------------------------------------------------------------------------

    def read(self) -> Figures | None:
        """The figures; None where ``errors`` say which input is no number, blank, or written twice."""
        self.errors = {}
        heads = {name: self._read(name, _(HEAD_WORDS[name])) for name in HEADS}
        rows = self.read_rows()
        written = self._write_ins()
        if self.errors:
            return None
        return Figures(rows=tuple(rows), write_ins=tuple(written), **heads)

    def read_rows(self) -> list[Row]:
        rows = []
        for at, line in enumerate(self.lines):
            votes = [self._read(f"r.{at}.{mark}", f"{line.words} {_(MARK_WORDS[mark])}") for mark in MARKS]
            rows.append(Row(candidate=line.person, votes_for=votes[0], against=votes[1], abstain=votes[2]))
        return rows

    def _read(self, name: str, label: str) -> int:
        found, wrong = number_of(self.value(name))
        if found is None:
            self.errors[name] = f"{label}：{wrong}"
        return found or 0

    def _write_ins(self) -> list[WriteIn]:
        """Names that voters wrote in; a line that is wholly blank, or has a name without votes, is none."""
        written: dict[str, WriteIn] = {}
        self.written_at = []
        for at in range(self.write_in_rows):
            name, votes = clean_name(self.value(f"w.{at}.name")), self.value(f"w.{at}.for")
            if not name and not votes.strip():
                continue
            if not name or len(name) > 50:
                self.errors[f"w.{at}.name"] = _("另选他人第 {row} 行：请写明姓名", row=at + 1)
                continue
            if name in written:
                self.errors[f"w.{at}.name"] = _("{name}写了两行，请合并成一行", name=name)
                continue
            found, wrong = number_of(votes)
            if not found:
                self.errors[f"w.{at}.for"] = f"{name}：{wrong or _('另选他人至少有 1 票，没有的请删去这一行')}"
                continue
            written[name] = WriteIn(name=name, votes_for=found)
            self.written_at.append(at)
        return list(written.values())


def notes(this: Round, contest: Contest, figures: Figures) -> list[str]:
    """What adds up and yet is worth a second look."""
    found = checked.checks(this, contest, figures)
    return [sentence(check.code, check.params) for check in found if check.severity == "warning"]


def int_of(text: str) -> int:
    """A small whole number from a hidden input; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
