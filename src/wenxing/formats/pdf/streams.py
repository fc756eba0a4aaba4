"""The operators of a page that show text, glyph by glyph (ISO 32000-1, 9.4).

Only what stands on the page itself is taken apart, in fonts whose codes have known widths; everything
else stays as it is. A glyph moves by numbers in the array of `TJ`, which every program that shows
text understands and no program that copies text sees.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf

Matrix = tuple[float, float, float, float, float, float]

_SHOWING = frozenset(("Tj", "TJ", "'", '"'))
_UNICODE = re.compile(r"/Uni(?:GB|CNS|JIS|KS)[A-Za-z0-9]*-(?:UCS2|UTF16)-H")
_GBK = re.compile(r"/GB(?:K|Kp|T)?-EUC-H|/GBpc-EUC-H")
_ONE: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_SPECIAL = re.compile(rb"[\\()\r]")


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph.

    Attributes:
        code: in its font, one or two bytes.
        before: the number that stands before it in the array, thousandths of an em to the left.
        x, y: its origin on the page, points.
        advance: from its origin to the next glyph's, were there no number between; points.
    """

    code: bytes
    before: float
    x: float
    y: float
    advance: float


@dataclass(frozen=True, slots=True)
class Show:
    """One operator that shows text.

    Attributes:
        prefix: operators that come first, for those that do more than show.
        font: the name of its font among the page's resources.
        em: its em along the line, points; the unit of numbers is a thousandth of it.
        glyphs: at least one.
        after: the number behind the last glyph.
    """

    prefix: bytes
    font: str
    em: float
    glyphs: tuple[Glyph, ...]
    after: float

    def written(self, *, blank: Collection[int] = ()) -> bytes:
        """The operator as it was, but for its form, and for glyphs that leave their place blank."""
        pieces: list[bytes] = []
        for i, glyph in enumerate(self.glyphs):
            pieces.append(moved(glyph.before))
            pieces.append(moved(-1000 * glyph.advance / self.em) if i in blank else quoted(glyph.code))
        return b"".join((self.prefix, b"[(", *pieces, moved(self.after), b")]TJ\n"))


def moved(number: float) -> bytes:
    """A number within the array, between two strings; nothing for zero."""
    if abs(number) < 5e-5:
        return b""
    return b")%.4f(" % number


def quoted(code: bytes) -> bytes:
    """A code within a string of the array."""
    return _SPECIAL.sub(lambda found: b"\\r" if found[0] == b"\r" else b"\\" + found[0], code)


def shows(page: pikepdf.Page) -> list[bytes | Show]:
    """Return the content of a page: what is not text as it is, and every operator that shows some.

    Raises:
        pikepdf.PdfError: the content cannot be parsed.
    """
    parts: list[bytes | Show] = []
    between: list[Any] = []
    state = _State(page)
    for step in pikepdf.parse_content_stream(page):
        show = state.take(step)
        if show is None:
            between.append(step)
            continue
        if between:
            parts.append(pikepdf.unparse_content_stream(between) + b"\n")
            between = []
        parts.append(show)
    if between:
        parts.append(pikepdf.unparse_content_stream(between))
    return parts


@dataclass(slots=True)
class _Text:
    """The text state, which `q` saves with the matrix of the page."""

    matrix: Matrix
    font: str = ""
    size: float = 0.0
    character: float = 0.0
    word: float = 0.0
    scale: float = 1.0
    leading: float = 0.0
    rise: float = 0.0

    def copy(self) -> "_Text":
        return _Text(*(getattr(self, name) for name in self.__slots__))


