"""The container: the same parts give the same bytes, a repacked one reads, nothing hides, nothing explodes."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path
from uuid import UUID

import pytest

from election.faults import WrongInput
from election.record import archive, bundle, keys, note, seal, tree
from election.record.archive import Archive, Damaged
from election.record.entry import KINDS, ZERO, Entry, Kind

SEED = bytes(range(32))
MEMBERS = [("MANIFEST", b"x" * 100), ("VERSION", b"1\n"), ("logs/office.jsonl", b"{}\n" * 50)]


def one(kind: Kind, log: int) -> bytes:
    actor = {"account": "server", "role": "server", "scope": None}
    return Entry(
        str(UUID(int=log)), kind, 0, ZERO, f"{kind}.open", kind, 1, "2010-11-01", "2010-11-01T00:00:00.000Z", actor, {}
    ).to_bytes()


LOGS: dict[Kind, list[bytes]] = {
    "office": [one("office", 1)],
    "campaign": [one("campaign", 2)],
    "election": [one("election", 3)],
}


def write(path: Path, **more: object) -> Path:
    opening = seal.commit("王建国", bytes(32))
    parts: dict[str, object] = {"rulesets": [b"{}"], "papers": [b"%PDF"], "openings": [opening, opening]}
    bundle.write(path, name="server", key=SEED, logs=LOGS, **parts | more)  # type: ignore[arg-type]
    return path


def test_the_same_parts_give_the_same_bytes(tmp_path: Path) -> None:
    assert write(tmp_path / "a.zip").read_bytes() == write(tmp_path / "b.zip").read_bytes()


def test_a_bundle_has_the_members_of_the_format(tmp_path: Path) -> None:
    with bundle.read(write(tmp_path / "a.zip")) as read:
        assert all(bundle.known_path(path) for path in read.paths)
        assert [(kind, size) for kind, size, _ in read.checkpoints()] == [(kind, 1) for kind in sorted(KINDS)]
        assert [list(read.lines(bundle.log_path(kind))) for kind in KINDS] == [LOGS[kind] for kind in KINDS]
        assert read.read(bundle.VERSION) == b"elec-bundle/v1\n"
        assert len(list(read.lines(bundle.OPENINGS))) == 1
        verifier = note.Verifier("server", keys.public(SEED))
        listed = bundle.parse_manifest(note.open(read.text(bundle.MANIFEST), [verifier])[0])
        assert set(listed) == set(read.paths) - {bundle.MANIFEST}
        assert all(read.sha256(path) == at.sha256 and read.size(path) == at.size for path, at in listed.items())


def test_a_bundle_without_a_log_is_not_written(tmp_path: Path) -> None:
    for logs in ({"office": [b"x"]}, LOGS | {"campaign": []}):
        with pytest.raises(ValueError, match="office"):
            bundle.write(tmp_path / "a.zip", name="server", key=SEED, logs=logs)
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_given_is_kept(tmp_path: Path) -> None:
    given = note.sign(note.Checkpoint("server/election/x", 1, tree.root([b"other"])).body(), "server", SEED)
    with bundle.read(write(tmp_path / "a.zip", checkpoints=[("election", given)])) as read:
        assert read.text("checkpoints/election/1.note") == given


@pytest.mark.parametrize(
    "body",
    [
        "",
        "elec-bundle/v2\n",
        f"elec-bundle/v1\n{'a' * 64} 1 VERSION\n",
        f"elec-bundle/v1\n{'a' * 64}  1  b\n{'a' * 64}  1  a\n",
        f"elec-bundle/v1\n{'a' * 64}  1  a\n{'b' * 64}  1  a\n",
        f"elec-bundle/v1\n{'A' * 64}  1  a\n",
    ],
)
def test_what_is_no_manifest_is_refused(body: str) -> None:
    with pytest.raises(ValueError, match="manifest"):
        bundle.parse_manifest(body)


@pytest.mark.parametrize(
    "path",
    ["../VERSION", "/VERSION", "logs/party.jsonl", "papers/x.pdf", "checkpoints/election/01.note", "VERSION\n", "logs"],
)
def test_other_paths_have_no_place(path: str) -> None:
    assert not bundle.known_path(path)


# --- the container ---


def packed(path: Path, members: list[tuple[str, bytes]], method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as out:
        for name, content in members:
            out.writestr(name, content)
    return path


def contents(path: Path) -> list[tuple[str, bytes]]:
    with Archive(path) as opened:
        return [(name, opened.read(name)) for name in opened.members]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    archive.write(tmp_path / "a.zip", MEMBERS)
    assert contents(tmp_path / "a.zip") == MEMBERS
    assert [file.name for file in tmp_path.iterdir()] == ["a.zip"]
    with zipfile.ZipFile(tmp_path / "a.zip") as other:
        assert [(name, other.read(name)) for name in other.namelist()] == MEMBERS


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_bundle_packed_again_is_read(tmp_path: Path, method: int) -> None:
    assert contents(packed(tmp_path / "a.zip", MEMBERS, method)) == MEMBERS


def test_no_byte_of_an_archive_can_change_unseen(tmp_path: Path) -> None:
    archive.write(tmp_path / "a.zip", MEMBERS)
    good = (tmp_path / "a.zip").read_bytes()
    bad = tmp_path / "b.zip"
    for place in range(len(good)):
        bad.write_bytes(good[:place] + bytes([good[place] ^ 1 << place % 8]) + good[place + 1 :])
        with pytest.raises((Damaged, WrongInput)):
            contents(bad)


def test_no_byte_can_be_added_or_cut(tmp_path: Path) -> None:
    archive.write(tmp_path / "a.zip", MEMBERS)
    good = (tmp_path / "a.zip").read_bytes()
    for changed in (good + b"x", b"x" + good, good[:-1], good[1:], good[:200], good[:200] + b"x" + good[200:]):
        (tmp_path / "b.zip").write_bytes(changed)
        with pytest.raises(Damaged):
            contents(tmp_path / "b.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_name_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="VERSION"):
        contents(packed(tmp_path / "a.zip", [*MEMBERS, ("VERSION", b"2\n")]))


def test_a_comment_or_an_extra_field_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as out:
        out.writestr("VERSION", b"1\n")
        out.comment = b"hidden"
    info = zipfile.ZipInfo("VERSION")
    info.extra = struct.pack("<2H4s", 0x7075, 4, b"hide")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as out:
        out.writestr(info, b"1\n")
    for name in ("a.zip", "b.zip"):
        with pytest.raises(Damaged):
            contents(tmp_path / name)


@pytest.mark.parametrize("content", [b"", b"x" * 10, b"%PDF-1.7\n" + b"x" * 100], ids=["empty", "short", "other"])
def test_what_is_no_archive_is_wrong_input(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(WrongInput, match=r"a\.zip: not a bundle"):
        Archive(tmp_path / "a.zip")


def test_a_missing_file_or_a_folder_is_wrong_input(tmp_path: Path) -> None:
    for path in (tmp_path / "none.zip", tmp_path):
        with pytest.raises(WrongInput):
            Archive(path)


def test_a_bomb_is_wrong_input(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", [("logs/office.jsonl", b"0" * 2**22)], zipfile.ZIP_DEFLATED)
    with pytest.raises(WrongInput, match=r"logs/office\.jsonl: unpacks to more"):
        Archive(path)


def test_a_lying_size_is_found_while_reading(tmp_path: Path) -> None:
    """The headers agree on a small size, the deflated data hold far more."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("VERSION", bytes(range(256)) * 5000)
    data = buffer.getvalue()
    (tmp_path / "a.zip").write_bytes(data.replace(struct.pack("<L", 256 * 5000), struct.pack("<L", 100)))
    with pytest.raises(Damaged, match="VERSION"):
        contents(tmp_path / "a.zip")


