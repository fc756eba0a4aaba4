"""Simplified and traditional characters.

`simplified` works one character at a time, so that every offset stays what it is.
The other way depends on the words around and on the region: a `Script` writes as
a given text does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC

_REGIONS = ("s2t", "s2tw", "s2hk")
_SAMPLE = 20_000  # characters by which a text's script is told
_LEAST = 0.04  # share of Han characters that only traditional texts have; in prose it is about a third


@cache
def _converter(config: str) -> OpenCC:
    return OpenCC(config)


class _Simplifying(dict[int, str]):
    """For `str.translate`: learns each character the first time it is met."""

    def __missing__(self, codepoint: int) -> str:
        character = chr(codepoint)
        simple = _converter("t2s").convert(_converter("t2s").convert(character))
        learnt = self[codepoint] = simple if len(simple) == 1 else character
        return learnt


_TABLE = _Simplifying()


def simplified(text: str) -> str:
    """The text in simplified characters, as long as it was."""
    return text.translate(_TABLE)


@dataclass(frozen=True, slots=True)
class Script:
    """How a traditional text is written: as in Taiwan, in Hong Kong, or by the old standard."""

    config: str

    def write(self, words: str) -> str:
        """Simplified words as such a text has them."""
        return str(_converter(self.config).convert(words))

    def rewrite(self, own: str, words: Iterable[str]) -> tuple[str, ...]:
        """Alternatives for a place that reads `own`; those that cannot be written for sure are left out.

        Args:
            own: what the traditional text has there.
            words: the alternatives in simplified characters, the place's own first.

        Returns:
            The alternatives, `own` first.
        """
        _, *others = words
        written = dict.fromkeys(self.write(word) for word in others if simplified(self.write(word)) == word)
        return own, *(word for word in written if word != own)


def script_of(text: str) -> Script | None:
    """How a text is written when it is in traditional characters; `None` for any other text."""
    sample = text[:_SAMPLE]
    simple = simplified(sample)
    han = sum("\u3400" <= c <= "\u9fff" for c in sample)
    traditional = sum(a != b for a, b in zip(sample, simple, strict=True))
    only_simple = sum(a != b for a, b in zip(sample, _converter("s2t").convert(sample), strict=False))
    if traditional < _LEAST * han or traditional <= only_simple or not han:
        return None
    return Script(max(_REGIONS, key=lambda region: _likeness(sample, _converter(region).convert(simple))))


def _likeness(text: str, other: str) -> int:
    return sum(a == b for a, b in zip(text, other, strict=False))
