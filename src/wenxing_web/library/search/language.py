"""What people type: words, "phrases", AND, OR, NOT, -, parentheses.

    query   = any of { OR any of }
    any of  = one of { [AND] one of }
    one of  = [NOT | -] ( "(" query ")" | "phrase" | words )

Words side by side must all be there. 与, 或, 非 between spaces say the same as
AND, OR, NOT. A phrase, and a word of up to four Han characters, is found as it
is written; of a longer run of Han its words are looked for, and of more than
three words three quarters must be there.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import rjieba
from django.utils.translation import gettext as _

from wenxing_web.library.search.folding import contains, fold, is_han, runs

LONGEST = 200
"""Characters of a query."""

_MOST_TERMS = 24
_DEEPEST = 16  # parentheses in each other
_AS_WRITTEN = 4  # Han characters that are not taken apart
_ASKING = frozenset(
    ("想要", "希望", "需要", "求稿", "一份", "一篇", "一些", "有没有", "有关", "关于", "方面", "材料", "文章")
)
_OPERATORS = {"AND": "AND", "OR": "OR", "NOT": "NOT", "与": "AND", "或": "OR", "非": "NOT", "-": "NOT"}
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<phrase> "[^"]*" | “[^“”]*” | 「[^「」]*」 | 『[^『』]*』 )
    | (?P<open> \( ) | (?P<close> \) )
    | (?P<minus> (?<![^\s(]) -+ (?=[^\s\-)]) )
    | (?P<words> [^\s()"“”「」『』]+ )
    | (?P<stray> ["“”「」『』] )
    )""",
    re.VERBOSE,
)


class Unclear(Exception):
    """A query that says nothing to look for. The message is for whoever typed it."""


@dataclass(frozen=True, slots=True)
class Term:
    """At least `need` of the needles are in the text.

    Attributes:
        needles: folded; each is found as a whole.
        run: the run of Han that they were taken from; empty when they are what was typed.
    """

    needles: tuple[str, ...]
    need: int
    run: str = ""


@dataclass(frozen=True, slots=True)
class All:
    """Every part matches."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part matches."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not match."""

    part: "Expression"


Expression = Term | All | Some | Not


def parse(query: str) -> Expression:
    """What a query looks for.

    Raises:
        Unclear: too long, unbalanced, an operator without its words, nothing to look for, or only what is
            not to be there.
    """
    if len(query) > LONGEST:
        raise Unclear(_("要找的话太长了：最多 %(most)d 个字。可以只留下最关键的几个词。") % {"most": LONGEST})
    tokens = list(_tokens(query))
    if not tokens:
        raise Unclear(_("没有看出要找什么：请写一个词，或一句话。"))
    expression = _lone(tokens[0]) if len(tokens) == 1 else _Parser(tokens).whole()
    if matches(expression, ""):
        raise Unclear(_("只说了不要什么。请再写一个要找的词，例如：治理 -会议。"))
    return expression


def matches(expression: Expression, folded: str) -> bool:
    """Whether a folded text is what an expression looks for."""
    match expression:
        case Term(needles, need):
            return sum(contains(folded, needle) for needle in needles) >= need
        case All(parts):
            return all(matches(part, folded) for part in parts)
        case Some(parts):
            return any(matches(part, folded) for part in parts)
        case Not(part):
            return not matches(part, folded)


def wanted(expression: Expression) -> Iterator[Term]:
    """The terms whose presence makes a text match, those under NOT left out."""
    match expression:
        case Term():
            yield expression
        case All(parts) | Some(parts):
            for part in parts:
                yield from wanted(part)
        case Not():
            pass


def about(text: str, *, share: float, most: int = 8) -> Term | None:
    """A term for texts that are about what `text` asks for; `None` when it has no words.

    Args:
        share: of its words, how large a part must be there.
        most: how many of its words are looked for, longer ones first.
    """
    words = [word for word in dict.fromkeys(_words(fold(text))) if word not in _ASKING]
    words = sorted(words, key=len, reverse=True)[:most]
    return Term(tuple(words), max(1, ceil(share * len(words)))) if words else None


Token = tuple[str, str]
"""`("leaf", words)`, `("phrase", its text)`, or an operator or parenthesis twice."""


