"""Made-up Chinese-looking documents with sites, and what happens to a copy on its way out."""

import random
import re
from collections.abc import Sequence

from wenxing.codebook import MasterKey, new_key
from wenxing.document import Document, Paragraph
from wenxing.sites import Grade, Site, Span

_HAN = "".join(chr(c) for c in range(0x4E00, 0x4E00 + 4000, 3))
_CHOICES = (
    ("目前", "当前"),
    ("许多", "很多"),
    ("使", "让"),
    ("对于", "对"),
    ("仍", "仍然"),
    ("特别是", "尤其是"),
    ("促进", "推动", "推进"),
    ("同时", "与此同时"),
    ("必须", "务必"),
    ("如何", "怎样", "怎么"),
)


def made_key(seed: int = 0) -> MasterKey:
    """The same key each time, so that a test always meets the same codewords."""
    return new_key(random.Random(seed).randbytes)


def made_edition(seed: int = 0) -> bytes:
    """The same identity of an edition each time."""
    return random.Random(seed).randbytes(16)


def made_document(seed: int, characters: int = 4_000, every: int = 30) -> tuple[Document, tuple[Site, ...]]:
    """A document of random Han characters in paragraphs, with a site about every `every` characters."""
    rng = random.Random(seed)
    words = set("".join("".join(c) for c in _CHOICES))
    han = [c for c in _HAN if c not in words]
    lines, spans, at = [], [], 0
    while at < characters:
        line = ""
        for _ in range(rng.randrange(3, 9)):
            for _ in range(rng.randrange(1, 4)):
                if rng.random() < 14 / every:
                    wordings = rng.choice(_CHOICES)
                    own = rng.choice(wordings)
                    spans.append((at + len(line), own, wordings))
                    line += own
                line += "".join(rng.choices(han, k=rng.randrange(8, 16))) + rng.choice("，，，、；")
            line = line[:-1] + "。"
        lines.append(line)
        at += len(line) + 1
    sites = tuple(
        Site((Span(start, start + len(own)),), (own, *(w for w in wordings if w != own)), Grade.A, "made")
        for start, own, wordings in spans
    )
    return Document(tuple(Paragraph(line) for line in lines)), sites


def written(document: Document, sites: Sequence[Site], symbols: Sequence[int]) -> str:
    """The text with alternative `symbols[i]` at every span of site i."""
    text, pieces, at = document.text, [], 0
    changes = sorted(
        (span.start, span.end, site.alternatives[symbol])
        for site, symbol in zip(sites, symbols, strict=True)
        for span in site.spans
    )
    for start, end, wording in changes:
        pieces += [text[at:start], wording]
        at = end
    return "".join([*pieces, text[at:]])


def drawn(sites: Sequence[Site], rng: random.Random) -> list[int]:
    """A symbol for every site."""
    return [rng.randrange(site.arity) for site in sites]


def noisy(text: str, rng: random.Random, *, dropped: float, substituted: float) -> str:
    """The text retyped badly: characters are lost, or replaced by others of the same text."""
    pool = [c for c in text if not c.isspace()]
    out = []
    for character in text:
        lot = rng.random()
        if lot >= dropped:
            out.append(rng.choice(pool) if lot < dropped + substituted else character)
    return "".join(out)


def collapsed(text: str) -> str:
    """The text without white space."""
    return re.sub(r"\s", "", text)
