"""The tables of rules and protected spans, read once and checked before anything uses them."""

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from wenxing.sites import Grade
from wenxing.wording.language import Language
from wenxing.wording.rule import Example, Link, Rule, RuleTableError
from wenxing.wording.structures import STRUCTURES

Choice = TypeVar("Choice", Grade, Link)

TABLES = Path(__file__).parent / "tables"
PROTECTED = "protected.toml"

_PATTERNS = (
    *("before", "not_before", "after", "not_after", "clause", "not_clause", "document", "not_document"),
    *("pos", "left_pos", "right_pos", "left_word", "right_word"),
)
_REQUIRED = ("name", "grade", "words", "explain", "matches", "misses")
_OPTIONAL = (*_PATTERNS, "only", "fill", "structure", "tokens", "link", "strict", "statutes")
# What tables may write in a pattern instead of the characters.
_SHORTHAND = {
    Language.CHINESE: {
        "<start>": r"(?:^|[，。；：！？\s])",  # where a clause begins
        "<sentence>": r"(?:^|[。；！？\s])",  # where a sentence, or a member of a list of them, begins
        "<end>": r"[，。；：！？]",  # where a clause ends
        "<in>": r"[^，。；：！？]",  # any character of the clause
    },
    Language.ENGLISH: {
        "<start>": r"(?:^\s*|[,;:.!?—–(]\s*)",
        "<sentence>": r"(?:^\s*|[.!?][”’\"')]*\s+)",
        "<end>": r"\s*(?:[,;:.!?—–)]|$)",
        "<in>": r"[^,;:.!?—–()]",
        "<det>": r"(?:the|a|an|this|that|these|those|its|their|our|your|his|her|my|each|every|any|no|some)",
        "<subject>": r"(?:I|we|you|he|she|it|they|there)",
        "<be>": r"(?:is|are|was|were|be|been|being)",
        "<aux>": r"(?:is|are|was|were|has|have|had|can|could|will|would|may|might|must|do|does|did|should)",
        "<number>": r"(?:\d|(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|"
        r"thirty|forty|fifty|sixty|seventy|eighty|ninety|half|one (?:in|third|hundred)|"
        r"a (?:dozen|hundred|thousand|million|third|quarter|fifth|tenth))\b)",
        "<time>": r"(?:year|month|week|day|morning|evening|afternoon|night|summer|winter|spring|autumn|"
        r"century|decade|season|hour)",
    },
}


@dataclass(frozen=True, slots=True)
class Protected:
    """A kind of text that is never varied.

    Attributes:
        name: unique, kebab-case.
        pattern: every match of it is protected, whole.
        explain: why.
        examples: sentences in which the marked places must be protected.
    """

    name: str
    pattern: re.Pattern[str]
    explain: str
    examples: tuple[Example, ...]


@cache
def rules() -> tuple[Rule, ...]:
    """All rules. Where two want the same characters, A goes before B, then the longer word."""
    found: dict[str, Rule] = {}
    for language in Language:
        for file in sorted((TABLES / language).glob("*.toml")):
            if file.name == PROTECTED:
                continue
            for entry in read_rules(file.read_text(encoding="utf-8"), file.name, language):
                if entry.name in found:
                    raise RuleTableError(f"{file.name}: two rules are called {entry.name!r}")
                found[entry.name] = replace(entry, table=file.stem)
    return tuple(found.values())


@cache
def rules_of(language: Language) -> tuple[Rule, ...]:
    """The rules for texts in one language."""
    return tuple(rule for rule in rules() if rule.language is language)


@cache
def vocabulary() -> frozenset[str]:
    """Every Chinese word of two characters or more that a rule looks for."""
    found = rules_of(Language.CHINESE)
    return frozenset(word for rule in found for word in rule.only if len(word) > 1)


@cache
def alphabet(language: Language) -> frozenset[str]:
    """Every character that a rule for texts in one language may put into a text."""
    return frozenset(c for rule in rules_of(language) for row in rule.rows for word in row for c in word)


@cache
def protected(language: Language = Language.CHINESE) -> tuple[Protected, ...]:
    """All kinds of protected spans of texts in one language."""
    return read_protected((TABLES / language / PROTECTED).read_text(encoding="utf-8"), PROTECTED)


def read_rules(toml: str, file: str, language: Language = Language.CHINESE) -> tuple[Rule, ...]:
    """The rules of one table.

    Args:
        toml: the table's text.
        file: its name, for messages.
        language: of the texts they are for.

    Raises:
        RuleTableError: with file, rule and reason.
    """
    entries = _parse(toml, file).get("rule", [])
    return tuple(
        _rule(entry, f"{file}: rule {entry.get('name', number)!r}", language)
        for number, entry in enumerate(entries)
    )


def read_protected(toml: str, file: str) -> tuple[Protected, ...]:
    """The protected spans of one table: `[[span]]` with a pattern, `[[phrases]]` with words.

    Raises:
        RuleTableError: with file, entry and reason.
    """
    table = _parse(toml, file)
    spans = [_protected(entry, f"{file}: span {entry.get('name')!r}") for entry in table.get("span", [])]
    for entry in table.get("phrases", []):
        where = f"{file}: phrases {entry.get('name')!r}"
        _check_keys(entry, where, required=("name", "explain", "words"), optional=())
        words = sorted(" ".join(entry["words"].split()).split(" "), key=len, reverse=True)
        pattern = _compile("|".join(map(re.escape, words)), where)
        examples = tuple(Example(word, ((0, len(word)),)) for word in words)
        spans.append(Protected(entry["name"], pattern, entry["explain"], examples))
    return tuple(spans)


