"""Marks that are not scored: whose pseudonym was read. It tells where to look, and is never evidence."""

from collections.abc import Iterable, Mapping, Sequence

from wenxing.codebook import MasterKey
from wenxing.leaks import Leak
from wenxing.master import Master
from wenxing.sealing import open_codebook


def hints(
    leaks: Iterable[Leak],
    *,
    key: MasterKey,
    masters: Iterable[Master],
    recipients: Mapping[bytes, Iterable[int]],
) -> tuple[tuple[bytes, int], ...]:
    """Editions of scanned pages and recipients to whom the background of a leak points.

    Copies of scanned pages have no sites: nothing else can be read of them. A hint has no bound, is no naming
    and no evidence, because a background can be copied. Of editions with sites nothing is said here.

    Args:
        leaks: that were read.
        key: with which the masters were prepared.
        masters: gone through one by one; those that are no scans are passed over.
        recipients: for each edition the numbers that have a copy of it.

    Raises:
        WrongKey, MasterError: as `wenxing.mark`.
    """
    marks = sorted({leak.pseudonym for leak in leaks if leak.pseudonym})
    found: set[tuple[bytes, int]] = set()
    for master in masters if marks else ():
        if master.document.is_scan:
            for mark in marks:
                found.update(whose(mark, key=key, masters=[master], recipients=recipients))
    return tuple(sorted(found))


def whose(
    pseudonym: bytes, *, key: MasterKey, masters: Sequence[Master], recipients: Mapping[bytes, Iterable[int]]
) -> tuple[tuple[bytes, int], ...]:
    """Editions and recipients whose pseudonym it is; nearly always one or none.

    Anybody can copy what a page shows: a naming must never rest on this. Nor may it choose the suspects of a
    trace, who have to be fixed without looking at the leak.

    Args:
        pseudonym: 6 bytes, as a mark says them.
        key: with which the masters were prepared.
        masters: editions to look through.
        recipients: for each edition the numbers that have a copy of it; some microseconds each.

    Raises:
        WrongKey, MasterError: as `wenxing.mark`.
    """
    found = []
    for master in masters:
        code = open_codebook(master, key=key)
        for number in recipients.get(master.edition, ()):
            if code.pseudonym(number)[: len(pseudonym)] == pseudonym:
                found.append((master.edition, number))
    return tuple(found) if pseudonym else ()
