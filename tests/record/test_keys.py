from __future__ import annotations

import pytest

from election.record import keys
from election.record.keys import CHEAP, WrongPassword

SEED = bytes(range(32))


def test_rfc_8032_first_vector() -> None:
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = keys.public(seed)
    assert public.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    signature = keys.sign(seed, b"")
    assert signature.hex().startswith("e5564300c360ac729086e2cc806e828a")
    assert keys.verify(public, signature, b"")
    assert not keys.verify(public, signature, b"x")


@pytest.mark.parametrize("public", [b"", b"\x00" * 31, b"\xff" * 33])
def test_a_malformed_key_verifies_nothing(public: bytes) -> None:
    assert not keys.verify(public, b"\x00" * 64, b"")


def test_keys_are_not_made_twice() -> None:
    assert keys.generate() != keys.generate()


def test_a_fingerprint_reads_back_as_people_type_it() -> None:
    public = keys.public(SEED)
    digits, printed = keys.fingerprint(public), keys.fingerprint_text(public)
    assert printed.split(" ") == [digits[i : i + 4] for i in range(0, 64, 4)]
    for typed in (printed, printed.upper(), printed.replace(" ", ":"), f" {digits}\n", printed.replace(" ", "\u3000")):
        assert keys.read_fingerprint(typed) == digits


@pytest.mark.parametrize("typed", ["", "abcd", "g" * 64, "a" * 63, "a" * 65, "ａ" * 64])
def test_what_is_no_fingerprint_is_none(typed: str) -> None:
    assert keys.read_fingerprint(typed) is None


def test_the_standard_cost_opens_with_the_password_only() -> None:
    wrapped = keys.wrap(SEED, "长一点的口令 1234", "key-1")
    assert (wrapped["memory_kib"], wrapped["passes"], wrapped["lanes"]) == (65536, 3, 4)
    assert keys.unwrap(wrapped, "长一点的口令 1234", "key-1") == SEED
    with pytest.raises(WrongPassword):
        keys.unwrap(wrapped, "长一点的口令 1235")


def test_a_key_under_another_id_does_not_open() -> None:
    wrapped = keys.wrap(SEED, "pw", "key-1", CHEAP)
    with pytest.raises(WrongPassword):
        keys.unwrap(wrapped, "pw", "key-2")
    with pytest.raises(WrongPassword):
        keys.unwrap(wrapped | {"key_id": "key-2"}, "pw")


def test_changed_bytes_do_not_open() -> None:
    wrapped = keys.wrap(SEED, "pw", "key-1", CHEAP)
    for part in ("salt", "nonce", "sealed"):
        text = wrapped[part]
        with pytest.raises(WrongPassword):
            keys.unwrap(wrapped | {part: ("B" if text[0] == "A" else "A") + text[1:]}, "pw")


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "sm2-sm3"},
        {"kdf": "pbkdf2"},
        {"cipher": "none"},
        {"memory_kib": 2**21},
        {"passes": 0},
        {"lanes": 65},
        {"memory_kib": None},
        {"sealed": "?"},
    ],
    ids=str,
)
def test_a_wrapped_key_of_another_kind_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        keys.unwrap(keys.wrap(SEED, "pw", "key-1", CHEAP) | change, "pw")


def test_two_wraps_share_nothing() -> None:
    one, two = keys.wrap(SEED, "pw", "k", CHEAP), keys.wrap(SEED, "pw", "k", CHEAP)
    assert all(one[part] != two[part] for part in ("salt", "nonce", "sealed"))
