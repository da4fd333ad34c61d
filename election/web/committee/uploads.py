"""Files that come with an act: scans and photos, taken for what they are and not for what they are called."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.datastructures import FileStorage

from election.store.append import Content
from election.web.access.signing import LARGEST_SCAN, SCANS
from election.web.words import _

MOST_FILES = 5


def attachments(files: Sequence[FileStorage]) -> tuple[list[Content], str]:
    """The contents, and a sentence where one cannot be taken."""
    sent = [f for f in files if f.filename]
    if len(sent) > MOST_FILES:
        return [], _("一次最多上传 {count} 个附件", count=MOST_FILES)
    found: list[Content] = []
    for file in sent:
        data = file.stream.read(LARGEST_SCAN + 1)
        file.close()
        kind = next((kind for start, kind in SCANS.items() if data.startswith(start)), None)
        if len(data) > LARGEST_SCAN:
            return [], _("附件超过 10 MB，请压缩后再上传")
        if kind is None:
            return [], _("附件须是 PDF、JPG 或 PNG 文件")
        found.append(Content(data, kind))
    return found, ""
