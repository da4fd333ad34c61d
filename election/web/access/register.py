"""The register of signing keys: whose they are and on whose word they count, to be printed and compared by hand.

Whoever of the offices above was there before anybody vouched needs nobody's word (``process.facts.FOUNDING``). Nothing in
the program can tell whether such a key is really that official's, so those stand first and are compared face to face.
The print is signed by hand, so it bears the state of the office log as other papers bear their election's.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template

from election.acts import witnessing
from election.documents import RecordStamp
from election.documents.typesetting import square
from election.process.base import HALL
from election.process.machine import covers, signing
from election.record import note
from election.record.note import Checkpoint
from election.store import accounts
from election.store.accounts import Account
from election.store.reach import everywhere
from election.web.access import blueprint
from election.web.access.policy import EVERYONE, policy
from election.web.access.views import Answer
from election.web.context import account, place, store
from election.web.place_names import known_places


@dataclass(frozen=True)
class Line:
    """One account's key: from which entry of the office log it counts, and who vouched for it."""

    account: Account
    fingerprint: str
    where: str
    #: number of the entry, from 1
    since: int
    vouchers: list[str]


@blueprint.get("/office/keys")
@policy(at="office", roles=EVERYONE - HALL)
def register() -> Answer:
    """Keys of the reader's place, of what lies below it and of the offices above it."""
    office, scope = place().world.office, account().scope
    founders: list[Line] = []
    others: list[Line] = []
    with everywhere():  # who is above the reader signs for them too
        held = {a.id: a for a in accounts.within(store(), "") if a.election is None}
        places = known_places("")
    for id_, found in held.items():
        known = office.accounts.get(id_)
        if known is None or known.key is None or not found.active or found.role not in signing():
            continue
        if not (covers(scope, found.scope) or covers(found.scope, scope)):
            continue
        key = known.key
        names = sorted(held[v].name for v in key.vouchers if v in held)
        line = Line(found, key.fingerprint, places[found.scope], key.since + 1, names)
        (founders if len(key.vouchers) < 2 and office.founder(known, key) else others).append(line)
    newest = Checkpoint.parse(note.body_of(witnessing.newest(store(), place().log)))
    stamp = RecordStamp(size=newest.size, root=newest.root.hex(), fingerprint=store().vault.trust)
    return render_template(
        "web/access/register.html",
        stamp=stamp,
        code=square(stamp.square),
        founders=sorted(founders, key=lambda line: line.since),
        vouched=[line for line in others if office.vouched(line.account.id)],
        waiting=[line for line in others if not office.vouched(line.account.id)],
    )
