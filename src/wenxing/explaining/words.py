"""The words of an explanation, by language and occasion. Figures stand in braces."""

# ruff: noqa: E501 - a table of sentences reads best with a sentence on a line
from collections.abc import Mapping

ASSUMPTIONS: Mapping[str, tuple[str, ...]] = {
    "zh": (
        "读取泄露文字时，没有看过任何账号的编码。",
        "被查账号的名单在看到泄露内容之前已经确定，与泄露内容无关。",
        "文库的密钥没有外泄。",
        "“无辜”是指该账号的副本没有被任何人用来制作泄露内容；账号被盗、本人公开分享的副本被别人再加工，都不算在内。",
    ),
    "en": (
        "The leak was read without looking at the code of any account.",
        "The list of accounts searched was fixed before the leak was looked at, independently of it.",
        "The library's key is secret.",
        "“Innocent” means that nobody used the account's copy for the leak. It does not cover a stolen account, "
        "nor an account whose own publicly shared copy was remixed by others.",
    ),
}

NOT_PROVED: Mapping[str, tuple[str, ...]] = {
    "zh": (
        "持有密钥的运营者可以制作任何账号的副本；核对本证据不能排除这一点。发布时存证的承诺值只证明编码不是事后挑选的。",
        "编号是账号，不是人。账号由谁使用，需要另外查证。",
        "看过本证据的人都能伪造其中各版本的任何副本；此后出现的同版本泄露内容不再有证明力。",
    ),
    "en": (
        "Whoever holds the library's key, the operator, can make anybody's copy; checking this evidence cannot "
        "rule that out. The commitment made at publication only shows that the code was not chosen afterwards.",
        "A number is an account, not a person. Who used the account is for other evidence to show.",
        "Whoever has seen this evidence can forge any copy of its editions; later leaks of them prove nothing.",
    ),
}

