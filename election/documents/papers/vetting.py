"""The sheet on which the departments write their opinions of one candidate (资格联审)."""

from __future__ import annotations

from dataclasses import dataclass

from ..heading import Paper


@dataclass(frozen=True, kw_only=True)
class Vetted:
    """A prospective candidate as the departments are asked about them."""

    name: str
    office: str
    sex: str = ""
    birth: str = ""
    education: str = ""


@dataclass(frozen=True, kw_only=True)
class VettingSheet(Paper):
    """候选人资格联审表, a page per person: a line and a seal for every department."""

    persons: tuple[Vetted, ...]
    departments: tuple[str, ...]
    #: the negative list, to be quoted by its number
    grounds: tuple[str, ...]
