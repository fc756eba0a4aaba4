"""What a trace found, in words. Accounts are numbers; nobody is ranked below the bound."""

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal

from django.utils.translation import gettext, gettext_noop

from wenxing_web.cases.models import Trace
from wenxing_web.delivery.queries import accounts_with
from wenxing_web.library.models import Edition
from wenxing_web.library.queries import edition_of, is_verbatim

_KINDS = {
    "wording": gettext_noop("措辞 %(read)d 处（共 %(total)d 处）"),
    "spacing": gettext_noop("字符间距 %(read)d 处（共 %(total)d 处）"),
    "glyph": gettext_noop("字符位置 %(read)d 处（共 %(total)d 处）"),
}
_UNITS = {
    1: gettext_noop("十分之%(count)s"),
    2: gettext_noop("百分之%(count)s"),
    3: gettext_noop("千分之%(count)s"),
    4: gettext_noop("万分之%(count)s"),
    5: gettext_noop("十万分之%(count)s"),
    6: gettext_noop("百万分之%(count)s"),
    7: gettext_noop("千万分之%(count)s"),
    8: gettext_noop("亿分之%(count)s"),
    9: gettext_noop("十亿分之%(count)s"),
    10: gettext_noop("百亿分之%(count)s"),
    11: gettext_noop("千亿分之%(count)s"),
    12: gettext_noop("万亿分之%(count)s"),
}
_COUNTS = (
    gettext_noop("一"),
    gettext_noop("二"),
    gettext_noop("三"),
    gettext_noop("四"),
    gettext_noop("五"),
    gettext_noop("六"),
    gettext_noop("七"),
    gettext_noop("八"),
    gettext_noop("九"),
)


@dataclass(frozen=True, slots=True)
class Naming:
    """A number that the trace named.

    Attributes:
        reached: the family-wise bound that its evidence reached, in words and figures.
    """

    number: int
    reached: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a page says about a trace.

    Attributes:
        heading: the finding, a few words.
        sentences: what it means, in order.
    """

    heading: str
    sentences: tuple[str, ...]
    namings: tuple[Naming, ...] = ()


def outcome_of(trace: Trace) -> Outcome:
    """The words for a trace."""
    hints = _hints(trace)
    if trace.outcome == "named":
        found = _named(trace)
        return replace(found, sentences=(*found.sentences, *hints))
    if trace.outcome == "not-enough":
        found = _not_enough(trace)
        return replace(found, sentences=(*found.sentences, *hints))
    if hints:
        return Outcome(gettext("只有线索，不指认任何账号"), hints)
    searched = {"editions": len(trace.inputs["editions"])}
    return Outcome(
        heading=gettext("没有匹配"),
        sentences=(
            gettext("证据中的文字与已发布的 %(editions)d 个版本都对不上，所以没有查任何账号。") % searched,
        ),
    )


def bound_in_words(bound: float) -> str:
    """A probability's upper bound, such as 百万分之一 (≤ 1 in 1,000,000). Never smaller than `bound`."""
    exact = Decimal(repr(bound))
    if exact >= 1:
        return gettext("不作保证")
    tiny = max(exact, Decimal("1e-12"))
    places = min(-tiny.adjusted(), 12)
    count = int(tiny.scaleb(places).to_integral_value(ROUND_CEILING))
    if count == 10:
        places, count = places - 1, 1
    if places < 1:
        return gettext("不作保证")
    words = gettext(_UNITS[places]) % {"count": gettext(_COUNTS[count - 1])}
    return f"{words} (≤ {count} in {10**places:,})"


def _named(trace: Trace) -> Outcome:
    rows = trace.result["named"]
    namings = tuple(Naming(int(r["recipient"]), bound_in_words(float(r["p_value"]))) for r in rows)
    numbers = gettext("、").join(str(naming.number) for naming in namings)
    chance = {"suspects": _figure(trace.inputs["suspects"]), "bound": bound_in_words(_bound(trace))}
    return Outcome(
        heading=gettext("指认编号 %(numbers)s") % {"numbers": numbers},
        sentences=(
            gettext("假如被查的 %(suspects)s 个账号全都无辜，其中任何一个被误指的概率不高于%(bound)s。")
            % chance,
            *_twins(trace),
            *_group(trace),
            _read(trace),
            *_pointed(trace),
            gettext(
                "编号代表一个账号，不代表使用账号的人。登录被盗、设备共用、文件被人另行放出，都不在这个概率之内。"
            ),
        ),
        namings=namings,
    )


