"""Where work begins for street and district: the board, the statistics, and both as sheets."""

from __future__ import annotations

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from election.documents.sheets import Cell, table_to_xlsx
from election.web.access.policy import OVERSEERS, policy
from election.web.context import account, store, today
from election.web.district import bars, blueprint, board, statistics
from election.web.district.tracks import tracks
from election.web.district.where import BODIES, turnovers
from election.web.words import _, day

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/")
@policy(at="signed_in", roles=OVERSEERS)
def home() -> str:
    """The board. What results say stands above it where it is known; else the page fetches it afterwards."""
    wish = board.Wish.of(request.args)
    with store().read() as session:
        found = turnovers(session)
        where = tracks(store(), session, found)
        known = statistics.ready(store(), found, where)
        charts = bars.charts(statistics.tally(store(), session, found, where)) if known else []
    rows = board.rows(found, where, today())
    return render_template(
        "web/district/board.html",
        wish=wish,
        rows=board.chosen(rows, wish),
        total=len(rows),
        states_found=board.by_state(rows),
        streets=[(t.id, t.facts.street) for t in found],
        steps=[bars.steps_chart(body, board.by_step(found, where, body)) for body in BODIES],
        charts=charts,
        known=known,
        any_result=bool(statistics.counted(found, where)),
    )


@blueprint.get("/statistics")
@policy(at="signed_in", roles=OVERSEERS)
def figures() -> str:
    """Who was elected, by how many, out of how many."""
    with store().read() as session:
        found = turnovers(session)
        where = tracks(store(), session, found)
        tally = statistics.tally(store(), session, found, where)
    heads, lines = bars.sheet(tally)
    # htmx asks for the charts alone, to put them above the board
    template = "web/district/charts.html" if request.headers.get("HX-Request") else "web/district/statistics.html"
    return render_template(
        template,
        charts=bars.charts(tally),
        any_result=bool(lines),
        steps=[bars.steps_chart(body, board.by_step(found, where, body)) for body in BODIES],
        heads=heads,
        lines=lines,
    )


@blueprint.get("/board.xlsx")
@policy(at="signed_in", roles=OVERSEERS)
def board_sheet() -> Response:
    with store().read() as session:
        found = turnovers(session)
        where = tracks(store(), session, found)
    heads, lines = board.table(board.rows(found, where, today()))
    return _sheet(_("换届选举进度"), heads, lines, "board")


@blueprint.get("/statistics.xlsx")
@policy(at="signed_in", roles=OVERSEERS)
def statistics_sheet() -> Response:
    with store().read() as session:
        found = turnovers(session)
        where = tracks(store(), session, found)
        heads, lines = bars.sheet(statistics.tally(store(), session, found, where))
    return _sheet(_("换届选举结果统计"), heads, lines, "statistics")


def _sheet(title: str, heads: list[str], lines: list[list[Cell]], name: str) -> Response:
    place = account().scope.rsplit("/", 1)[-1]
    words = _("{title}（{place}，{on}）", title=title, place=place, on=day(today()))
    response = make_response(table_to_xlsx(words, heads, lines, day=today()))
    response.mimetype = XLSX
    response.headers["Content-Disposition"] = f"attachment; filename={name}-{today().isoformat()}.xlsx"
    return response
