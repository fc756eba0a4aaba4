"""What a notice says."""

from collections.abc import Mapping
from dataclasses import dataclass

Facts = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Line:
    """One notice, in the reader's language.

    Attributes:
        text: what happened, a sentence.
        path: the page that it leads to.
        more: what it means or what to do, when the first sentence does not say it.
    """

    text: str
    path: str
    more: str = ""