def _not_enough(trace: Trace) -> Outcome:
    sentences = []
    for edition in trace.editions.all():
        if is_verbatim(edition):
            sentences.append(_verbatim(edition))
    if trace.result["sites_total"]:
        sentences.append(_read(trace))
        more = trace.result["more_sites_needed"]
        if more:
            sentences.append(gettext("大约还需要 %(more)d 处，才可能指认账号。") % {"more": more})
        else:
            sentences.append(
                gettext(
                    "读出的已经够指认单独一个账号，却没有一个账号单独相符：证据可能出自名单以外，或由几份副本拼成。"
                )
            )
        sentences.append(gettext("可以取得更长的片段，或同一来源的其他材料，加入本案后再查。"))
    return Outcome(heading=gettext("证据不足，不指认任何账号"), sentences=tuple(sentences))


def _verbatim(edition: Edition) -> str:
    words = {"title": edition.material.title, "accounts": _figure(accounts_with(edition))}
    return (
        gettext("文字出自《%(title)s》。这一版原文不动，每份副本的文字都一样；有 %(accounts)s 个账号打开过。")
        % words
    )


def _twins(trace: Trace) -> list[str]:
    ways = int(trace.result["explanations"])
    words = gettext("文字同样符合 %(ways)d 种版本组合；它们已分担上述概率，没有多算。")
    return [words % {"ways": ways}] if ways > 1 else []


def _group(trace: Trace) -> list[str]:
    """What is assumed of numbers that were named as members of a group, and whether others took part."""
    sentences, rows = [], trace.result["named"]
    assuming = [row for row in rows if row.get("assumes")]
    if assuming:
        numbers = gettext("、").join(str(row["recipient"]) for row in assuming)
        words = gettext("指认编号 %(numbers)s，前提是外传的内容至多由 %(accounts)d 个账号的副本拼成。")
        sentences.append(words % {"numbers": numbers, "accounts": assuming[0]["assumes"]})
    least = trace.result.get("accounts_at_least", 0)
    if least > len(rows):
        words = gettext("外传的内容至少出自 %(accounts)d 个账号的副本，其中指认了 %(named)d 个。")
        sentences.append(words % {"accounts": least, "named": len(rows)})
    return sentences


def _pointed(trace: Trace) -> list[str]:
    """Whether marks that anybody could copy point to the same numbers."""
    numbers = gettext("、").join(str(number) for number in trace.result.get("pointed", ()))
    words = gettext(
        "文件属性或页面底纹里的代号也指向编号 %(numbers)s。代号可以照抄，不是证据，没有计入上述概率。"
    )
    return [words % {"numbers": numbers}] if numbers else []


def _hints(trace: Trace) -> tuple[str, ...]:
    """Where the background of scanned pages points, and what that is worth."""
    sentences = []
    for hint in trace.result.get("hints", ()):
        edition = edition_of(hint["edition"])
        title = edition.material.title if edition else hint["edition"][:8]
        words = gettext(
            "线索：图片的底纹里有一个代号，与编号 %(number)s 收到的《%(title)s》（扫描件）副本的代号相同。"
        )
        sentences.append(words % {"number": hint["recipient"], "title": title})
    if sentences:
        sentences.append(
            gettext(
                "扫描件没有可以读出的微调，只有这样的线索。底纹可以照抄，也可以从别人的屏幕上拍来，"
                "所以它没有误判概率可言，不是证据，也不能据此询问、查看或认定账号。"
                "可以看看同一来源还流出过什么：有文字的材料才可能指认。"
            )
        )
    return tuple(sentences)


def _read(trace: Trace) -> str:
    counts = {"read": trace.result["sites_read"], "total": trace.result["sites_total"]}
    words = gettext("读出微调 %(read)d 处，共 %(total)d 处。") % counts
    kinds = trace.result.get("kinds", {})
    shares = [
        gettext(_KINDS[kind]) % {"read": share["read"], "total": share["total"]}
        for kind, share in kinds.items()
        if share["total"]
    ]
    return words + gettext("其中：%(shares)s。") % {"shares": gettext("，").join(shares)} if shares else words


def _bound(trace: Trace) -> float:
    return float(trace.inputs["bound"])


def _figure(number: int) -> str:
    return f"{number:,}"
