"""The forms of a text, Chinese or English: numbering, titles, salutations, bylines, closing marks.

The order of numbering is that of GB/T 9704-2012, 7.3.3: 一、then（一）then 1. then（1）; laws and
books put 编, 章, 节 above it, speeches 第一，and 一是 below.
"""

import re

NUMERAL = "[一二三四五六七八九十百零〇]+"
_ENGLISH = r"(?:\d{1,2}|[IVX]{1,5})(?=[.:—–]|\s*$|\s+[A-Z])"

NUMBERINGS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"第{NUMERAL}[编篇卷]|第{NUMERAL}部分|(?:Part|Book) {_ENGLISH}",
        rf"第{NUMERAL}章|Chapter {_ENGLISH}",
        rf"第{NUMERAL}节|Section {_ENGLISH}",
        rf"{NUMERAL}、|[IVX]{{1,5}}\.\s+(?=[A-Z])",
        rf"[（(]{NUMERAL}[）)]",
        r"\d{1,2}(?:[.．](?!\d)|、)",
        r"\d{1,2}\.\d{1,2}\.?\s+(?=[A-Z])",
        r"\d{1,2}(?:\.\d{1,2}){2}\.?\s+(?=[A-Z])",
        r"[（(]\d{1,2}[）)]|[①-⑳]|\(?[a-z]\)\s+(?=[A-Z])",
    )
)
"""Numberings from the highest to the lowest; each matches at the start of a line."""

INDENT = " \t\u3000\u00a0"
_HEADING = 40  # characters of the longest
_TITLE = 60
_LATIN = 2  # times as long may lines of letters be
_HAN = re.compile(r"[\u3400-\u9fff]")
_WITH_COMMAS = 3  # the lowest numbering, 一、, whose headings may have commas

CLOSING = "。！？；：，、…!?;:,"
SENTENCE_END = "。！？；!?;"
SALUTATION = re.compile(
    r"(?:同志|先生|女士|朋友|老师|同学|代表|委员|领导|来宾|各位|大家|们)[^。]{0,20}[：:]$"
)

_TITLE_ENDS = re.compile(
    r"(?:讲话|报告|意见|通知|方案|办法|总结|发言|致辞|讲稿|党课|体会|材料|规定|条例|细则|纪要|决定|决议|公告|通报|批复|函|提纲|计划|规划|要点|"
    r"清单|论文|评论|文章|调查|思考|研究|探析|主持词|倡议书|公报|解读|说明|章程|宣言|试题|试卷|教案|讲义|教程|手册|指南|法|书|稿|词|案)"
    r"(?:[（(][^（）()]{1,20}[）)])?$"
)
_DASH = re.compile(r"(?:—|―|--|－){1,2}\s*\w")
_TITLE_STARTS = re.compile(r"关于|在.{2,40}[上中]的|中共|中国共产党|中华人民共和国|国务院|最高人民")


def rank(line: str) -> int | None:
    """Return which of `NUMBERINGS` a line begins with, 0 the highest, or `None`."""
    line = line.lstrip(INDENT)
    return next((i for i, form in enumerate(NUMBERINGS) if form.match(line)), None)


def is_heading(line: str) -> bool:
    """Whether a line is a numbered heading on a line of its own.

    A heading of the upper numberings may have commas (一、提高认识，增强自觉) when nothing closes it: with a
    closing mark, or among items numbered （一） and below, such a line is a sentence.
    """
    line = line.strip()
    number = rank(line)
    if number is None or len(line) > _longest(_HEADING, line):
        return False
    if any(c in SENTENCE_END + "：:" for c in line[:-1]) or _ends_english_sentence(line):
        return False
    if any(c in "，," for c in line[:-1]):
        return number <= _WITH_COMMAS and line[-1] not in CLOSING
    return line[-1] not in CLOSING or line[-1] == "。"


def may_be_title(line: str) -> bool:
    """Whether a line could be a title by its length and its end."""
    line = line.strip()
    if not 2 <= len(line) <= _longest(_TITLE, line) or _ends_english_sentence(line):
        return False
    return line[-1] not in CLOSING and not SALUTATION.search(line)


def _longest(characters: int, line: str) -> int:
    return characters if _HAN.search(line) else characters * _LATIN


def _ends_english_sentence(line: str) -> bool:
    """Whether a line of letters ends like a sentence; a point after a number or an initial does not."""
    return _HAN.search(line) is None and re.search(r"[a-z]{2}[)”’\"']?\.$", line) is not None


def is_subtitle(line: str) -> bool:
    """Whether a line is a subtitle, which a dash opens (GB/T 15834-2011, 4.13)."""
    return may_be_title(line) and bool(_DASH.match(line.strip()))


def ends_as_title(line: str) -> bool:
    """Whether a line ends with the name of a kind of text: 讲话, 通知, 报告."""
    line = line.strip()
    return may_be_title(line) and bool(_TITLE_ENDS.search(line))


def reads_as_title(line: str) -> bool:
    """Whether a line has the words that titles begin or end with; stronger than `may_be_title`."""
    return ends_as_title(line) or (may_be_title(line) and bool(_TITLE_STARTS.match(line.strip())))
