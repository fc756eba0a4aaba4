"""A document without a PDF, set in pages once: a copy is a splice into the lines that it changes.

Where the words of a copy do not fit on the lines of the master, the copy is set again as a whole.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wenxing.carriers.pdf.glyphs import FIXED, joined
from wenxing.carriers.pdf.relining import (
    Item,
    Reflow,
    Room,
    fitted,
    items_of,
    opened_line,
    usual_extra,
    written,
)
from wenxing.carriers.pdf.template import Table, Template
from wenxing.carriers.pdf.typesetting import compiled
from wenxing.document import Document, Edit, Role, in_order
from wenxing.formats.pdf.assembly import opened, whole
from wenxing.formats.pdf.streams import Show, quoted, shows
from wenxing.sites import Setting, SiteKind

CODE = "0000-0000"
"""What the master has where copies have their visible code."""

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ-"
"""What a visible code is made of."""

_Open = list[tuple[int, list[tuple[int, tuple[bytes, bytes]]]]]
"""By part of a page's contents: number of a site or `FIXED`, and the bytes for its symbols."""

_KEPT = 4  # prepared masters kept in memory
_KEPT_LINES = 2_048  # changed lines of each, some 2 KB a line
_CODE_EM = 9.0  # points: a visible code is smaller than any text
_NOT_FIRST = "，。、；：！？）】》」』”’…—%％"  # no line begins with one of these
_NOT_LAST = "（【《「『“‘"  # nor ends so
_SAME = 0.5  # points by which baselines of a line may differ


@dataclass(frozen=True, slots=True)
class _Cut:
    """A glyph that copies may show: its code in a font, and its width in ems."""

    code: bytes
    width: float


class Typesetter:
    """A document's pages, and the map from its characters to them.

    Args:
        document: without wrapped lines.
        spare: characters that copies may show instead of others.
    """

    def __init__(self, document: Document, spare: str = "") -> None:
        self._document = document
        letters = "".join(sorted(set(spare) | set(LETTERS)))
        source, self._cuts = _without_spare(compiled(document, code=CODE, spare=letters), letters)
        self._template = Template(source, document)
        self._lines = _Lines(self._template, document)
        with opened(source) as pdf:
            self._fonts = [_fonts(page) for page in pdf.pages]
        self._codes = self._shown_codes()
        self._split = lru_cache(maxsize=_KEPT_LINES)(self._lines.split)
        self._open = lru_cache(maxsize=_KEPT_LINES)(self._opened)

    def write(self, edits: Sequence[Edit] = (), settings: Sequence[Setting] = (), code: str = "") -> bytes:
        """Return a copy with the edits made, the glyphs moved, and the code at the foot of its pages.

        Raises:
            ValueError: edits overlap or leave the document.
        """
        ordered = in_order(edits, len(self._document.text))
        table = self._template.table([setting.site for setting in settings])
        symbols = table.symbols(settings)
        try:
            parts = self._relined(ordered, table, symbols)
        except Reflow:
            return self._set_again(ordered, settings, code)
        for page, part, show in self._codes:
            parts[page][part] = self._with_code(page, show, code)
        return self._template.spliced(table, symbols, parts)

    def keeps_layout(self, edits: Sequence[Edit]) -> bool:
        """Whether a copy with these edits has the lines of the master."""
        try:
            for number, changes in self._by_line(in_order(edits, len(self._document.text))).items():
                self._refitted(self._lines.lines[number], changes)
        except Reflow:
            return False
        return True

    def _relined(
        self, edits: Sequence[Edit], table: Table, symbols: NDArray[np.uint8]
    ) -> dict[int, dict[int, bytes]]:
        """By page and part: the operators of all lines that change."""
        out: dict[int, dict[int, bytes]] = defaultdict(dict)
        given = symbols.tolist()
        for number, changes in self._by_line(edits).items():
            page = out[self._lines.lines[number].page]
            for part, pieces in self._open(table, number, tuple(changes)):
                page[part] = b"".join([choice[given[site]] for site, choice in pieces])
        return out

    def _by_line(self, edits: Sequence[Edit]) -> dict[int, list[Edit]]:
        by_line: dict[int, list[Edit]] = defaultdict(list)
        for edit in edits:
            for number, own in self._split(edit):
                by_line[number].append(own)
        return by_line

    def _opened(self, table: Table, number: int, changes: Sequence[Edit]) -> _Open:
        """A changed line with all symbols open: copies with the same words there share it."""
        line = self._lines.lines[number]
        items, places = self._refitted(line, changes)
        sites = [table.numbers.get(item.at, FIXED) for item in items]
        return [
            (part, [(site, (left, right)) for site, left, right in joined(pieces)])
            for part, pieces in opened_line(line.parts, items, places, sites, table.hair).items()
        ]

    def _refitted(self, line: "_Line", changes: Sequence[Edit]) -> tuple[list[Item], list[float]]:
        """The glyphs of a changed line and their places."""
        items = list(line.items)
        for edit in reversed(changes):
            self._replace(items, edit, line)
        if not items or items[0].character in _NOT_FIRST or items[-1].character in _NOT_LAST:
            raise Reflow
        return items, fitted(items, start=line.start, end=line.end, room=line.room, em=line.em)

    def _replace(self, items: list[Item], edit: Edit, line: "_Line") -> None:
        """Make an edit among the glyphs of its line."""
        touched = [i for i, item in enumerate(items) if edit.start <= item.at < edit.end]
        if edit.start == edit.end:
            touched = [i + 1 for i, item in enumerate(items) if item.at == edit.start - 1]
        if not touched:
            raise Reflow
        first, last = touched[0], touched[-1] + (edit.end > edit.start)
        show = items[min(first, len(items) - 1)].part
        em, font = line.parts[show].em, self._fonts[line.page].get(line.parts[show].font)
        items[first:last] = [self._item(c, show, font, em, line.extra) for c in edit.replacement]

    def _item(self, character: str, part: int, font: Any, em: float, extra: float) -> Item:
        cut = self._cuts.get((font, character))
        if cut is None:
            raise Reflow
        return Item(part, quoted(cut.code), character, cut.width * em, extra, -1)

    def _shown_codes(self) -> list[tuple[int, int, Show]]:
        """The operators that show the code: page, part, and what they are."""
        return [
            (page, part, show)
            for page, parts in self._template.pages.items()
            for part, show in enumerate(parts)
            if isinstance(show, Show) and show.em < _CODE_EM and self._shows_code(page, show)
        ]

    def _shows_code(self, page: int, show: Show) -> bool:
        font = self._fonts[page].get(show.font)
        wanted = [self._cuts[font, c].code for c in CODE if (font, c) in self._cuts]
        return [glyph.code for glyph in show.glyphs] == wanted

    def _with_code(self, page: int, show: Show, code: str) -> bytes:
        """The operator with another code; on even pages, where it stands at the right, it ends as before."""
        if not code:
            return b""
        font = self._fonts[page].get(show.font)
        cuts = [self._cuts[font, c] for c in code]
        start = show.glyphs[0].x
        if page % 2:
            start += sum(g.advance for g in show.glyphs) - sum(cut.width for cut in cuts) * show.em
        items, places = [], [start]
        for c, cut in zip(code, cuts, strict=True):
            items.append(Item(0, quoted(cut.code), c, cut.width * show.em, 0.0, -1))
            places.append(places[-1] + cut.width * show.em)
        return written(show, items, places[:-1])

    def _set_again(self, edits: Sequence[Edit], settings: Sequence[Setting], code: str) -> bytes:
        edited = _edited(self._document, edits)
        moved = [_moved(s, edits) for s in settings if s.site.kind is SiteKind.GLYPH]
        return Template(compiled(edited, code=code), edited).write(moved)


