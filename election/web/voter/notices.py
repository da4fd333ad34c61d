"""The notice board and the candidates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Response, abort, make_response, render_template, request

from election.acts import posted
from election.acts.order import SEX, candidates_in_order, telling_apart
from election.names.writing import clean_name
from election.process.facts import Candidate, Notice
from election.process.world import World
from election.web.access.policy import policy
from election.web.context import place, store
from election.web.voter import blueprint, communities
from election.web.words import _, language
from election.words import acts as words


@dataclass(frozen=True)
class Posted:
    """A notice as a line of the board."""

    number: int
    title: str
    on: date
    place: str
    #: the paper may be read here
    served: bool
    #: was served as long as it was posted
    ended: bool
    #: its time of keeping is over
    destroyed: bool
    #: stands no more; ``replaced_by`` is the number that took its place, 0 where none has yet
    over: bool
    replaced_by: int
    code: str


@dataclass(frozen=True)
class Board:
    """The numbered series of one body, newest first."""

    id: str
    title: str
    #: address of its papers, to which number and ``.pdf`` are put
    election: str
    lines: list[Posted]


def line_of(world: World, notice: Notice) -> Posted:
    return Posted(
        number=notice.number,
        title=words.paper_title(notice.kind, language()),
        on=notice.posted_on,
        place=notice.place,
        served=posted.served(world, notice) and bool(notice.sha256) and notice.sha256 not in world.election.gone,
        ended=notice.kind in posted.SERVED,
        destroyed=notice.sha256 in world.election.gone,
        over=not notice.stands,
        replaced_by=notice.superseded_by or 0,
        code=notice.sha256[: posted.SHORTEST],
    )


def _board(world: World, title: str) -> Board:
    facts = world.election
    return Board(facts.body, title, facts.id, [line_of(world, n) for n in reversed(facts.notices)])


@blueprint.get("/notices/<uuid:campaign>/<community>")
@policy(at="public")
def board(campaign: object, community: str) -> str:
    """Everything posted in one community: of its committee for both elections, then of each election."""
    here = communities.here()
    campaign_world = place().world
    common = campaign_world.campaign.communities[here.id].notices
    boards = [
        _board(world, words.body_name(body, language()))
        for body, log in here.elections.items()
        if (world := communities.world(log)).election.notices
    ]
    if common:
        lines = [line_of(campaign_world, n) for n in reversed(common)]
        boards.append(Board("community", _("两委共同"), "", lines))
    return render_template("web/voter/notices.html", here=here, boards=boards)


@blueprint.get("/notices/<uuid:election>")
@policy(at="public")
def election_board(election: object) -> str:
    world = place().world
    boards = [_board(world, words.body_name(world.election.body, language()))] if world.election.notices else []
    return render_template("web/voter/notices.html", here=communities.here(), boards=boards)


@blueprint.get("/notices/<uuid:election>/<int:number>.pdf")
@policy(at="public")
def election_paper(election: object, number: int) -> Response:
    return _paper(place().world, place().world.election.notices, number)


@blueprint.get("/notices/<uuid:campaign>/<community>/<int:number>.pdf")
@policy(at="public")
def community_paper(campaign: object, community: str, number: int) -> Response:
    return _paper(place().world, place().world.campaign.communities[place().community].notices, number)


def _paper(world: World, notices: list[Notice], number: int) -> Response:
    """The sealed paper itself, byte for byte, so that its digest can be compared."""
    notice = next((n for n in notices if n.number == number), None)
    if notice is not None and notice.sha256 in world.election.gone:
        abort(410)
    if notice is None or not posted.served(world, notice):
        abort(404)
    with store().read() as session:
        pdf = posted.paper(store(), session, notice)
    if pdf is None:
        abort(404)
    response = make_response(pdf)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="notice-{number}.pdf"'
    response.headers["X-Robots-Tag"] = "noindex"
    response.set_etag(notice.sha256)
    response.make_conditional(request)
    return response


# --- candidates ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """A candidate as posted."""

    name: str
    sex: str
    education: str
    notes: list[str]


@blueprint.get("/candidates/<uuid:election>")
@policy(at="public")
def candidates(election: object) -> str:
    """The official candidates, or the prospective ones as long as they are posted; nobody before that."""
    world = place().world
    facts = world.election
    official = facts.posted("official_list")
    notice = official or (None if posted.prospective_over(world) else facts.posted("prospective_list"))
    people = [] if notice is None else (facts.official if official else facts.prospective)
    return render_template(
        "web/voter/candidates.html",
        here=communities.here(),
        facts=facts,
        notice=notice,
        official=official is not None,
        body=facts.body,
        contests=[
            (contest, _in_order(world, [c for c in people if c.office == contest.id])) for contest in facts.contests
        ]
        if people
        else [],
    )


def _in_order(world: World, people: list[Candidate]) -> list[Standing]:
    """In stroke order of the name, as on the posted list and the ballot."""
    ordered = candidates_in_order(people, world.election.law)
    apart = telling_apart(ordered)
    found = []
    for c in ordered:
        notes = [apart[c.person], _("公选") if c.public else "", _("已退出") if c.struck else ""]
        found.append(
            Standing(
                name=clean_name(c.name),
                sex=_(SEX[c.sex]) if c.sex in SEX else "",
                education=words.option_label("nomination.propose", "education", c.education, language())
                if c.education
                else "",
                notes=[note for note in notes if note],
            )
        )
    return found
