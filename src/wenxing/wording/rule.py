"""What one rule says: which words may stand for each other, and where."""

import re
from dataclasses import dataclass
from enum import StrEnum

from wenxing.sites import Grade
from wenxing.wording.language import Language


class RuleTableError(ValueError):
    """A table of rules or protected spans cannot be used; the message names file, entry and reason."""


class Link(StrEnum):
    """How occurrences of one rule's word move together."""

    CLAUSE = "clause"  # between ， 。 ； ： ！ ？
    SENTENCE = "sentence"  # between 。 ！ ？
    PARAGRAPH = "paragraph"
    DOCUMENT = "document"  # a habit of spelling or punctuation that a text keeps throughout
    NONE = "none"  # each on its own


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence and the half-open ranges of it that are (or must not be) sites of the rule."""

    text: str
    places: tuple[tuple[int, int], ...]

    @classmethod
    def parse(cls, marked: str) -> "Example":
        """Read `marked`, in which each place stands between 【 and 】."""
        text, places, rest = "", [], marked
        while "【" in rest:
            left, _, rest = rest.partition("【")
            word, closed, rest = rest.partition("】")
            if not closed or not word:
                raise RuleTableError(f"unbalanced 【】 in {marked!r}")
            text += left
            places.append((len(text), len(text) + len(word)))
            text += word
        return cls(text + rest, tuple(places))


@dataclass(frozen=True, slots=True)
class Rule:
    """Words that may replace each other, and the conditions of the place.

    A condition that is `None` (or empty) holds everywhere. Contexts end with the paragraph.

    Attributes:
        name: unique, kebab-case.
        grade: A (batch approval with a skim) or B (read one by one).
        rows: one or more sets of 2–4 words that may stand for each other; inflections of one verb are a
            row each.
        only: those of the words a text may hold; the others are only offered. All of them by default.
        before, not_before: patterns the text left of the word must (not) end with.
        after, not_after: patterns the text right of the word must (not) begin with.
        clause, not_clause: patterns that must (not) occur in the clause of the word (between ，。；：！？).
        document, not_document: patterns that must (not) occur anywhere in the document.
        pos: part-of-speech tags of the word itself, full match.
        left_pos, right_pos: tags of the neighbouring words, full match.
        left_word, right_word: the neighbouring words, full match.
        structure: name of a condition that is code, see `structures`.
        tokens: the word must begin and end at word boundaries.
        link: which repeats move together.
        strict: a repeat in the same sentence that does not satisfy the conditions forbids the others,
            because half of a parallel would move.
        statutes: the rule also holds, as grade B, in a text that is built like a law.
        table: the file it stands in, without the ending: what kind of words these are.
        language: of the texts it is for.
        explain: why the words are interchangeable here and where the danger is.
        examples, counterexamples: sentences where the rule must, must not find a place.
    """

    name: str
    grade: Grade
    rows: tuple[tuple[str, ...], ...]
    explain: str
    examples: tuple[Example, ...]
    counterexamples: tuple[Example, ...]
    only: tuple[str, ...]
    before: re.Pattern[str] | None = None
    not_before: re.Pattern[str] | None = None
    after: re.Pattern[str] | None = None
    not_after: re.Pattern[str] | None = None
    clause: re.Pattern[str] | None = None
    not_clause: re.Pattern[str] | None = None
    document: re.Pattern[str] | None = None
    not_document: re.Pattern[str] | None = None
    pos: re.Pattern[str] | None = None
    left_pos: re.Pattern[str] | None = None
    right_pos: re.Pattern[str] | None = None
    left_word: re.Pattern[str] | None = None
    right_word: re.Pattern[str] | None = None
    structure: str | None = None
    tokens: bool = True
    link: Link = Link.SENTENCE
    strict: bool = True
    statutes: bool = False
    table: str = ""
    language: Language = Language.CHINESE

    @property
    def words(self) -> tuple[str, ...]:
        """All words of all rows."""
        return tuple(word for row in self.rows for word in row)

    def others(self, word: str) -> tuple[str, ...]:
        """What may stand for `word`, in the order of its row."""
        return next(tuple(w for w in row if w != word) for row in self.rows if word in row)

    @property
    def is_robust(self) -> bool:
        """Whether no word becomes another by losing or gaining characters.

        A dropped character turns 但是 into 但; 提高 needs an exchange to become 提升. Reports count the two
        kinds apart, since a retyped leak drops characters more often than it exchanges exactly these.
        """
        return not any(a != b and a in b for row in self.rows for a in row for b in row)
