"""Editions and the copies of them."""

from collections.abc import Collection, Sequence
from typing import Literal

import wenxing
from wenxing import Document, Master, NoSites, Site, preparing, profiles
from wenxing.accusation import sites_needed
from wenxing.reading import bounded
from wenxing_web.engine.key import library_key

Policy = Literal["verbatim", "adaptable"]
FileFormat = Literal["txt", "docx", "pdf"]

_NOBODY = 2**32 - 1  # the last number there is; members count from 1


def prepare(
    source: bytes,
    document: Document,
    *,
    policy: Policy,
    approved: Collection[int],
    sites: Sequence[Site],
    title: str,
    profile: str = "auto",
) -> Master:
    """A new edition of a cleaned source. Twice the same source makes two editions.

    Args:
        document: what `read` made of the source.
        title: for people, when the document itself has none.
        approved: numbers of the sites that may be used; ignored when the policy is `verbatim`.
        sites: what `find_sites` found in the document of `source`.
        profile: of the code; `auto` chooses by the number of sites.

    Raises:
        NoSites: `adaptable` without an approved site, or without one that this file can show.
    """
    chosen = approved if policy == "adaptable" else ()
    if policy == "adaptable" and not chosen:
        raise NoSites("adaptable needs at least one approved site")
    return _prepared(
        source, document, key=library_key(), approved=chosen, sites=sites, title=title, profile=profile
    )


def _prepared(
    source: bytes,
    document: Document,
    *,
    key: wenxing.MasterKey,
    approved: Collection[int],
    sites: Sequence[Site],
    title: str,
    profile: str = "auto",
) -> Master:
    """An edition that is adaptable at the approved sites, verbatim when there are none."""
    return wenxing.prepare(
        source,
        key=key,
        policy="adaptable" if approved else "verbatim",
        approve=sorted(approved) or "none",
        sites=sites,
        name=title,
        document=document,
        profile=profile,
    )


def characters_to_name(master: Master) -> dict[int, int | None]:
    """Accounts → about how many characters of the edition a leak must show to name one of them.

    For a lone leaker, at a bound of one in a million. `None` when no leak can.
    """
    return wenxing.summarise(master).characters_to_name


def sites_to_name(sites: Sequence[Site], crowds: Sequence[int] = preparing.CROWDS) -> dict[int, int]:
    """Accounts → how many of these approved sites a leak must show to name one of them, as above."""
    profile = profiles.choose(len(sites))
    arities = [site.arity for site in sites]
    return {crowd: sites_needed(profile, crowd, preparing.BOUND, arities=arities) for crowd in crowds}


def characters_that_show(needed: int, sites: Sequence[Site], document: Document) -> int:
    """How many characters of a document a leak must show so that it holds so many of these sites."""
    return preparing.characters_that_show(needed, sites, document)


def load_master(data: bytes) -> Master:
    """A master from its container.

    Raises:
        MasterError: damaged, or not a master; `NewerFormat` when a later version made it.
    """
    return Master.from_bytes(data)


def commitment(master: Master) -> str:
    """A hexadecimal value that fixes the edition's secret without telling anything of it."""
    return wenxing.commitment(master, key=library_key()).hex()


# --- copies -------------------------------------------------------------------------------------------


def mark(master: Master, *, recipient: int, form: FileFormat) -> bytes:
    """The file that recipient `recipient` receives. Same number, same bytes.

    Raises:
        MissingFont: a PDF, and this machine has no font for its text.
    """
    return wenxing.mark(master, key=library_key(), recipient=recipient, format=form)


def mark_document(master: Master, *, recipient: int) -> Document:
    """The same wording as paragraphs, for a page."""
    return wenxing.mark_document(master, key=library_key(), recipient=recipient)


def plain(master: Master, *, form: FileFormat) -> bytes:
    """The master's own text as a file, for free materials: nobody's copy.

    Raises:
        MissingFont: as `mark`.
    """
    return wenxing.plain(master, format=form)


def sample(
    source: bytes,
    document: Document,
    *,
    approved: Collection[int],
    sites: Sequence[Site],
    title: str,
    marked: bool,
) -> bytes:
    """A PDF copy that is nobody's: of an edition and under a key that nobody keeps.

    Args:
        document, sites: as of `prepare`.
        approved: numbers of the sites at which it may differ; empty: verbatim.
        marked: whether copies will carry marks; those of free materials do not.

    Raises:
        MissingFont, NoSites: as `mark` and `prepare`.
    """
    key = wenxing.new_key()
    master = _prepared(source, document, key=key, approved=approved, sites=sites, title=title)
    if not marked:
        return plain(master, form="pdf")
    return wenxing.mark(master, key=key, recipient=_NOBODY, format="pdf")


def pages_shown(pdf: bytes, *, most: int) -> tuple[bytes, ...]:
    """The first pages of a PDF as pictures (PNG), made in a process of its own; empty when it cannot be."""
    return bounded.shown(pdf, most=most)


def visible_code(master: Master, *, recipient: int) -> str:
    """What is printed on a copy: it stands for `recipient` in this edition only, and is no evidence."""
    return wenxing.visible_code(master, key=library_key(), recipient=recipient)


def background_tile(master: Master, *, recipient: int) -> bytes:
    """A PNG for the background of a page, which says the recipient's pseudonym in this edition."""
    return wenxing.background_tile(master, key=library_key(), recipient=recipient)
