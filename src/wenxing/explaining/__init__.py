"""A report in words and figures, in Chinese and English: the one place where it is explained.

The same words serve the command line and the platform's pages. An explanation is
made from a few figures (`Findings`), so that a report that was kept as data can be
explained years later. It never speaks of anybody below the bound, and of accounts,
never of people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from math import floor
from typing import Any

from wenxing.explaining.words import ASSUMPTIONS, NOT_PROVED, WORDS

__all__ = [
    "ASSUMPTIONS",
    "NOT_PROVED",
    "Explanation",
    "Findings",
    "Language",
    "Section",
    "chance",
    "explain",
    "statement",
]

_SMALLEST = 1e-15


class Language(StrEnum):
    """Languages of an explanation."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Findings:
    """The figures of a report.

    Attributes:
        outcome: `named`, `not-enough` or `no-match`.
        named: number → the family-wise bound actually reached.
        assumes: number → the naming holds if at most so many accounts made the leak; others have no line.
        sites_read, sites_total: readable sites that counted, and approved sites of the editions found.
        suspects: how many accounts were compared.
        bound: family-wise.
        more_sites_needed: as in the report.
        accounts_at_least: as in the report.
        explanations: how many attributions shared the bound.
        editions: how many were found.
        looks: of a running case, how many traces it has seen; 0 for a single trace.
        kinds: kind of sites → read and total; empty when only wording counted.
    """

    outcome: str
    named: Mapping[int, float]
    sites_read: int
    sites_total: int
    suspects: int
    bound: float
    more_sites_needed: int | None = None
    accounts_at_least: int = 0
    explanations: int = 1
    editions: int = 1
    assumes: Mapping[int, int] | None = None
    looks: int = 0
    kinds: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of_json(cls, report: Mapping[str, Any]) -> "Findings":
        """From the JSON object of a trace; fields that older reports lack have their defaults.

        Raises:
            KeyError: it is not the object of a trace.
        """
        named = report["named"]
        return cls(
            outcome=str(report["outcome"]),
            named={n["recipient"]: n["p_value"] for n in named},
            sites_read=report["sites_read"],
            sites_total=report["sites_total"],
            suspects=report["suspects"],
            bound=float(report["bound"]),
            more_sites_needed=report["more_sites_needed"],
            accounts_at_least=report.get("accounts_at_least", 0),
            explanations=report.get("explanations", 1),
            editions=sum(bool(document["matched"]) for document in report["documents"]),
            assumes={n["recipient"]: n["assumes"] for n in named if n.get("assumes")},
            looks=report.get("case", {}).get("looks", 0),
            kinds={kind: (k["read"], k["total"]) for kind, k in report.get("kinds", {}).items()},
        )


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the sentences under it.

    Attributes:
        name: `finding`, `read`, `sure`, `means`, `not-means`, `otherwise`, `more` or `assumptions`.
        heading: in the language.
        sentences: at least one.
    """

    name: str
    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A report explained, sections in reading order."""

    language: Language
    sections: tuple[Section, ...]

    def section(self, name: str) -> Section:
        """The section of that name, `KeyError` when the report has none."""
        return {section.name: section for section in self.sections}[name]

    def text(self) -> str:
        """As plain text."""
        blocks = [
            "\n".join([s.heading, *(f"  {sentence}" for sentence in s.sentences)]) for s in self.sections
        ]
        return "\n\n".join(blocks) + "\n"


def explain(findings: Findings, *, language: Language | str) -> Explanation:
    """Say what a report means, what it does not, what else could explain it and what would help.

    Raises:
        ValueError: an unknown language.
    """
    tongue = Language(language)
    chosen = _sentences(findings)
    words = WORDS[tongue]
    figures = _figures(findings, tongue)
    sections = []
    for name, keys in chosen.items():
        if keys:
            sentences = tuple(words[key].format(**figures) for key in keys)
            sections.append(Section(name, words[f"heading.{name}"], sentences))
    sections.append(Section("assumptions", words["heading.assumptions"], ASSUMPTIONS[tongue]))
    return Explanation(tongue, tuple(sections))


