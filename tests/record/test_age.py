"""Encrypted files in the age format: what another program wrote opens, anything changed or cut does not."""

from __future__ import annotations

import base64
import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from election.record import age
from election.record.age import CHUNK, AgeError, Identity, Sealer, opened, read_recipient

ME = Identity(bytes(range(32)))
#: by age 1.1.1, to the key of the bytes 0 to 31
FOREIGN = base64.b64decode(
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSA4NDZOYjlzaTJSYVltZWU1RkJvd1hkMVpQbTFhSVgrZjVBSmRKNFRjNjJ3CkVVQ2pt"
    "THpVYnFsUzZCNHo4S0k0a3BWbGFTYWM0Q3RDSWFNdGRFdjhVblUKLS0tIHFxeGdBc0ZETXRuN2NJdWRsd2NkRDNQWEJNd2Y2WUNsOGR3bGxB"
    "Z1JUcm8KkBJvWX5FGWwPYpqG7fD683j7tfayLS01KvfUxWInoUhYsSeo8WGiOHrCzrepfu3rq8jS78ZDcl61jac="
)


def sealed(data: bytes, piece: int = 7001) -> bytes:
    file = io.BytesIO()
    with Sealer(file, ME.public) as out:
        for start in range(0, len(data), piece):
            out.write(data[start : start + piece])
    return file.getvalue()


def read(data: bytes, identity: Identity = ME) -> bytes:
    return b"".join(opened(io.BytesIO(data), identity))


def test_keys_are_written_as_age_writes_them() -> None:
    assert ME.recipient == "age13aqvttdk3ujkyjh9kg2w5an6dmy5mq5a84a4uxk3hfhnugfc9p0sy5p2wh"
    assert str(ME) == "AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0SWRYDWG"
    assert Identity.parse(f"# remark\n{ME}\n") == ME
    assert read_recipient(ME.recipient) == ME.public
    assert str(ME.secret) not in repr(ME)


@pytest.mark.parametrize(
    "text", ["", "age1", ME.recipient[:-1] + "q", ME.recipient.upper(), f"{ME}", ME.recipient.replace("p0s", "pos")]
)
def test_a_wrong_public_key_is_said(text: str) -> None:
    with pytest.raises(AgeError):
        read_recipient(text)


def test_what_age_wrote_opens() -> None:
    assert read(FOREIGN) == b"what the program age wrote\n"


@pytest.mark.skipif(shutil.which("age") is None, reason="the program age is not installed")
def test_age_opens_what_we_wrote(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(f"{ME}\n")
    data = os.urandom(3 * CHUNK + 5)
    done = subprocess.run(["age", "-d", "-i", str(key)], input=sealed(data), capture_output=True, check=True)
    assert done.stdout == data


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_was_written_is_read(size: int) -> None:
    data = bytes(i * 7 % 251 for i in range(size))
    assert read(sealed(data)) == data


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(AgeError, match="not encrypted to this key"):
        read(sealed(b"x"), Identity.generate())


def test_every_changed_byte_is_refused() -> None:
    whole = sealed(b"the figures of a box")
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        with pytest.raises(AgeError):
            read(bytes(changed))


def test_every_cut_is_refused() -> None:
    whole = sealed(b"a" * (2 * CHUNK))
    start = len(whole) - 2 * (CHUNK + 16)
    for end in [*range(start + 40), start + CHUNK + 15, start + CHUNK + 16, start + CHUNK + 17, len(whole) - 1]:
        with pytest.raises(AgeError):
            read(whole[:end])


def test_chunks_that_changed_places_or_were_added_are_refused() -> None:
    whole = sealed(b"a" * CHUNK + b"b" * CHUNK + b"c")
    start = len(whole) - 2 * (CHUNK + 16) - 17
    head, first, second, last = (
        whole[:start],
        whole[start : start + CHUNK + 16],
        whole[start + CHUNK + 16 : -17],
        whole[-17:],
    )
    for forged in (head + second + first + last, head + first + last, head + first + second + last + last):
        with pytest.raises(AgeError):
            read(forged)


def test_a_file_whose_writing_broke_off_does_not_open() -> None:
    file = io.BytesIO()
    unfinished = Sealer(file, ME.public)
    unfinished.write(b"x" * (2 * CHUNK + 9))
    unfinished.__exit__(RuntimeError)
    with pytest.raises(AgeError):
        read(file.getvalue())


@pytest.mark.parametrize("text", ["", "# remark\n", f"{ME}\n{ME}\n"])
def test_a_key_file_holds_one_key(text: str) -> None:
    with pytest.raises(AgeError, match="holds one secret key"):
        Identity.parse(text)


def test_a_key_whose_letters_spell_more_than_its_bytes_is_none() -> None:
    """Four bits are left over at the end of 52 letters; set, two texts would be one key."""
    words = [age._BECH32.index(letter) for letter in ME.recipient[4:56]]
    words[-1] |= 1
    check = age._polymod([*age._expanded("age"), *words, *[0] * 6]) ^ 1
    letters = [*words, *(check >> 5 * place & 31 for place in range(5, -1, -1))]
    with pytest.raises(AgeError, match="a letter is wrong"):
        read_recipient("age1" + "".join(age._BECH32[word] for word in letters))


def test_nothing_may_stand_in_a_last_chunk_that_follows_a_full_one() -> None:
    file = io.BytesIO()
    out = Sealer(file, ME.public)
    out._put(b"a" * CHUNK, last=False)
    out._put(b"", last=True)
    with pytest.raises(AgeError, match="nothing stands in its last chunk"):
        read(file.getvalue())


def test_a_head_of_more_recipients_than_anybody_has_is_not_read_on() -> None:
    with pytest.raises(AgeError, match="head of the file is too long"):
        read(b"age-encryption.org/v1\n" + b"-> other x\n\n" * 101)


def test_a_share_that_makes_a_secret_everybody_knows_is_refused() -> None:
    nothing = base64.b64encode(bytes(32)).rstrip(b"=")
    with pytest.raises(AgeError, match="the key agreed upon is none"):
        read(b"age-encryption.org/v1\n-> X25519 " + nothing + b"\n" + nothing + b"\n--- x\n")
