"""How the runs of a leaked .docx are spaced, compared with what the master has there.

Word processors keep the number when they save in another format, often as the spacing of a style or
after some rounding; so the effective spacing is read, and its difference from the master's.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wenxing.carriers.docx.template import template
from wenxing.document import Document
from wenxing.formats import xml
from wenxing.formats.letterspacing import Letterspacing
from wenxing.formats.package import Package
from wenxing.formats.wordparts import main_part
from wenxing.formats.wordprocessing import ParagraphElement, paragraphs
from wenxing.sites import Observation, Site

_ROUNDING = 1  # twentieths of a point by which another program may miss
_AGREED = 0.9  # of the characters found must say the same
_FOUND = 0.5  # of a run must be found


class SpacingReader:
    """Reads the sites of any master from one leaked .docx."""

    def __init__(self, data: bytes, document: Document) -> None:
        """Measure the leak.

        Args:
            data: a .docx that was read without an error.
            document: what `reading.read` made of it.
        """
        self._spacings = np.array(_measured(data, document), np.int32)

    def __call__(
        self, source: bytes, document: Document, sites: Sequence[Site], places: NDArray[np.int64]
    ) -> tuple[Observation, ...]:
        """What the leak shows at each site; an erasure where the run is not found, or not spaced.

        Args:
            source: the master's file.
            document: the master's.
            sites: of the kind `spacing`, in order.
            places: (n,), for each character of the master's text its offset in the leak's; −1 where the
                leak does not have it.
        """
        own = np.zeros(len(document.text), np.int32)
        if document.format == "docx":
            own[:] = template(source, document).spacings()
        return tuple(self._observed(i, site, own, places) for i, site in enumerate(sites))

    def _observed(
        self, index: int, site: Site, own: NDArray[np.int32], places: NDArray[np.int64]
    ) -> Observation:
        at = np.concatenate([np.arange(span.start, span.end) for span in site.spans])
        there = at[places[at] >= 0]
        if len(there) < _FOUND * len(at):
            return Observation(index, None)
        added = self._spacings[places[there]] - own[there]
        votes = [int((abs(added - int(setting)) <= _ROUNDING).sum()) for setting in site.alternatives]
        most = max(votes)
        if most >= _AGREED * len(there):
            return Observation(index, votes.index(most))
        return Observation(index, None, doubtful=most > 0)


def _measured(data: bytes, document: Document) -> list[int]:
    """The spacing of every character of the text, twentieths of a point."""
    package = Package(data)
    main = main_part(package)
    styles = Letterspacing.of(package, main)
    elements: dict[str, dict[int, ParagraphElement]] = {}
    values: list[int] = []
    for paragraph in document.paragraphs:
        part = paragraph.source.part
        if part not in elements:
            elements[part] = {e.index: e for e in paragraphs(xml.as_utf8(package.read(part)))}
        element = elements[part][paragraph.source.index]
        for piece in element.pieces:
            values += [styles.at(element, piece.run)] * len(piece.text)
        values.append(0)
    return values[:-1]
