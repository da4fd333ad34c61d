"""Who signs an act: the person by their password again, or two who vouch for a paper signed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from werkzeug.datastructures import FileStorage

from election.acts.accounts import clean_login, unlock
from election.acts.perform import Signer
from election.record.keys import WrongPassword
from election.store import accounts
from election.store.accounts import Account
from election.store.append import Content
from election.web.access import sessions, throttle, watch
from election.web.context import store
from election.web.words import _

LARGEST_SCAN = 10 * 1024 * 1024
#: how a scan begins -> what it is
SCANS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


@dataclass
class Signing:
    """What ``form.sign_fields`` brought. With ``errors`` nothing may be done with the rest."""

    signers: list[Signer] = field(default_factory=list)
    #: for ``Command.on_paper``: who vouches, and which attachment is the scan
    on_paper: dict[str, Any] | None = None
    attachments: list[Content] = field(default_factory=list)
    #: field name -> sentence
    errors: dict[str, str] = field(default_factory=dict)
    #: whether the paper's part of the form was used, and whom it named: to show it again
    paper: bool = False
    voucher: str = ""
    #: whether somebody was told to wait, and may type a pass
    held: bool = False

    def __iter__(self) -> Any:
        return iter(Parts(self.signers, self.on_paper, self.attachments, self.errors))


class Parts(NamedTuple):
    signers: list[Signer]
    on_paper: dict[str, Any] | None
    attachments: list[Content]
    errors: dict[str, str]


def signers_from_form(form: Mapping[str, str], files: Mapping[str, FileStorage], account: Account) -> Signing:
    """Unwrap the keys for one act. ``signers, on_paper, attachments, errors = signers_from_form(...)``."""
    scan, voucher = files.get("sign_scan"), clean_login(form.get("sign_voucher", ""))
    found = Signing(paper=bool(voucher or (scan and scan.filename)), voucher=voucher)
    _sign(found, "sign_password", account, form.get("sign_password", ""))
    if found.signers:
        sessions.step_up()
    if not found.paper:
        return found
    content = _scan(found, scan)
    other = accounts.by_login(store(), voucher) if voucher else None
    if voucher == account.login:
        found.errors["sign_voucher"] = _("作证人须是另一个人")
    elif not voucher:
        found.errors["sign_voucher"] = _("请填写另一位作证人的登录名")
    else:
        _sign(found, "sign_voucher_password", other, form.get("sign_voucher_password", ""), login=voucher)
    if content is not None and not found.errors:
        found.attachments.append(content)
        found.on_paper = {"vouchers": [s.account for s in found.signers], "scan": content.sha256}
    return found


def _sign(found: Signing, name: str, account: Account | None, password: str, login: str = "") -> None:
    """One person's key. Wrong tries count as they do at sign-in; an unknown login fares like a wrong password."""
    if not password:
        found.errors[name] = _("请输入密码")
        return
    login = account.login if account else login
    if (this := throttle.take(login)).wait:
        found.errors |= {field or name: words for field, words in this.errors.items()}
        found.held = True
        return
    try:
        found.signers.append(unlock(store(), account.id if account else "", password))
        this.right()
    except WrongPassword:
        watch.note("signature-failed", login=login)
        found.errors[name] = _("登录名或密码不对") if name == "sign_voucher_password" else _("密码不对")


def _scan(found: Signing, scan: FileStorage | None) -> Content | None:
    if scan is None or not scan.filename:
        found.errors["sign_scan"] = _("请上传签名页的扫描件")
        return None
    data = scan.stream.read(LARGEST_SCAN + 1)
    kind = next((kind for start, kind in SCANS.items() if data.startswith(start)), None)
    if len(data) > LARGEST_SCAN:
        found.errors["sign_scan"] = _("文件超过 10 MB")
    elif kind is None:
        found.errors["sign_scan"] = _("扫描件须是 PDF、JPG 或 PNG 文件")
    else:
        return Content(data, kind)
    return None
