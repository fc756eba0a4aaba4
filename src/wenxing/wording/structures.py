"""Conditions that no pattern can say: they look at the build of the clause around a word."""

import re
from collections.abc import Callable

from wenxing.wording.segmentation import Passage
from wenxing.wording.structures_en import closes_a_list

_VERBAL = re.compile(r"v|vd|vi|vg|ad|l|i")  # tags a verb phrase may begin with
_WEAK = frozenset("不没有是对在像为被把将从以向与和同给让使要能会可应须") | {"没有", "必须", "应当", "应该"}
_GOVERNING = frozenset(
    (
        "做到",
        "实现",
        "坚持",
        "防止",
        "避免",
        "促使",
        "促进",
        "存在",
        "通过",
        "采取",
        "进行",
        "开展",
        "具有",
        "包括",
    )
)
_LONG_MEMBER = 10  # characters
_CLAUSE_MARKS = "，。；：！？\n"
_MARKS = "，。；：！？、“”《》（）()"


def between_two_verb_phrases(passage: Passage, start: int, end: int) -> bool:
    """Whether 、 joins exactly two verb phrases that are a clause by themselves: ，提振信心、鼓足干劲，

    Not with a word before that governs both (不、对、在、实现…), not when 的, 等 or a last noun gathers them,
    not in a list of three, and not when the clause beside it holds another 、 that must stay: a pair of pairs
    moves as one or not at all.
    """
    if not _joins_two(passage, start, end):
        return False
    return all(
        _joins_two(passage, mark, mark + 1)
        for left, right in _clauses_beside(passage.text, start)
        for mark in range(left, right)
        if passage.text[mark] == "、" and passage.text.count("、", left, right) == 1
    )


def between_long_members(passage: Passage, start: int, end: int) -> bool:
    """Whether every ； of the sentence stands between long members, so that all may become full stops.

    A colon before them announces a list: its members belong to one sentence. So do short ones.
    """
    left, right = passage.sentence(start, end)
    sentence = passage.text[left:right]
    return "：" not in sentence and all(len(member) >= _LONG_MEMBER for member in sentence.split("；"))


def _joins_two(passage: Passage, start: int, end: int) -> bool:
    text = passage.text
    left, right = _reach(text, start - 1, -1) + 1, _reach(text, end, 1)
    first, second = text[left:start], text[end:right]
    if text[left - 1 : left] not in tuple("，。；") or text[right : right + 1] not in tuple("，。；"):
        return False
    if not (4 <= len(second) <= 14 and 4 <= len(first) <= len(second) + 1):
        return False
    if "等" in second or ("的" in second and "的" not in first):
        return False
    return (
        _is_verb_phrase(passage, left) and _is_verb_phrase(passage, end) and not _gathers(passage, end, right)
    )


def _reach(text: str, at: int, step: int) -> int:
    while 0 <= at < len(text) and text[at] not in _MARKS:
        at += step
    return at


def _clauses_beside(text: str, at: int) -> list[tuple[int, int]]:
    """The clauses before and after the one around `at`, as far as the sentence goes."""
    left, right = at, at
    while left > 0 and text[left - 1] not in _CLAUSE_MARKS:
        left -= 1
    while right < len(text) and text[right] not in _CLAUSE_MARKS:
        right += 1
    beside = []
    if text[left - 1 : left] == "，":
        further = left - 1
        while further > 0 and text[further - 1] not in _CLAUSE_MARKS:
            further -= 1
        beside.append((further, left - 1))
    if text[right : right + 1] == "，":
        further = right + 1
        while further < len(text) and text[further] not in _CLAUSE_MARKS:
            further += 1
        beside.append((right + 1, further))
    return beside


def _gathers(passage: Passage, start: int, end: int) -> bool:
    """Whether a phrase is a whole expression and a noun that collects it: 依法办事 水平."""
    first = passage.token_from(start)
    if first is None or len(first.word) < 4 or first.end >= end:
        return False
    follower = passage.token_from(first.end)
    return follower is not None and follower.pos.startswith("n")


def _is_verb_phrase(passage: Passage, start: int) -> bool:
    token = passage.token_from(start)
    if token is None or _VERBAL.fullmatch(token.pos) is None:
        return False
    return token.word not in _WEAK and token.word[:2] not in _GOVERNING


STRUCTURES: dict[str, Callable[[Passage, int, int], bool]] = {
    "between-two-verb-phrases": between_two_verb_phrases,
    "between-long-members": between_long_members,
    "closes-a-list": closes_a_list,
}
