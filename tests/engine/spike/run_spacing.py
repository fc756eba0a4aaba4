"""Spike: character spacing of Word runs behind the `Site` interface. A proof, not a product.

A site is a run of 8–24 characters; its settings are `w:spacing` values in twentieths of a point.
"""

import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import docx
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.run import Run

from wenxing.document import Document
from wenxing.sites import Grade, Observation, Site, SiteKind, Span

SETTINGS = ("-2", "2")
"""−0.1 pt and +0.1 pt. Neither is what the master has, so that they lie as far apart as they may."""


def find(source: bytes, document: Document) -> tuple[Site, ...]:
    """One site a run of 8–24 characters of the body."""
    return tuple(
        Site((span,), SETTINGS, Grade.A, "run-spacing", SiteKind.SPACING)
        for span, _ in _runs(_opened(source), document)
        if 8 <= span.end - span.start <= 24
    )


def write(source: bytes, document: Document, marks: Sequence[tuple[Site, int]]) -> bytes:
    """Set every site's symbol."""
    opened = _opened(source)
    wanted = {span: site.alternatives[symbol] for site, symbol in marks for span in site.spans}
    for span, run in _runs(opened, document):
        if span in wanted:
            _set(run, wanted[span])
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def observe(
    leak: bytes, leaked: Document, sites: Sequence[Site], where: Callable[[Span], Span | None]
) -> tuple[Observation, ...]:
    """Read every site.

    Args:
        leak: the leaked .docx, saved by whatever program.
        leaked: its document.
        sites: the approved sites, in order.
        where: alignment: a span of the master to that of the leak, `None` when it is not there.
    """
    settings: list[str | None] = [None] * len(leaked.text)
    for span, run in _runs(_opened(leak), leaked):
        settings[span.start : span.end] = [_get(run)] * (span.end - span.start)
    return tuple(
        _observed(i, site, [settings[p.start : p.end] for s in site.spans if (p := where(s)) is not None])
        for i, site in enumerate(sites)
    )


def _observed(index: int, site: Site, parts: Sequence[list[str | None]]) -> Observation:
    """A symbol when nine characters in ten agree on a setting; doubtful when settings contradict."""
    seen = Counter(value for part in parts for value in part)
    known = {value: n for value, n in seen.items() if value in site.alternatives}
    if not known:
        return Observation(index, None)
    value, votes = max(known.items(), key=lambda item: item[1])
    if value is None or votes < 0.9 * sum(seen.values()):
        return Observation(index, None, doubtful=True)
    return Observation(index, site.alternatives.index(value))


def _opened(data: bytes) -> WordDocument:
    return docx.Document(io.BytesIO(data))


def _runs(opened: WordDocument, document: Document) -> Iterator[tuple[Span, Run]]:
    """Every run of the body with its span; the spike's documents have no tables."""
    for paragraph, start in zip(opened.paragraphs, document.starts, strict=False):
        at = start
        for run in paragraph.runs:
            yield Span(at, at + len(run.text)), run
            at += len(run.text)


def _set(run: Run, value: str) -> None:
    properties = run._r.get_or_add_rPr()
    spacing = properties.find(qn("w:spacing"))
    if spacing is None:
        spacing = OxmlElement("w:spacing")
        properties.append(spacing)
    spacing.set(qn("w:val"), value)


def _get(run: Run) -> str | None:
    found = run._r.find(f"{qn('w:rPr')}/{qn('w:spacing')}")
    return None if found is None else found.get(qn("w:val"))
