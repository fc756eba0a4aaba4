"""Recipe: leaks + masters → a report that names recipients, or nobody.

The order matters for the proof: first the leaks are read against the masters
without any codeword, then the readings are compared with the suspects' codewords.

Where two editions fit a leak equally well, both attributions are tested and share
the bound (see `wenxing.alignment`); the p-values reported include that price.

    recipe    leaks → readings → report
    layout    what else the leaks show besides their wording
    judging   readings + codes → report
    report    what it comes to, as data and in words
    strips    where the leaks agree with a named recipient's copy
    pseudonyms  whose mark it is that was read, which is no evidence
"""

from wenxing.tracing.judging import (
    accounts_at_least,
    agreement_of,
    documents_of,
    judge,
    kind_shares,
    symbols_of,
    without_bystanders,
)
from wenxing.tracing.pseudonyms import hints, whose
from wenxing.tracing.recipe import AT_MOST, attribute, trace
from wenxing.tracing.report import KindShare, NamedRecipient, Outcome, Report, TracedDocument
from wenxing.tracing.strips import DocumentEvidence, SiteEvidence, SiteState, evidence_of

__all__ = [
    "AT_MOST",
    "DocumentEvidence",
    "KindShare",
    "NamedRecipient",
    "Outcome",
    "Report",
    "SiteEvidence",
    "SiteState",
    "TracedDocument",
    "accounts_at_least",
    "agreement_of",
    "attribute",
    "documents_of",
    "evidence_of",
    "hints",
    "judge",
    "kind_shares",
    "symbols_of",
    "trace",
    "whose",
    "without_bystanders",
]
