"""Wenxing: every copy is its recipient's own, and a leak names the recipient or nobody.

    prepare(source, key=…)                         a document → the master of a new edition
    mark(master, key=…, recipient=…, format=…)     a master → one recipient's copy
    trace(leaks, key=…, masters=…, suspects=…)     leaks → a report
    open_case(path, suspects=…)                    reports that add up over time
    make_bundle(leaks, …), verify(bundle)          an accusation that others can check
    explain(Findings.of_json(…), language=…)       what a report means, and what it does not

This module is the public API. Everything else may change between versions.
"""

from wenxing.accusation import Suspects
from wenxing.bundle import Bundle, Check, Verdict, verify
from wenxing.bundle import bundle as make_bundle
from wenxing.casefile import Case, CaseReport, open_case
from wenxing.codebook import MasterKey, create_key, load_key, new_key
from wenxing.document import Document, Paragraph, Role
from wenxing.errors import (
    BundleError,
    CaseFileError,
    DisclosedEdition,
    EmptyFile,
    FileTooLarge,
    KeyFileError,
    MasterError,
    MissingFont,
    NewerFormat,
    NoSites,
    NothingToProve,
    ProtectedFile,
    ScannedFile,
    SuspectsError,
    UnknownFormat,
    UnknownRecipient,
    UnreadableFile,
    UnsupportedOutput,
    WenxingError,
    WrongKey,
)
from wenxing.explaining import Explanation, Findings, Language, explain
from wenxing.leaks import Leak
from wenxing.marking import background_tile, commitment, mark, mark_document, plain, pseudonym, visible_code
from wenxing.master import Master, Policy, load
from wenxing.preparing import Summary, find_sites, prepare, summarise
from wenxing.reading import OutlineEntry, modern, outline, promotion, publishable, read, without
from wenxing.sites import Grade, Observation, Sighting, Site, SiteKind, Span
from wenxing.tracing import (
    DocumentEvidence,
    KindShare,
    NamedRecipient,
    Outcome,
    Report,
    SiteEvidence,
    SiteState,
    TracedDocument,
    evidence_of,
    hints,
    trace,
    whose,
)

__all__ = [
    "Bundle",
    "BundleError",
    "Case",
    "CaseFileError",
    "CaseReport",
    "Check",
    "DisclosedEdition",
    "Document",
    "DocumentEvidence",
    "EmptyFile",
    "Explanation",
    "FileTooLarge",
    "Findings",
    "Grade",
    "KeyFileError",
    "KindShare",
    "Language",
    "Leak",
    "Master",
    "MasterError",
    "MasterKey",
    "MissingFont",
    "NamedRecipient",
    "NewerFormat",
    "NoSites",
    "NothingToProve",
    "Observation",
    "Outcome",
    "OutlineEntry",
    "Paragraph",
    "Policy",
    "ProtectedFile",
    "Report",
    "Role",
    "ScannedFile",
    "Sighting",
    "Site",
    "SiteEvidence",
    "SiteKind",
    "SiteState",
    "Span",
    "Summary",
    "Suspects",
    "SuspectsError",
    "TracedDocument",
    "UnknownFormat",
    "UnknownRecipient",
    "UnreadableFile",
    "UnsupportedOutput",
    "Verdict",
    "WenxingError",
    "WrongKey",
    "background_tile",
    "commitment",
    "create_key",
    "evidence_of",
    "explain",
    "find_sites",
    "hints",
    "load",
    "load_key",
    "make_bundle",
    "mark",
    "mark_document",
    "modern",
    "new_key",
    "open_case",
    "outline",
    "plain",
    "prepare",
    "promotion",
    "pseudonym",
    "publishable",
    "read",
    "summarise",
    "trace",
    "verify",
    "visible_code",
    "whose",
    "without",
]
