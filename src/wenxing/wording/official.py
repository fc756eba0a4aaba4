"""Signs by which a text shows that it is official, and so not to be varied by a character."""

import re
from enum import StrEnum

from wenxing.document import Document, Role
from wenxing.wording.protection import is_statute
from wenxing.wording.traditional import in_simplified

_HEAD = 5  # paragraphs within which an official text names itself
_LONGEST_TITLE = 80
_TITLE = re.compile(
    r"(?:法|条例|规定|规则|细则|办法|章程|准则|决定|决议|命令|公报|公告|通告|通知|通报|批复|意见|解释|令)"
    r"[》」]?(?:[(（〔【][^)）〕】]{1,20}[)）〕】])*\s*\Z"
)
_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,8}[〔\[［(（](?:19|20)\d{2}[〕\]］)）]\s*第?\s*\d{1,5}\s*号")
_ARTICLE = re.compile(r"\s*第[一二三四五六七八九十百千零〇0-9]{1,7}条(?=[\s　【]|[^的规，。、])")


class Sign(StrEnum):
    """What is seen."""

    TITLE = "title"  # the title is that of an act: ……条例, ……的通知
    ARTICLES = "articles"  # 第一条, 第二条, …
    NUMBER = "number"  # 国发〔2024〕3号
    COMMANDS = "commands"  # built like a law: an act of an authority, 应当 in every other sentence


def official_signs(document: Document) -> tuple[Sign, ...]:
    """The signs a document shows, by form alone; empty for an ordinary text.

    What is not guaranteed: that a text without a sign is not official, or that one with a sign is. It is
    a reason to propose that nothing be varied; a person decides.
    """
    document = in_simplified(document.unwrapped.document)
    flow = [p for p in document.paragraphs if p.role.in_flow and p.text.strip()]
    head = [p.text.strip() for p in flow[:_HEAD]]
    seen = {
        Sign.TITLE: any(_TITLE.search(line) for line in _titles(document, head)),
        Sign.ARTICLES: sum(_ARTICLE.match(p.text) is not None for p in flow) >= 3,
        Sign.NUMBER: any(_NUMBER.search(line) for line in head),
        Sign.COMMANDS: is_statute(document),
    }
    return tuple(sign for sign, shown in seen.items() if shown)


def _titles(document: Document, head: list[str]) -> list[str]:
    """The title as recognised, or else the first line when it is short enough and no sentence."""
    named = [p.text.strip() for p in document.paragraphs if p.role is Role.TITLE]
    lines = named or head[:1]
    return [line for line in lines if len(line) <= _LONGEST_TITLE and "。" not in line]
