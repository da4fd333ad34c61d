"""``election ballot print`` and ``election ballot read``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import click

from election.commands.spoken import note
from election.faults import WrongInput, within

if TYPE_CHECKING:
    from ballots.contests import Contest
    from election.law import Ruleset

SingleGiven = Literal["first", "plain"]
#: after how many pages a line on standard error says how far the reading is
PROGRESS_PAGES = 100


@click.group()
def ballot() -> None:
    """Print ballots and read them back (印制选票、读取选票)."""


@ballot.command("print")
@click.argument("file", required=False, type=click.Path())
@click.option("--election", "election_id", metavar="ID", help="Print for an election in the database (库中的选举).")
@click.option("--out", required=True, type=click.Path(), metavar="B.pdf", help="The ballots (选票).")
@click.option("--layout", required=True, type=click.Path(), metavar="L.json", help="Their layout (版式).")
@click.option("--copies", default=1, show_default=True, metavar="N", help="How many ballots (份数).")
@click.option("--form", type=click.Choice(["columns", "sign"]), default="columns", show_default=True)
@click.option("--paper", type=click.Choice(["A4", "A5", "A3"]), default="A4", show_default=True)
@click.option("--large", is_flag=True, help="Large type (大字).")
@click.option("--proof", is_flag=True, help="A watermarked copy that the reader rejects (样票).")
@click.option("--ruleset-file", metavar="F", type=click.Path(), help="An office's own ruleset (本地规则).")
@click.option("--stubs", type=click.Path(), metavar="S.pdf", help="The same ballots under numbered stubs (带编号存根).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def print_(
    file: str | None,
    election_id: str | None,
    out: str,
    layout: str,
    copies: int,
    form: Literal["columns", "sign"],
    paper: Literal["A3", "A4", "A5"],
    large: bool,
    proof: bool,
    ruleset_file: str | None,
    stubs: str | None,
    as_json: bool,
) -> int:
    """Print N equal ballots and their layout (按版式印制选票). FILE is a count file without ballots."""
    import ballots
    from ballots.files import apart

    apart(file=file, ruleset_file=ruleset_file, out=out, layout=layout, stubs=stubs)
    if election_id:
        if file or ruleset_file or large or (form, paper) != ("columns", "A4"):
            raise WrongInput(
                "an election's own ballot is printed as it was designed",
                place="--election",
                mend="leave out FILE, --form, --paper, --large, --ruleset-file",
            )
        pdf, drawn, title = _of_election(election_id, copies, proof=proof)
        _stubbed(stubs, pdf, drawn, copies, title)
        return _written(pdf, drawn, copies, out, layout, as_json=as_json)
    document = _document(file)
    ruleset = _ruleset(document, ruleset_file)
    with within(file or ""):
        contests = _ordered(document, ballots.contests_from(document), _single_given(document, ruleset))
        if ruleset and _rule(ruleset, "write_in.allowed") is False:
            contests = tuple(_without_write_ins(contest) for contest in contests)
        pdf, drawn = ballots.make(
            contests,
            ballots.title_from(document),
            copies=copies,
            form=form,
            paper=paper,
            large=large,
            proof=proof,
            issuer=ballots.issuer_from(document),
            date=ballots.date_from(document),
            over_mark_voids=_rule(ruleset, "over_mark.voids") if ruleset else None,
            against_first=bool(ruleset and _rule(ruleset, "write_in.needs_against")),
        )
    _stubbed(stubs, pdf, drawn, copies, ballots.title_from(document))
    return _written(pdf, drawn, copies, out, layout, as_json=as_json)


def _stubbed(out: str | None, pdf: bytes, drawn: Mapping[str, Any], copies: int, title: str) -> None:
    """The numbered product beside the plain one, where it is asked for; a proof copy has no stub."""
    from ballots.files import write
    from ballots.stubs import with_stubs

    if out is None:
        return
    if drawn.get("proof"):
        raise WrongInput("a proof copy has no stub", place="--stubs", mend="leave out --stubs or --proof")
    write(out, with_stubs(pdf, drawn["pages"], copies, title))


def _written(pdf: bytes, drawn: dict[str, Any], copies: int, out: str, layout: str, *, as_json: bool) -> int:
    import json

    from ballots.files import write
    from election.words import sentence

    write(layout, (json.dumps(drawn, ensure_ascii=False, indent=1) + "\n").encode())
    write(out, pdf)
    answer = {"design": drawn["design"], "pages": drawn["pages"], "copies": copies, "out": out, "layout": layout}
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo(sentence("ballot.printed", {**answer, "sheets": copies * drawn["pages"]}))
    return 0


def _of_election(election_id: str, copies: int, *, proof: bool) -> tuple[bytes, dict[str, Any], str]:
    """The ballot of the round that stands, its layout and title. Raises WrongInput where there is none yet."""
    from election.acts import ballots as rounds
    from election.store.database import open_existing
    from election.store.worlds import Gone, world_of

    store = open_existing()
    try:
        with store.read() as session:
            world = world_of(store, session, election_id)
        if not world.election.official_fixed:
            raise WrongInput(
                "there are no official candidates yet", place="{election}", mend="fix them first", election=election_id
            )
        this = rounds.released_round(world)
        return *rounds.design(world, this, copies, proof=proof), rounds.title(world, this)
    except Gone:
        raise WrongInput(
            "there is no such election",
            place="{election}",
            mend="take an id from the page of the election",
            election=election_id,
        ) from None
    finally:
        store.close()


@ballot.command("read")
@click.argument("layout", metavar="L.json", type=click.Path())
@click.argument("images", metavar="IMAGE...", nargs=-1, required=True, type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def read(layout: str, images: tuple[str, ...], as_json: bool) -> int:
    """Read scanned ballots (读取选票): PNG, JPEG, TIFF or PDF, one answer per page. What is in doubt people decide."""
    import json

    from ballots import reading, template

    pages = list(reading.read(template.load(layout), images, progress=_progress))
    if as_json:
        click.echo(json.dumps({"pages": pages}, ensure_ascii=False))
    else:
        for line in _lines(pages):
            click.echo(line)
    return 0


def _progress(done: int) -> None:
    if done % PROGRESS_PAGES == 0:
        note("election: 已读 {done} 页", done=done)


def _lines(pages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What the reader found, for people: a line per page that is not simply read, and the sums."""
    from election.words import sentence

    for page in pages:
        named = {"file": page["file"], "page": page["page"]}
        if page["status"] == "rejected":
            yield sentence("ballot.rejected", {**named, "why": sentence(f"ballot.why.{page['why']}")})
        for one in page["review"]:
            where = "/".join(str(one[key]) for key in ("contest", "candidate", "row", "choice") if one[key] is not None)
            yield sentence("ballot.review", {**named, "where": where, "why": sentence(f"ballot.why.{one['why']}")})
    states = [page["status"] for page in pages]
    yield sentence("ballot.sums", {state: states.count(state) for state in ("read", "review", "rejected")})


