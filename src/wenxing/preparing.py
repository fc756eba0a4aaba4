"""Recipe: a document → the master of a new edition."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from wenxing import profiles
from wenxing.accusation import sites_needed
from wenxing.carriers import docx, markup, pdf
from wenxing.codebook import VERSION, MasterKey, new_edition
from wenxing.document import Document
from wenxing.errors import NoSites
from wenxing.master import Master, Policy
from wenxing.placing import glyph_places, spacing_spans
from wenxing.reading import modern, publishable
from wenxing.sealing import seal_master
from wenxing.sites import BESIDE, BETWEEN, Grade, Site, Span, glyph_sites
from wenxing.wording import find

TOOL = "wenxing 0.1.0"

CROWDS = (1_000, 100_000)
"""How many suspects a summary reckons with."""

BOUND = 1e-6
"""The family-wise bound that a summary reckons with, and the default of a trace."""

_SCAN = (
    "The pages of this PDF are scanned pictures: there is no text in it that could differ. Prepare it with "
    "the policy verbatim: a copy then carries a visible code and a background, hints that name nobody."
)

_STARTS = 200  # passages that are looked at
_MOST_PASSAGES = 0.9
_BESIDE = 3  # characters beside a site by which a leak is aligned

Approval = str | Collection[int]
"""`"A"`, `"AB"` (both grades), `"none"`, or indexes into the candidate sites."""


def prepare(
    source: bytes,
    *,
    key: MasterKey,
    policy: str = Policy.ADAPTABLE,
    approve: Approval = "A",
    profile: str = "auto",
    name: str = "",
    sites: Sequence[Site] | None = None,
    edition: bytes | None = None,
    document: Document | None = None,
) -> Master:
    """Make a new edition of a document. The text is kept as it is.

    Args:
        source: a txt, md, html, docx or pdf file; one of an older word processor becomes a docx first.
        key: the library's secret; the master does not hold it.
        policy: `adaptable` lets the wording differ at approved sites, `verbatim` not one character. Under
            both, Word and PDF copies differ in their layout: spacing and glyph sites follow from the text.
            A PDF is always verbatim; a scanned one has no sites at all and has to be asked for as that.
        approve: which candidate sites carry the code; disregarded under `verbatim`. With `"none"` all
            copies have the same wording and no pasted text can name anybody.
        profile: `solo`, `coalition`, or `auto` by the number of approved sites.
        name: a title for people when the document has none; as the name of a file it also tells Markdown
            from plain text.
        sites: candidates found before by `find_sites` in this very document, when an editor has gone
            through them; by default they are found now.
        document: what `read` or `publishable` made of `source`, when it was read before under another name.
        edition: 16 bytes that were never used before; by default they are drawn at random.

    Returns:
        The master, sealed. Preparing the same document again gives another edition.

    Raises:
        UnreadableFile: the file is damaged, protected, or of an unknown kind.
        NoSites: `adaptable`, and nothing in the text may be varied (or nothing of the grade approved), or
            there is no text: the pages are scanned.
        ValueError: an unknown policy, profile or approval, or sites that are not of this document.
    """
    asked, source = _policy(policy), modern(source)
    document = publishable(source, name=name) if document is None else document
    rule = _policy_of(document, asked)
    candidates = tuple(find_sites(document) if sites is None else sites)
    chosen = _approve(candidates, approve) if rule is Policy.ADAPTABLE else ()
    approved = _settable(source, document, candidates, chosen)
    master = Master(
        edition=new_edition() if edition is None else edition,
        version=VERSION,
        profile=_profile(profile, len(approved)),
        policy=rule,
        document=document,
        source=source,
        sites=candidates,
        approved=approved,
        check=b"",
        title=document.title or name,
        tool=TOOL,
    )
    taken = [span for i in approved for span in candidates[i].spans]
    return seal_master(_with_layout(master, taken), key=key)


def _with_layout(master: Master, taken: Collection[Span]) -> Master:
    """The master with its spacing and glyph sites, which keep away from the wording's spans."""
    spacing = _spacing(master.source, master.document, taken)
    glyphs = _glyphs(master.source, master.document, taken)
    return replace(master, spacing=spacing, glyphs=glyphs, glyph_rule=BESIDE if glyphs else BETWEEN)


@dataclass(frozen=True, slots=True)
class Summary:
    """What an edition has to work with.

    Attributes:
        characters: a reader sees, white space not counted.
        total, grade_a, grade_b, approved: numbers of wording sites.
        spacing: number of runs whose spacing carries the code in a Word copy.
        glyph: number of characters whose place on the line carries it in a PDF.
        profile: name of the code's profile.
        scanned: number of pages, when they are pictures: copies carry marks that name nobody.
        characters_to_name: suspects → how many characters of this edition a leak must show to name a lone
            leaker among them at 1e-6: nine in ten passages of that length do. May be more than the edition
            has; `None` without approved sites.
    """

    characters: int
    total: int
    grade_a: int
    grade_b: int
    approved: int
    spacing: int
    glyph: int
    profile: str
    characters_to_name: dict[int, int | None]
    scanned: int = 0


def summarise(master: Master) -> Summary:
    """Count what an edition has to work with."""
    grades = Counter(site.grade for site in master.sites)
    return Summary(
        characters=master.document.characters,
        total=len(master.sites),
        grade_a=grades[Grade.A],
        grade_b=grades[Grade.B],
        approved=len(master.approved),
        spacing=len(master.spacing),
        glyph=len(master.glyphs),
        profile=master.profile,
        characters_to_name={crowd: _characters_to_name(master, crowd) for crowd in CROWDS},
        scanned=len(master.document.paragraphs) if master.document.is_scan else 0,
    )


