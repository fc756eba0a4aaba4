"""Where one rule holds in one paragraph."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from wenxing.wording.language import Language
from wenxing.wording.loading import vocabulary
from wenxing.wording.rule import Rule
from wenxing.wording.segmentation import Passage, Token
from wenxing.wording.structures import STRUCTURES

_CONTEXT = 60  # characters left of a word that a `before` pattern can see
_LONGEST_CLAUSE = 2_000  # characters; what goes on longer without a mark is no prose, and slow to look at


@dataclass(frozen=True, slots=True)
class Hit:
    """One occurrence of a rule's word, at `start`…`end` of the paragraph, with what it may become."""

    rule: Rule
    start: int
    end: int
    word: str


@lru_cache(maxsize=512)
def passage(text: str) -> Passage:
    """A paragraph cut so that the words of the rules stand free; recent ones are kept."""
    return Passage(text, vocabulary())


def hits(rule: Rule, passage: Passage, shield: bytes) -> Iterator[Hit]:
    """Every place in the paragraph where all conditions of `rule` hold and nothing is protected."""
    for word in rule.only:
        for form in forms(rule, word):
            for start in occurrences(form, passage.text):
                end = start + len(form)
                if any(shield[start:end]) or (form != word and not _opens_sentence(passage, start)):
                    continue
                low, high = passage.clause(start, end)
                if high - low <= _LONGEST_CLAUSE and _holds(rule, passage, start, end):
                    yield Hit(rule, start, end, form)


def forms(rule: Rule, word: str) -> tuple[str, ...]:
    """How a word may be written: an English one also with a capital."""
    capital = word[0].upper() + word[1:]
    return (word, capital) if rule.language is Language.ENGLISH and capital != word else (word,)


def written_like(form: str, rule: Rule) -> tuple[str, ...]:
    """What may stand for a form that was found, with a capital where it has one."""
    if form in rule.words:
        return rule.others(form)
    return tuple(w[0].upper() + w[1:] for w in rule.others(form[0].lower() + form[1:]))


def _opens_sentence(passage: Passage, start: int) -> bool:
    """Whether a capital is there because a sentence begins, not because the word is part of a name."""
    low, _ = passage.sentence(start, start + 1)
    return not any(map(str.isalnum, passage.text[low:start]))


def occurrences(word: str, text: str) -> Iterator[int]:
    """Offsets of `word` in `text`, not overlapping."""
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))


def aligned(passage: Passage, start: int, end: int) -> bool:
    """Whether a range begins and ends where words do."""
    return passage.token_from(start) is not None and passage.token_until(end) is not None


def _holds(rule: Rule, passage: Passage, start: int, end: int) -> bool:
    if rule.tokens and not aligned(passage, start, end):
        return False
    return (
        _context_holds(rule, passage.text, start, end)
        and _clause_holds(rule, passage, start, end)
        and _words_hold(rule, passage, start, end)
        and (rule.structure is None or STRUCTURES[rule.structure](passage, start, end))
    )


def _context_holds(rule: Rule, text: str, start: int, end: int) -> bool:
    left = text[max(0, start - _CONTEXT) : start]
    return (
        (rule.before is None or rule.before.search(left) is not None)
        and (rule.not_before is None or rule.not_before.search(left) is None)
        and (rule.after is None or rule.after.match(text, end) is not None)
        and (rule.not_after is None or rule.not_after.match(text, end) is None)
    )


def _clause_holds(rule: Rule, passage: Passage, start: int, end: int) -> bool:
    if rule.clause is None and rule.not_clause is None:
        return True
    left, right = passage.clause(start, end)
    clause = passage.text[left:right]
    return (rule.clause is None or rule.clause.search(clause) is not None) and (
        rule.not_clause is None or rule.not_clause.search(clause) is None
    )


def _words_hold(rule: Rule, passage: Passage, start: int, end: int) -> bool:
    own = passage.token_from(start)
    left, right = passage.token_until(start), passage.token_from(end)
    if rule.pos is not None and (own is None or rule.pos.fullmatch(own.pos) is None):
        return False
    asked = (
        (rule.left_pos, left, "pos"),
        (rule.right_pos, right, "pos"),
        (rule.left_word, left, "word"),
        (rule.right_word, right, "word"),
    )
    return all(pattern is None or pattern.fullmatch(_value(token, what)) for pattern, token, what in asked)


def _value(token: Token | None, what: str) -> str:
    if token is None:
        return ""
    return token.pos if what == "pos" else token.word