def _document(file: str | None) -> dict[str, Any]:
    from ballots.files import read_json

    if file:
        return read_json(file)
    raise WrongInput(
        "nothing to print is named",
        place="election ballot print",
        mend="name one FILE with the contests, or --election ID",
    )


def _ruleset(document: Mapping[str, Any], ruleset_file: str | None) -> Ruleset | None:
    """The ruleset that the file or the option names; a file without one is printed in general words."""
    from election import law

    if ruleset_file:
        return law.load_file(ruleset_file)
    named = document.get("ruleset")
    if named is None:
        return None
    if not isinstance(named, str):
        raise WrongInput("is not a text", place="ruleset", mend="write the id of a ruleset")
    return law.load(named)


def _rule(ruleset: Ruleset, key: str) -> Any:
    value = ruleset.values.get(key)
    return value.value if value else None


def _single_given(document: Mapping[str, Any], ruleset: Ruleset | None) -> SingleGiven:
    practice = document.get("single_given_name") or (ruleset and _rule(ruleset, "names.single_given")) or "first"
    if practice == "first":
        return "first"
    if practice == "plain":
        return "plain"
    raise WrongInput("is not such a practice", place="single_given_name", mend='write "first" or "plain"')


def _ordered(
    document: Mapping[str, Any], contests: tuple[Contest, ...], single_given: SingleGiven
) -> tuple[Contest, ...]:
    """Every contest with its candidates in stroke order 姓氏笔画为序; names that are equal stand by their notes."""
    from dataclasses import replace

    from election.names.strokes import UnknownStrokes, sort_key

    ordered = []
    for contest, given in zip(contests, document["contests"], strict=True):
        strokes = {
            candidate.id: _strokes(candidate.name, one.get("strokes"), f"contest {contest.id}: {candidate.id}: strokes")
            for candidate, one in zip(contest.candidates, given["candidates"], strict=True)
        }
        together = {character: written for extra in strokes.values() for character, written in extra.items()}
        try:
            candidates = sorted(
                contest.candidates,
                key=lambda one, extra=together: (sort_key(one.name, single_given, extra), one.note, one.id),  # type: ignore[misc]
            )
        except UnknownStrokes as unknown:
            raise WrongInput(
                "strokes of {character} (U+{code:04X}) are not known",
                place="contest {contest}",
                mend='give the candidate "strokes": {{"{character}": "…"}} in digits 1 to 5 (横竖撇点折)',
                contest=contest.id,
                character=unknown.character,
                code=ord(unknown.character),
            ) from None
        ordered.append(replace(contest, candidates=tuple(candidates)))
    return tuple(ordered)


def _strokes(name: str, given: Any, place: str) -> dict[str, str]:
    """Strokes that a person gave: ``{"𠮷": "121251"}``, or only ``"121251"`` where one character is not known.

    A number instead of the digits is the count alone; the character then stands first among those of its count.
    """
    from election.names.strokes import unknown_characters

    if given is None:
        return {}
    if not isinstance(given, dict):
        unknown = unknown_characters(name)
        if len(unknown) != 1:
            raise WrongInput(
                "do not say for which character", place="{at}", mend='write {{"character": "digits"}}', at=place
            )
        given = {unknown[0]: given}
    written = {}
    for character, strokes in given.items():
        if isinstance(strokes, int) and not isinstance(strokes, bool) and 1 <= strokes <= 64:
            strokes = "1" * strokes
        if not (
            isinstance(strokes, str)
            and len(character) == 1
            and 1 <= len(strokes) <= 64
            and set(strokes) <= set("12345")
        ):
            raise WrongInput(
                "are not strokes", place="{at}", mend="write digits 1 to 5 (横竖撇点折), one per stroke", at=place
            )
        written[character] = strokes
    return written


def _without_write_ins(contest: Contest) -> Contest:
    from dataclasses import replace

    return replace(contest, write_in_rows=0)
