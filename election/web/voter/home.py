"""Where a visitor begins: what can be done here, and which community is theirs."""

from __future__ import annotations

from flask import render_template

from election.acts import objecting
from election.process.world import World
from election.web.access.policy import policy
from election.web.context import place, today
from election.web.voter import blueprint, communities
from election.web.voter.communities import Vote
from election.web.words import _


@blueprint.get("/")
@policy(at="public")
def home() -> str:
    return render_template("web/voter/home.html", streets=communities.streets())


@blueprint.get("/community/<uuid:campaign>/<community>")
@policy(at="public")
def community(campaign: object, community: str) -> str:
    """One community: how far its elections are, and everything a resident can do."""
    here = communities.here()
    votes = communities.votes(here)
    return render_template(
        "web/voter/community.html",
        here=here,
        votes=votes,
        news={v.election: news(v) for v in votes},
        registered=any(v.body == "residents" for v in votes),
        objections=any(objecting.windows(v.world, today(v.world.campaign.path)) for v in votes),
        district=place().world.campaign.district,
    )


@blueprint.get("/when")
@policy(at="public")
def when() -> str:
    return render_template("web/voter/when.html", streets=communities.streets())


@blueprint.get("/when/<uuid:campaign>/<community>")
@policy(at="public")
def when_here(campaign: object, community: str) -> str:
    here = communities.here()
    return render_template("web/voter/when_here.html", here=here, votes=communities.votes(here))


@blueprint.get("/doubt")
@policy(at="public")
def doubt() -> str:
    """What somebody who does not believe a result asks for, and how they check it without this server."""
    return render_template("web/voter/doubt.html")


def news(vote: Vote) -> list[str]:
    """How far one election is, in the few sentences that concern a resident."""
    facts = vote.world.election
    said: list[str] = []
    if roll := facts.posted("roll_notice"):
        said.append(_("选民名单 {day} 已公布", day=roll.posted_on))
        said += objection_news(vote.world)
    if official := facts.posted("official_list"):
        said.append(_("正式候选人 {day} 已公布", day=official.posted_on))
    elif (prospective := facts.posted("prospective_list")) and not vote.announced:
        said.append(_("候选人预备人选 {day} 起公示", day=prospective.posted_on))
    announced = [r.announced_on for r in facts.rounds if r.answer is not None and r.announced_on is not None]
    if announced:
        said.append(_("选举结果 {day} 已宣布", day=announced[-1]))
    return said or [_("正在准备，还没有公布名单")]


def objection_news(world: World) -> list[str]:
    until = objecting.roll_until(world, today(world.campaign.path))
    return [_("对名单有异议，{day} 以前（含当日）提出", day=until)] if until else []
