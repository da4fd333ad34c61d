"""Characters that the sample's invented names are made of, by sex and time of birth; all of them in the 8105 table."""

from __future__ import annotations

from typing import Literal

from election.names.identity import Sex

Era = Literal["old", "middle", "young"]

#: surname -> how often, roughly as in Lanzhou
SURNAMES = {
    "王": 82, "李": 76, "张": 78, "马": 52, "刘": 50, "杨": 38, "陈": 32, "赵": 30, "魏": 18, "孙": 18, "高": 17, "徐": 16,
    "何": 15, "郭": 15, "周": 14, "黄": 13, "吴": 13, "胡": 12, "朱": 12, "宋": 11, "韩": 11, "冯": 11, "罗": 10, "梁": 10,
    "董": 10, "谢": 9, "唐": 9, "许": 9, "邓": 8, "丁": 8, "苏": 8, "卢": 7, "蒋": 7, "蔡": 6, "贾": 6, "余": 6, "杜": 6,
    "叶": 5, "程": 5, "任": 5, "姚": 5, "石": 5, "田": 5, "康": 5, "白": 5, "毛": 4, "史": 4, "龚": 3, "孔": 3, "汤": 3,
    "武": 3, "关": 3, "江": 3, "林": 3, "郑": 3, "单": 2, "仇": 2, "解": 2, "曾": 2, "欧阳": 2, "司马": 1, "祁": 2, "保": 1,
}  # fmt: skip

#: what a given name of two characters begins with, and what it ends with or consists of
COMMON: dict[tuple[Sex, Era], tuple[str, str]] = {
    ("male", "old"): ("德福有万明国建永世兴文武志元祥瑞玉金长生树广", "福发明贵财生庆保荣文成祥善良义林山海仁忠田"),
    ("male", "middle"): ("建国志文永小晓新卫海明俊学振宏玉金长春立向", "军强伟平勇斌峰利民东华刚辉涛生林龙明杰亮"),
    ("male", "young"): ("浩宇子俊天泽嘉一志文家博思鹏晨旭明梓睿海", "轩宇涵航博杰昊鹏超磊毅楠帆阳哲铭诚凡辰翔"),
    ("female", "old"): ("秀玉桂淑凤素月春翠彩惠巧金兰菊美文香", "英兰芳珍梅琴莲花云芬珠香凤霞清贞荣华"),
    ("female", "middle"): ("丽晓春亚海文红玉雪小艳慧秀建爱金彩", "萍霞敏燕玲娟静莉蓉琳华红丽洁芳梅英云"),
    ("female", "young"): ("雨梦思佳诗欣嘉雅子若心可晓怡语梓安", "婷怡璐悦倩琪瑶涵萌宁妍晴彤雪洁然欣"),
}

#: given names with characters that older systems lacked; every community has them all
RARE = ("喆", "建堃", "珺", "昇", "翀", "雨珺", "喆轩", "玥", "祎", "晓旻")
