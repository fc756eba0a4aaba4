"""What the demo library's readers ask for: a request in every state, with votes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from wenxing_web.demand.actions.ask import ask
from wenxing_web.demand.actions.decline import decline
from wenxing_web.demand.actions.fulfil import fulfil
from wenxing_web.demand.actions.take import take
from wenxing_web.demand.actions.vote import vote
from wenxing_web.demand.models import Request
from wenxing_web.library.models import Edition, Kind
from wenxing_web.members.models import Member

_WISHES = (
    ("村级议事会怎么开的交流材料", Kind.REPORT, "最好有开会之前怎么收集议题的做法。", 6),
    ("年轻干部谈心谈话提纲", Kind.COURSE, "", 4),
    ("A one-page brief on library opening hours", Kind.REPORT, "For a town of 20,000.", 2),
    ("老旧小区加装电梯的协商记录怎么写", Kind.RESEARCH, "有几户不同意，怎么把过程写清楚。", 5),
    ("基层减负工作汇报", Kind.REPORT, "半年汇报用，两千字左右。", 7),
    ("元旦晚会串词", Kind.OTHER, "", 1),
)


def wish(readers: Sequence[Member], operator: Member, answer: Edition, *, now: datetime) -> None:
    """Fill the board. A second time nothing is done.

    Args:
        readers: who asks and votes, at least eight.
        answer: the edition that answered one of the requests.
    """
    if Request.objects.exists():
        return
    made = []
    for at, (title, kind, text, votes) in enumerate(_WISHES):
        then = now - timedelta(days=3 * at + 1)
        request = ask(readers[at], title, text, kind=kind, at=then)
        for voter in range(votes):
            vote(readers[(at + 1 + voter) % len(readers)], request, wanted=True, at=then)
        made.append(request)
    take(made[3], by=operator, at=now)
    fulfil(made[4], answer, at=now)
    decline(made[5], "今年的晚会串词不在写作计划里，明年十一月再看。", by=operator, at=now)
