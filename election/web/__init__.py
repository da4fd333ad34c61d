"""The web application: pages for committees, halls, voters, street and district.

How a room joins: it is a package under ``election.web`` with a Flask ``blueprint``; every view declares its
``policy`` (``election.web.access.policy``), and takes store, time, person and place from ``election.web.context``.
Templates are named from the top of ``templates/``: ``{% extends "web/base.html" %}``, with blocks ``title``,
``crumbs`` and ``main``, and ``{% import "web/macros/ui.html" as ui %}``, ``{% import "web/macros/form.html" as form %}``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask

from election.store.database import Store
from election.store.volatile import Volatile

#: 12 MB: a roll of ten thousand, a scan of a page
MAX_UPLOAD = 12 * 1024 * 1024


def create_app(
    store: Store,
    *,
    clock: Callable[[], datetime] | None = None,
    memory: Volatile | None = None,
    hosts: frozenset[str] | None = None,
    testing: bool = False,
) -> Flask:
    """The application over one store. ``clock`` gives the instant, with its zone; the machine's clock if not given.
    Processes that serve together are given one ``memory``, made before they were forked.

    ``hosts`` are the names under which it answers, beside bare addresses; any name if not given.

    Raises RuntimeError when a view does not say who may open it.
    """
    from election.acts.jobs import launch
    from election.store.accounts import decoy
    from election.web import access, committee, district, hall, shell, voter
    from election.web.access import guards, policy
    from election.web.context import Wiring
    from election.web.cookies import FormCookie
    from election.web.hall import scanning

    app = Flask(__name__)
    app.config.update(
        TESTING=testing,
        SECRET_KEY=store.vault.index("web-secret"),
        MAX_CONTENT_LENGTH=MAX_UPLOAD,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=20_000,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=12 * 3600,
        HOSTS=hosts,
        SEND_FILE_MAX_AGE_DEFAULT=0 if testing else 3600,
    )
    app.session_interface = FormCookie()
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["election"] = Wiring(store, clock or (lambda: datetime.now(UTC)), memory or Volatile(), launch)
    decoy()  # made now, so that the first stranger's try takes as long as the next
    shell.furnish(app)
    app.before_request(scanning.take_packs)
    guards.install(app)
    app.before_request(policy.admit)
    app.teardown_request(policy.leave)
    for room in (access, voter, committee, hall, district):
        app.register_blueprint(room.blueprint)
    access.public_home(app)
    policy.policy(at="machine")(app.view_functions["static"])
    policy.demand_policies(app)
    return app
