"""HTML, cut into blocks of visible text by one pass over its tokens.

The tokens are those of the HTML standard (13.2.5); no tree is built, so nothing a page contains makes
reading it slower than its length, and nesting costs nothing. What a browser would not show as text is
passed over: scripts, styles, forms' choices, drawings, comments, hidden elements, ruby readings.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from wenxing.errors import FileTooLarge
from wenxing.formats import limits
from wenxing.formats.markup import Block, Piece, joins_without_space


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BLOCKS = _names(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav ol p "
    "pre search section summary table tbody td tfoot th thead tr ul"
)
_UNSEEN = _names(
    "audio canvas datalist iframe math noembed noframes noscript object rp rt script select style svg "
    "template textarea title video"
)
_RAW = _names("iframe noembed noframes script style textarea title xmp")
_VOID = _names("area base br col embed hr img input link meta source track wbr")
_OPEN_ENDED = _names("dd dt li p tbody td tfoot th thead tr")
_CODE = frozenset(("pre", "xmp", "code", "kbd", "samp"))

_MARKUP = re.compile(r"<(?:(!--)|([!?])|(/?)([A-Za-z][^\s/>]*+))")
_COMMENT_END = re.compile(r"--!?>")
_ATTRIBUTE = re.compile(
    r"[\s/]*+([^\s/>=][^\s/>=]*+)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>]++))?)?", re.ASCII
)
_TEXT = re.compile(
    r"(?P<space>[ \t\n\r\f]++)"
    r"|(?P<reference>&(?:\#[0-9]++|\#[xX][0-9a-fA-F]++|[A-Za-z][A-Za-z0-9]*+);?)"
    r"|(?P<literal>(?:[^ \t\n\r\f&]| (?=[^ \t\n\r\f&]))++|&)"
)
_LINE = re.compile(r"\r\n?|\n")
_NOT_SHOWN = re.compile(r"(?i)(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)")


@dataclass(frozen=True, slots=True)
class Token:
    """A tag, a comment or a run of text of a page.

    Attributes:
        kind: `start`, `end`, `text`, `raw` (the content of a script and its like) or `comment`.
        name: the element's, lower case; empty for text and comments.
        start, end: its range in the file.
        attributes: of a start tag, the first of each name.
    """

    kind: str
    name: str
    start: int
    end: int
    attributes: dict[str, str]


def tokens(source: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """Yield the tokens of `source[start:end]` in order; every character belongs to one.

    Raises:
        FileTooLarge: more than `limits.TAGS` tags.
    """
    stop = len(source) if end is None else end
    at, tags = start, 0
    while at < stop:
        found = _MARKUP.search(source, at, stop)
        if found is None:
            yield Token("text", "", at, stop, {})
            return
        if found.start() > at:
            yield Token("text", "", at, found.start(), {})
        token = _markup(source, found, stop)
        yield token
        at, tags = token.end, tags + 1
        if tags > limits.TAGS:
            raise FileTooLarge("The page has more tags than a document needs.")
        if token.kind == "start" and token.name in _RAW:
            closing = re.compile(rf"(?i)</{token.name}(?=[\s/>])").search(source, at, stop)
            raw = closing.start() if closing else stop
            if raw > at:
                yield Token("raw", token.name, at, raw, {})
            at = raw


def blocks(source: str, start: int = 0, end: int | None = None) -> list[Block]:
    """Return the blocks with visible text of `source[start:end]`.

    Raises:
        FileTooLarge: too many tags or blocks.
    """
    scanner = _Scanner(source)
    for token in tokens(source, start, end):
        scanner.take(token)
    return scanner.finished()


def escaped(text: str) -> str:
    """Return text as the content of an element."""
    return html.escape(text, quote=False)


def _markup(source: str, found: re.Match[str], stop: int) -> Token:
    at = found.start()
    if found[1]:
        if source.startswith((">", "->"), found.end()):
            return Token("comment", "", at, min(source.index(">", found.end()) + 1, stop), {})
        closing = _COMMENT_END.search(source, found.end(), stop)
        return Token("comment", "", at, closing.end() if closing else stop, {})
    if found[2]:
        closed = source.find(">", found.end(), stop)
        return Token("comment", "", at, closed + 1 if closed >= 0 else stop, {})
    attributes: dict[str, str] = {}
    behind = found.end()
    while attribute := _ATTRIBUTE.match(source, behind, stop):
        value = attribute[2] or attribute[3] or attribute[4] or ""
        attributes.setdefault(attribute[1].lower(), value)
        behind = attribute.end()
    closed = source.find(">", behind, stop)
    kind = "end" if found[3] else "start"
    return Token(kind, found[4].lower(), at, closed + 1 if closed >= 0 else stop, attributes)


class _Scanner:
    """Collects blocks from tokens."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._found: list[Block] = []
        self._block = Block()
        self._level = 0
        self._cells = 0
        self._codes = 0
        self._preserved = 0  # open pre elements
        self._unseen = ""  # name of the element that hides its content
        self._depth = 0
        self._space: tuple[int, int] | None = None

    def take(self, token: Token) -> None:
        """Take the next token."""
        if self._unseen:
            self._hide(token)
        elif token.kind in ("text", "raw"):
            self._text(token)
        elif token.kind == "start":
            self._start(token)
        elif token.kind == "end":
            self._end(token.name)

    def finished(self) -> list[Block]:
        """Return the blocks, in order."""
        self._close()
        return self._found

    def _hide(self, token: Token) -> None:
        if self._unseen in _OPEN_ENDED and token.kind == "start" and token.name in _BLOCKS:
            self._unseen = ""  # its end tag may be left out
            self._start(token)
        elif token.name == self._unseen and token.kind == "start" and token.name not in _RAW:
            self._depth += 1
        elif token.name == self._unseen and token.kind == "end":
            self._depth -= 1
            self._unseen = self._unseen if self._depth else ""

    def _start(self, token: Token) -> None:
        name = token.name
        if name in _BLOCKS:
            self._close()
        hidden = "hidden" in token.attributes or _NOT_SHOWN.search(token.attributes.get("style", ""))
        if name not in _VOID and (name in _UNSEEN or hidden):
            self._unseen, self._depth = name, 1
        elif name == "br":
            self._break(token)
        elif len(name) == 2 and name[0] == "h" and name[1] in "123456":
            self._level = int(name[1])
        elif name in ("td", "th"):
            self._cells = 1
        elif name == "table":
            self._cells = 0
        if not self._unseen and name in _CODE:
            self._codes += 1
            self._preserved += name in ("pre", "xmp")

    def _end(self, name: str) -> None:
        if name in _BLOCKS:
            self._close()
        if len(name) == 2 and name[0] == "h" and name[1] in "123456":
            self._level = 0
        elif name in ("td", "th", "table"):
            self._cells = 0
        elif name in _CODE:
            self._codes = max(0, self._codes - 1)
            self._preserved = max(0, self._preserved - (name in ("pre", "xmp")))

    def _break(self, token: Token) -> None:
        self._space = None
        if self._block.pieces:
            self._block.pieces.append(Piece("\n", token.start, token.end, literal=False, editable=False))

    def _text(self, token: Token) -> None:
        if self._preserved:
            self._verbatim(token.start, token.end)
            return
        for found in _TEXT.finditer(self._source, token.start, token.end):
            if found.lastgroup == "space":
                start = self._space[0] if self._space else found.start()
                self._space = (start, found.end()) if self._block.pieces else None
                continue
            shown = found[0]
            if found.lastgroup == "reference":
                shown = html.unescape(shown)
            if shown:
                self._put(Piece(shown, *found.span(), literal=shown == found[0], editable=not self._codes))

    def _verbatim(self, start: int, end: int) -> None:
        for line in re.finditer(r"[^\r\n]++|\r\n?|\n", self._source[start:end]):
            text = "\n" if _LINE.fullmatch(line[0]) else html.unescape(line[0])
            if text and (text != "\n" or self._block.pieces):
                at = start + line.start()
                self._put(Piece(text, at, at + len(line[0]), literal=False, editable=False))

    def _put(self, piece: Piece) -> None:
        """Add a piece behind the white space that is due."""
        pieces, space = self._block.pieces, self._space
        self._space = None
        if space and pieces and pieces[-1].text[-1] != "\n":
            written = self._source[space[0] : space[1]]
            breaks = bool(_LINE.search(written))
            if breaks and joins_without_space(pieces[-1].text, piece.text):
                piece = replace(piece, joined=True)
            else:
                editable = "<" not in written and not self._codes
                pieces.append(Piece(" ", *space, literal=written == " ", editable=editable, breaks=breaks))
        pieces.append(piece)

    def _close(self) -> None:
        block, self._space = self._block, None
        while block.pieces and not block.pieces[-1].text.strip(" \n"):
            block.pieces.pop()
        if block.pieces:
            if len(self._found) >= limits.PARAGRAPHS:
                raise FileTooLarge("The document has more paragraphs than are accepted.")
            block.level, block.in_cell = self._level, bool(self._cells)
            self._found.append(block)
        self._block = Block()