def _characters_to_name(master: Master, suspects: int) -> int | None:
    if not master.approved:
        return None
    arities = [site.arity for site in master.approved_sites]
    needed = sites_needed(profiles.PROFILES[master.profile], suspects, BOUND, arities=arities)
    return characters_that_show(needed, master.approved_sites, master.document)


def characters_that_show(needed: int, sites: Sequence[Site], document: Document) -> int:
    """How long a passage must be so that nine in ten of that length show so many sites.

    Args:
        needed: how many sites, at least 1.
        sites: of the document, at least one.

    Returns:
        Characters, white space not counted. When the document has too few sites, the length that it would
        need at the mean density of its sites: more than it has.
    """
    length = document.characters
    if needed > len(sites):
        return max(length + 1, ceil(needed * length / len(sites)))
    starts = np.linspace(0, length, _STARTS, endpoint=False).astype(np.int64)
    lengths = _lengths_that_show(needed, sites, document, starts)
    for long in np.unique(lengths[np.isfinite(lengths)]).tolist():
        if (lengths[starts <= length - long] <= long).mean() >= _MOST_PASSAGES:
            return min(int(long), length)
    return length


def _lengths_that_show(
    needed: int, sites: Sequence[Site], document: Document, starts: NDArray[np.int64]
) -> NDArray[np.float64]:
    """For each start how long a passage from there shows so many sites; infinite where none does."""
    seen = np.cumsum([0, *(not c.isspace() for c in document.text)])
    ends = np.full((len(sites), len(starts)), np.inf)
    for row, site in zip(ends, sites, strict=True):
        for span in reversed(site.spans):  # the first place after the start shows the site
            opens, closes = max(0, seen[span.start] - _BESIDE), min(seen[-1], seen[span.end] + _BESIDE)
            row[starts <= opens] = closes
    ends.sort(axis=0)
    lengths: NDArray[np.float64] = ends[needed - 1] - starts
    return lengths


def _policy(name: str) -> Policy:
    try:
        return Policy(name)
    except ValueError:
        raise ValueError(f"unknown policy {name!r}: adaptable or verbatim") from None


def _policy_of(document: Document, asked: Policy) -> Policy:
    """The policy that this kind of document takes, when another is asked for."""
    if document.is_scan and asked is Policy.ADAPTABLE:
        raise NoSites(_SCAN)
    return Policy.VERBATIM if document.format == "pdf" else asked


def _profile(name: str, approved: int) -> str:
    if name == "auto":
        return profiles.choose(approved).name
    if name not in profiles.PROFILES:
        raise ValueError(f"unknown profile {name!r}: auto, {', '.join(profiles.PROFILES)}")
    return name


def _approve(sites: Sequence[Site], approve: Approval) -> tuple[int, ...]:
    """Indexes of the approved sites, ascending."""
    if not sites:
        raise NoSites("Nothing in this text may be varied; prepare it with the policy verbatim.")
    if not isinstance(approve, str):
        return _chosen(sites, approve)
    if approve not in ("A", "AB", "none"):
        raise ValueError(f"unknown approval {approve!r}: A, AB, none, or indexes of sites")
    grades = () if approve == "none" else tuple(approve)
    approved = tuple(i for i, site in enumerate(sites) if site.grade in grades)
    if grades and not approved:
        raise NoSites(
            "No place of grade A was found in this text: approve AB, or prepare it with the policy verbatim."
        )
    return approved


def _settable(
    source: bytes, document: Document, sites: Sequence[Site], chosen: Collection[int]
) -> tuple[int, ...]:
    """Those of the chosen sites that copies in the document's own format can show."""
    settable = tuple(i for i in chosen if _can_be_set(source, document, sites[i]))
    if chosen and not settable:
        raise NoSites("No approved place in this file can be changed; prepare it with the policy verbatim.")
    return settable


def _can_be_set(source: bytes, document: Document, site: Site) -> bool:
    """Whether copies in the document's own format can show the site's alternatives."""
    if document.format == "txt":
        return True
    carrier: docx.Template | markup.Template
    carrier = (docx if document.format == "docx" else markup).template(source, document)
    return all(carrier.accepts(span.start, span.end, *site.alternatives) for span in site.spans)


def _spacing(source: bytes, document: Document, taken: Collection[Span]) -> tuple[Span, ...]:
    """The runs that a Word copy can space: all in a plain layout, in a publisher's file those it can cut."""
    spans = spacing_spans(document, taken)
    if document.format != "docx":
        return spans
    carrier = docx.template(source, document)
    return tuple(span for span in spans if carrier.may_be_spaced(span))


def _glyphs(source: bytes, document: Document, taken: Collection[Span]) -> tuple[int, ...]:
    """The characters that a PDF copy can move: in a publisher's file those whose glyphs are known."""
    places = glyph_places(document, taken)
    if document.format != "pdf" or document.is_scan:
        return places
    movable = pdf.template(source, document).movable(glyph_sites(places))
    return tuple(at for at in places if at in movable)


def _chosen(sites: Sequence[Site], indexes: Collection[int]) -> tuple[int, ...]:
    approved = tuple(sorted(set(indexes)))
    if approved and not (approved[0] >= 0 and approved[-1] < len(sites)):
        raise ValueError(f"an approved site is not among the {len(sites)} candidates")
    return approved


def find_sites(document: Document) -> tuple[Site, ...]:
    """All places of a document whose wording may vary, ordered by where they stand. A PDF has none."""
    return () if document.format == "pdf" else find(document)
