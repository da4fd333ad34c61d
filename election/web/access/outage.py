"""What is said while the machine cannot: the disk is full or read-only, the database is held by others, away or damaged."""

from __future__ import annotations

import logging

from flask import g, make_response, render_template, request
from werkzeug.wrappers import Response

from election.faults import Kind, Unavailable
from election.web.words import _

log = logging.getLogger(__name__)

#: status (RFC 9110, RFC 4918), title, what to do; the words say what became of what was sent
ANSWERS: dict[Kind, tuple[int, str, str]] = {
    "full": (
        507,
        "服务器的磁盘已满",
        "刚才的操作没有写入存证，已经办过的都还在。请告诉系统管理员腾出磁盘空间，然后再提交一次。",
    ),
    "read-only": (
        503,
        "服务器的磁盘现在只能读",
        "刚才的操作没有写入存证，已经办过的都还在。请告诉系统管理员检查磁盘，然后再提交一次。",
    ),
    "busy": (503, "同时办理的人太多", "刚才的操作没有写入存证。请过一会儿再提交一次。"),
    "conflict": (503, "同时办理的人太多", "刚才的操作没有写入存证。请过一会儿再提交一次。"),
    "away": (
        503,
        "数据库暂时连接不上",
        "刚才的操作可能没有写入。请过一会儿刷新页面，看是否已经办好；没有办好再提交一次。已经办过的都还在。",
    ),
    "damaged": (
        503,
        "服务器上的数据库文件坏了",
        "刚才的操作没有写入存证。请停止办理，告诉系统管理员从备份恢复。",
    ),
}
RETRY_AFTER_S = 15


def unavailable(error: Unavailable) -> Response:
    """The page of an outage; plain words where even the page's frame needs the database."""
    log.error("%s %s: %s", request.method, request.endpoint, error)
    status, title, words = ANSWERS[error.kind]
    g.pop("place", None)
    try:
        body = render_template("web/errors/error.html", status=status, title=title, words=words)
    except Unavailable:
        body = f"{_(title)} {_(words)}"
    response = make_response(body, status)
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    response.headers["Cache-Control"] = "no-store"
    return response
