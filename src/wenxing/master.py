"""The master of an edition: the unmarked text, its sites, and what tracing needs besides the key.

A master is kept as a `.wxm` file: a ZIP container with two members, `master.json`
and `source`, the file it was prepared from, byte for byte. It holds no key, but
whoever has it knows where the sites are: it is the operator's, never a member's.

The seal is a keyed digest over everything else in the container. It is checked
where the key is at hand (`wenxing.sealing`); reading a master without the key
checks its form only.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from wenxing.document import Document, Paragraph, Role, Source
from wenxing.errors import MasterError, NewerFormat, UnreadableFile
from wenxing.formats import limits
from wenxing.formats.package import Package, pack
from wenxing.profiles import PROFILES
from wenxing.sites import BESIDE, BETWEEN, Grade, Setting, Site, SiteKind, Span, glyph_sites, spacing_sites

FORMAT = 5
"""The container's format: 5 with glyph sites by the rule `BESIDE`, 4 for scanned pages, 3 with any other
tables, else 2 where lines are wrapped, else 1.

A newer one is refused, older ones are read.
"""

_KIND = "wenxing master"
_DESCRIPTION, _SOURCE = "master.json", "source"
_EDITION_BYTES, _CHECK_BYTES, _SEAL_BYTES = 16, 16, 32
_DAMAGED = "The master is damaged or incomplete; take it from a backup, or prepare the document again."


class Policy(StrEnum):
    """What may differ between copies, besides the layout.

    VERBATIM: not one character of the text. ADAPTABLE: the wording at approved sites.
    """

    ADAPTABLE = "adaptable"
    VERBATIM = "verbatim"


@dataclass(frozen=True)
class Master:
    """One immutable edition.

    Attributes:
        edition: 16 bytes, its identity. The same document prepared twice makes two editions.
        version: format of its codewords.
        profile: name of the code's profile.
        policy: what may differ between copies.
        document: the text as it was read from `source`.
        source: the file, byte for byte.
        sites: all candidates, ordered by start, spans not overlapping.
        approved: ascending indexes into `sites`. "Site n of the edition" means `sites[approved[n]]`.
        check: 16 bytes that tell a wrong key.
        title: for people; not part of the text.
        tool: the version of Wenxing that prepared it.
        seal: 32 bytes over all the rest; empty until sealed.
        spacing: the runs whose character spacing carries the code, ascending.
        glyphs: offsets of the characters whose place on the line carries it, ascending.
        glyph_rule: what each of these is read against, `BETWEEN` or `BESIDE`.
    """

    edition: bytes
    version: int
    profile: str
    policy: Policy
    document: Document
    source: bytes
    sites: tuple[Site, ...]
    approved: tuple[int, ...]
    check: bytes
    title: str = ""
    tool: str = ""
    seal: bytes = b""
    spacing: tuple[Span, ...] = ()
    glyphs: tuple[int, ...] = ()
    glyph_rule: str = BETWEEN

    @property
    def kinds(self) -> tuple[SiteKind, ...]:
        """Wording, and the other kinds that the edition has sites of."""
        others = ((SiteKind.SPACING, self.spacing), (SiteKind.GLYPH, self.glyphs))
        return (SiteKind.WORDING, *(kind for kind, table in others if table))

    def sites_of(self, kind: SiteKind) -> tuple[Site, ...]:
        """The sites of a kind that carry the code, in order."""
        if kind is SiteKind.WORDING:
            return self.approved_sites
        return self.spacing_sites if kind is SiteKind.SPACING else self.glyph_sites

    def arities_of(self, kind: SiteKind) -> tuple[int, ...]:
        """The number of alternatives of each site of a kind that the edition has sites of."""
        return self._arities[kind]

    def settings_of(self, kind: SiteKind) -> tuple[tuple[Setting, ...], ...]:
        """By site of a kind that the edition has sites of: its setting for each symbol."""
        return self._settings[kind]

    @cached_property
    def _settings(self) -> dict[SiteKind, tuple[tuple[Setting, ...], ...]]:
        return {
            kind: tuple(tuple(Setting(s, n) for n in range(s.arity)) for s in self.sites_of(kind))
            for kind in self.kinds
        }

    @cached_property
    def _arities(self) -> dict[SiteKind, tuple[int, ...]]:
        return {kind: tuple(site.arity for site in self.sites_of(kind)) for kind in self.kinds}

    @cached_property
    def spacing_sites(self) -> tuple[Site, ...]:
        """One site a run."""
        return spacing_sites(self.spacing)

    @cached_property
    def glyph_sites(self) -> tuple[Site, ...]:
        """One site a moved character."""
        return glyph_sites(self.glyphs, self.glyph_rule)

    @cached_property
    def approved_sites(self) -> tuple[Site, ...]:
        """The sites that carry the code, in order; site index n is a place in this tuple."""
        return tuple(self.sites[i] for i in self.approved)

    @cached_property
    def sealed_bytes(self) -> bytes:
        """What the seal covers: the description in canonical JSON, with a digest of the source."""
        return _canonical(_describe(self))

    def sealed_by(self, seal: Callable[[bytes], bytes]) -> "Master":
        """The same master with `seal(sealed_bytes)` on it."""
        return replace(self, seal=seal(self.sealed_bytes))

    def validate(self) -> None:
        """Refuse sites out of order, overlapping, outside the text or not shown by it (`ValueError`)."""
        spans = sorted((x.start, x.end) for site in self.sites for x in site.spans)
        starts = [site.start for site in self.sites]
        if starts != sorted(starts) or any(b[0] < a[1] for a, b in pairwise(spans)):
            raise ValueError("sites are out of order or overlap")
        text = self.document.text
        if spans and (spans[-1][1] > len(text) or any(start > end for start, end in spans)):
            raise ValueError("a site lies outside the text")
        for site in self.sites:
            own = site.alternatives[0]
            if site.kind is SiteKind.WORDING and any(text[x.start : x.end] != own for x in site.spans):
                raise ValueError("a site has a wording that the text does not show")
        if list(self.approved) != sorted(set(self.approved)) or any(
            not 0 <= i < len(self.sites) for i in self.approved
        ):
            raise ValueError("approved sites are out of order or not among the candidates")
        if self.policy is Policy.VERBATIM and self.approved:
            raise ValueError("a verbatim edition has no approved sites")
        self._validate_tables()

    def _validate_tables(self) -> None:
        varied = [(x.start, x.end) for site in self.approved_sites for x in site.spans]
        for table in ([(x.start, x.end) for x in self.spacing], *self._surroundings()):
            if table != sorted(table) or any(b[0] < a[1] for a, b in pairwise(sorted([*table, *varied]))):
                raise ValueError("runs or characters are out of order, or overlap")
            if table and not 0 <= table[0][0] <= table[-1][1] <= len(self.document.text):
                raise ValueError("a run or a character lies outside the text")

    def _surroundings(self) -> Iterator[list[tuple[int, int]]]:
        """The moved characters with those beside them, in tables within which none may touch."""
        if self.glyph_rule == BETWEEN:
            yield [(at - 1, at + 2) for at in self.glyphs]
            return
        if self.glyph_rule != BESIDE or any(b - a < 2 for a, b in pairwise(self.glyphs)):
            raise ValueError("moved characters run into each other, or nobody knows by which rule")
        text = len(self.document.text)
        own = [(max(at - 1, 0), at + 1 + (at + 1 < text)) for at in self.glyphs]
        yield own[::2]  # two may share the one between them
        yield own[1::2]

    def to_bytes(self) -> bytes:
        """The `.wxm` container; equal masters give equal bytes."""
        description = {**_describe(self), "seal": self.seal.hex()}
        return pack({_DESCRIPTION: _canonical(description), _SOURCE: self.source})

    @classmethod
    def from_bytes(cls, data: bytes) -> "Master":
        """Read a container. Its form is checked, its seal is not.

        Raises:
            MasterError: it is no master, or damaged.
            NewerFormat: a later version of Wenxing made it.
        """
        description, source = _unpack(data)
        if description.get("kind") != _KIND:
            raise MasterError("This file is not a master that Wenxing prepared.")
        _refuse_newer(description.get("format"), description.get("version"))
        try:
            return _build(description, source)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise MasterError(_DAMAGED) from error


def load(path: str | Path) -> Master:
    """Read a `.wxm` file.

    Raises:
        MasterError, NewerFormat: as `Master.from_bytes`.
        OSError: the file cannot be read.
    """
    return Master.from_bytes(Path(path).read_bytes())


def _canonical(description: dict[str, Any]) -> bytes:
    return json.dumps(description, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _describe(master: Master) -> dict[str, Any]:
    """Everything but the seal and the source's bytes."""
    document = master.document
    wrapped = [i for i, p in enumerate(document.paragraphs) if p.wrapped]
    tables = _tables(master)
    return {
        "kind": _KIND,
        "format": _format(master, tables),
        "edition": master.edition.hex(),
        "version": master.version,
        "profile": master.profile,
        "policy": str(master.policy),
        "title": master.title,
        "tool": master.tool,
        "check": master.check.hex(),
        "source_sha256": hashlib.sha256(master.source).hexdigest(),
        "document": {
            "format": document.format,
            "paragraphs": [
                [p.text, str(p.role), p.level, p.source.part, p.source.index] for p in document.paragraphs
            ],
            **({"wrapped": wrapped} if wrapped else {}),
        },
        "sites": [
            [str(s.kind), str(s.grade), s.rule, [[x.start, x.end] for x in s.spans], list(s.alternatives)]
            for s in master.sites
        ],
        "approved": list(master.approved),
        **tables,
    }


