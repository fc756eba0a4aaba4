"""The recipe itself: read the leaks against the masters, then compare with the suspects' codewords."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from typing import overload

from wenxing.accusation import Provider, Suspects, is_bound
from wenxing.alignment import Explanation, Target, observe
from wenxing.codebook import MasterKey
from wenxing.errors import DisclosedEdition, MasterError
from wenxing.leaks import Leak
from wenxing.master import Master
from wenxing.sealing import open_codebooks
from wenxing.sites import SiteKind
from wenxing.tracing.judging import judge
from wenxing.tracing.layout import with_layout, with_sightings
from wenxing.tracing.report import Report

AT_MOST = 5
"""How many accounts a leak is taken to be mixed from, at most, where groups are decoded."""


def trace(
    leaks: Sequence[bytes | str | Leak],
    *,
    key: MasterKey,
    masters: Sequence[Master],
    suspects: Suspects | int | Sequence[int],
    bound: float = 1e-6,
    at_most: int | None = AT_MOST,
    disclosed: Collection[bytes] = (),
    progress: Callable[[int], None] | None = None,
    executor: Executor | None = None,
) -> Report:
    """Name the recipients whose copies the leaks show, or nobody.

    Args:
        leaks: files (documents, pictures), texts, or leaks that were read before; all together, and all kinds
            of sites that they show, are one accusation. A repeated leak adds nothing.
        key: with which all masters were prepared.
        masters: where the leaks may come from, each once.
        suspects: a count (1 … count), numbers, or `Suspects`; to be fixed before the leak is looked at.
        bound: the most that the chance of naming any innocent may be, within (0, 1).
        at_most: name members of pairs and triples too, assuming that at most so many accounts made the leak;
            such namings say so. `None` assumes nothing.
        disclosed: editions whose keys were given away in an evidence bundle.
        progress: called with the number of leaks that have been read against the masters.
        executor: compares ranges of suspects elsewhere, with an identical result. Workers receive the keys of
            these editions, never the master key.

    Raises:
        UnreadableFile: a leak is damaged, or of an unknown kind.
        WrongKey, MasterError: a master is of another key, or was changed.
        DisclosedEdition: the leaks show a disclosed edition; anybody may have made them.
        SuspectsError: the suspects cannot be used.
        ValueError: a bound outside (0, 1), no leak, no master, or an edition given twice.
    """
    crowd = suspects if isinstance(suspects, Suspects) else Suspects.of(suspects)
    _refuse_useless(leaks, masters, bound)
    codebooks = [open_codebooks(master, key=key) for master in masters]
    read = [Leak.of(leak) for leak in leaks]
    explanations = attribute(read, masters, disclosed=disclosed, progress=progress)
    codes: list[Mapping[SiteKind, Provider]] = [
        {kind: code if executor is None else code.for_workers() for kind, code in codebook.items()}
        for codebook in codebooks
    ]
    return judge(masters, explanations, codes, crowd, bound, at_most=at_most, executor=executor)


def attribute(
    leaks: Sequence[Leak],
    masters: Sequence[Master],
    *,
    disclosed: Collection[bytes] = (),
    progress: Callable[[int], None] | None = None,
) -> tuple[Explanation, ...]:
    """Read leaks against masters without any codeword: every attribution that they cannot tell apart.

    Raises:
        DisclosedEdition: the leaks show an edition in `disclosed`.
    """
    texts = [leak.text for leak in leaks]
    watched = texts if progress is None else _Watched(texts, progress)
    targets = [Target(m.document, m.approved_sites) for m in masters]
    explanations = with_sightings(observe(watched, targets), leaks, masters)
    for at in sorted({at for explanation in explanations for at in explanation}):
        if masters[at].edition in disclosed:
            raise DisclosedEdition(
                f"Edition {masters[at].edition.hex()} was disclosed in an evidence bundle: whoever has the "
                "bundle can forge any copy of it, so a leak of it proves nothing any more. Prepare a new "
                "edition of the document for further copies, and leave this master out."
            )
    return tuple(with_layout(explanation, leaks, masters, targets) for explanation in explanations)


class _Watched(Sequence[str]):
    """Texts that tell how many of them have been gone through."""

    def __init__(self, texts: Sequence[str], progress: Callable[[int], None]) -> None:
        self._texts, self._progress = texts, progress

    def __len__(self) -> int:
        return len(self._texts)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        return self._texts[index]

    def __iter__(self) -> Iterator[str]:
        for done, text in enumerate(self._texts, start=1):
            yield text
            self._progress(done)


def _refuse_useless(leaks: Sequence[object], masters: Sequence[Master], bound: float) -> None:
    if not is_bound(bound):
        raise ValueError("the bound is a probability within [1e-100, 1)")
    if not leaks or not masters:
        raise ValueError("a trace needs at least one leak and one master")
    if len({master.edition for master in masters}) < len(masters):
        raise MasterError("The same master was given twice; give each edition once.")