_ZH = {
    "chance": "{one_in} 分之一",
    "heading.finding": "结论",
    "heading.read": "读到了什么",
    "heading.sure": "有多大把握",
    "heading.means": "这意味着什么",
    "heading.not-means": "这不意味着什么",
    "heading.otherwise": "还有什么可能",
    "heading.more": "什么能进一步说明问题",
    "heading.assumptions": "前提",
    "finding.named": "指认账号编号 {numbers}。",
    "finding.several": "至少有 {at_least} 个账号参与，其中 {named} 个已指认。",
    "finding.not-enough": "证据不足，不指认任何账号。",
    "finding.verbatim": "文字出自本文库，但各份副本的文字完全相同，不能指认账号。",
    "finding.no-match": "没有匹配：这段文字不是出自所查的任何一个版本。",
    "read.sites": "在找到的 {editions} 个版本共 {total} 处微调中，读出 {read} 处；读不准的一律不算，重复出现的只算一次。",
    "read.none": "找到了 {editions} 个版本，其中没有微调。",
    "read.kinds": "分项：{kinds}。各项用各自的密钥，合在一起作一次检验。",
    "kind.wording": "措辞读出 {read} 处（共 {total} 处）",
    "kind.spacing": "字符间距读出 {read} 处（共 {total} 处）",
    "kind.glyph": "字符位置读出 {read} 处（共 {total} 处）",
    "read.twins": "文字同样符合 {ways} 种版本组合；它们分担了同一个误指概率上限，没有多算。",
    "read.case": "本案至今共查 {looks} 次，以上是历次累计；每一处以第一次读出的为准。",
    "sure.bound": "共查 {suspects} 个账号。假如它们全都无辜，其中任何一个被指认的概率不高于 {reached}（上限定为 {bound}）。",
    "sure.once": "这个上限只对这一次查询成立；换片段、换名单反复查，每次都要重新付出一份。",
    "sure.whenever": "这个上限对本案所有查询一并成立，无论何时、查多少次。",
    "sure.assumes": "对编号 {assumed} 的指认另有一个前提：参与制作的账号不超过 {at_most} 个。",
    "sure.not-enough": "共查 {suspects} 个账号，误指概率上限为 {bound}；没有一个账号达到。未达到的账号不作任何排序，因为谁“最接近”只是偶然。",
    "means.named": "泄露内容的措辞与该账号副本的吻合程度，用巧合无法解释。",
    "means.named-layout": "读出的这些地方与该账号副本的吻合程度，用巧合无法解释。",
    "means.several-layout": "泄露内容中有些地方与已指认的副本都不同，所以另有副本掺入。",
    "means.several": "泄露内容中有些措辞是已指认的副本都没有的，所以另有副本掺入。",
    "means.too-little": "读出的微调太少，还分不清是哪个账号。",
    "means.enough-read": "读出的微调已经足够指认单独泄露者，而所查账号没有一个单独吻合。",
    "means.verbatim": "这一版原文不动，任何账号的副本都是这些文字。",
    "means.no-match": "没有拿任何账号去比对。",
    "not-means.percent": "这不是说“有百分之几的可能是他”：它是误指无辜的概率上限，不是有罪的概率。",
    "not-means.person": "编号代表账号，不代表使用账号的人。",
    "not-means.intent": "它不说明副本是怎样流出去的，也不说明是否故意。",
    "not-means.not-enough": "这不说明任何账号无辜，也不说明任何账号可疑。",
    "not-means.no-match": "这不说明文字与本文库无关：改写得太多，或所在版本没有列入，也会这样。",
    "otherwise.stolen": "账号被盗、设备共用、副本被朋友转手，看起来完全一样。",
    "otherwise.own-share": "该账号自己正当公开过的副本，可能被别人取用、拼接。",
    "otherwise.operator": "持有密钥的运营者能做出任何账号的副本；制作和追溯的每一步因此都记入账本，账本的摘要存放在机器之外。",
    "otherwise.outside": "泄露者可能不在所查的名单里。",
    "otherwise.mixed": "泄露内容可能由几个账号的副本混合而成；那需要更多的文字才能指认。",
    "otherwise.misread": "文字可能被改写、识别得太差，读错的地方太多。",
    "more.sites": "大约再读出 {more} 处，才可能从 {suspects} 个账号中指认一个。",
    "more.other-documents": "同一来源的其他材料可以累计；同一段文字再给一遍没有用。",
    "more.enough-read": "同一来源的更多材料可以分辨是名单之外的账号，还是几份副本混合。",
    "more.mixtures": "以后的版本可以选“防几人混合”的编码（命令行：--profile coalition）：几份副本混合时，它分辨得更清楚。",
    "more.verbatim": "流出的 Word、PDF 文件本身，或同一来源的、有微调的其他材料，可能有用。",
    "more.no-match": "可以取得更长的原文，或把可能的版本都列入再查。",
    "more.hearing": "应当听取该账号的说明，并查看登录、设备和下载记录。",
    "more.others": "同一来源的更多材料可能指认其余的账号。",
    "more.bundle": "被指认的一方可以请自己的专家，用证据包独立复核每一步。",
}