@lru_cache(maxsize=_KEPT)
def typesetter(document: Document, spare: str = "") -> Typesetter:
    """Return the prepared form of a master without a PDF; the last few are remembered."""
    return Typesetter(document, spare)


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the master.

    Attributes:
        page: its page.
        parts: its operators, from left to right.
        items: its glyphs, likewise.
        start, end: where it begins and ends, points.
        room: how long it may be.
        em: of its text, points.
        extra: what is between two of its wide characters, points.
    """

    page: int
    parts: dict[int, Show]
    items: list[Item]
    start: float
    end: float
    room: Room
    em: float
    extra: float


class _Lines:
    """The lines of a document's pages."""

    def __init__(self, template: Template, document: Document) -> None:
        self._text = document.text
        self._document = document
        self._line_of: dict[int, int] = {}
        self.lines: list[_Line] = []
        by_part: dict[tuple[int, int], dict[tuple[int, int], tuple[int, str]]] = defaultdict(dict)
        for at, spot in template.spots.items():
            by_part[spot.page, spot.part][spot.part, spot.glyph] = at, document.text[at]
        groups: list[tuple[int, dict[int, Show]]] = []
        for page, parts in template.pages.items():
            groups += ((page, own) for own in _grouped(parts, page, by_part))
        right = max((_end(own) for _, own in groups), default=0.0)
        for page, own in groups:
            self._add(page, own, by_part, right)

    def split(self, edit: Edit) -> tuple[tuple[int, Edit], ...]:
        """Return the lines that an edit changes, and what it does to each.

        Raises:
            Reflow: it changes characters that no line shows.
        """
        return tuple(self._split(_trimmed(edit, self._text)))

    def _split(self, edit: Edit) -> Iterator[tuple[int, Edit]]:
        at, replacement = edit.start, edit.replacement
        if at == edit.end:
            if replacement:
                yield self._line(at - 1), edit
            return
        lines = [(self._line(i), i) for i in range(at, edit.end)]
        for number, group in groupby(lines, key=lambda pair: pair[0]):
            end = list(group)[-1][1] + 1
            own = replacement if end == edit.end else replacement[: end - at]
            yield number, Edit(at, end, own)
            at, replacement = end, replacement[len(own) :]

    def _line(self, at: int) -> int:
        if at not in self._line_of:
            raise Reflow
        return self._line_of[at]

    def _add(
        self,
        page: int,
        parts: dict[int, Show],
        by_part: Mapping[tuple[int, int], Mapping[tuple[int, int], tuple[int, str]]],
        right: float,
    ) -> None:
        shown = {key: value for number in parts for key, value in by_part.get((page, number), {}).items()}
        if not shown:
            return
        offsets = [at for at, _ in shown.values()]
        self._line_of.update((at, len(self.lines)) for at in offsets)
        paragraph = self._document.paragraph_at(max(offsets))
        end = self._document.starts[paragraph] + len(self._document.paragraphs[paragraph].text)
        last = not self._text[max(offsets) + 1 : end].strip()
        ragged = self._document.paragraphs[paragraph].role is not Role.BODY
        em = max(show.em for show in parts.values())
        items, start = items_of(parts, shown), next(iter(parts.values())).glyphs[0].x
        room = Room(not (last or ragged), right)
        self.lines.append(_Line(page, parts, items, start, _end(parts), room, em, usual_extra(items)))


