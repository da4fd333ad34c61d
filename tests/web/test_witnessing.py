"""Pages of witnesses and of vouching: a checkpoint out, a cosignature in, a key vouched for by two."""

from __future__ import annotations

import html
import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from election.acts import accounts as acts
from election.acts import auditing
from election.cli import main
from election.record import cosignature, keys, note, proof, witness
from election.record.cosignature import Witness
from election.record.witness import Request
from tests import engines
from tests.acts.test_auditing import changed
from tests.web.conftest import PASSWORD, Town

SEED = b"w" * 32
VKEY = Witness("jiedao-1", keys.public(SEED)).vkey
OTHER = Witness("qu/2", keys.public(b"v" * 32)).vkey
SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def page(town: Town) -> str:
    return f"/c/{town.elections['c1/residents']}/witness"


def registered(sign_in: SignIn, page: str) -> FlaskClient:
    client = sign_in("street")
    sent = client.post(f"{page}/register", data={"name": "jiedao-1", "vkey": VKEY, "kind": "street"})
    assert sent.status_code == 302, sent.text
    return client


def test_a_checkpoint_goes_out_and_a_cosignature_comes_back(town: Town, sign_in: SignIn, page: str) -> None:
    client = registered(sign_in, page)
    asked = Request.parse(client.get(f"{page}/request/jiedao-1").get_data(as_text=True))
    server = note.Verifier("town-office", town.store.vault.server_public)
    origin, seen = witness.judge(asked, [server], {})
    line = cosignature.sign(asked.checkpoint, "jiedao-1", SEED, 1291420800)
    text = cosignature.added(asked.checkpoint, line)
    sent = client.post(page, data={"file": (BytesIO(text.encode()), "back.note")})
    assert sent.status_code == 302
    shown = client.get(page).get_data(as_text=True)
    assert "最新" in shown
    assert town.store.vault.trust in shown
    kept = client.get(f"{page}/checkpoint").get_data(as_text=True)
    assert kept == text
    # what comes next begins where this witness stands
    again = Request.parse(client.get(f"{page}/request/jiedao-1").get_data(as_text=True))
    assert (again.old, witness.judge(again, [server], {origin: seen})) == (seen.size, (origin, seen))
    pasted = client.post(page, data={"text": b64encode(text.encode()).decode()})
    assert pasted.status_code == 302
    assert auditing.audit(town.store)[1] == []
    assert ("cosignature", f"size {seen.size} jiedao-1") in changed(town.store, "UPDATE cosignature SET line = 'x'")