def chance(probability: float, *, language: Language | str) -> str:
    """A probability in words and figures, never smaller than it is: `1 in 1,000,000`, `1,000,000 分之一`."""
    # Decimals, because 1 / 1e-6 is a little less than a million in floating point.
    one_in = floor(1 / Decimal(repr(max(probability, _SMALLEST))))
    return WORDS[Language(language)]["chance"].format(one_in=f"{one_in:,}")


def _sentences(found: Findings) -> dict[str, list[str]]:
    """Which sentences to say under each heading."""
    if found.outcome == "no-match":
        return {
            "finding": ["finding.no-match"],
            "means": ["means.no-match"],
            "not-means": ["not-means.no-match"],
            "more": ["more.no-match"],
        }
    read = ["read.none" if not found.sites_total else "read.sites"]
    read += ["read.kinds"] * bool(found.kinds)
    read += ["read.twins"] * (found.explanations > 1) + ["read.case"] * (found.looks > 0)
    if found.outcome == "named":
        return {"read": read} | _named(found)
    if not found.sites_total:
        return {
            "finding": ["finding.verbatim"],
            "read": read,
            "means": ["means.verbatim"],
            "not-means": ["not-means.not-enough"],
            "more": ["more.verbatim"],
        }
    enough = found.more_sites_needed is None
    return {
        "finding": ["finding.not-enough"],
        "read": read,
        "sure": ["sure.not-enough"],
        "means": ["means.enough-read" if enough else "means.too-little"],
        "not-means": ["not-means.not-enough"],
        "otherwise": ["otherwise.outside", "otherwise.mixed", "otherwise.misread"] if enough else [],
        "more": ["more.enough-read" if enough else "more.sites", "more.other-documents"]
        + ["more.mixtures"] * enough,
    }


def _named(found: Findings) -> dict[str, list[str]]:
    several = found.accounts_at_least > len(found.named)
    return {
        "finding": ["finding.named"] + ["finding.several"] * several,
        "sure": ["sure.bound", "sure.whenever" if found.looks else "sure.once"]
        + ["sure.assumes"] * bool(found.assumes),
        "means": ["means.named-layout" if found.kinds else "means.named"]
        + ["means.several-layout" if found.kinds else "means.several"] * several,
        "not-means": ["not-means.percent", "not-means.person", "not-means.intent"],
        "otherwise": ["otherwise.stolen", "otherwise.own-share", "otherwise.operator"],
        "more": ["more.hearing"] + ["more.others"] * several + ["more.bundle"],
    }


def _figures(found: Findings, language: Language) -> dict[str, str]:
    reached = max(found.named.values(), default=found.bound)
    mark = "、" if language is Language.ZH else ", "
    return {
        "numbers": mark.join(f"{number}" for number in sorted(found.named)),
        "named": str(len(found.named)),
        "at_least": str(found.accounts_at_least),
        "read": f"{found.sites_read:,}",
        "total": f"{found.sites_total:,}",
        "editions": str(found.editions),
        "suspects": f"{found.suspects:,}",
        "bound": chance(found.bound, language=language),
        "reached": chance(reached, language=language),
        "more": f"{found.more_sites_needed or 0:,}",
        "ways": str(found.explanations),
        "looks": str(found.looks),
        "assumed": mark.join(f"{number}" for number in sorted(found.assumes or ())),
        "at_most": str(max((found.assumes or {0: 0}).values(), default=0)),
        "kinds": mark.join(
            WORDS[language][f"kind.{kind}"].format(read=f"{read:,}", total=f"{total:,}")
            for kind, (read, total) in found.kinds.items()
            if total
        ),
    }


def statement(languages: Sequence[Language] = tuple(Language)) -> dict[str, dict[str, list[str]]]:
    """What every accusation assumes and what it does not prove, as data, for an evidence bundle."""
    return {
        str(language): {"assumes": list(ASSUMPTIONS[language]), "not_proved": list(NOT_PROVED[language])}
        for language in languages
    }