def _format(master: Master, tables: dict[str, Any]) -> int:
    if "glyph_rule" in tables:
        return 5
    if master.document.is_scan:
        return 4
    return 3 if tables else 2 if any(p.wrapped for p in master.document.paragraphs) else 1


def _tables(master: Master) -> dict[str, Any]:
    """The tables that are not empty."""
    spacing, glyphs = [[x.start, x.end] for x in master.spacing], list(master.glyphs)
    tables: dict[str, Any] = {"spacing": spacing, "glyphs": glyphs}
    if glyphs and master.glyph_rule != BETWEEN:
        tables["glyph_rule"] = master.glyph_rule
    return {name: table for name, table in tables.items() if table}


def _unpack(data: bytes) -> tuple[dict[str, Any], bytes]:
    if not data.startswith(b"PK"):
        raise MasterError("This file is not a master that Wenxing prepared.")
    try:
        package = Package(data)
        if sorted(package.names) != sorted((_DESCRIPTION, _SOURCE)):
            raise MasterError("This file is not a master that Wenxing prepared.")
        description = json.loads(package.read(_DESCRIPTION))
        source = package.read(_SOURCE, limit=limits.FILE_BYTES)
    except (UnreadableFile, ValueError, RecursionError) as error:
        raise MasterError(_DAMAGED) from error
    if not isinstance(description, dict):
        raise MasterError(_DAMAGED)
    return description, source


