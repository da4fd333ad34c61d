"""From a kind and its data to the page: sandboxed templates in which a missing value is an error."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from string import Template as Filled

from jinja2 import FunctionLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ballots import fonts

from ..faults import WrongInput
from . import pdf, plain, typesetting
from .catalogue import KINDS
from .heading import Paper

Translate = Callable[[str], str]
#: what still makes a square that a phone reads off an 18 mm print
LONGEST_ADDRESS = 200


def render(kind: str, data: Paper, *, translate: Translate | None = None) -> bytes:
    """The PDF of a paper: same data, same bytes.

    ``kind`` is a key of `KINDS`, ``data`` exactly its dataclass. ``translate`` turns the Chinese texts of a paper
    that is also given out in English (`Slip` with ``language="en"``).
    Raises `WrongInput` naming the place of a value that is missing or not plain, or a character no font has;
    KeyError for an unknown kind.
    """
    return pdf.typeset(page(kind, data, translate=translate), stylesheet(data.size))


def page(kind: str, data: Paper, *, translate: Translate | None = None) -> str:
    """The HTML that `render` prints; the same checks and errors."""
    expected = KINDS[kind]
    if type(data) is not expected.data:
        raise WrongInput("needs {data}", place="{kind}", data=expected.data.__name__, kind=kind)
    plain.demand(data, kind)
    if lacking := fonts.missing_characters(typesetting.without_controls("".join(plain.texts(data)))):
        raise WrongInput(
            "the fonts lack {lacking}",
            place="{kind}",
            mend="install Noto CJK (fonts-noto-cjk)",
            lacking=lacking,
            kind=kind,
        )
    record = data.heading.record
    if record and len(record.address or "") > LONGEST_ADDRESS:
        raise WrongInput(
            "has more than {most} characters",
            place="{kind}.heading.record.address",
            mend="take a shorter address",
            most=LONGEST_ADDRESS,
            kind=kind,
        )
    title = data.heading.title or expected.title
    if not title:
        raise WrongInput(
            "is empty", place="{kind}.heading.title", mend="fill in the title and make the paper again", kind=kind
        )
    language = getattr(data, "language", "zh")
    if language != "zh" and translate is None:
        raise WrongInput("has no translation", place="{kind}.language", kind=kind)
    return template(f"{kind}.html").render(
        p=data,
        h=data.heading,
        title=title,
        kind=kind,
        posted=expected.posted,
        language=language,
        _=translate or str,
    )


def template(name: str) -> Template:
    """A template of ``templates/print`` in the sandbox in which a missing value is an error."""
    return _environment().get_template(name)


@cache
def stylesheet(size: str) -> str:
    """The one stylesheet of all papers, for sheets of ``size``, without the faces.

    An office's own FangSong, KaiTi and XiaoBiaoSong (GB/T 9704) are taken where they are installed.
    """
    families: dict[str, str] = {kind: f'"{name}"' for kind, name in fonts.FAMILY.items()}
    return Filled(_source("paper.css")).substitute(families, size=size)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=typesetting.clean,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(_source),
        auto_reload=False,
    )
    environment.filters.update(
        day=typesetting.chinese_date,
        day_en=typesetting.english_date,
        numeral=typesetting.chinese_numeral,
        spaced=typesetting.spaced,
        name_rows=typesetting.name_rows,
        signing_rows=typesetting.signing_rows,
        grouped=typesetting.grouped,
        square=typesetting.square,
        present_columns=typesetting.present_columns,
    )
    return environment


def _source(name: str) -> str:
    return files("election.templates").joinpath("print", name).read_text(encoding="utf-8")