_EN = {
    "chance": "1 in {one_in}",
    "heading.finding": "Finding",
    "heading.read": "What was read",
    "heading.sure": "How sure this is",
    "heading.means": "What it means",
    "heading.not-means": "What it does not mean",
    "heading.otherwise": "What else could explain it",
    "heading.more": "What would tell more",
    "heading.assumptions": "What it rests on",
    "finding.named": "Named: account number {numbers}.",
    "finding.several": "At least {at_least} accounts took part, {named} of them named.",
    "finding.not-enough": "Not enough evidence: no account is named.",
    "finding.verbatim": "The text is from this library, but all copies of it read the same: no account can be named.",
    "finding.no-match": "No match: the text is from none of the editions searched.",
    "read.sites": "Editions found: {editions}. Of their {total} sites {read} could be read. Whatever is uncertain was "
    "left out, and whatever is repeated counts once.",
    "read.none": "Editions found: {editions}, without any site.",
    "read.kinds": "By kind: {kinds}. Each kind has keys of its own; together they are one test.",
    "kind.wording": "wording {read} of {total}",
    "kind.spacing": "character spacing {read} of {total}",
    "kind.glyph": "places of characters {read} of {total}",
    "read.twins": "The text fits {ways} choices among the editions equally well; they shared the bound.",
    "read.case": "The case has been looked at {looks} times; this is everything so far. At each site the first "
    "reading counts.",
    "sure.bound": "Accounts searched: {suspects}. Were every one of them innocent, the chance of naming any "
    "would be at most {reached} (the bound is {bound}).",
    "sure.once": "The bound holds for this one question. Asking again with other fragments or other lists spends "
    "it again each time.",
    "sure.whenever": "The bound holds for all questions of this case together, whenever and however often one looks.",
    "sure.assumes": "The naming of {assumed} assumes besides that at most {at_most} accounts made the leak.",
    "sure.not-enough": "Accounts searched: {suspects}, under a bound of {bound}; none reached it. Accounts "
    "below the bound are not ranked: which of them comes nearest is chance.",
    "means.named": "The wording of the leak agrees with this account's copy to an extent that chance does not explain.",
    "means.named-layout": "What was read agrees with this account's copy to an extent that chance does not explain.",
    "means.several-layout": "Some places of the leak are as in none of the copies named, so another copy was mixed in.",
    "means.several": "Some wordings of the leak are in none of the copies named, so another copy was mixed in.",
    "means.too-little": "Too few sites were read to tell the accounts apart.",
    "means.enough-read": "Enough was read to name a lone leaker, and none of the accounts searched fits alone.",
    "means.verbatim": "This edition is kept to the letter: every account's copy reads like this.",
    "means.no-match": "No account was compared with it.",
    "not-means.percent": "It is not “so many per cent likely that it was them”: it bounds the chance of naming an "
    "innocent account, and is no probability of guilt.",
    "not-means.person": "A number is an account, not the person who used it.",
    "not-means.intent": "It does not tell how the copy got out, nor whether anybody meant it to.",
    "not-means.not-enough": "It does not clear any account, and makes none suspect.",
    "not-means.no-match": "It does not show that the text has nothing to do with this library: rewritten too "
    "heavily, or from an edition that was not given, it would look the same.",
    "otherwise.stolen": "A stolen password, a shared device, a copy passed on by a friend all look the same.",
    "otherwise.own-share": "A copy that the account itself rightly made public may have been taken up by others.",
    "otherwise.operator": "Whoever holds the key, the operator, can make anybody's copy. Every marking and tracing "
    "is therefore a row of the ledger, whose head is kept outside the machine.",
    "otherwise.outside": "The leaker may be outside the list of accounts.",
    "otherwise.mixed": "The leak may be mixed from several accounts' copies; naming one of them takes more text.",
    "otherwise.misread": "The text may be rewritten or recognised so badly that too many sites were misread.",
    "more.sites": "About {more} more sites would be needed to name one of {suspects} accounts.",
    "more.other-documents": "Other material from the same source adds up; the same text again does not.",
    "more.enough-read": "More material from the same source can tell an account outside the list from a mixture.",
    "more.mixtures": "Later editions can be given the code made for mixtures (on the command line: --profile coalition): it "
    "sees through mixed copies better.",
    "more.verbatim": "The Word or PDF file itself that got out may help, or other material from the same source, with sites.",
    "more.no-match": "A longer part of the original may help, or giving all editions that it may come from.",
    "more.hearing": "Hear the account, and look at its sign-ins, devices and downloads.",
    "more.others": "More material from the same source may name the other accounts.",
    "more.bundle": "The account's own expert can check every step from an evidence bundle.",
}

WORDS: Mapping[str, Mapping[str, str]] = {"zh": _ZH, "en": _EN}