class _State:
    """Follows a page's operators."""

    def __init__(self, page: pikepdf.Page) -> None:
        left, bottom = (float(v) for v in page.cropbox[:2])
        self._now = _Text((1.0, 0.0, 0.0, 1.0, -left, -bottom))
        self._saved: list[_Text] = []
        self._line = self._place = _ONE
        self._lost = False  # a text of unknown width was shown: the place on the line is not known
        self._fonts = _Fonts(page)

    def take(self, step: Any) -> Show | None:
        """Follow one instruction; return what it shows, if that can be taken apart."""
        name = str(step.operator)
        if name in _SHOWING:
            return self._show(name, step.operands)
        action = _ACTIONS.get(name)
        if action is not None:
            action(self, step.operands)
        return None

    def _save(self, _: Sequence[Any]) -> None:
        self._saved.append(self._now.copy())

    def _restore(self, _: Sequence[Any]) -> None:
        if self._saved:
            self._now = self._saved.pop()

    def _concatenate(self, operands: Sequence[Any]) -> None:
        self._now.matrix = _product(_matrix(operands), self._now.matrix)

    def _begin(self, _: Sequence[Any]) -> None:
        self._set(_ONE)

    def _move(self, operands: Sequence[Any]) -> None:
        x, y = (float(v) for v in operands)
        self._set(_product((1.0, 0.0, 0.0, 1.0, x, y), self._line))

    def _move_leading(self, operands: Sequence[Any]) -> None:
        self._now.leading = -float(operands[1])
        self._move(operands)

    def _next_line(self, _: Sequence[Any] = ()) -> None:
        self._move((0.0, -self._now.leading))

    def _place_at(self, operands: Sequence[Any]) -> None:
        self._set(_matrix(operands))

    def _choose(self, operands: Sequence[Any]) -> None:
        self._now.font, self._now.size = str(operands[0]), float(operands[1])

    def _set(self, line: Matrix) -> None:
        self._line = self._place = line
        self._lost = False

    def _show(self, name: str, operands: Sequence[Any]) -> Show | None:
        prefix = b""
        if name in ("'", '"'):
            self._next_line()
            prefix = b"T*\n"
        if name == '"':
            self._now.word, self._now.character = float(operands[0]), float(operands[1])
            prefix = f"{self._now.word:f} Tw {self._now.character:f} Tc T*\n".encode()
        font = self._fonts.get(self._now.font)
        items = list(operands[-1]) if name == "TJ" else [operands[-1]]
        if font is None or self._lost or not self._now.size or not self._now.scale:
            self._lost = True
            return None
        glyphs, after = self._glyphs(items, font)
        if not glyphs:
            return None
        a, b = _product(self._place, self._now.matrix)[:2]
        em = abs(self._now.size * self._now.scale) * (a * a + b * b) ** 0.5
        return Show(prefix, self._now.font, em, tuple(glyphs), after) if em else None

    def _glyphs(self, items: Sequence[Any], font: "_Font") -> tuple[list[Glyph], float]:
        glyphs: list[Glyph] = []
        before = 0.0
        for item in items:
            if not isinstance(item, pikepdf.String):
                before += float(item)
                self._advance(-float(item) / 1000 * self._now.size * self._now.scale)
                continue
            for code in font.codes(bytes(item)):
                glyphs.append(self._glyph(code, before, font))
                before = 0.0
        return glyphs, before

    def _glyph(self, code: bytes, before: float, font: "_Font") -> Glyph:
        now = self._now
        x, y = _at(0.0, now.rise, _product(self._place, now.matrix))
        space = now.word if code == b" " else 0.0
        self._advance((font.width(code) * now.size + now.character + space) * now.scale)
        end = _at(0.0, now.rise, _product(self._place, now.matrix))
        return Glyph(code, before, x, y, ((end[0] - x) ** 2 + (end[1] - y) ** 2) ** 0.5)

    def _advance(self, by: float) -> None:
        a, b, c, d, e, f = self._place
        self._place = (a, b, c, d, e + by * a, f + by * b)


def _setting(name: str, factor: float = 1.0) -> Any:
    def set_it(state: _State, operands: Sequence[Any]) -> None:
        setattr(state._now, name, float(operands[0]) * factor)

    return set_it


_ACTIONS: dict[str, Any] = {
    "q": _State._save,
    "Q": _State._restore,
    "cm": _State._concatenate,
    "BT": _State._begin,
    "Td": _State._move,
    "TD": _State._move_leading,
    "T*": _State._next_line,
    "Tm": _State._place_at,
    "Tf": _State._choose,
    "Tc": _setting("character"),
    "Tw": _setting("word"),
    "Tz": _setting("scale", 0.01),
    "TL": _setting("leading"),
    "Ts": _setting("rise"),
}


