"""Spike: horizontal offsets of glyphs in a PDF behind the `Site` interface. A proof, not a product.

Every second character moves to the left or right of where it was; its neighbours stay, which makes
the reading differential (Brassil, Low, Maxemchuk, O'Gorman 1995). Offsets are written into the
TJ arrays of the page, as numbers in thousandths of an em (ISO 32000-1, 9.4.3).
"""

import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pikepdf

from wenxing.document import Document
from wenxing.sites import Grade, Observation, Site, SiteKind, Span

SETTINGS = ("left", "right")
DELTA = 18.0
"""The offset, thousandths of an em: 0.29 pt at 16 pt."""

_SIGN = {"left": -DELTA, "right": DELTA}
_CLEAR = 0.5  # of DELTA: what is measured nearer to zero than this is not trusted


def find(document: Document) -> tuple[Site, ...]:
    """One site every second Han character that stands between two others."""
    text = document.text
    sites: list[Site] = []
    for at in range(1, len(text) - 1):
        free = not sites or sites[-1].start < at - 1
        if free and all("\u4e00" <= c <= "\u9fff" for c in text[at - 1 : at + 2]):
            sites.append(Site((Span(at, at + 1),), SETTINGS, Grade.A, "glyph-offset", SiteKind.GLYPH))
    return tuple(sites)


def typeset(document: Document) -> bytes:
    """A page of our own making: one TJ array a line, one code a character, an em wide each."""
    codes = {c: i + 1 for i, c in enumerate(sorted(set(document.text)))}
    lines = [" ".join(f"<{codes[c]:04X}>" for c in line) for line in document.text.split("\n")]
    shown = "".join(f"[{line}] TJ T* " for line in lines)
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    page.Contents = pdf.make_stream(f"BT /F1 16 Tf 24 TL 60 760 Td {shown}ET".encode())
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=_font(pdf, codes)))
    return _saved(pdf)


def write(source: bytes, document: Document, marks: Sequence[tuple[Site, int]]) -> bytes:
    """Set every site's symbol: shift its glyph, and take the shift back behind it."""
    shifts = {site.start: _SIGN[site.alternatives[symbol]] for site, symbol in marks}
    with pikepdf.open(io.BytesIO(source)) as pdf:
        steps, at = pikepdf.parse_content_stream(pdf.pages[0]), 0
        for i, glyphs in _lines(steps):
            array: list[Any] = []
            for glyph in glyphs:
                shift = shifts.get(at)
                array += [glyph] if shift is None else [-shift, glyph, shift]
                at += 1
            at += 1  # the line feed
            steps[i] = pikepdf.ContentStreamInstruction([pikepdf.Array(array)], steps[i].operator)
        pdf.pages[0].Contents = pdf.make_stream(pikepdf.unparse_content_stream(steps))
        return _saved(pdf)


def measure(leak: bytes) -> list[float | None]:
    """The offset of every character against its place in the grid, thousandths of an em.

    Stands for what a decoder fits to an image; `None` where there is no glyph (a line feed).
    """
    offsets: list[float | None] = []
    with pikepdf.open(io.BytesIO(leak)) as pdf:
        for _, items in _lines(pikepdf.parse_content_stream(pdf.pages[0])):
            moved = 0.0
            for item in items:
                if isinstance(item, pikepdf.String):
                    offsets.append(moved)
                else:
                    moved -= float(item)
            offsets.append(None)
    return offsets


def _lines(steps: Sequence[Any]) -> Iterator[tuple[int, list[Any]]]:
    """Every TJ of a page: its place among the instructions and the items of its array."""
    return ((i, list(step.operands[0])) for i, step in enumerate(steps) if str(step.operator) == "TJ")


def observe(
    offsets: Sequence[float | None], sites: Sequence[Site], where: Callable[[Span], Span | None]
) -> tuple[Observation, ...]:
    """Read every site against its two neighbours; what is near the middle is a doubtful erasure."""
    return tuple(_observed(i, offsets, where(site.spans[0])) for i, site in enumerate(sites))


def _observed(index: int, offsets: Sequence[float | None], span: Span | None) -> Observation:
    around = [] if span is None else offsets[span.start - 1 : span.start + 2]
    left, own, right = (*around, None, None, None)[:3]
    if left is None or own is None or right is None:
        return Observation(index, None)
    shift = own - (left + right) / 2
    if abs(shift) < _CLEAR * DELTA:
        return Observation(index, None, doubtful=True)
    return Observation(index, int(shift > 0))


def _font(pdf: pikepdf.Pdf, codes: dict[str, int]) -> pikepdf.Object:
    """A composite font that is not embedded, with the map to Unicode that copying needs."""
    pairs = "\n".join(f"<{code:04X}> <{c.encode('utf-16-be').hex()}>" for c, code in codes.items())
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /U def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{len(codes)} beginbfchar\n{pairs}\nendbfchar endcmap end end"
    )
    name = pikepdf.Name
    info = pikepdf.Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0)
    descriptor = pikepdf.Dictionary(
        Type=name.FontDescriptor, FontName=name("/Song"), Flags=4, FontBBox=[0, -200, 1000, 900],
        ItalicAngle=0, Ascent=880, Descent=-120, CapHeight=700, StemV=80,
    )  # fmt: skip
    descendant = pikepdf.Dictionary(
        Type=name.Font, Subtype=name.CIDFontType2, BaseFont=name("/Song"), CIDSystemInfo=info, DW=1000,
        FontDescriptor=pdf.make_indirect(descriptor),
    )  # fmt: skip
    return pdf.make_indirect(
        pikepdf.Dictionary(
            Type=name.Font, Subtype=name.Type0, BaseFont=name("/Song"), Encoding=name("/Identity-H"),
            DescendantFonts=[pdf.make_indirect(descendant)], ToUnicode=pdf.make_stream(cmap.encode()),
        )
    )  # fmt: skip


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()
