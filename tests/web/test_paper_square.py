"""The square on a sealed paper, read as a telephone reads it, leads to the page that says which paper it is."""

from __future__ import annotations

from urllib.parse import urlsplit

import cv2
import pypdfium2
import pytest

from election.acts import posted
from election.faults import WrongInput
from election.process.notices import PostNotice
from election.store.home import public_address

from .voter_sample import Sample, sample, words

__all__ = ["sample"]

SITE = "https://xuanju.example.cn/huanjie"


def squares(data: bytes) -> set[str]:
    """What the squares on the pages of a PDF say, looked at from near and from far as one holds a telephone."""
    found = set()
    for page in pypdfium2.PdfDocument(data):
        for scale in (3, 4, 6):
            picture = page.render(scale=scale).to_numpy()
            said, _, _ = cv2.QRCodeDetectorAruco().detectAndDecode(picture)
            found.add(said)
    return found - {""}


def corrected(sample: Sample) -> bytes:
    """The notice of seats posted again; its paper."""
    log = sample.elections["c1", "residents"]
    before = sample.world("c1").election.posted("seats_notice")
    assert before is not None
    sample.do(
        "zuzhang1", log, PostNotice(kind="seats_notice", place="社区宣传栏", supersedes=before.number, reason="更正")
    )
    notice = sample.world("c1").election.posted("seats_notice")
    assert notice is not None
    with sample.store.read() as session:
        data = posted.paper(sample.store, session, notice)
    assert data is not None
    return data


def test_the_square_leads_to_the_page_that_knows_the_paper(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELECTION_ADDRESS", SITE + "/")
    (said,) = squares(corrected(sample))
    assert said.startswith(SITE + "/paper?code=")
    address = urlsplit(said.removeprefix(SITE))
    answer = sample.browser().get(f"{address.path}?{address.query}")
    assert answer.status_code == 200
    assert "应选职数公告" in words(answer)
    changed = address.query[:-1] + ("0" if address.query[-1] != "0" else "1")
    assert sample.browser().get(f"/paper?{changed}").status_code == 404


def test_without_an_address_the_square_holds_the_state_of_the_record(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ELECTION_ADDRESS", raising=False)
    (said,) = squares(corrected(sample))
    assert said.endswith(sample.store.vault.trust)


@pytest.mark.parametrize(
    "said", ["xuanju.example.cn", "javascript:alert(1)", "https://a b", "https://a/?q=1", "https://"]
)
def test_what_is_no_address_is_refused(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELECTION_ADDRESS", said)
    with pytest.raises(WrongInput, match="ELECTION_ADDRESS"):
        public_address()
