"""A paragraph as words.

Chinese words come with parts of speech (rjieba, its own dictionary, deterministic). English words are runs of
letters without any: no model that tells them is small, offline and reliable, so English rules rely on the
words themselves and on closed classes.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

import rjieba

from wenxing.wording.language import Language, language_of

CLAUSE_ENDS = "，。；：！？,;:!?\n"
SENTENCE_ENDS = "。！？!?\n"
_PARTICLES = "着了是在有要到的于出"
_ENGLISH_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*|\d[\d.,]*|\S")
_ENGLISH_CLAUSE_END = re.compile(r"[,;:.!?](?=[\s”’\"')]|$)|[—–()\n]| - ")
_ENGLISH_SENTENCE_END = re.compile(r"[.!?](?=[\s”’\"')]|$)|\n")
_ABBREVIATION = re.compile(
    r"(?:^|[^\w.])(?:[A-Z]|(?:[a-z]\.)+[a-z]|Mr|Mrs|Ms|Dr|Prof|St|vs|etc|cf|No|Fig|Eq|pp?|al|approx|ca)\Z"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word at characters `start`…`end` of its paragraph; `pos` is the tagger's part of speech."""

    word: str
    pos: str
    start: int
    end: int


class Passage:
    """One paragraph's text with what the rules ask about it. Offsets count from its first character."""

    def __init__(self, text: str, vocabulary: frozenset[str] = frozenset()) -> None:
        """Take a paragraph's text, and the words that the dictionary must not hide inside longer ones."""
        self.text = text
        self.language = language_of(text)
        self._vocabulary = vocabulary

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The words, in order, without gaps but white space."""
        if self.language is Language.ENGLISH:
            words = _ENGLISH_WORD.finditer(self.text)
            return tuple(Token(word[0], "", word.start(), word.end()) for word in words)
        tokens, at = [], 0
        for whole, pos in _tagger().tag(self.text):
            for word, tag in _parts(whole, pos, self._vocabulary):
                tokens.append(Token(word, tag, at, at + len(word)))
                at += len(word)
        return tuple(tokens)

    @cached_property
    def _by_start(self) -> dict[int, Token]:
        return {token.start: token for token in self.tokens}

    @cached_property
    def _by_end(self) -> dict[int, Token]:
        return {token.end: token for token in self.tokens}

    def token_from(self, start: int) -> Token | None:
        """The word that begins exactly at `start`."""
        return self._by_start.get(start)

    def token_until(self, end: int) -> Token | None:
        """The word that ends exactly at `end`."""
        return self._by_end.get(end)

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """The range of the clause (between ，。；：！？) around `start`…`end`, without its ends."""
        return _between(self._clause_ends, start, end, len(self.text))

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """The range of the sentence (between 。！？) around `start`…`end`, without its ends."""
        return _between(self._sentence_ends, start, end, len(self.text))

    @cached_property
    def _clause_ends(self) -> list[int]:
        if self.language is Language.ENGLISH:
            return list(_ends(_ENGLISH_CLAUSE_END, self.text))
        return [at for at, character in enumerate(self.text) if character in CLAUSE_ENDS]

    @cached_property
    def _sentence_ends(self) -> list[int]:
        if self.language is Language.ENGLISH:
            return list(_ends(_ENGLISH_SENTENCE_END, self.text))
        return [at for at, character in enumerate(self.text) if character in SENTENCE_ENDS]


def _ends(mark: re.Pattern[str], text: str) -> Iterator[int]:
    """Where a mark ends something; the point of an abbreviation does not."""
    for match in mark.finditer(text):
        head = text[max(0, match.start() - 8) : match.start()]
        if match[0] != "." or _ABBREVIATION.search(head) is None:
            yield match.start()


def _between(ends: list[int], start: int, end: int, length: int) -> tuple[int, int]:
    left, right = bisect_left(ends, start), bisect_right(ends, end - 1)
    return (ends[left - 1] + 1 if left else 0), (ends[right] if right < len(ends) else length)


@cache
def _parts(whole: str, pos: str, vocabulary: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Undo what the dictionary glued together: 不断完善, 实践证明 hold a word the rules look for."""
    if len(whole) < 3 or pos == "x" or whole in vocabulary:
        return ((whole, pos),)
    for cut in range(len(whole) - 1, 0, -1):
        left, right = whole[:cut], whole[cut:]
        if (left in vocabulary and _stands_alone(right)) or (right in vocabulary and _stands_alone(left)):
            return (*_tagged(left), *_tagged(right))
    return ((whole, pos),)


def _stands_alone(word: str) -> bool:
    return word in _PARTICLES if len(word) == 1 else _tagger().has_word(word)


def _tagged(word: str) -> tuple[tuple[str, str], ...]:
    tagged = _tagger().tag(word)
    return ((word, tagged[0][1]),) if len(tagged) == 1 else ((word, "l"),)


@cache
def _tagger() -> rjieba.Jieba:
    return rjieba.Jieba()
