"""A little history for both rooms: a pinned welcome, questions, answers, quotations, second thoughts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from wenxing_web.delivery.queries import lengths
from wenxing_web.entitlements import Room
from wenxing_web.library.models import Edition
from wenxing_web.members.models import Member
from wenxing_web.rooms.actions.delete import delete
from wenxing_web.rooms.actions.edit import edit
from wenxing_web.rooms.actions.pin import pin
from wenxing_web.rooms.actions.say import Quotation, say
from wenxing_web.rooms.models import Message


@dataclass(frozen=True, slots=True)
class Words:
    """Something said: by whom, how many minutes ago, what.

    Attributes:
        answers: which of the room's messages, counted from 0.
        quotes: a sample and which of its paragraphs, counted among those that are shown.
        then: what the author made of it afterwards; empty: took it back.
    """

    who: str
    ago: int
    text: str
    answers: int | None = None
    quotes: tuple[str, int] | None = None
    then: str | None = None


_MEMBERS = (
    Words("运营者", 2_900, "欢迎到会员会客厅。材料、写法都可以聊；想说哪一段，就引哪一段，请不要整篇转贴。"),
    Words(
        "读者2",
        1_500,
        "青年干部这篇的开头值得学：时间、课程、住村三天，先把事情交代清楚，再说意见。",
        quotes=("young-cadres", 2),
    ),
    Words("读者5", 1_480, "我也画了这一句。“住上三天”四个字，比一整段“深入基层”有用。", answers=1),
    Words("读者7", 700, "@读者2 您带学员的时候，会让他们先写事实，再写判断吗？"),
    Words("读者2", 660, "会。三种颜色的笔，事实、判断、态度分开画，画完自己就知道缺什么。", answers=3),
    Words(
        "读者4",
        300,
        "下周要给新同事讲怎么看统计表，有现成的材料吗？",
        then="下周二要给新同事讲怎么看统计表，有现成的材料吗？",
    ),
    Words(
        "运营者",
        280,
        "有一课正好讲这个。练习题也在准备，出来了这里会先知道。",
        answers=5,
        quotes=("tables-course", 3),
    ),
    Words("读者4", 275, "太好了，谢谢！", answers=6),
)
_FREE = (
    Words("运营者", 2_880, "这里是公共会客厅，有账号就能说话。问路、提意见、打招呼，都欢迎。"),
    Words("举报人", 1_300, "请问没有开通会员，能读到什么？"),
    Words(
        "运营者",
        1_290,
        "标着“免费”的都能读，比如写作课的这一讲，先读它再决定也不迟。",
        answers=1,
        quotes=("writing-course", 1),
    ),
    Words("读者1", 640, "发重了。", then=""),
    Words("读者1", 638, "推荐养老那篇调研，一个村一个村走出来的，写得很实在。", quotes=("village-care", 1)),
    Words("举报人", 120, "看题目就想读，我再想想要不要开通。", answers=4),
)


def converse(editions: Mapping[str, Edition], *, now: datetime) -> None:
    """Fill both rooms. A second time nothing happens: every message is sent with the identity it had."""
    for room, talk in ((Room.MEMBERS, _MEMBERS), (Room.FREE, _FREE)):
        said: list[Message] = []
        for words in talk:
            said.append(_say(room, words, said, editions, now))
        pin(said[0], wanted=True, at=now)


def _say(
    room: Room, words: Words, said: list[Message], editions: Mapping[str, Edition], now: datetime
) -> Message:
    author = Member.objects.get(nickname=words.who)
    at = now - timedelta(minutes=words.ago)
    message = say(
        author,
        room,
        client_id=uuid5(NAMESPACE_URL, f"{room} {words.text}"),
        text=words.text,
        reply_to=None if words.answers is None else said[words.answers],
        quotation=_quotation(author, editions, words.quotes) if words.quotes else None,
        at=at,
    )
    if words.then:
        edit(message, words.then, at=at + timedelta(minutes=2))
    elif words.then is not None:
        delete(message, at=at + timedelta(minutes=1))
    return message


def _quotation(author: Member, editions: Mapping[str, Edition], quotes: tuple[str, int]) -> Quotation:
    file, which = quotes
    return Quotation(editions[file], sorted(lengths(author, editions[file]))[which])
