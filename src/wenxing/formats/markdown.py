"""Markdown (CommonMark 0.31 with tables and strikethrough), its text traced back to the file.

markdown-it tells the lines of a block, not the places of its characters. So the inline parser here
notes where it stands whenever it hands out text, and every line of a block is found again in its line of
the file; what cannot be found exactly may be read but not changed.
"""

import re
from bisect import bisect_right
from dataclasses import replace
from functools import cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import reference as _reference
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

from wenxing.errors import FileTooLarge
from wenxing.formats import hypertext, limits
from wenxing.formats.markup import Block, Piece, joins_without_space

_LINE_END = re.compile(r"\r\n?|\n")
_FRONT_MATTER = re.compile(
    r"---[ \t]*(?:\r\n?|\n)(?=[\w\"'-]+:)"
    r"(?:(?!---|\.\.\.)[^\r\n]*+(?:\r\n?|\n))*+(?:---|\.\.\.)[ \t]*(?:\r\n?|\n|$)"
)
_SPECIAL = re.compile(r"[\\*_\[\]~|#]")
_REFERENCES = str.maketrans({c: f"&#{ord(c)};" for c in "&<>`"})  # where a backslash may not count
_ORDINAL = re.compile(r"\d{1,9}(?=[.)])")


def blocks(source: str) -> list[Block]:
    """Return the blocks with text of a Markdown file, without its front matter.

    Raises:
        FileTooLarge: more than `limits.PARAGRAPHS` blocks.
    """
    return _Collector(source).found


def comments(source: str) -> list[tuple[int, int]]:
    """Return the ranges of comments of HTML in a Markdown file, in order."""
    return _Collector(source).comments


def front_matter(source: str) -> int:
    """Return where the text begins behind a YAML header at the head of the file; 0 when there is none."""
    header = _FRONT_MATTER.match(source)
    return header.end() if header else 0


def escaped(text: str, *, opens: bool) -> str:
    """Return text so that it is read as itself; `opens` when it stands at the start of a line."""
    text = _SPECIAL.sub(r"\\\g<0>", text).translate(_REFERENCES)
    if opens and text[:1] in tuple("-+=:"):
        return f"\\{text}"
    number = _ORDINAL.match(text) if opens else None
    return f"{number[0]}\\{text[number.end() :]}" if number else text


class _State(StateInline):
    """Notes in every token's `meta` where in the block's content it begins."""

    _pending_at: int | None = None

    def append_pending(self, text: str) -> None:
        if self._pending_at is None:
            self._pending_at = self.pos
        super().append_pending(text)

    def pushPending(self) -> Token:
        token = super().pushPending()
        token.meta["at"] = self._pending_at
        self._pending_at = None
        return token

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token = super().push(ttype, tag, nesting)
        if not self.pending:
            self._pending_at = None
        token.meta["at"] = self.pos
        return token


