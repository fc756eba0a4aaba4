"""What the scanners of HTML and Markdown find: blocks of text, and which characters of the file hold it.

Offsets are into the decoded file, line ends as they are, so that a carrier can change a word and leave
every other character where it was.
"""

from dataclasses import dataclass, field
from functools import cached_property
from unicodedata import east_asian_width


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive characters of a block.

    Attributes:
        text: the characters as a reader sees them; never empty.
        start, end: the characters of the file that show them.
        literal: whether they are written as they are shown. What is not (a character reference, white
            space that counts as one) is rewritten whole or not at all.
        editable: whether they may be changed.
        opens, closes: whether nothing but white space precedes (follows) on the line of the file.
        joined: whether a line end that nobody sees stands before it: between two Han characters.
        breaks: whether it is a space that a line end of the file is seen as.
    """

    text: str
    start: int
    end: int
    literal: bool = True
    editable: bool = True
    opens: bool = False
    closes: bool = False
    joined: bool = False
    breaks: bool = False


@dataclass
class Block:
    """A paragraph, heading, list item or table cell.

    Attributes:
        level: 1–6 for a heading, else 0.
        in_cell: whether a table cell holds it.
        span: the lines of the file that hold this block and nothing else, or `None`.
        pieces: its characters in order.
    """

    level: int = 0
    in_cell: bool = False
    span: tuple[int, int] | None = None
    pieces: list[Piece] = field(default_factory=list)

    @cached_property
    def text(self) -> str:
        """The characters of all pieces."""
        return "".join(piece.text for piece in self.pieces)


def joins_without_space(before: str, after: str) -> bool:
    """Whether a line end between these characters is not seen as a space (CSS Text 3, 4.1.3)."""
    return _is_wide(before[-1:]) and _is_wide(after[:1])


def _is_wide(c: str) -> bool:
    return bool(c) and (east_asian_width(c) in "WF" or c in "“”‘’…—")
