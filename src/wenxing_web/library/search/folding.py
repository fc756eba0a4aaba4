"""How texts are compared: width, case, script and white space do not matter; what may be searched are runs.

A run is a stretch of Han characters, or a word of other letters and digits. Of
a run of Han the index holds every pair of neighbours (bigram), of a word the
word: it depends on no dictionary, and no pair crosses a punctuation mark.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from wenxing_web import engine

_HAN = "\u3400-\u9fff\uf900-\ufaff\u3005\u3007\U00020000-\U0003ffff"
_LETTER = rf"(?![{_HAN}])[^\W_]"
_RUN = re.compile(rf"[{_HAN}]+|(?:{_LETTER})+")
_IS_HAN = re.compile(rf"[{_HAN}]")
_BESIDE_HAN = re.compile(rf"(?<=[{_HAN}]) | (?=[{_HAN}])")
_SPACES = re.compile(" +")
_LONGEST_WORD = 64  # characters of a word that the index tells apart
GAP = "|"
"""Stands between two runs, so that a phrase of bigrams never reaches across."""


class _FoldingTable(dict[int, str]):
    """For `str.translate`: learns each character the first time it is met."""

    def __missing__(self, codepoint: int) -> str:
        folded = self[codepoint] = _fold_character(chr(codepoint))
        return folded


def _fold_character(character: str) -> str:
    if character.isspace():
        return " "
    if unicodedata.category(character) in ("Cc", "Cf", "Cs"):
        return ""
    return engine.simplified(unicodedata.normalize("NFKC", character).casefold())


_TABLE = _FoldingTable()


def fold(text: str) -> str:
    """The text as it is compared, without white space at its ends."""
    return _SPACES.sub(" ", text.translate(_TABLE)).strip(" ")


def fold_with_offsets(text: str) -> tuple[str, list[int]]:
    """The same, and for each of its characters and its end the offset in the text."""
    pieces: list[str] = []
    offsets: list[int] = []
    for at, character in enumerate(text):
        for folded in _TABLE[ord(character)]:
            if folded != " " or (pieces and pieces[-1] != " "):
                pieces.append(folded)
                offsets.append(at)
    while pieces and pieces[-1] == " ":
        pieces.pop()
        offsets.pop()
    return "".join(pieces), [*offsets, offsets[-1] + 1 if offsets else 0]


def joined(folded: str) -> str:
    """A folded text without the spaces beside Han characters: a copied page breaks lines anywhere."""
    return _BESIDE_HAN.sub("", folded)


def runs(folded: str) -> list[str]:
    """The runs of a folded text, in order."""
    return _RUN.findall(folded)


def is_han(run: str) -> bool:
    """Whether a run is one of Han characters."""
    return bool(run) and _IS_HAN.match(run) is not None


def grams(run: str) -> list[str]:
    """What the index holds of a run: its bigrams, or the word. A single Han character has none."""
    if is_han(run):
        return [run[at : at + 2] for at in range(len(run) - 1)]
    return [run[:_LONGEST_WORD]]


def is_exact(needle: str) -> bool:
    """Whether the grams of a needle, in order, are found where the needle is and nowhere else."""
    return runs(needle) == [needle] and (is_han(needle) or len(needle) < _LONGEST_WORD)


def sequence(folded: str) -> Iterator[str]:
    """The grams of a text in order, with a gap after each run."""
    for run in runs(folded):
        yield from grams(run)
        yield GAP


def letters(folded: str) -> set[str]:
    """The Han characters of a text."""
    return set(_IS_HAN.findall(folded))


def possible(pieces: Sequence[Sequence[str]]) -> set[str]:
    """Every gram and Han character of any text that takes one string from each of the pieces.

    Args:
        pieces: the choices, folded, in the order in which they follow each other.
    """
    found: set[str] = set()
    open_runs = {""}
    for choices in [*pieces, [" "]]:
        open_runs = {end for run in open_runs for choice in choices for end in [_pass(run, choice, found)]}
    return found


def _pass(run: str, text: str, found: set[str]) -> str:
    """Read on from an unfinished run; what is finished is added to `found`, what is not is returned.

    Of unfinished Han only the last character matters.
    """
    whole = run + text
    ended = runs(whole)
    if not ended:
        return ""
    last = ended[-1] if whole.endswith(ended[-1]) else ""
    for piece in ended:
        if is_han(piece):
            found.update(piece)
            found.update(grams(piece))
        elif piece is not last:
            found.update(grams(piece))
    return last[-1] if is_han(last) else last


@lru_cache(maxsize=4_096)
def finder(needle: str) -> Callable[[str], Iterable[tuple[int, int]]]:
    """A function that finds every place of a folded needle in a folded text, as pairs of offsets.

    Letters and digits are found as whole words: `ai` is not in `said`.
    """
    before = rf"(?<!{_LETTER})" if not is_han(needle[:1]) and needle[:1].isalnum() else ""
    after = rf"(?!{_LETTER})" if not is_han(needle[-1:]) and needle[-1:].isalnum() else ""
    pattern = re.compile(before + re.escape(needle) + after)
    return lambda text: (match.span() for match in pattern.finditer(text))


@lru_cache(maxsize=4_096)
def _within(needle: str) -> Callable[[str], bool]:
    if is_han(needle[:1]) and is_han(needle[-1:]):
        return lambda text: needle in text
    places = finder(needle)
    return lambda text: any(True for _ in places(text))


def contains(folded: str, needle: str) -> bool:
    """Whether a folded text has a folded needle, as `finder` finds it."""
    return _within(needle)(folded)
