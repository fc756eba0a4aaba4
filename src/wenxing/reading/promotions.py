"""The service's own lines around a text: slogans, groups, offers, warnings, blank lines.

Judged by general features, never by a service's own words. A line counts when it forbids passing
on, names a way to join or to reach somebody, or offers a membership; at the head, what stands above
such a line counts too, as long as the text keeps a title below. What is found is only offered for
removal.
"""

import re
from collections.abc import Sequence

from wenxing.document import Document, Role
from wenxing.reading.forms import SALUTATION, is_heading, may_be_title, reads_as_title

_FORBIDS = re.compile(
    r"仅供(?:[^，。]{0,6})(?:学习|参考|交流|会员)|(?:禁止|严禁|请勿|不得|谢绝|切勿)(?:\w{0,4})(?:外传|传播|转发|转载|转售|转卖|倒卖|倒买|盗|商用|外泄)|"
    r"倒卖|盗版必究|版权所有|翻版必究"
)
_REACHES = re.compile(
    r"(?i)(?<![a-z])qq(?![a-z])|微信|公众号|小程序|\bvx\b|交流群|会员群|粉丝群|资料群|群号|进群|加群|入群|扫码|二维码|客服|"
    r"(?:https?://|www\.)|[\w.]+@[\w.]+|关注我们|搜索关注"
)
_OFFERS = re.compile(
    r"(?i)订阅|会员|\bvip\b|权益|优惠|赠送|免费|限时|折扣|特价|包年|包月|终身|充值|原价|购买|代写|定制|下载|"
    r"\d+\s*元\s*/\s*[年月份]"
)
_SERVES = re.compile(r"平台|网站|文库|资料|素材|范文|模板|更新|分享|海量|精品|一手|持续|迭代|站长")
_ANNOUNCES = re.compile(r"^【[^】]{2,20}】")
_FEATURES = (_REACHES, _OFFERS, _SERVES, _ANNOUNCES)

_HEAD = 40  # lines with text that may belong to a header
_LONG = 100  # characters from which a line is the text itself


def promotion(document: Document) -> tuple[int, ...]:
    """Return indexes of paragraphs at the head and tail that look like a service's own lines.

    Blank lines before the title and after the end are among them. Ordinary documents, notices
    with a contact at the end included, give none or blank lines only.
    """
    document = document.unwrapped.document
    lines = [p.text if p.role in (Role.BODY, Role.TITLE, Role.HEADING) else None for p in document.paragraphs]
    flow = sum(p.role.in_flow and p.role is not Role.NOTE for p in document.paragraphs)
    return tuple(sorted(promotional(lines[:flow])))


def promotional(lines: Sequence[str | None]) -> frozenset[int]:
    """Return the promotional lines among those of a text; `None` stands for what is never judged."""
    head = _head(lines)
    tail = _tail(lines, max(head, default=-1) + 1)
    found = head | tail
    return found if len(found) < len(lines) else frozenset()


def _head(lines: Sequence[str | None]) -> frozenset[int]:
    """The promotional lines at the head, what stands between and above them, and blank lines.

    A line without features of its own is dropped only when the text still has a title of its own
    below: certainly one for what stands above the first promotional line, possibly one for the rest.
    """
    seen = _before_text(lines)
    speaking = [i for i in seen if _is_promotional(lines[i] or "", at_head=True)]
    end = speaking[-1] + 1 if speaking else 0
    end += _bare(lines[end:]) if speaking else _blank(lines)
    below = lines[end] if end < len(lines) else None
    first = speaking[0] if speaking else 0
    return frozenset(
        i
        for i in range(end)
        if not any(map(str.isalnum, lines[i] or ""))
        or i in speaking
        or (below is not None and (reads_as_title(below) if i < first else may_be_title(below)))
    )


def _before_text(lines: Sequence[str | None]) -> list[int]:
    """Indexes of the lines with text at the head, up to the first that belongs to the text itself."""
    seen: list[int] = []
    for i, line in enumerate(lines):
        if line is None or len(seen) >= _HEAD or _is_text(line):
            break
        if line.strip():
            seen.append(i)
    return seen


def _tail(lines: Sequence[str | None], head: int) -> frozenset[int]:
    """The promotional and blank lines at the tail; each must speak for itself."""
    at = len(lines)
    while at > head:
        line = lines[at - 1]
        if line is None or (line.strip() and not _is_promotional(line, at_head=False)):
            break
        at -= 1
    ends_in_line_feed = at == len(lines) - 1 and lines[at] == ""
    return frozenset() if ends_in_line_feed else frozenset(range(at, len(lines)))


def _blank(lines: Sequence[str | None]) -> int:
    """How many lines are blank before the first that is not."""
    return next((i for i, line in enumerate(lines) if line is None or line.strip()), len(lines))


def _bare(lines: Sequence[str | None]) -> int:
    """How many lines hold no letter or digit, rulers of dashes included, before the first that does."""
    return next(
        (i for i, line in enumerate(lines) if line is None or any(map(str.isalnum, line))), len(lines)
    )


def _is_text(line: str) -> bool:
    """Whether a line belongs to the text itself, so that no header goes past it."""
    line = line.strip()
    if _FORBIDS.search(line):
        return False
    return len(line) >= _LONG or reads_as_title(line) or is_heading(line) or bool(SALUTATION.search(line))


def _is_promotional(line: str, *, at_head: bool) -> bool:
    """Whether a line alone is enough to be called a service's."""
    line = line.strip()
    if len(line) >= _LONG:
        return False
    if _FORBIDS.search(line):
        return True
    features = sum(bool(form.search(line)) for form in _FEATURES) + (len(set(_OFFERS.findall(line))) > 1)
    return features >= 2 or (at_head and bool(_REACHES.search(line)))
