"""What a sentence states: how many, who, by whose authority. An editor's own wording must not change it.

The rules never touch these (`protection`), or have no words for them. An editor can write anything, so a
paragraph is compared as a whole, before and after: 三个村 → 四个村 changes no protected character itself.
Only what its form shows is seen; 要 → 不要 is the editor's to judge.
"""

import re

from wenxing.wording.language import Language, language_of

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚"
    "沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万钱覃武戴孔汤"
)
_NO_NAMES = "许多|于是|任何|高级|万千|方面"
_OFFICES = "同志(?!们)|先生|女士|书记|主席|主任|局长|部长|省长|市长|县长|镇长|乡长|校长|院长|教授"
_MEASURES = "个位名人点条项件次年月日天户村镇乡县市省亩元块家座处种步段层级"
_CHINESE = (
    re.compile(rf"[二两三四五六七八九十百千万亿零〇几]+(?=[{_MEASURES}])"),
    re.compile(rf"(?!{_NO_NAMES})[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?={_OFFICES})"),
    re.compile("党中央|中共中央|国务院|中央军委|总书记|国家主席|全国人大|全国政协|[省市县]委|[省市县]政府"),
)
_ENGLISH = (
    re.compile(
        r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|(?:thir|for|fif|six|seven|eigh|nine)ty"
        r"|(?:thir|four|fif|six|seven|eigh|nine)teen|hundreds?|thousands?|millions?|billions?|half|twice|dozens?)\b",
        re.IGNORECASE,
    ),
    re.compile(r"(?<=[a-z,;] )(?!I\b)[A-Z][\w’-]*"),  # a capital that begins no sentence is a name's
)


def stated(text: str) -> tuple[tuple[str, ...], ...]:
    """The counts, persons and authorities of a paragraph, in order, each kind by itself.

    Not complete: names without a title, and Chinese figures without a measure word, are not seen.
    """
    patterns = _CHINESE if language_of(text) is Language.CHINESE else _ENGLISH
    return tuple(tuple(match[0] for match in pattern.finditer(text)) for pattern in patterns)
