"""What colluders do to real editions: mixing, cutting, shuffling, retyping, rewording, interleaving."""

import random
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.made_texts import collapsed, made_edition, noisy, written
from wenxing.codebook import MasterKey
from wenxing.errors import NoSites
from wenxing.master import Master
from wenxing.preparing import prepare
from wenxing.sealing import open_codebook

STEP = 6
"""Every so manieth law is looked at."""

CHARACTERS_A_SITE = 300
"""Laws with fewer sites than one in so many characters are left out: there is little in them to mix."""

TEXTS_OF_AN_EDITION = 6
CHANGES = ("cut", "shuffled", "retyped", "reworded")


@dataclass(frozen=True)
class Attack:
    """A leak and how it was made.

    Attributes:
        leak: the text.
        makers: the recipients whose copies it mixes.
        changes: what was done to it, for a table.
        editions: how many editions are in it.
    """

    leak: str
    makers: frozenset[int]
    changes: frozenset[str]
    editions: int


def editions_of_laws(archive: Path, key: MasterKey, *, count: int) -> list[Master]:
    """Collections of laws that have something to vary, `coalition` editions."""
    texts: list[str] = []
    found: list[Master] = []
    with zipfile.ZipFile(archive) as laws:
        names = sorted(name for name in laws.namelist() if name.endswith(".txt"))[::STEP]
        for name in names:
            text = laws.read(name)
            try:
                master = prepare(text, key=key, approve="AB", name=name)
            except NoSites:
                continue
            if len(master.approved) * CHARACTERS_A_SITE >= master.document.characters:
                texts.append(text.decode("utf-8-sig"))
            if len(texts) == TEXTS_OF_AN_EDITION:
                whole = "\n".join(texts).encode()
                number = made_edition(500 + len(found))
                found.append(prepare(whole, key=key, approve="AB", profile="coalition", edition=number))
                texts = []
            if len(found) == count:
                break
    return found


def attack(masters: Sequence[Master], *, key: MasterKey, suspects: int, rng: random.Random) -> Attack:
    """One attack, everything about it drawn at random. One in ten is made by accounts outside the list."""
    size = rng.randrange(1, 6)
    first = suspects + 1 if rng.random() < 0.1 else 1
    makers = [first + number for number in rng.sample(range(suspects), size)]
    used = rng.sample(list(masters), 2 if rng.random() < 0.25 else 1)
    changes = {change for change in CHANGES if rng.random() < 0.4}
    parts = [_mixed(master, makers, key=key, reworded="reworded" in changes, rng=rng) for master in used]
    lines = [text.split("\n") for text in parts]
    if "cut" in changes:
        lines = [_cut(own, rng) for own in lines]
    if "shuffled" in changes:
        for own in lines:
            rng.shuffle(own)
    leak = "\n".join(_interleaved(lines, rng))
    if "retyped" in changes:
        leak = noisy(collapsed(leak), rng, dropped=0.01, substituted=0.01)
    if len(used) == 2:
        changes.add("interleaved")
    return Attack(leak, frozenset(makers), frozenset(changes), len(used))


def _mixed(
    master: Master, makers: Sequence[int], *, key: MasterKey, reworded: bool, rng: random.Random
) -> str:
    """One text from the makers' copies: site by site, paragraph by paragraph, or by vote."""
    codebook = open_codebook(master, key=key)
    copies = [codebook.codeword(number).tolist() for number in makers]
    how = rng.choice(("sites", "paragraphs", "majority", "minority"))
    sites = master.approved_sites
    turn: dict[int, int] = {}
    symbols = []
    for at, site in enumerate(sites):
        shown = [copy[at] for copy in copies]
        if how == "sites":
            symbol = rng.choice(shown)
        elif how == "paragraphs":
            paragraph = master.document.paragraph_at(site.start)
            symbol = shown[turn.setdefault(paragraph, rng.randrange(len(copies)))]
        else:
            vote = max if how == "majority" else min
            symbol = vote(shown, key=lambda own: (shown.count(own), own))
        if reworded and rng.random() < 0.2:
            symbol = rng.randrange(site.arity)
        symbols.append(symbol)
    return written(master.document, sites, symbols)


def _cut(lines: list[str], rng: random.Random) -> list[str]:
    """A stretch of 15 to 90 per cent of the lines."""
    length = max(1, round(len(lines) * rng.uniform(0.15, 0.9)))
    start = rng.randrange(0, len(lines) - length + 1)
    return lines[start : start + length]


def _interleaved(texts: Sequence[list[str]], rng: random.Random) -> list[str]:
    """The lines of several texts, each in its order, shuffled like cards."""
    turns = [at for at, lines in enumerate(texts) for _ in lines]
    if len(texts) > 1:
        rng.shuffle(turns)
    queues = [iter(lines) for lines in texts]
    return [next(queues[turn]) for turn in turns]
