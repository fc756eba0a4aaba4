"""Search once more, as plainly and slowly as possible: every text is read from end to end.

Knows nothing of the product's index, folding or parser. Used by the tests as the
answer to compare with. Texts and queries in these tests are plain Han, Latin
words, digits and punctuation, without anything that width or script could change.
"""

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """Something to be found as it is written."""

    text: str
    quoted: bool = False

    def says(self) -> str:
        """As it is typed."""
        return f"“{self.text}”" if self.quoted else self.text

    def fits(self, text: str) -> bool:
        """Looked for at every place; a Latin word must not go on at either end."""
        for at in range(len(text) - len(self.text) + 1):
            if text[at : at + len(self.text)].lower() == self.text.lower():
                before, after = text[at - 1 : at] if at else "", text[at + len(self.text) :][:1]
                if not (_goes_on(before, self.text[0]) or _goes_on(self.text[-1], after)):
                    return True
        return False


@dataclass(frozen=True)
class Both:
    """Both sides."""

    left: "Query"
    right: "Query"
    silent: bool = False  # side by side, without a word between

    def says(self) -> str:
        return f"({self.left.says()}{' ' if self.silent else ' AND '}{self.right.says()})"

    def fits(self, text: str) -> bool:
        return self.left.fits(text) and self.right.fits(text)


@dataclass(frozen=True)
class Either:
    """One of the sides."""

    left: "Query"
    right: "Query"

    def says(self) -> str:
        return f"({self.left.says()} OR {self.right.says()})"

    def fits(self, text: str) -> bool:
        return self.left.fits(text) or self.right.fits(text)


@dataclass(frozen=True)
class Without:
    """Not that."""

    what: "Query"
    dash: bool = False

    def says(self) -> str:
        return f"-{self.what.says()}" if self.dash else f"NOT {self.what.says()}"

    def fits(self, text: str) -> bool:
        return not self.what.fits(text)


Query = Word | Both | Either | Without


def _goes_on(before: str, after: str) -> bool:
    return bool(re.fullmatch("[A-Za-z0-9]{2}", before + after))


def scan(query: Query, texts: Iterable[tuple[object, str]]) -> list[object]:
    """The keys of the texts that a query fits."""
    return [key for key, text in texts if query.fits(text)]


def phrases_of(text: str, length: int, count: int, seed: int) -> list[str]:
    """So many stretches of Han characters from a text, chosen by a seed."""
    found = re.findall(f"(?=([\u4e00-\u9fa5]{{{length}}}))", text)
    return random.Random(seed).sample(sorted(set(found)), count)
