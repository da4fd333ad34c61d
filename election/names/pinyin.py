"""Pinyin of names, for finding people: a clerk types ``wjg`` or ``wangjianguo`` for 王建国.

The surname is read by a table of its own first: a general reader says ``dan`` for the surname 单 (shan). Pinyin is for searching
only, never for deciding or ordering anything on paper.
"""

from __future__ import annotations

from functools import lru_cache

from election.names.strokes import COMPOUND_SURNAMES
from election.names.writing import MIDDLE_DOT

#: surnames whose reading differs from the character's common one; ü is written v
SURNAMES = {
    "万俟": "mo qi", "尉迟": "yu chi", "澹台": "tan tai", "长孙": "zhang sun", "令狐": "ling hu", "亓官": "qi guan",
    "鲜于": "xian yu", "乐正": "yue zheng", "宰父": "zai fu", "夏侯": "xia hou", "单于": "chan yu",
    "单": "shan", "仇": "qiu", "解": "xie", "曾": "zeng", "查": "zha", "区": "ou", "朴": "piao", "盖": "ge",
    "翟": "zhai", "缪": "miao", "乐": "yue", "覃": "qin", "任": "ren", "华": "hua", "纪": "ji", "葛": "ge",
    "员": "yun", "贠": "yun", "尉": "wei", "冼": "xian", "洗": "xian", "种": "chong", "召": "shao", "折": "she",
    "黑": "he", "盛": "sheng", "宓": "mi", "逄": "pang", "隗": "wei", "郇": "xun", "燕": "yan", "晁": "chao",
    "訾": "zi", "柏": "bai", "应": "ying", "秘": "bi", "祭": "zhai", "乜": "nie", "幺": "yao", "繁": "po",
    "瞿": "qu", "过": "guo", "阚": "kan", "郗": "xi", "车": "che", "尹": "yin", "卜": "bu", "臧": "zang",
    "石": "shi", "谌": "chen", "南": "nan", "沈": "shen", "佴": "nai", "褚": "chu", "能": "nai", "撒": "sa",
    "那": "na", "哈": "ha", "干": "gan", "於": "yu", "强": "qiang", "降": "jiang", "冯": "feng", "贾": "jia",
    "都": "du", "便": "pian", "粘": "nian", "句": "gou", "甄": "zhen", "娄": "lou", "牟": "mou", "曲": "qu",
    "宁": "ning", "甯": "ning", "佟": "tong", "俞": "yu", "郝": "hao", "郦": "li", "刁": "diao", "卓": "zhuo",
    "呙": "guo", "厍": "she", "厉": "li", "麴": "qu", "殷": "yin", "占": "zhan", "相": "xiang", "长": "chang",
}  # fmt: skip


def syllables(name: str) -> tuple[str, ...]:
    """The syllables of a name, lower case, without tones, ü as ``v``: 单小英 → ``("shan", "xiao", "ying")``."""
    from pypinyin import lazy_pinyin  # 0.4 s to import: only those who search pay it

    name = name.replace(MIDDLE_DOT, "")
    surname = name[:2] if name[:2] in SURNAMES or name[:2] in COMPOUND_SURNAMES else name[:1]
    read = SURNAMES[surname].split() if surname in SURNAMES else lazy_pinyin(surname)
    return tuple(part.lower() for part in [*read, *lazy_pinyin(name[len(surname) :])])


def initials(name: str) -> str:
    """The first letters of the syllables: 王建国 → ``wjg``."""
    return "".join(syllable[:1] for syllable in syllables(name))


@lru_cache(maxsize=20_000)  # a roll's names; without it a list of a hundred names takes half a minute to look up
def search_text(name: str) -> str:
    """What a search box is matched with: ``wangjianguo wjg``."""
    read = syllables(name)
    return f"{''.join(read)} {''.join(syllable[:1] for syllable in read)}"