def test_too_many_files_are_wrong_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 2)
    with pytest.raises(WrongInput, match="more than 2 files"):
        Archive(packed(tmp_path / "a.zip", MEMBERS))


def test_a_file_too_large_is_wrong_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_FILE", 100)
    with pytest.raises(WrongInput, match="larger than any bundle"):
        Archive(packed(tmp_path / "a.zip", MEMBERS))


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.write(tmp_path / "a.zip", [("logs/office.jsonl", b"{}\n{}")])
    with bundle.read(tmp_path / "a.zip") as read, pytest.raises(Damaged):
        list(read.lines("logs/office.jsonl"))
    monkeypatch.setattr(bundle, "MAX_LINE", 3)
    archive.write(tmp_path / "b.zip", [("logs/office.jsonl", b"{}{}{}")])
    with bundle.read(tmp_path / "b.zip") as read, pytest.raises(WrongInput):
        list(read.lines("logs/office.jsonl"))


def test_lines_run_over_the_pieces_they_are_read_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_CHUNK", 3)
    lines = [b"", b"a", b"bcd", b"efghijkl", b""]
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        path = packed(tmp_path / "a.zip", [("logs/office.jsonl", b"\n".join(lines) + b"\n")], method)
        with bundle.read(path) as read:
            assert list(read.lines("logs/office.jsonl")) == lines


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        archive.write(tmp_path / "a.zip", [("VERSION", None)])  # type: ignore[list-item]
    assert list(tmp_path.iterdir()) == []