def _tokens(query: str) -> Iterator[Token]:
    """In order; whatever has no letter or digit in it is left out."""
    text = unicodedata.normalize("NFKC", "".join(c if c.isprintable() else " " for c in query))
    for match in _TOKEN.finditer(text):
        kind, token = str(match.lastgroup), match[str(match.lastgroup)]
        if kind == "stray":
            raise Unclear(_("引号没有成对。一句原话请前后各加一个引号。"))
        if kind == "minus":
            yield from (("NOT", "-") for _dash in token)
        elif kind == "words" and token in _OPERATORS:
            yield _OPERATORS[token], token
        elif kind in ("open", "close"):
            yield token, token
        elif runs(fold(token)):
            yield ("phrase", token[1:-1]) if kind == "phrase" else ("leaf", token)


def _lone(token: Token) -> Expression:
    """A query of one token is what it says, also when it would mean something among others."""
    kind, text = token
    if kind == "phrase":
        return _phrase(text)
    if not runs(fold(text)):
        raise Unclear(_("没有看出要找什么：请写一个词，或一句话。"))
    return _leaf(text)


class _Parser:
    """By recursive descent; each method reads one line of the grammar above."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens, self._at, self._depth, self._terms = tokens, 0, 0, 0

    def whole(self) -> Expression:
        found = self._query()
        if self._at < len(self._tokens):
            raise Unclear(_("括号没有成对：多了一个右括号。"))
        return found

    def _query(self) -> Expression:
        parts = [self._any_of()]
        while self._next() == "OR":
            self._at += 1
            parts.append(self._any_of())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _any_of(self) -> Expression:
        parts = [self._one_of()]
        while (kind := self._next()) not in ("", "OR", ")"):
            self._at += kind == "AND"
            parts.append(self._one_of())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one_of(self) -> Expression:
        kind = self._next()
        text = self._tokens[self._at][1] if kind else ""
        self._at += 1
        if kind in ("NOT", "("):
            return self._inner(kind)
        if kind not in ("leaf", "phrase"):
            raise Unclear(_missing(self._tokens, self._at - 1))
        self._terms += 1
        if self._terms > _MOST_TERMS:
            raise Unclear(_("要找的词太多了：最多 %(most)d 个。") % {"most": _MOST_TERMS})
        return _phrase(text) if kind == "phrase" else _leaf(text)

    def _inner(self, kind: str) -> Expression:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unclear(_("括号套得太深了。"))
        found = Not(self._one_of()) if kind == "NOT" else self._query()
        self._depth -= 1
        if kind == "(":
            if self._next() != ")":
                raise Unclear(_("括号没有成对：少了一个右括号。"))
            self._at += 1
        return found

    def _next(self) -> str:
        """The kind of the next token; empty at the end."""
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""


def _missing(tokens: list[Token], at: int) -> str:
    """What to say where words were expected and something else, or nothing, stands."""
    operator = tokens[at - 1][1] if at else ""
    if operator in _OPERATORS:
        return _("“%(operator)s”后面还缺一个要找的词。") % {"operator": operator}
    if at < len(tokens) and tokens[at][1] in _OPERATORS:
        return _("“%(operator)s”前面还缺一个要找的词。") % {"operator": tokens[at][1]}
    return _("括号里没有要找的词，或括号没有成对。")


def _phrase(text: str) -> Term:
    return Term((fold(text),), 1)


def _leaf(text: str) -> Expression:
    parts = tuple(_run(run) for run in dict.fromkeys(runs(fold(text))))
    return parts[0] if len(parts) == 1 else All(parts)


def _run(run: str) -> Term:
    words = tuple(dict.fromkeys(_words(run))) if is_han(run) and len(run) > _AS_WRITTEN else ()
    if not words:
        return Term((run,), 1)
    return Term(words, len(words) if len(words) <= 3 else ceil(0.75 * len(words)), run)


def _words(folded: str) -> Iterator[str]:
    """Words of two characters and more, and whatever is not Han; a short run as it is."""
    for run in runs(folded):
        if not is_han(run) or len(run) <= 2:
            yield run
        else:
            yield from (word for word in rjieba.cut(run) if len(word) > 1)