def _trimmed(edit: Edit, text: str) -> Edit:
    """The edit without what it leaves as it is at its ends."""
    own, new = text[edit.start : edit.end], edit.replacement
    head = _common(own, new)
    own, new = own[head:], new[head:]
    tail = _common(own[::-1], new[::-1])
    return Edit(edit.start + head, edit.end - tail, new[: len(new) - tail])


def _common(own: str, new: str) -> int:
    """How many characters two texts begin with alike."""
    return next(
        (i for i, (a, b) in enumerate(zip(own, new, strict=False)) if a != b), min(len(own), len(new))
    )


def _grouped(
    parts: Sequence[bytes | Show],
    page: int,
    shown: Mapping[tuple[int, int], Mapping[tuple[int, int], tuple[int, str]]],
) -> list[dict[int, Show]]:
    """The operators of a page's text by line, each line from left to right."""
    lines: list[dict[int, Show]] = []
    baseline = None
    for number, part in enumerate(parts):
        if not isinstance(part, Show) or (page, number) not in shown:
            if isinstance(part, Show) and baseline is not None and abs(part.glyphs[0].y - baseline) < _SAME:
                lines[-1][number] = part  # a space of its own
            continue
        y = part.glyphs[0].y
        if baseline is None or abs(y - baseline) >= _SAME:
            lines.append({})
            baseline = y
        lines[-1][number] = part
    return lines


def _end(parts: Mapping[int, Show]) -> float:
    return max(show.glyphs[-1].x + show.glyphs[-1].advance for show in parts.values())


def _without_spare(pdf: bytes, letters: str) -> tuple[bytes, dict[tuple[Any, str], _Cut]]:
    """The pages without the last, and the glyphs that were on it: (font, character) → glyph."""
    with opened(pdf) as opened_pdf:
        page = opened_pdf.pages[-1]
        fonts = _fonts(page)
        cut = [show for show in shows(page) if isinstance(show, Show)]
        glyphs = [(fonts[show.font], show.em, glyph) for show in cut for glyph in show.glyphs]
        del opened_pdf.pages[-1]
        source = whole(opened_pdf)
    if len(glyphs) != len(letters):
        return source, {}
    return source, {
        (font, c): _Cut(glyph.code, glyph.advance / em)
        for c, (font, em, glyph) in zip(letters, glyphs, strict=True)
    }


def _fonts(page: Any) -> dict[str, str]:
    """The fonts of a page by the names that its contents give them: their names, which tell them apart."""
    fonts = page.resources.get("/Font", {})
    return {name: str(font.get("/BaseFont")) for name, font in fonts.items()}


def _edited(document: Document, edits: Sequence[Edit]) -> Document:
    """The document with edits made; every edit lies within one paragraph."""
    paragraphs = list(document.paragraphs)
    for edit in reversed(edits):
        index = document.paragraph_at(edit.start)
        start, text = document.starts[index], paragraphs[index].text
        new = text[: edit.start - start] + edit.replacement + text[edit.end - start :]
        paragraphs[index] = replace(paragraphs[index], text=new)
    return replace(document, paragraphs=tuple(paragraphs))


def _moved(setting: Setting, edits: Sequence[Edit]) -> Setting:
    """A setting of a text as one of the edited text."""
    start = setting.site.start
    before = edits[: bisect_right([edit.start for edit in edits], start)]
    by = sum(len(edit.replacement) - (edit.end - edit.start) for edit in before)
    spans = tuple(replace(span, start=span.start + by, end=span.end + by) for span in setting.site.spans)
    return Setting(replace(setting.site, spans=spans), setting.symbol)