def test_nothing_stands_between_the_files_and_their_list(tmp_path: Path) -> None:
    data = packed(tmp_path / "a.zip", MEMBERS).read_bytes()
    (offset,) = struct.unpack_from("<L", data, len(data) - 6)
    moved = data[:-6] + struct.pack("<L", offset + 4) + data[-2:]
    (tmp_path / "a.zip").write_bytes(moved[:offset] + b"junk" + moved[offset:])
    with pytest.raises(Damaged, match="between the files"):
        Archive(tmp_path / "a.zip")


def test_a_list_that_counts_more_files_than_it_names(tmp_path: Path) -> None:
    data = bytearray(packed(tmp_path / "a.zip", MEMBERS).read_bytes())
    struct.pack_into("<2H", data, len(data) - 14, 4, 4)
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(Damaged, match="file 4 of the archive"):
        Archive(tmp_path / "a.zip")


def test_a_member_is_read_whole_up_to_a_limit(tmp_path: Path) -> None:
    with Archive(packed(tmp_path / "a.zip", MEMBERS)) as opened:
        assert opened.read("MANIFEST", limit=100) == b"x" * 100
        with pytest.raises(WrongInput, match="MANIFEST: larger than 99 bytes"):
            opened.read("MANIFEST", limit=99)


@pytest.mark.parametrize("fault", ["no-end", "no-block", "more-behind"])
def test_deflated_data_that_are_not_one_whole_stream(tmp_path: Path, fault: str) -> None:
    content = b"the figures of a box"
    stream = zlib.compressobj(wbits=-15)
    whole = stream.compress(content) + stream.flush(zlib.Z_SYNC_FLUSH if fault == "no-end" else zlib.Z_FINISH)
    stored = {"no-end": whole, "no-block": b"\xff" + whole[1:], "more-behind": whole + b"x"}[fault]
    data = bytearray(packed(tmp_path / "a.zip", [("VERSION", stored)]).read_bytes())
    for record, at in ((0, 8), (data.index(b"PK\x01\x02"), 10)):
        struct.pack_into("<H", data, record + at, zipfile.ZIP_DEFLATED)
        struct.pack_into("<3L", data, record + at + 6, zlib.crc32(content), len(stored), len(content))
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(Damaged, match="VERSION"):
        contents(tmp_path / "a.zip")