class _Inline(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def _link_definition(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:
    """A definition of a link, but not a note: `[^1]: …` has text that must not be lost."""
    at = state.bMarks[startLine] + state.tShift[startLine]
    return not state.src.startswith("[^", at) and _reference(state, startLine, endLine, silent)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": limits.MARKDOWN_DEPTH})
    parser.inline = _Inline()
    parser.inline.ruler2.disable("fragments_join")
    parser.block.ruler.at("reference", _link_definition)
    parser.enable("table")
    parser.disable("text_join")
    return parser


class _Collector:
    """Blocks from the tokens of a file."""

    def __init__(self, source: str) -> None:
        self.found: list[Block] = []
        self.comments: list[tuple[int, int]] = []
        self._source = source
        self._begin = front_matter(source)
        self._lines = [self._begin]
        self._ends: list[int] = []
        for end in _LINE_END.finditer(source, self._begin):
            self._ends.append(end.start())
            self._lines.append(end.end())
        self._ends.append(len(source))
        self._row = (-1, 0)  # a table's line, and how far its cells have been taken
        self._level = 0
        self._mark = ""  # how the heading at hand is written
        self._cell = False
        for token in _parser().parse(source[self._begin :]):
            self._take(token)

    def _take(self, token: Token) -> None:
        if token.level >= limits.MARKDOWN_DEPTH - 2:  # the parser leaves out what is deeper
            raise FileTooLarge("The file is nested deeper than a document needs.")
        if token.type == "heading_open":
            self._level, self._mark = int(token.tag[1]), token.markup
        elif token.type == "heading_close":
            self._level = 0
        elif token.type in ("td_open", "th_open", "td_close", "th_close"):
            self._cell = token.nesting > 0
        elif token.type == "inline" and token.map:
            self._inline(token, token.map[0], token.map[1])
        elif token.type in ("fence", "code_block") and token.map:
            self._code(token, token.map[0], token.map[1])
        elif token.type == "html_block" and token.map:
            self._html(token, token.map[0], token.map[1])

    def _add(self, block: Block) -> None:
        if not block.text.strip():
            return
        if len(self.found) >= limits.PARAGRAPHS:
            raise FileTooLarge("The document has more paragraphs than are accepted.")
        self.found.append(block)

    def _span(self, token: Token, first: int, behind: int) -> tuple[int, int] | None:
        """The lines of a block that stands in no list, quotation or table."""
        top = 1 if token.type == "inline" else 0
        if token.level > top or self._cell:
            return None
        return self._lines[first], self._ends[min(behind, len(self._ends)) - 1]

    def _code(self, token: Token, first: int, behind: int) -> None:
        start, end = self._lines[first], self._ends[min(behind, len(self._ends)) - 1]
        text = token.content.rstrip("\n")
        pieces = [Piece(text, start, end, literal=False, editable=False)] if text else []
        self._add(Block(span=self._span(token, first, behind), pieces=pieces))

    def _html(self, token: Token, first: int, behind: int) -> None:
        if token.level:  # its lines carry the marks of what holds them
            for block in hypertext.blocks(token.content):
                start, end = self._lines[first], self._ends[min(behind, len(self._ends)) - 1]
                self._add(Block(pieces=[Piece(block.text, start, end, literal=False, editable=False)]))
            return
        start, end = self._lines[first], self._ends[behind - 1]
        tokens = hypertext.tokens(self._source, start, end)
        self.comments += [(t.start, t.end) for t in tokens if t.kind == "comment"]
        for block in hypertext.blocks(self._source, start, end):
            self._add(block)

    def _inline(self, token: Token, first: int, behind: int) -> None:
        block = Block(self._level, self._cell, self._span(token, first, behind))
        places = _Places(token.content, self._located(token.content, first, behind))
        after_break = ""
        for child in _texts(token.children or []):
            if child.type == "softbreak":
                after_break = "soft" if block.pieces else ""
                continue
            if child.type in ("hardbreak", "html_inline"):
                if child.content.startswith("<!--"):
                    comment = places.range_of(child, self._source)
                    self.comments += [comment] if comment else []
                if child.type == "hardbreak" or re.match(r"(?i)<br\b", child.content):
                    block.pieces.append(Piece("\n", -1, -1, literal=False, editable=False))
                    after_break = ""
                continue
            piece = places.piece(child, self._source)
            if after_break:
                if joins_without_space(block.pieces[-1].text, piece.text):
                    piece = replace(piece, joined=True)
                else:
                    block.pieces.append(Piece(" ", -1, -1, literal=False, editable=False, breaks=True))
                after_break = ""
            block.pieces.append(piece)
        self._add(block)

    def _located(self, content: str, first: int, behind: int) -> list[int | None]:
        """Where each line of a block's content begins in the file; `None` where it is not found."""
        if self._cell or self._level:
            found = self._in_line(content, first)
            if found is not None or "\n" not in content:
                return [found]
        return [
            self._at_end(text, first + i) if first + i < behind else None
            for i, text in enumerate(content.split("\n"))
        ]

    def _in_line(self, content: str, line: int) -> int | None:
        """A heading's content, or a cell's: the next one in its row."""
        start, end = self._lines[line], self._ends[line]
        if self._level and self._mark.startswith("#"):
            start = self._source.index("#", start, end) + len(self._mark)
        elif self._cell and self._row[0] == line:
            start = self._row[1]
        found = self._source.find(content, start, end) if content else start
        if self._cell:
            self._row = (line, found + len(content) if found >= 0 else end)
        return found if found >= 0 else None

    def _at_end(self, text: str, line: int) -> int | None:
        """A line of a paragraph, behind the marks of lists and quotations; −1 places for lost indents."""
        start, end = self._lines[line], self._ends[line]
        written = self._source[start:end]
        shown = text.lstrip(" \t")
        for whole in (written, written.rstrip(" \t")):
            if whole.endswith(shown):
                return start + len(whole) - len(shown) - (len(text) - len(shown))
        return None


class _Places:
    """From places in a block's content to places in the file."""

    def __init__(self, content: str, located: list[int | None]) -> None:
        self._content = content
        self._begins: list[int] = []  # of each line in the content
        self._lines: list[tuple[int, int | None]] = []  # its end in the content, its begin in the file
        at = 0
        for text, place in zip(content.split("\n"), located, strict=False):
            self._begins.append(at)
            self._lines.append((at + len(text), place))
            at += len(text) + 1

    def piece(self, token: Token, source: str) -> Piece:
        """The piece of a token of text; one that may not be changed where its place is in doubt."""
        found = self.range_of(token, source) if token.type == "text" else None
        if found is None:
            return Piece(token.content, -1, -1, literal=False, editable=False)
        begin, (end, _) = self._line(token.meta["at"])
        opens = not self._content[begin : token.meta["at"]].strip(" \t")
        closes = not self._content[token.meta["at"] + len(token.content) : end].strip(" \t")
        return Piece(token.content, *found, opens=opens, closes=closes)

    def range_of(self, token: Token, source: str) -> tuple[int, int] | None:
        """Where the content of a token stands in the file, if it stands there to the letter."""
        at, text = token.meta.get("at"), token.content
        if at is None:
            return None
        begin, (end, place) = self._line(at)
        if place is None or at + len(text) > end:
            return None
        start = place + at - begin
        return (start, start + len(text)) if source[start : start + len(text)] == text else None

    def _line(self, at: int) -> tuple[int, tuple[int, int | None]]:
        line = bisect_right(self._begins, at) - 1
        return self._begins[line], self._lines[line]


def _texts(children: list[Token]) -> list[Token]:
    """The tokens that show something, marks of emphasis that turned out to be text among them."""
    kinds = ("text", "text_special", "code_inline", "softbreak", "hardbreak", "html_inline")
    shown = []
    for child in children:
        if child.type in kinds and (child.content or child.type in ("softbreak", "hardbreak")):
            if not child.content.strip("*_~"):
                child.meta["at"] = None  # marks pushed together all say where their run begins
            shown.append(child)
    return shown