def _parse(toml: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise RuleTableError(f"{file}: not valid TOML: {error}") from error


def _rule(entry: dict[str, Any], where: str, language: Language) -> Rule:
    _check_keys(entry, where, required=_REQUIRED, optional=_OPTIONAL)
    rows = _rows(entry["words"], entry.get("fill"), where)
    words = [word for row in rows for word in row]
    if len(set(words)) < len(words):
        raise RuleTableError(f"{where}: no two rows share a word: they have different words")
    only = _filled(_words(entry["only"], where, "only", at_least=1), entry) if "only" in entry else words
    if set(only) - set(words):
        raise RuleTableError(f"{where}: 'only' names words that are not in 'words'")
    if re.fullmatch(r"[a-z0-9-]+", entry["name"]) is None:
        raise RuleTableError(f"{where}: a name is made of small letters, digits and hyphens")
    patterns: dict[str, Any] = {
        key: _anchored(key, entry[key], where, language) for key in _PATTERNS if key in entry
    }
    return Rule(
        name=entry["name"],
        grade=_choice(Grade, entry["grade"], where),
        rows=rows,
        only=tuple(only),
        explain=entry["explain"],
        examples=_examples(entry["matches"], where, marked=True),
        counterexamples=_examples(entry["misses"], where, marked=False),
        structure=_structure(entry.get("structure"), where),
        tokens=entry.get("tokens", True),
        link=_choice(Link, entry.get("link", "sentence"), where),
        strict=entry.get("strict", True),
        statutes=entry.get("statutes", False),
        language=language,
        **patterns,
    )


def _rows(value: object, fill: object, where: str) -> tuple[tuple[str, ...], ...]:
    """`words` is one row, a list of rows, or a row with `{}` in each word that `fill` completes."""
    listed = value if isinstance(value, list) and all(isinstance(row, list) for row in value) else [value]
    rows = [_words(row, where, "words") for row in listed]
    if fill is not None:
        ends = _words(fill, where, "fill", at_least=1)
        rows = [tuple(word.replace("{}", end) for word in row) for row in rows for end in ends]
    if not all(2 <= len(row) <= 4 for row in rows):
        raise RuleTableError(f"{where}: a row has 2–4 words")
    return tuple(rows)


def _filled(words: tuple[str, ...], entry: dict[str, Any]) -> list[str]:
    return [w.replace("{}", end) for w in words for end in entry.get("fill", [""])]


def _protected(entry: dict[str, Any], where: str) -> Protected:
    _check_keys(entry, where, required=("name", "explain", "pattern", "examples"), optional=())
    examples = _examples(entry["examples"], where, marked=True)
    return Protected(entry["name"], _compile(entry["pattern"], where), entry["explain"], examples)


def _check_keys(
    entry: dict[str, Any], where: str, *, required: tuple[str, ...], optional: tuple[str, ...]
) -> None:
    if missing := [key for key in required if not entry.get(key)]:
        raise RuleTableError(f"{where}: {', '.join(missing)} missing or empty")
    if unknown := sorted(set(entry) - set(required) - set(optional)):
        raise RuleTableError(
            f"{where}: unknown {', '.join(unknown)}; known: {', '.join((*required, *optional))}"
        )


def _words(value: object, where: str, key: str, *, at_least: int = 2) -> tuple[str, ...]:
    good = isinstance(value, list) and all(isinstance(word, str) and word for word in value)
    if not good or not isinstance(value, list) or len(value) < at_least or len(set(value)) < len(value):
        raise RuleTableError(f"{where}: '{key}' is a list of at least {at_least} different words")
    return tuple(value)


def _choice(kind: type[Choice], value: str, where: str) -> Choice:
    try:
        return kind(value)
    except ValueError as error:
        raise RuleTableError(f"{where}: {value!r} is none of {', '.join(kind)}") from error


def _examples(values: list[str], where: str, *, marked: bool) -> tuple[Example, ...]:
    try:
        examples = tuple(Example.parse(value) for value in values)
    except RuleTableError as error:
        raise RuleTableError(f"{where}: {error}") from error
    if marked and any(not example.places for example in examples):
        raise RuleTableError(f"{where}: an example that must match marks the place with 【】")
    return examples


def _anchored(key: str, pattern: str, where: str, language: Language) -> re.Pattern[str]:
    """`before` patterns are searched left of the word, so they are tied to its end.

    English patterns take capitals and small letters for the same.
    """
    for short, full in _SHORTHAND[language].items():
        pattern = pattern.replace(short, full)
    tied = f"(?:{pattern})\\Z" if key.endswith("before") else pattern
    return _compile(f"(?i:{tied})" if language is Language.ENGLISH else tied, where)


def _structure(name: str | None, where: str) -> str | None:
    if name is not None and name not in STRUCTURES:
        raise RuleTableError(f"{where}: structure {name!r} is none of {', '.join(STRUCTURES)}")
    return name


def _compile(pattern: str, where: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise RuleTableError(f"{where}: {pattern!r} is not a regular expression: {error}") from error
