"""Which characters of a paragraph no rule may touch."""

import re
from functools import lru_cache

from wenxing.document import Document
from wenxing.wording.language import Language, language_of
from wenxing.wording.loading import protected

_LONGEST_HEADING = {Language.CHINESE: 40, Language.ENGLISH: 100}
_ARTICLE = re.compile(
    r"\s*第[一二三四五六七八九十百千零〇0-9]+条(?:之[一二三四五六七八九十])?(?=\s|　|[^的规])"
)
_ACT = re.compile(
    r"(?:人民代表大会|常务委员会|国务院|最高人民法院|最高人民检察院|人民政府|[部委局]|办公厅|办公室)关于[^。]{2,60}"
    r"(?:决定|决议|规定|条例|办法|解释|批复|意见|通知|通告|公告|命令|细则)\Z"
)
_RULES = re.compile(
    r"[^。，]{2,50}(?:(?:管理|实施|暂行|试行|考核|奖惩)办法|(?:实施|管理)细则|(?:管理|若干|暂行)规定|章程"
    r"|(?:管理|工作)制度|(?:工作|议事)规则|守则|规程)(?:[（(〔][^）)〕]{1,8}[）)〕])?"
)
_HEAD = 80  # characters within which an act names itself
_COMMANDS = re.compile(r"应当|不得|可以处|依法|予以")
_PARTIES = re.compile(r"[甲乙丙丁]方|原告|被告|上诉人|被申请人|公诉机关|本院(?:认为|查明)")
_SENTENCE_END = {
    Language.CHINESE: re.compile(r"[。；！？：，…”’）)]\s*\Z"),
    Language.ENGLISH: re.compile(r"[a-z)\]’”\"'0-9%][.;!?:,…][”’\"')\]]*\s*\Z"),
}
_INNER_END = {Language.CHINESE: re.compile("。"), Language.ENGLISH: re.compile(r"[a-z]{2}[.!?]\s+[A-Z“\"]")}
_ENDLESS = re.compile(r"[^。，；：！？、,.;:!?\n]{2001,}")  # without a mark: no prose, and slow to look at
_SHALL = re.compile(r"\b(?:shall|hereby|herein|thereof|pursuant to)\b", re.IGNORECASE)


@lru_cache(maxsize=512)
def shield(text: str) -> bytes:
    """One byte a character of a paragraph: 1 where nothing may be changed.

    A short line that does not end like a sentence is a heading, a label or a signature, whatever
    its role, and is protected whole. So is what goes on for over 2,000 characters without a mark.
    """
    mask = bytearray(len(text))
    if looks_like_a_heading(text):
        return b"\x01" * len(text)
    kinds, at = protected(language_of(text)), 0
    for start, end in [*(run.span() for run in _ENDLESS.finditer(text)), (len(text), len(text))]:
        mask[start:end] = b"\x01" * (end - start)
        for match in (m for kind in kinds for m in kind.pattern.finditer(text, at, start)):
            mask[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
        at = end
    return bytes(mask)


def without_endless(text: str) -> str:
    """The text less whatever goes on for over 2,000 characters without a mark."""
    return _ENDLESS.sub("", text)


def looks_like_a_heading(text: str) -> bool:
    """Whether a paragraph is a short line without the end of a sentence."""
    line, language = text.strip(), language_of(text)
    if len(line) > _LONGEST_HEADING[language]:
        return False
    return _SENTENCE_END[language].search(line) is None and _INNER_END[language].search(line) is None


def is_statute(document: Document) -> bool:
    """Whether a document is a law, an act, rules of a house, a contract or a judgment, by its build or name.

    The build: articles one after another, commands (应当, "shall") in almost every sentence, parties (甲方,
    被告) all over. The name: 某机关关于……的决定, or a first line like 某公司考勤管理办法.

    In such a text 应当, 或者 or 视为 are terms, and an exchange of words is a change of law.
    """
    document = document.unwrapped.document
    flow = [p.text for p in document.paragraphs if p.role.in_flow and p.text.strip()]
    articles = sum(_ARTICLE.match(text) is not None for text in flow)
    if articles >= 3 and articles * 6 >= len(flow):
        return True
    if _is_act("".join(text.strip() for text in flow[:5])) or _RULES.fullmatch("".join(flow[:1]).strip()):
        return True
    commands = sum(len(_COMMANDS.findall(text)) for text in flow)
    if commands >= 5 and commands * 1000 >= 8 * document.characters:
        return True
    parties = sum(len(_PARTIES.findall(text)) for text in flow)
    if parties >= 6 and parties * 1000 >= 12 * document.characters:
        return True
    orders = sum(len(_SHALL.findall(text)) for text in flow)
    return orders >= 5 and orders * 1000 >= 1.5 * document.characters


def _is_act(head: str) -> bool:
    """Whether one of the beginnings of `head`, where its lines may have been cut, is the name of an act."""
    return any(_ACT.search(head[:end]) is not None for end in range(10, min(len(head), _HEAD) + 1))
