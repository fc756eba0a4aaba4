"""A page's background that differs by one grey level and says 48 bits: tile, and reading a screenshot.

The tile repeats every 192 CSS pixels. It is 32 × 32 cells, each a little lighter or darker than the paper. A
quarter of the cells are always the same and tell where the tile begins; the others carry the bits as chips of
an error-correcting code. All of it is public: what it carries has to be a pseudonym, and is no evidence.
"""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from wenxing.codes.convolution import CHIPS, decode, encode

SIDE = 192
"""Pixels of the tile, and CSS pixels of its side."""

PAPER = (251, 250, 247)
"""The page's own background in light mode; the tile's mean."""

_CELLS = 32
_CELL = SIDE // _CELLS
_STEP = (1, 1, 1)  # grey levels of red, green, blue above or below the paper
_LARGEST = 2_000  # pixels of a picture's side that are looked at
_NEAR = 8  # grey levels from the paper beyond which it is ink
_AROUND = 24  # pixels over which the paper is taken to be even
_SURE = 5.0  # standard deviations of the synchronising cells above chance
_USUAL = (1.0, 2.0, 3.0, 1.5, 1.25, 1.75, 2.5, 2.75, 0.75, 0.5, 1.5625, 2.08333, 3.125)  # per CSS pixel
_SCALES = (0.6, 3.3)
_SAME = 0.0005  # scales nearer than this are one
_CANDIDATES = 12
_ENOUGH = 1_000  # pixels of a side from which to tell how the picture repeats itself


@dataclass(frozen=True, slots=True)
class Background:
    """What was read from a picture.

    Attributes:
        message: 6 bytes.
        scale: pixels of the picture per CSS pixel.
        surety: standard deviations by which the tile stands out from chance.
    """

    message: bytes
    scale: float
    surety: float


def tile(message: bytes) -> bytes:
    """The PNG of a tile that carries 6 bytes."""
    signs = np.kron(cells(message), np.ones((_CELL, _CELL), np.int16))
    pixels = np.array(PAPER, np.int16) + signs[:, :, None] * np.array(_STEP, np.int16)
    out = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


def cells(message: bytes) -> NDArray[np.int16]:
    """(32, 32): 1 for a cell that is lighter than the paper, −1 for a darker one, where 6 bytes are said."""
    return _signs(message).reshape(_CELLS, _CELLS)


def read(picture: Image.Image) -> Background | None:
    """What the background of a screenshot says; `None` when there is none that can be read.

    Args:
        picture: a screenshot or a part of one, upright, at any scale from 0.6 to 3.3. Very large ones are
            read in their middle.
    """
    residue = _Residue.of(picture)
    if residue is None:
        return None
    tried: list[float] = []
    for scale in chain(_USUAL, residue.periods()):
        if all(abs(scale / other - 1) > _SAME for other in tried):
            tried.append(scale)
            found = residue.read(scale)
            if found is not None:
                return found
    return None


@cache
def _layout() -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int16]]:
    """Which cells synchronise, which carry which chip, and every cell's own sign. Fixed for ever."""
    digests = [hashlib.sha256(b"wenxing background 1/%d" % i).digest() for i in range(_CELLS**2)]
    order = np.array(sorted(range(_CELLS**2), key=lambda i: digests[i]), np.intp)
    signs = np.array([1 - 2 * (digest[-1] & 1) for digest in digests], np.int16)
    return order[CHIPS:], order[:CHIPS], signs


def _signs(message: bytes) -> NDArray[np.int16]:
    """(1024,): −1 or 1 for each cell, row by row."""
    _, carrying, signs = _layout()
    cells = signs.copy()
    cells[carrying] *= encode(message)
    return cells


@cache
def _sync() -> NDArray[np.complex128]:
    """The transformed template of the synchronising cells."""
    fixed, _, signs = _layout()
    cells = np.zeros(_CELLS**2)
    cells[fixed] = signs[fixed]
    template: NDArray[np.complex128] = np.fft.rfft2(
        np.kron(cells.reshape(_CELLS, _CELLS), np.ones((_CELL, _CELL)))
    )
    return np.conj(template)


