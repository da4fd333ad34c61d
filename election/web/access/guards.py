"""What holds for every page: headers, forms that only our own pages may send, answers to errors without a traceback."""

from __future__ import annotations

import logging
import secrets
from ipaddress import ip_address
from typing import cast
from urllib.parse import unquote_to_bytes, urlsplit

from flask import Flask, abort, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import BadHost, HTTPException
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response

from election.acts.perform import Refused
from election.faults import Unavailable, WrongInput
from election.store.trouble import kind_of
from election.store.worlds import Gone
from election.web.access import outage, sessions, watch
from election.web.words import _, fault

log = logging.getLogger(__name__)

#: no inline script or style, no script but those that this very page names, nothing from elsewhere (ASVS 3.4.3)
CSP = (
    "default-src 'none'; object-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}
HSTS = "max-age=31536000; includeSubDomains"
#: fields of passwords beside those that say so in their name: what is typed there is never shown again
SECRET = frozenset({"old", "again"})
SAFE = ("GET", "HEAD", "OPTIONS")
#: what decoding puts in the place of bytes that are no UTF-8, and the one character that no database keeps
UNREADABLE = ("\ufffd", "\0")
#: error pages: words for the title, and what to do
WORDS = {
    400: ("请求无法处理", "请返回上一页，检查后再试。"),
    403: ("请求被拒绝", "这一请求不是从本系统的页面发出的。"),
    404: ("没有找到", "地址有误，或者这里没有您可以查看的内容。"),
    405: ("没有找到", "地址有误，或者这里没有您可以查看的内容。"),
    410: ("已销毁", "保存期满，已按选举所依规则的期限销毁；记录中保留它的校验码。"),
    421: ("地址不对", "请用本系统公布的地址打开。管理员：把这个域名写进 ELECTION_HOSTS。"),
    422: ("还不能办理", "这一步没有完成，没有写入存证。"),
    413: ("文件太大", "一次最多上传 12 MB，请压缩或分次上传。"),
    429: ("请稍后再试", "尝试次数太多。"),
    500: ("系统出错", "刚才的操作没有完成，没有写入存证。请再试一次，仍不行请联系系统管理员。"),
}


class Number(IntegerConverter):
    """A number in an address: one that a database can hold; a longer one is no address."""

    regex = "[0-9]{1,9}"


def install(app: Flask) -> None:
    app.url_map.converters["int"] = Number
    app.before_request(known_hosts_only)
    app.before_request(own_pages_only)
    app.before_request(readable_only)
    CSRFProtect(app)
    app.jinja_env.globals["nonce"] = nonce
    app.after_request(dress)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(HTTPException, explain)
    app.register_error_handler(Gone, lambda _: page(404))
    app.register_error_handler(Refused, refused)
    app.register_error_handler(WrongInput, wrong_input)
    app.register_error_handler(Unavailable, outage.unavailable)
    app.register_error_handler(Exception, fail)


def nonce() -> str:
    """One word for one answer; scripts that carry it are ours."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return cast(str, g.nonce)


def known_hosts_only() -> tuple[str, int] | None:
    """Refuse a name that is not this office's (ASVS 4.1.4, 13.2.4): links are made from it, and a foreign name may be rebound."""
    if isinstance(request.routing_exception, BadHost):  # no page can be made: its links would bear that name
        return _("地址不对"), 421
    hosts: frozenset[str] | None = current_app.config["HOSTS"]
    name = urlsplit(f"//{request.host}").hostname or ""
    if hosts is not None and name not in hosts and not _is_address(name):
        abort(421)
    return None


def _is_address(name: str) -> bool:
    """A number needs no resolver, so nobody can rebind it: a hall is reached by one."""
    try:
        ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True


def own_pages_only() -> None:
    """Refuse what another site's page sends (ASVS 3.5.1), whatever cookies came with it.

    HEAD is answered as GET is, without its body: no view takes it for a form that was sent.
    """
    if request.method == "HEAD":
        request.method = "GET"
    if request.method in SAFE:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403)
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        abort(403)


def readable_only() -> tuple[str, int] | None:
    """Refuse text that is not what somebody typed: half of a character that came broken would stand in the record."""
    if any(mark in request.path for mark in UNREADABLE):
        abort(404)
    sent = request.get_data() if request.mimetype == "application/x-www-form-urlencoded" else b""
    texts = [text for pair in (*request.args.items(multi=True), *request.form.items(multi=True)) for text in pair]
    texts += [text for name, file in request.files.items(multi=True) for text in (name, file.filename or "")]
    broken = any(mark in text for text in texts for mark in UNREADABLE)
    if broken or not (_is_utf8(sent) and _is_utf8(request.query_string)):
        return page(422, fault=_("填写的内容里有不能识别的字符：文字编码须是 UTF-8。请返回上一页，改正后再提交。"))
    return None


def _is_utf8(quoted: bytes) -> bool:
    """Asked of the bytes: decoded, one that is none has become a ``%FF`` like any that was typed."""
    try:
        unquote_to_bytes(quoted).decode()
    except UnicodeDecodeError:
        return False
    return True


def dress(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    # a PDF runs nothing of ours; the reader that shows it brings its own style
    pdf = response.mimetype == "application/pdf"
    response.headers.setdefault(
        "Content-Security-Policy", "frame-ancestors 'none'" if pdf else CSP.format(nonce=nonce())
    )
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    if request.endpoint != "static" and (
        sessions.token() or request.method not in SAFE or "Set-Cookie" in response.headers
    ):
        response.headers["Cache-Control"] = "no-store"
    return response


def page(status: int, **more: object) -> tuple[str, int]:
    title, words = WORDS.get(status, WORDS[400])
    return render_template("web/errors/error.html", status=status, title=title, words=words, **more), status


def stale_form(error: CSRFError) -> tuple[str, int]:
    """A form that was open too long. What was typed is shown again, to be sent again; passwords and files are not.

    Only a page of ours can bring anybody here: ``own_pages_only`` has seen where the form came from.
    """
    shown = request.headers.get("Origin") is not None or request.headers.get("Sec-Fetch-Site") == "same-origin"
    secret = [name for name in request.form if "password" in name or name in SECRET]
    typed = [
        (name, value) for name, value in request.form.items(multi=True) if name != "csrf_token" and name not in secret
    ]
    return page(
        400,
        again={
            "address": request.script_root + request.full_path.rstrip("?"),
            "typed": typed,
            "secret": secret,
            "files": sorted(request.files),
        }
        if shown
        else None,
        stale=True,
    )


def refused(error: Refused) -> tuple[str, int]:
    """A refusal that no form has shown beside its fields."""
    return page(422, demands=error.demands)


def wrong_input(error: WrongInput) -> tuple[str, int]:
    return page(422, fault=fault(error))


def explain(error: HTTPException) -> tuple[str, int] | Response:
    if error.code is None or error.code < 400 or error.response is not None:
        return error.get_response()
    return page(error.code if error.code in WORDS else (500 if error.code >= 500 else 400))


def fail(error: Exception) -> tuple[str, int] | Response:
    """Anything unforeseen: logged with its traceback, without what was typed; nobody is shown it."""
    if kind := kind_of(error):  # a file beside the database found no room
        return outage.unavailable(Unavailable(kind))
    log.error("%s %s failed\n%s", request.method, request.endpoint, watch.trace(error))
    g.pop("place", None)
    try:
        return page(500)
    except Exception as again:  # the frame itself is broken: words without it
        log.error("the error page failed\n%s", watch.trace(again))
        return "系统出错 Something went wrong", 500