@dataclass(frozen=True, slots=True)
class _Font:
    """The widths of a font's codes, in ems.

    Attributes:
        codes: cuts a text into codes.
        widths: by code.
        usual: of codes that are not among them.
    """

    codes: Callable[[bytes], list[bytes]]
    widths: dict[int, float]
    usual: float

    def width(self, code: bytes) -> float:
        return self.widths.get(int.from_bytes(code, "big"), self.usual)


class _Fonts:
    """The fonts among a page's resources, those that can be reckoned with."""

    def __init__(self, page: pikepdf.Page) -> None:
        self._resources: Any = page.resources.get("/Font", {})
        self._known: dict[str, _Font | None] = {}

    def get(self, name: str) -> _Font | None:
        """The font, or `None` when its widths are not known."""
        if name not in self._known:
            font = self._resources.get(name) if name else None
            try:
                self._known[name] = None if font is None else _measured(font)
            except (AttributeError, KeyError, TypeError, ValueError, IndexError):
                self._known[name] = None  # a damaged font: its text stays where it is
        return self._known[name]


def _measured(font: Any) -> _Font | None:
    kind = str(font.get("/Subtype"))
    if kind == "/Type0":
        return _composite(font.DescendantFonts[0], str(font.get("/Encoding")))
    if "/Widths" not in font:
        return None
    unit = abs(float(font.FontMatrix[0])) if kind == "/Type3" else 0.001
    first = int(font.FirstChar)
    widths = {first + i: float(w) * unit for i, w in enumerate(font.Widths)}
    descriptor = font.get("/FontDescriptor", {})
    return _Font(_singles, widths, float(descriptor.get("/MissingWidth", 0)) / 1000)


def _composite(descendant: Any, encoding: str) -> _Font | None:
    """A font whose codes are those of its glyphs, or of characters in a usual encoding of Chinese.

    Of the latter the widths of letters are guessed: a wrong guess leaves the glyphs behind it unknown.
    """
    widths, usual = _cid_widths(descendant.get("/W", [])), float(descendant.get("/DW", 1000)) / 1000
    if encoding == "/Identity-H":
        return _Font(_pairs, widths, usual)
    letters = {code: widths.get(code - 31, 0.5) for code in range(32, 127)}  # CID 1 is the space
    if _UNICODE.fullmatch(encoding):
        return _Font(_pairs, letters, usual)
    return _Font(_mixed, letters, usual) if _GBK.fullmatch(encoding) else None


def _singles(text: bytes) -> list[bytes]:
    return [text[i : i + 1] for i in range(len(text))]


def _pairs(text: bytes) -> list[bytes]:
    return [text[i : i + 2] for i in range(0, len(text) - 1, 2)]


def _mixed(text: bytes) -> list[bytes]:
    """Codes of one byte below 0x81, of two from there."""
    codes, at = [], 0
    while at < len(text):
        length = 1 if text[at] < 0x81 else 2
        codes.append(text[at : at + length])
        at += length
    return codes


def _cid_widths(table: Sequence[Any]) -> dict[int, float]:
    """The widths of a composite font (9.7.4.3): `c [w …]` and `first last w`."""
    widths: dict[int, float] = {}
    items = list(table)
    at = 0
    while at + 1 < len(items):
        first, second = int(items[at]), items[at + 1]
        if isinstance(second, pikepdf.Array):
            widths.update((first + i, float(w) / 1000) for i, w in enumerate(second))
            at += 2
            continue
        last = min(int(second), 0xFFFF)
        widths.update((code, float(items[at + 2]) / 1000) for code in range(first, last + 1))
        at += 3
    return widths


def _matrix(operands: Sequence[Any]) -> Matrix:
    a, b, c, d, e, f = (float(v) for v in operands)
    return a, b, c, d, e, f


def _product(first: Matrix, then: Matrix) -> Matrix:
    """Apply `first`, then `then`."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def _at(x: float, y: float, matrix: Matrix) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