@dataclass(frozen=True, eq=False)
class _Residue:
    """A picture without its text and its shades.

    Attributes:
        difference: (h, w), grey levels above or below the paper around; 0 where there is ink.
        weight: (h, w), 1 where there is paper, 0 where there is ink.
    """

    difference: NDArray[np.float32]
    weight: NDArray[np.float32]

    @classmethod
    def of(cls, picture: Image.Image) -> "_Residue | None":
        left, top = (max(0, (side - _LARGEST) // 2) for side in picture.size)
        box = (left, top, min(picture.width, left + _LARGEST), min(picture.height, top + _LARGEST))
        grey = picture.crop(box).convert("L")
        if min(grey.size) < SIDE * _SCALES[0] / 2:
            return None
        paper = _paper(grey.histogram())
        levels = np.asarray(grey, np.int32)
        bare = _eroded(abs(levels - paper) < _NEAR)
        weight = bare.astype(np.float32)
        difference = (levels - paper) * bare
        if not difference.any():
            return None  # even paper, as a program draws it
        around = _summed(difference) / np.maximum(_summed(bare), np.float32(1))
        return cls((np.clip(difference - around, -4, 4) * weight).astype(np.float32), weight)

    def read(self, scale: float) -> Background | None:
        """The message, if the picture has so many pixels per CSS pixel."""
        total, weight = _wrapped(_scaled(self.difference, scale)), _wrapped(_scaled(self.weight, scale))
        mean = total / np.maximum(weight, 0.5)
        likeness = np.fft.irfft2(np.fft.rfft2(mean) * _sync(), s=(SIDE, SIDE))
        at = np.unravel_index(int(likeness.argmax()), likeness.shape)
        surety = float((likeness.max() - likeness.mean()) / (likeness.std() + 1e-9))
        if surety < _SURE:
            return None
        aligned = np.roll(total, (-int(at[0]), -int(at[1])), (0, 1)).reshape(_CELLS, _CELL, _CELLS, _CELL)
        cells = aligned.sum(axis=(1, 3)).ravel()
        _, carrying, signs = _layout()
        message = decode(cells[carrying] * signs[carrying])
        return None if message is None else Background(message, scale, surety)

    def periods(self) -> Iterator[float]:
        """The likeliest scales by how the picture repeats itself, best first; few when it hardly does."""
        layers = [_middle(values, _ENOUGH) for values in (self.difference, self.weight)]
        height, width = layers[0].shape
        size = (2 * height, 2 * width)  # padded: nothing wraps around
        transformed = [np.fft.rfft2(layer, s=size) for layer in layers]
        both, common = (np.fft.irfft2(abs(t) ** 2, s=size) for t in transformed)
        found: dict[int, float] = {}
        for period in range(int(SIDE * _SCALES[0]), int(SIDE * _SCALES[1])):
            shifts = [(0, period), (period, 0), (period, period)]
            inside = [(y, x) for y, x in shifts if y < 0.8 * height and x < 0.8 * width]
            shared = sum(float(common[at]) for at in inside)
            if shared > SIDE * SIDE / 4:
                found[period] = sum(float(both[at]) for at in inside) / shared**0.5
        peaks = [p for p in found if found[p] > max(found.get(p - 1, 0.0), found.get(p + 1, 0.0), 0.0)]
        best = sorted(peaks, key=lambda p: -found[p])[:_CANDIDATES]
        yield from (_summit(found, period) / SIDE for period in best)


def _middle(values: NDArray[np.float32], most: int) -> NDArray[np.float32]:
    top, left = (max(0, (side - most) // 2) for side in values.shape)
    return values[top : top + most, left : left + most]


def _paper(histogram: list[int]) -> int:
    """The commonest light grey level."""
    return max(range(128, 256), key=lambda level: histogram[level])


def _summit(values: dict[int, float], at: int) -> float:
    """Where the parabola through a peak and its neighbours is highest."""
    left, top, right = values.get(at - 1, 0.0), values[at], values.get(at + 1, 0.0)
    bend = left - 2 * top + right
    return at + (0.5 * (left - right) / bend if bend < 0 else 0.0)


def _scaled(values: NDArray[np.float32], scale: float) -> NDArray[np.float32]:
    """Values per CSS pixel."""
    if scale == 1.0:
        return values
    height, width = (max(1, round(side / scale)) for side in values.shape)
    way = Image.Resampling.BOX if scale > 1 else Image.Resampling.BILINEAR
    box = (0.0, 0.0, min(values.shape[1], width * scale), min(values.shape[0], height * scale))
    return np.asarray(Image.fromarray(values).resize((width, height), way, box=box), np.float32)


def _eroded(bare: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels within two of which, up, down and aside, all are bare; beyond the edges all are."""
    for axis in (0, 1):
        padded = np.pad(bare, [(2, 2) if axis == i else (0, 0) for i in (0, 1)], constant_values=True)
        side = bare.shape[axis]
        parts = [padded[i : i + side] if axis == 0 else padded[:, i : i + side] for i in range(5)]
        bare = np.logical_and.reduce(parts)
    return bare


def _summed(values: NDArray[np.int32] | NDArray[np.bool_]) -> NDArray[np.float32]:
    """Sums over squares around each pixel, cut off at the edges."""
    reach = 2 * _AROUND + 1
    height, width = values.shape
    padded = np.zeros((height + reach, width + reach), np.int32)
    padded[_AROUND + 1 : _AROUND + 1 + height, _AROUND + 1 : _AROUND + 1 + width] = values
    down = np.cumsum(padded, axis=0, dtype=np.int32)
    across = np.cumsum(down[reach:] - down[:-reach], axis=1, dtype=np.int32)
    return (across[:, reach:] - across[:, :-reach]).astype(np.float32)


def _wrapped(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Sums (192, 192) over all repeats of the tile."""
    height, width = (-(-side // SIDE) * SIDE for side in values.shape)
    padded = np.zeros((height, width))
    padded[: values.shape[0], : values.shape[1]] = values
    folded: NDArray[np.float64] = padded.reshape(height // SIDE, SIDE, width // SIDE, SIDE).sum(axis=(0, 2))
    return folded
