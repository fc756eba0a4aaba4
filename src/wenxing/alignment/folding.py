"""Fold away what a leak may change without changing a word.

A copy that was pasted, converted or retyped comes back with other widths,
quotation marks, spaces and line breaks, or in traditional characters, which any
office program offers; with emoji and the marks of Markdown between the words, or
with a stroke through every character, against programs that compare. Both sides
are folded the same way, one character at a time, so that a place in the folded
text always has a place in the original.
Characters that fall together (后 and 後, 着 and 著) are one and the same here.

Punctuation that may itself be a site (、 and ，, ； and 。) stays distinct.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from wenxing.script import simplified

_VARIANTS = (
    ("“”„‟‘’‚‛「」『』﹁﹂﹃﹄〝〞＂＇\"'`´", '"'),
    ("‐‑‒–—―─━﹘－-−", "-"),
    ("·•‧∙・･⋅", "·"),
    ("～〜∼~", "~"),
)
_UNSEEN = ("Cf", "Cc", "Cn", "Co", "Cs", "Mn", "Me")
"""Categories of what nobody sees, and of marks on the character before (variation selectors included)."""
_DECORATION = "*_#"
# What converters write for one word or one region only, so that no table of single characters has it.
_REGIONAL = dict(zip("著瞭揹衞敍簷暱痺", "着了背卫叙檐昵痹", strict=True))


def _fold_character(character: str) -> str:
    """What one character becomes: usually one character, sometimes none or several."""
    for variants, plain in _VARIANTS:
        if character in variants:
            return plain
    if character.isspace() or unicodedata.category(character) in _UNSEEN or character in _DECORATION:
        return ""
    if "\u2600" <= character <= "\u27bf" or "\U0001f300" <= character <= "\U0001faff":  # emoji, ornaments
        return ""
    folded = unicodedata.normalize("NFKD", character).casefold()
    if folded != character:
        return "".join(map(_fold_character, folded))
    return simplified(_REGIONAL.get(character, character))


class _FoldingTable(dict[int, str]):
    """For `str.translate`: learns each character the first time it is met."""

    def __missing__(self, codepoint: int) -> str:
        folded = self[codepoint] = _fold_character(chr(codepoint))
        return folded


_TABLE = _FoldingTable()


def fold(text: str) -> str:
    """The text without what a leak may change freely. Folding twice changes nothing more."""
    return text.translate(_TABLE)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text that remembers its line breaks.

    Attributes:
        text: the folded characters.
        breaks: positions in `text` at which a line of the original began; 0 and `len(text)` included.
    """

    text: str
    breaks: frozenset[int]


def fold_lines(text: str) -> Folded:
    """Fold a text and note where its lines began."""
    return Folded("".join(pieces := [fold(line) for line in text.split("\n")]), frozenset(_starts(pieces)))


def _starts(pieces: list[str]) -> Iterator[int]:
    at = 0
    yield at
    for piece in pieces:
        at += len(piece)
        yield at


def folded_offsets(text: str) -> list[int]:
    """For each offset of the original, 0 … len(text), the offset in the folded text."""
    offsets, at = [0], 0
    for character in text:
        at += len(_TABLE[ord(character)])
        offsets.append(at)
    return offsets
