"""Contact sheets: many pages on one small picture."""

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from web.serving import ROOT

PICTURES = ROOT / "docs" / "pictures"
_GAP, _LABEL = 12, 18
_COLOURS = 24
_SEALS = (181, 56, 42, 226, 122, 105, 218, 156, 146)  # too few pixels to be found by counting


def save_sheet(name: str, shots: list[tuple[str, bytes]], *, columns: int, width: int) -> Path:
    """Put screenshots side by side, in their order, each under its label.

    Args:
        shots: label and PNG, all of one size.
        width: of one picture on the sheet, pixels.
    """
    thumbs = [_shrunk(data, width) for _, data in shots]
    height = max(thumb.height for thumb in thumbs)
    rows = -(-len(shots) // columns)
    size = (_GAP + columns * (width + _GAP), _GAP + rows * (height + _LABEL + _GAP))
    sheet, font = Image.new("RGB", size, "#8f8a82"), ImageFont.load_default(12)
    pen = ImageDraw.Draw(sheet)
    for at, ((label, _), thumb) in enumerate(zip(shots, thumbs, strict=True)):
        x = _GAP + at % columns * (width + _GAP)
        y = _GAP + at // columns * (height + _LABEL + _GAP)
        pen.text((x, y), label[: width // 7], fill="#ffffff", font=font)
        sheet.paste(thumb, (x, y + _LABEL))
    return save(name, sheet)


def save(name: str, picture: Image.Image, *, colours: int = _COLOURS) -> Path:
    """Write a picture of few colours among the documentation's."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{name}.png"
    few = picture.quantize(colours, method=Image.Quantize.MEDIANCUT).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette(few[: 3 * colours] + list(_SEALS))
    picture.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)
    return path


def side_by_side(pictures: list[Image.Image], *, height: int) -> Image.Image:
    """Pictures in a row, each `height` pixels high."""
    scaled = [
        p.resize((round(p.width * height / p.height), height), Image.Resampling.LANCZOS) for p in pictures
    ]
    row = Image.new("RGB", (sum(p.width + _GAP for p in scaled) + _GAP, height + 2 * _GAP), "#8f8a82")
    x = _GAP
    for picture in scaled:
        row.paste(picture, (x, _GAP))
        x += picture.width + _GAP
    return row


def opened(data: bytes) -> Image.Image:
    """A screenshot as a picture."""
    return Image.open(io.BytesIO(data)).convert("RGB")


def _shrunk(data: bytes, width: int) -> Image.Image:
    picture = opened(data)
    return picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
