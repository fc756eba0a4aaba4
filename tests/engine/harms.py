"""What happens to copies on their way out: to their words, and to pictures of their pages.

Photographs are simulated: perspective, curled paper, uneven light, blur, moiré, noise, JPEG. Every harm is
the same every time.
"""

import random
import re
import unicodedata
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Harm = Callable[[Grey], Grey]

_SAME = (
    ("但是", "可是"),
    ("因此", "所以"),
    ("目前", "眼下"),
    ("许多", "不少"),
    ("进一步", "再"),
    ("十分", "很"),
)


def retyped(text: str, *, lost: float = 0.01, seed: int = 5) -> str:
    """Typed again: a character in a hundred is left out, quotation marks and widths as they come."""
    rng = random.Random(seed)
    typed = "".join(c for c in text if c == "\n" or rng.random() > lost)
    return re.sub("[“”]", '"', typed)


def folded(text: str) -> str:
    """As a cleaner leaves it: NFKC."""
    return unicodedata.normalize("NFKC", text)


def in_gbk(text: str) -> bytes:
    """Saved in GBK, what it lacks as question marks."""
    return text.encode("gbk", "replace")


def reworded(text: str, *, share: float = 0.15, seed: int = 6) -> str:
    """Gone over by hand: some words exchanged, and in every so many sentences a clause moved or left out."""
    rng = random.Random(seed)
    for one, other in _SAME:
        text = "".join(
            piece if i == 0 else (other if rng.random() < 0.5 else one) + piece
            for i, piece in enumerate(text.split(one))
        )
    sentences = re.split("(?<=[。！？\n])", text)
    for i, sentence in enumerate(sentences):
        clauses = sentence.split("，")
        if len(clauses) > 2 and rng.random() < share:
            del clauses[rng.randrange(len(clauses) - 1)]
            sentences[i] = "，".join(clauses)
    return "".join(sentences)


def jpeg(quality: int) -> Harm:
    """Saved as JPEG."""

    def harm(picture: Grey) -> Grey:
        done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        assert done
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)

    return harm


def scaled(factor: float) -> Harm:
    """Made larger or smaller."""
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return lambda picture: np.asarray(
        cv2.resize(picture, None, fx=factor, fy=factor, interpolation=how), np.uint8
    )


def rotated(degrees: float) -> Harm:
    """Turned a little."""

    def harm(picture: Grey) -> Grey:
        height, width = picture.shape
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
        return np.asarray(
            cv2.warpAffine(picture, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=255), np.uint8
        )

    return harm


def cropped(top: float, bottom: float, left: float = 0.0, right: float = 1.0) -> Harm:
    """A part of the picture, in shares of its height and width."""

    def harm(picture: Grey) -> Grey:
        height, width = picture.shape
        part = picture[
            round(top * height) : round(bottom * height), round(left * width) : round(right * width)
        ]
        return np.ascontiguousarray(part)

    return harm


def window(width: int, height: int, *, top: float = 0.3, left: float = 0.15) -> Harm:
    """So many pixels from within the picture."""

    def harm(picture: Grey) -> Grey:
        y, x = round(top * picture.shape[0]), round(left * picture.shape[1])
        return np.ascontiguousarray(picture[y : y + height, x : x + width])

    return harm


def printed_and_scanned(picture: Grey) -> Grey:
    """Printed, put on the glass a little askew and scanned: grown ink, grain, a grey ground."""
    rng = np.random.default_rng(21)
    grown = cv2.GaussianBlur(cv2.erode(picture, np.ones((2, 2), np.uint8)), (0, 0), 0.8).astype(np.float32)
    grained = 18 + grown * (228 / 255) + rng.normal(0, 5, picture.shape)
    return jpeg(75)(rotated(0.6)(np.clip(grained, 0, 255).astype(np.uint8)))


def photographed(
    *,
    seed: int = 1,
    blur: float = 1.0,
    noise: float = 6,
    moire: float = 6,
    curl: float = 0,
    quality: int = 40,
) -> Harm:
    """Taken with a telephone from a screen or from paper."""

    def harm(picture: Grey) -> Grey:
        rng = np.random.default_rng(seed)
        height, width = picture.shape
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        seen = (
            corners * 0.88
            + [0.06 * width, 0.06 * height]
            + rng.uniform(-0.03, 0.03, (4, 2)) * [width, height]
        )
        view = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
        flags = cv2.INTER_CUBIC
        taken = cv2.warpPerspective(picture, view, (width, height), flags=flags, borderValue=95)
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        if curl:
            bent_x = (x + curl * np.sin(y / height * np.pi * 1.5)).astype(np.float32)
            bent_y = (y + curl * np.sin(x / width * np.pi)).astype(np.float32)
            taken = cv2.remap(taken, bent_x, bent_y, flags, borderValue=95)
        light = taken.astype(np.float32)
        light += (
            moire * np.sin(2 * np.pi * (0.31 * x + 0.07 * y)) * np.sin(2 * np.pi * (0.013 * x - 0.021 * y))
        )
        light = cv2.GaussianBlur(light * (0.8 + 0.25 * x / width), (0, 0), blur)
        return jpeg(quality)(np.clip(light + rng.normal(0, noise, light.shape), 0, 255).astype(np.uint8))

    return harm
