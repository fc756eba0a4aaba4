"""How likely a colluder's copy shows the very symbol that was leaked.

An innocent's copy shows it with the site's own probability π; a colluder's more
often (or, against a minority attack, more rarely). The difference is all the
information a site has.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, pairwise
from math import comb, factorial, prod

from wenxing.profiles import Attack, Hypothesis


@lru_cache(maxsize=4096)
def agreement(hypothesis: Hypothesis, law: tuple[float, ...], symbol: int, noise: float) -> float:
    """P(a colluder's symbol = y | the symbol read is y), by enumeration.

    Args:
        hypothesis: coalition size c and attack.
        law: probability of each symbol of the site; adds up to 1.
        symbol: index of y in `law`.
        noise: probability that the reader takes a symbol for another one, each other equally likely.
    """
    joint = [[0.0] * len(law) for _ in law]  # joint[x][y]: the colluder has x, y is leaked
    for counts, probability in coalitions(law, hypothesis.colluders):
        chosen = _choice(counts, hypothesis.attack)
        for x, count in enumerate(counts):
            for y, share in enumerate(chosen):
                joint[x][y] += probability * count / hypothesis.colluders * share
    others = len(law) - 1
    read = [row[symbol] * (1 - noise) + (sum(row) - row[symbol]) * noise / others for row in joint]
    return read[symbol] / sum(read)


@lru_cache(maxsize=4096)
def transfer(hypothesis: Hypothesis, law: tuple[float, ...], noise: float) -> tuple[tuple[float, ...], ...]:
    """P(y is read | a colluder has x): row x, column y; rows add up to 1.

    Args:
        hypothesis, law, noise: as for `agreement`.
    """
    arity = range(len(law))
    joint = [[0.0 for _ in arity] for _ in arity]
    for counts, probability in coalitions(law, hypothesis.colluders):
        read = _read(_choice(counts, hypothesis.attack), noise)
        for x in arity:
            for y in arity:
                joint[x][y] += probability * counts[x] / hypothesis.colluders * read[y]
    return tuple(tuple(cell / sum(row) for cell in row) for row in joint)


@lru_cache(maxsize=4096)
def sharing(
    hypothesis: Hypothesis, law: tuple[float, ...], symbol: int, noise: float, group: int
) -> tuple[float, ...]:
    """P(s of `group` colluders have y | the symbol read is y) for s = 0 … group.

    Args:
        hypothesis, law, symbol, noise: as for `agreement`, which is `sharing(…, 1)[1]`.
        group: how many of the colluders are looked at, at most all.
    """
    shares, everybody = [0.0] * (group + 1), hypothesis.colluders
    for counts, probability in coalitions(law, everybody):
        read = _read(_choice(counts, hypothesis.attack), noise)[symbol]
        have = counts[symbol]
        for s in range(group + 1):
            ways = comb(have, s) * comb(everybody - have, group - s) / comb(everybody, group)
            shares[s] += probability * read * ways
    total = sum(shares)
    return tuple(share / total for share in shares)


def _read(chosen: list[float], noise: float) -> list[float]:
    """P(y is read), when the coalition puts out y with probability `chosen[y]`."""
    others = len(chosen) - 1
    return [share * (1 - noise) + (1 - share) * noise / others for share in chosen]


def coalitions(law: tuple[float, ...], colluders: int) -> Iterator[tuple[tuple[int, ...], float]]:
    """Every way the copies may divide over the symbols, with its multinomial probability."""
    slots = colluders + len(law) - 1
    for bars in combinations(range(slots), len(law) - 1):
        edges = (-1, *bars, slots)
        counts = tuple(right - left - 1 for left, right in pairwise(edges))
        ways = factorial(colluders) // prod(map(factorial, counts))
        yield counts, ways * prod(p**n for p, n in zip(law, counts, strict=True))


def _choice(counts: tuple[int, ...], attack: Attack) -> list[float]:
    """P(the coalition puts out y) for each y, given how many of its copies show each symbol."""
    if attack is Attack.INTERLEAVING:
        return [count / sum(counts) for count in counts]
    present = [count for count in counts if count]
    wanted = max(present) if attack is Attack.MAJORITY else min(present)
    return [(count == wanted) / counts.count(wanted) for count in counts]
