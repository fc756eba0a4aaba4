"""The words in a picture, by optical character recognition. Runs in the child process of `bounded` only.

Needs the extra `ocr`: rapidocr, whose models come with it, onnxruntime and OpenCV. They are imported when
the first picture is read, so that everything else works without them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from wenxing.errors import EmptyFile, UnknownFormat
from wenxing.formats import pictures

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SURE = 0.5  # lines that the recogniser trusts less are left out
_DOUBTFUL = 0.8  # of the letters must be trusted, or the picture may stand on its head
_TALL = 1.5  # tiles of a strip, in widths
_OVERLAP = 0.5  # of the shorter line: so much in common makes two boxes one line
_INDENT = 1.2  # line heights from the left edge that begin a paragraph
_SHORT = 2.5  # line heights from the right edge that end one
_NEEDED = ("rapidocr", "onnxruntime", "cv2")


Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or a piece of one, as it was read.

    Attributes:
        text: its characters.
        corners: top left, top right, bottom right, bottom left, in pixels of the picture.
    """

    text: str
    corners: tuple[Point, Point, Point, Point]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        x, y = zip(*self.corners, strict=True)
        return min(x), min(y), max(x), max(y)


@dataclass(frozen=True)
class Recognised:
    """What stands in a picture.

    Attributes:
        lines: in reading order.
        grey: (height, width), the picture the right way up.
    """

    lines: tuple[Line, ...]
    grey: "NDArray[np.uint8]"


def is_available() -> bool:
    """Whether the extra `ocr` is installed."""
    return all(find_spec(name) is not None for name in _NEEDED)


def load() -> None:
    """Load the models, for every process forked from this one to have them; nothing without the extra."""
    if is_available():
        _engine()


def recognise(data: bytes) -> Recognised:
    """Read a picture.

    Raises:
        UnknownFormat: the extra `ocr` is not installed.
        EmptyFile: there is no text in it.
        UnreadableFile, FileTooLarge: as `pictures.pixels`.
    """
    if not is_available():
        raise UnknownFormat(
            "The file is a picture, and reading pictures is not installed here: run `make ocr` (or install "
            "the extra `ocr`: pip install 'wenxing[ocr]') and try again."
        )
    grey = pictures.pixels(data)
    grey, lines = _upright(grey)
    if not lines:
        raise EmptyFile("There is no text in the picture that can be read; take it closer, or sharper.")
    return Recognised(tuple(lines), grey)


def separators(lines: Sequence[Line]) -> list[str]:
    """What stands before each line in the text: nothing, a space, or a line feed where a paragraph begins.

    Paragraphs are known by indents, short lines and gaps.
    """
    left, right = min(line.box[0] for line in lines), max(line.box[2] for line in lines)
    before = [""]
    for above, line in pairwise(lines):
        height = line.box[3] - line.box[1]
        apart = above.box[1] < line.box[1] - height / 2  # not on one line
        indented = apart and line.box[0] - left > _INDENT * height
        short = apart and right - above.box[2] > _SHORT * height
        begins = indented or short or line.box[1] - above.box[3] > 2 * height
        before.append("\n" if begins else _space(above.text, line.text))
    return before


def _space(before: str, after: str) -> str:
    """Between words of letters there is a space, beside Han characters none."""
    return " " if before[-1:].isascii() and after[:1].isascii() and before[-1:] != "-" else ""


def _upright(grey: "NDArray[np.uint8]") -> "tuple[NDArray[np.uint8], list[Line]]":
    """The picture the right way up, and its lines.

    Lines that stand on end are those of a picture that lies on its side; the recogniser reads them all the
    same, but not in order. One that stands on its head reads badly.
    """
    import numpy as np

    lines, sure = _lines(grey)
    boxes = [line.box for line in lines]
    tall = sum(bottom - top > 1.5 * (right - left) for left, top, right, bottom in boxes)
    if 2 * tall > len(lines) or len(lines) == tall == 1:
        turns: tuple[int, ...] = (1, 3)
    elif lines and sure < _DOUBTFUL * len("".join(line.text for line in lines)):
        turns = (0, 2)
    else:
        return grey, lines
    turned = [np.ascontiguousarray(np.rot90(grey, quarters)) for quarters in turns]
    read = [_lines(picture) for picture in turned]
    best = max(range(len(turns)), key=lambda i: read[i][1])
    return turned[best], read[best][0]


def _lines(grey: "NDArray[np.uint8]") -> tuple[list[Line], float]:
    """Everything the recogniser is sure enough of, in reading order; how many letters it trusts, in all."""
    found: list[Line] = []
    sure = 0.0
    for top, tile in _tiles(grey):
        result = _engine()(tile, use_det=True, use_cls=False, use_rec=True)
        if result.txts is None:
            continue
        for box, text, score in zip(result.boxes, result.txts, result.scores, strict=True):
            if score >= _SURE and text.strip():
                one, two, three, four = ((float(x), float(y) + top) for x, y in box)
                found.append(Line(text.strip(), (one, two, three, four)))
                sure += float(score) * len(text)
    return in_order(found), sure


def in_order(found: Iterable[Line]) -> list[Line]:
    """Lines from top to bottom, pieces of one line from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(found, key=lambda one: one.box[1] + one.box[3]):
        row = next((r for r in reversed(rows[-3:]) if _beside(r[0], line)), None)
        if row is None:
            rows.append([line])
        else:
            row.append(line)
    return [line for row in rows for line in sorted(row, key=lambda one: one.box[0])]


def _beside(one: Line, other: Line) -> bool:
    common = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    lower = min(one.box[3] - one.box[1], other.box[3] - other.box[1])
    apart = other.box[0] >= one.box[2] - lower / 2 or other.box[2] <= one.box[0] + lower / 2
    return apart and common > _OVERLAP * lower


def _tiles(grey: "NDArray[np.uint8]") -> "Iterator[tuple[int, NDArray[np.uint8]]]":
    """A strip of many screens in parts that are cut where no line stands; else the picture."""
    height, width = grey.shape
    step = round(_TALL * width)
    if height <= 2 * step:
        yield 0, grey
        return
    varied = grey.max(axis=1).astype(int) - grey.min(axis=1)
    top = 0
    while height - top > 2 * step:
        low, high = top + step // 2, top + step + step // 2
        cut = low + int(varied[low:high].argmin())
        yield top, grey[top:cut]
        top = cut
    yield top, grey[top:]


_loaded: list[Any] = []


def _engine() -> Any:
    if not _loaded:
        from rapidocr import RapidOCR

        bounds: dict[str, Any] = {
            f"EngineConfig.onnxruntime.{name}_op_num_threads": 1 for name in ("intra", "inter")
        }
        # Else all that a layer works on is fetched from the system and given back, a tenth of the time.
        bounds["EngineConfig.onnxruntime.enable_cpu_mem_arena"] = True
        bounds["Rec.rec_batch_num"] = 1  # lines side by side are padded to the longest: a tenth more work
        engine: Any = RapidOCR(params={**bounds, "Global.log_level": "critical"})
        # Both models now, else every child loads them; unused, or what they work with stays with the parent
        # and every file may take as much more.
        engine._load_det_model()
        engine._load_rec_model()
        _loaded.append(engine)
    return _loaded[0]