def test_the_servers_key_is_printed_as_its_page_shows_it(
    town: Town, sign_in: SignIn, page: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engines.told_to_children(town.store, monkeypatch)
    with pytest.raises(SystemExit) as stopped:
        main(["witness", "server"])
    vkey, trust = capsys.readouterr().out.splitlines()
    assert not stopped.value.code
    assert note.Verifier.parse(vkey).public_key == town.store.vault.server_public
    assert trust.endswith(town.store.vault.trust)
    assert html.escape(vkey) in sign_in("street").get(page).get_data(as_text=True)


@pytest.mark.parametrize("sent", ["", "nothing", "QUJD", "a\n\nb\n"])
def test_what_is_no_cosignature_is_said_so(sign_in: SignIn, page: str, sent: str) -> None:
    client = registered(sign_in, page)
    answer = client.post(page, data={"text": sent})
    assert answer.status_code == 422
    assert 'href="#f-file"' in answer.get_data(as_text=True)
    checkpoint = client.get(f"{page}/checkpoint").get_data(as_text=True)
    answer = client.post(page, data={"text": checkpoint})
    assert answer.status_code == 422
    assert "没有收下：上面没有已登记的见证人的签名。请先登记见证人的钥匙。" in answer.get_data(as_text=True)
    answer = client.get(f"{page}/request/jiedao-1?old=99999")
    assert answer.status_code == 422
    assert "记录没有前 99999 条。" in answer.get_data(as_text=True)


def test_a_cosigned_checkpoint_of_another_history_is_an_alarm(town: Town, sign_in: SignIn, page: str) -> None:
    """A fork, or a database put back: what the witness has seen is not what is here."""
    client = registered(sign_in, page)
    said = note.Checkpoint.parse(note.body_of(client.get(f"{page}/checkpoint").get_data(as_text=True)))
    other = note.sign(replace(said, root=b"x" * 32).body(), "town-office", town.store.vault.server_seed)
    text = cosignature.added(other, cosignature.sign(other, "jiedao-1", SEED, 1291420800))
    answer = client.post(page, data={"file": (BytesIO(text.encode()), "back.note")})
    assert answer.status_code == 422
    shown = answer.get_data(as_text=True)
    assert f"见证人签过的前 {said.size} 条，与这里的记录不一样。请立即停止办理，保留这个文件，并告知街道" in shown
    english = client.post(f"{page}?lang=en", data={"text": text}).get_data(as_text=True)
    assert f"a checkpoint over other {said.size} entries than this log has; stop working" in english


def test_a_witness_is_registered_with_a_good_key_by_an_official(sign_in: SignIn, page: str) -> None:
    client = sign_in("street")
    for typed in ({"name": "a b"}, {"kind": "friend"}, {"vkey": "x"}, {"name": "other"}):
        data = {"name": "jiedao-1", "vkey": VKEY, "kind": "street"} | typed
        assert client.post(f"{page}/register", data=data).status_code == 422
    assert sign_in("observer").post(f"{page}/register", data={}).status_code == 404
    assert client.get(f"{page}/request/nobody").status_code == 404


def test_the_fold_with_the_mistake_stands_open(sign_in: SignIn, page: str) -> None:
    client = sign_in("street")
    fold = '<details class="fold"{}><summary>登记见证人'
    assert fold.format("") in client.get(page).get_data(as_text=True)
    for typed in ({"name": "a b"}, {"vkey": "x"}):
        data = {"name": "jiedao-1", "vkey": VKEY, "kind": "street"} | typed
        assert fold.format(" open") in client.post(f"{page}/register", data=data).get_data(as_text=True)
    registered(sign_in, page)
    refused = client.post(page, data={}).get_data(as_text=True)
    assert fold.format("") in refused
    assert "（可不填）" not in refused  # one of the two is needed
    assert "二者填一" in refused


def test_a_file_says_whose_and_of_which_election_it_is(town: Town, sign_in: SignIn, page: str) -> None:
    client, short = registered(sign_in, page), town.elections["c1/residents"][:8]
    client.post(f"{page}/register", data={"name": "qu/2", "vkey": OTHER, "kind": "district"})
    for path, name in (
        (f"{page}/request/jiedao-1", f"witness-request-jiedao-1-{short}-0.txt"),
        (f"{page}/request/qu/2", f"witness-request-qu-2-{short}-0.txt"),
        (f"{page}/checkpoint", f"checkpoint-{short}-1.note"),
        (page.replace("/witness", "/record/0/proof"), f"entry-{short}-1.tlog-proof"),
    ):
        assert client.get(path).headers["Content-Disposition"] == f"attachment; filename={name}"


def test_the_policy_says_what_it_wrote(
    town: Town,
    sign_in: SignIn,
    page: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    registered(sign_in, page)
    engines.told_to_children(town.store, monkeypatch)
    with pytest.raises(SystemExit) as stopped:
        main(["witness", "policy", "--k", "1", "--out", str(tmp_path / "policy.txt")])
    assert not stopped.value.code
    said = capsys.readouterr().out
    assert str(tmp_path / "policy.txt") in said
    assert "1 名" in said
    assert (tmp_path / "policy.txt").read_text().startswith("log ")


def test_one_entry_is_downloaded_with_its_proof(town: Town, sign_in: SignIn, page: str) -> None:
    address = page.replace("/witness", "/record/0")
    client = sign_in("observer")
    assert f"{address}/proof" in client.get(address).get_data(as_text=True)
    found = proof.Proof.parse(client.get(f"{address}/proof").get_data(as_text=True))
    assert found.holds()
    assert json.loads(found.data)["act"] == "election.open"
    assert client.get(page.replace("/witness", "/record/99/proof")).status_code == 404


def test_two_officials_vouch_for_a_signature(town: Town, sign_in: SignIn) -> None:
    chair = town.people["committee_chair"]
    street, admin = sign_in("street"), sign_in("admin")
    shown = street.get("/office/vouch").get_data(as_text=True)
    assert f'value="{chair.fingerprint}"' in shown
    assert f'value="{town.people["street"].fingerprint}"' not in shown
    assert f'value="{town.people["registrar"].fingerprint}"' not in shown  # signs nothing
    assert "other_street的姓名" not in shown
    for data, status in (
        ({"account": chair.fingerprint}, 422),
        ({"account": chair.fingerprint, "sign_password": "不是密码"}, 422),
        ({"sign_password": PASSWORD}, 422),
        ({"account": town.people["other_street"].fingerprint, "sign_password": PASSWORD}, 422),
        ({"account": chair.fingerprint, "sign_password": PASSWORD}, 302),
        ({"account": chair.fingerprint, "sign_password": PASSWORD}, 422),
    ):
        assert street.post("/office/vouch", data=data).status_code == status, data
    assert "您已确认，还须另一名负责人" in street.get("/office/vouch").get_data(as_text=True)
    assert (
        admin.post("/office/vouch", data={"account": chair.fingerprint, "sign_password": PASSWORD}).status_code == 302
    )
    assert "已确认的" in admin.get("/office/vouch").get_data(as_text=True)
    with town.store.read() as session:
        from election.store.worlds import world_of

        assert world_of(town.store, session).office.vouched(chair.id)
    assert sign_in("registrar").get("/office/vouch").status_code == 404


def test_a_password_changed_hands_the_vouchers_on(town: Town) -> None:
    from election.store.worlds import world_of

    chair = town.people["committee_chair"]
    for short in ("street", "admin"):
        signer = acts.unlock(town.store, town.people[short].id, PASSWORD)
        acts.vouch(town.store, signer, {chair.id: chair.fingerprint or ""}, town.clock())
    acts.change_password(town.store, chair, old=PASSWORD, new="换过的-苹果-自行车-八", now=town.clock())
    with town.store.read() as session:
        assert world_of(town.store, session).office.vouched(chair.id)
    acts.reset(town.store, town.people["admin"].actor, chair, reason="遗失", now=town.clock())
    with town.store.read() as session:
        assert not world_of(town.store, session).office.vouched(chair.id)
