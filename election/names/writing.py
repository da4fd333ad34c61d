"""How a name is written: cleaned of what cannot be seen, masked for a screen."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

#: the middle dot of names such as 阿不都·热合曼, in the many forms that keyboards give it
MIDDLE_DOT = "·"
_DOTS = dict.fromkeys(map(ord, "•‧∙⋅・･᛫●．"), MIDDLE_DOT)
#: seen on no screen, yet two names that differ in them are different strings: format characters (bidirectional
#: controls, zero-width, soft hyphen, byte order mark), controls, variation selectors
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_PLAIN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af\ue000-\uf8ff"
_INNER_BLANK = re.compile(f"(?<=[{_HAN}·])\\s+(?=[{_HAN}·])")
_BLANKS = re.compile(r"\s+")


#: as many marks as a letter keeps, and texts so short that their order costs nothing (UAX #15, Stream-Safe Text Format)
_MARKS, _SHORT = 30, 500


def composed(form: Literal["NFC", "NFKC"], text: str) -> str:
    """The text in a normal form. Whatever is typed or read from outside is normalised here: marks after a letter are put
    in order one by one, so that a long run of them would take minutes; of a run longer than 30 the rest is left out."""
    if len(text) > _SHORT and not text.isascii():
        marks = "".join(re.escape(c) for c in set(text) if unicodedata.combining(unicodedata.normalize("NFKD", c)[0]))
        if marks:
            text = re.sub(f"([{marks}]{{{_MARKS}}})[{marks}]+", r"\1", text)
    return unicodedata.normalize(form, text)


def visible(text: str) -> str:
    """Text without unseen characters, in the one form that the record takes (NFC); blanks and line ends stay."""
    return composed("NFC", _UNSEEN.sub("", text))


def clean_text(text: str) -> str:
    """Text on one line, without unseen characters and without blanks at its ends."""
    return _BLANKS.sub(" ", visible(text)).strip()


def clean_name(text: str) -> str:
    """A name as it is compared and printed.

    Unseen characters go; the blank that sets two characters apart (王 英) goes; between Latin words one blank stays;
    middle dots become one kind; canonical composition (NFC), never compatibility: a rare character stays itself.
    """
    if _PLAIN.fullmatch(text):
        return text
    seen = clean_text(text).translate(_DOTS)
    return _INNER_BLANK.sub("", seen)


def mask_name(name: str) -> str:
    """王英 → 王*, 王小英 → 王*英, 欧阳小英 → 欧**英: enough to know oneself, too little to know a stranger."""
    if len(name) < 3:
        return name[:1] + "*" * (len(name) - 1) if len(name) > 1 else "*" * len(name)
    return name[0] + "*" * (len(name) - 2) + name[-1]
