"""Characters taken off the pages of a PDF; their place stays blank."""

from collections import defaultdict
from collections.abc import Collection

from wenxing.errors import UnreadableFile
from wenxing.formats.pdf.assembly import opened, whole
from wenxing.formats.pdf.pages import page_texts
from wenxing.formats.pdf.places import places_of
from wenxing.formats.pdf.spots import spots
from wenxing.formats.pdf.streams import Show, shows


def without(data: bytes, text: str, offsets: Collection[int]) -> bytes:
    """Return the PDF without some characters of its text.

    Args:
        data: the file.
        text: what was read from it.
        offsets: of the characters, in `text`.

    Raises:
        UnreadableFile: one of them is shown in a way that is not understood; nothing was taken off.
    """
    places = places_of(text, page_texts(data))
    wanted = [at for at in offsets if places.page[at] >= 0]
    with opened(data) as pdf:
        numbers = sorted({int(places.page[at]) for at in wanted})
        pages = {number: shows(pdf.pages[number]) for number in numbers}
        found = spots(places, pages)
        blank: dict[tuple[int, int], set[int]] = defaultdict(set)
        for at in wanted:
            if at not in found:
                raise UnreadableFile(
                    "The lines cannot be taken off this PDF; remove them in the program that made it and "
                    "try again."
                )
            blank[found[at].page, found[at].part].add(found[at].glyph)
        for number, parts in pages.items():
            content = b"".join(
                part.written(blank=blank[number, i]) if isinstance(part, Show) else part
                for i, part in enumerate(parts)
            )
            pdf.pages[number].Contents = pdf.make_stream(content)
        return whole(pdf)