def _refuse_newer(container: object, codewords: object) -> None:
    for version in (container, codewords):
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            raise MasterError(_DAMAGED)
    if isinstance(container, int) and container > FORMAT:
        raise NewerFormat("This master was made by a later version of Wenxing; update to use it.")


def _build(description: dict[str, Any], source: bytes) -> Master:
    """The master, or any of the errors a wrong shape causes."""
    if hashlib.sha256(source).hexdigest() != description["source_sha256"]:
        raise ValueError("another source")
    master = Master(
        edition=_exactly(description["edition"], _EDITION_BYTES),
        version=description["version"],
        profile=PROFILES[description["profile"]].name,
        policy=Policy(description["policy"]),
        document=_document(description["document"]),
        source=source,
        sites=tuple(_site(*fields) for fields in description["sites"]),
        approved=tuple(map(_natural, description["approved"])),
        check=_exactly(description["check"], _CHECK_BYTES),
        title=_string(description["title"]),
        tool=_string(description["tool"]),
        seal=_exactly(description["seal"], _SEAL_BYTES),
        spacing=tuple(Span(_natural(a), _natural(b)) for a, b in description.get("spacing", ())),
        glyphs=tuple(map(_natural, description.get("glyphs", ()))),
        glyph_rule=_string(description.get("glyph_rule", BETWEEN)),
    )
    master.validate()
    return master


def _exactly(text: str, length: int) -> bytes:
    value = bytes.fromhex(text)
    if len(value) != length:
        raise ValueError("wrong length")
    return value


def _natural(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("not a natural number")
    return value


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a string")
    return value


def _document(fields: dict[str, Any]) -> Document:
    wrapped = frozenset(map(_natural, fields.get("wrapped", ())))
    paragraphs = tuple(
        Paragraph(
            _string(text), Role(role), _natural(level), Source(_string(part), _natural(index)), i in wrapped
        )
        for i, (text, role, level, part, index) in enumerate(fields["paragraphs"])
    )
    if not paragraphs:
        raise ValueError("no paragraph")
    return Document(paragraphs, _string(fields["format"]))


def _site(kind: str, grade: str, rule: str, spans: list[list[int]], alternatives: list[str]) -> Site:
    site = Site(
        spans=tuple(Span(_natural(start), _natural(end)) for start, end in spans),
        alternatives=tuple(map(_string, alternatives)),
        grade=Grade(grade),
        rule=_string(rule),
        kind=SiteKind(kind),
    )
    if not site.spans or not 2 <= site.arity <= 4:
        raise ValueError("a site without a place or a choice")
    return site
