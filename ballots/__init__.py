"""Ballots: one geometry in millimetres, printed and read back. Pure: no database, no web, no network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from ballots.contests import Candidate, Contest, contests_from, date_from, issuer_from, title_from
from ballots.geometry import Form, Layout, Paper

__all__ = [
    "Candidate",
    "Contest",
    "Form",
    "Layout",
    "Paper",
    "contests_from",
    "date_from",
    "issuer_from",
    "make",
    "title_from",
]


def make(
    contests: Sequence[Contest],
    title: str,
    *,
    copies: int = 1,
    form: Form = "columns",
    paper: Paper = "A4",
    large: bool = False,
    proof: bool = False,
    issuer: str = "",
    date: str = "",
    over_mark_voids: Literal["contest", "ballot"] | None = None,
    against_first: bool = False,
) -> tuple[bytes, dict[str, Any]]:
    """The PDF of ``copies`` equal ballots and the layout as the reader wants it (see :func:`ballots.design.design`).

    Candidates are printed in the order given. Nothing is returned that the reader has not read as blank first (see
    :mod:`ballots.proving`). Raises WrongInput for what cannot be printed.
    """
    from ballots.design import design
    from ballots.printing import draw, replicate
    from ballots.proving import prove

    layout = design(
        contests,
        title,
        form=form,
        paper=paper,
        large=large,
        proof=proof,
        issuer=issuer,
        date=date,
        over_mark_voids=over_mark_voids,
        against_first=against_first,
    )
    drawn, described = draw(layout), layout.to_json()
    prove(replicate(drawn, 1), described)
    return replicate(drawn, copies), described
