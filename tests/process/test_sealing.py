"""Personal fields go out as commitments and come back by their openings, whatever the act."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from election.process import campaign, equal, nomination, representatives, tally
from election.process.sealing import UnknownAct, open_act, personal_paths, seal_act
from election.record import canonical, seal

names = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8)


@given(st.lists(names, min_size=1, max_size=5), names)
def test_names_are_sealed_and_open_again(members: list[str], head: str) -> None:
    act = campaign.LeadCampaign(
        head=head, members=tuple(members), guidance=(campaign.Guidance(community="某社区", name=head),)
    )
    sealed = seal_act(act)
    text = json.dumps(sealed.payload, ensure_ascii=False)
    assert head not in text.replace("某社区", "")
    assert canonical.decode(canonical.encode(sealed.payload)) == sealed.payload
    openings = {o.commitment: o.value for o, _ in sealed.openings}
    assert open_act(act.code, sealed.payload, openings) == act
    assert [posted for _, posted in sealed.openings] == [True] * (1 + len(members)) + [False]
    assert all(seal.check(o) for o, _ in sealed.openings)


def test_one_name_sealed_twice_gives_two_commitments() -> None:
    act = campaign.LeadCampaign(head="王某", members=("王某",))
    commitments = [o.commitment for o, _ in seal_act(act).openings]
    assert len(set(commitments)) == 2


def test_without_openings_placeholders_stand() -> None:
    act = nomination.Propose(person="p", name="王某", office="member", routes=("masses",), proposers="某某等")
    opened = open_act(act.code, seal_act(act).payload, {})
    assert isinstance(opened, nomination.Propose)
    assert opened.name.startswith("［")
    assert opened.person == "p"


def test_what_is_empty_needs_no_seal() -> None:
    sealed = seal_act(representatives.ChangeRepresentative(leaves="a", reason="迁出"))
    assert sealed.payload["joins_name"] is None
    assert sealed.openings == ()
    given_name = seal_act(representatives.ChangeRepresentative(leaves="a", joins="b", joins_name="李某", reason="迁出"))
    assert seal.is_sealed(given_name.payload["joins_name"])


def test_personal_fields_are_found_at_any_depth() -> None:
    ((path, mark),) = personal_paths(tally.RevealTally)
    assert (path, mark.posted) == (("entries", "*", "figures", "write_ins", "*", "name"), True)
    assert ("deputies", "*", "name") in dict(personal_paths(equal.ElectPlenary))


def test_an_unknown_act_or_a_payload_of_another_is_said() -> None:
    with pytest.raises(UnknownAct, match=r"nothing\.known"):
        open_act("nothing.known", {}, {})
    with pytest.raises(UnknownAct, match=r"campaign\.train"):
        open_act("campaign.train", {"topic": "x"}, {})
