"""Whether an alternative reads badly beside what already stands there, whatever the rule says."""

import re
from collections.abc import Iterable

from wenxing.wording.language import Language
from wenxing.wording.matching import Hit
from wenxing.wording.segmentation import Passage

_ECHO = 2  # Chinese characters on either side in which an alternative must not repeat itself
_NEAR = 12  # Chinese characters on either side in which an alternative must not occur as a word
_NEAR_ENGLISH = 60  # characters: about ten words
_SHORT = 4  # letters; shorter English words (on, to, so) may come again at once
_ARTICLE = re.compile(r"(?i:\b(a|an) )\Z")
_VOWEL = re.compile(r"(?i)(?!u[a-z][aeiou]|uni|use|usu|eu|one\b|once\b)[aeiou]|hour|honest|honou?r|heir")
_WORD = re.compile(r"[a-z]+")
_COMMON = frozenset(
    _WORD.findall("that which where when with than have some from they this there them these those")
)


def jars(alternative: str, together: Iterable[Hit], here: Passage) -> bool:
    """Whether an alternative jars at one of the places that would move together."""
    at = _jars_in_english if here.language is Language.ENGLISH else _jars_in_chinese
    return any(at(alternative, hit, here.text) for hit in together)


def _jars_in_chinese(alternative: str, hit: Hit, text: str) -> bool:
    """Whether it would double a character, echo its neighbours or repeat a word close by."""
    left, right = text[max(0, hit.start - _ECHO) : hit.start], text[hit.end : hit.end + _ECHO]
    new = set(alternative) - set(hit.word)
    if new & set(left + right) or left[-1:] == alternative[0] or right[:1] == alternative[-1]:
        return True
    if len(alternative) == 1:
        return False
    near = text[max(0, hit.start - _NEAR) : hit.start] + "\n" + text[hit.end : hit.end + _NEAR]
    return alternative in near and alternative not in hit.word


def _jars_in_english(alternative: str, hit: Hit, text: str) -> bool:
    """Whether it would need the other article, double a word, or repeat one of its words close by."""
    article = _ARTICLE.search(text, 0, hit.start)
    if article and (article[1].casefold() == "an") != bool(_VOWEL.match(alternative)):
        return True
    words = set(_WORD.findall(alternative.casefold()))
    new = words - set(_WORD.findall(hit.word.casefold()))
    before = _WORD.findall(text[max(0, hit.start - _NEAR_ENGLISH) : hit.start].casefold())
    after = _WORD.findall(text[hit.end : hit.end + _NEAR_ENGLISH].casefold())
    if new & {*before[-1:], *after[:1]}:
        return True
    return any(word in before or word in after for word in new - _COMMON if len(word) >= _SHORT)
