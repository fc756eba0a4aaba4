"""Materials for tests, made the way the operator makes them: upload, clean, proof, describe, publish."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from wenxing_web import engine
from wenxing_web.library import queries
from wenxing_web.library.actions.add_tag import add_tag
from wenxing_web.library.actions.choose import choose
from wenxing_web.library.actions.classify import classify
from wenxing_web.library.actions.clean import clean
from wenxing_web.library.actions.describe import describe
from wenxing_web.library.actions.name_topic import Season, name_topic
from wenxing_web.library.actions.proof import proof
from wenxing_web.library.actions.publish import publish
from wenxing_web.library.actions.upload import upload
from wenxing_web.library.models import Draft, Edition, Facet, Kind, Policy, Right, Topic

ADVERTISEMENT = """仅供学习 禁止外传
小河文库
现在订阅立享前3年的所有权益和资料

【打击倒卖活动】
举报倒卖会员资料的人，举报成功免费赠送一年会员材料！
会员群：                      免费QQ群：

"""

SPEECH = """在青石镇农田水利现场会上的讲话
这次现场会开得很及时。上午大家看了三个村的沟渠，刚才几位同志又作了发言，讲得都十分实在。下面，我讲三点意见。
一、看清形势，把水利摆到更加重要的位置
目前，我们镇的灌溉面积已经占到耕地的七成，但是许多支渠年久失修，水到不了田头。去年夏天连续四十天没有下雨，有的村民半夜起来排队等水，矛盾很多。如果今年再遇到这样的旱情，仍然靠老办法，就会误了农时。因此，大家要把沟渠当作自家的事来办，使每一块田都能喝上水。对于这个问题，不能有任何侥幸。
从长远来看，修好水利不仅能够增产，而且能够使村容更加整洁。许多外出的年轻人说，路通了，水清了，他们就愿意回来。这个道理十分朴素，归根结底就是要让种田的人有账可算。同时，我们也要看到，修渠不是一次就能完成的，必须不断维护。
二、抓住重点，将力气用在要紧的地方
第一，先修主渠。主渠不通，支渠修得再好也没有用。目前缺口最大的是东边两段，特别是石桥以下的那一段，塌方非常严重。各村要按照统一的要求出工出料，不能等，也不能看。第二，管好用水。能不能把水分得公平，关系到干部在群众心里的位置。如果分水靠关系，那么渠修得再直，人心也是弯的。第三，用好资金。每一笔钱都要上墙公示，从而让群众看得明白。
一是看账目，二是看现场，三是看口碑。通过这次检查，很多问题已经摆在桌面上。但摆出来不等于解决了，仍然需要一件一件去办。要加强对管水员的培训，提高他们的能力，使他们知道如何看闸、如何记账。
三、改进作风，让群众看到变化
干部要经常到田里去，决不能坐在屋里听汇报。目前有的同志怕麻烦，许多事情推来推去，群众意见十分大。因此，从今天起，每个干部联系一段渠，把名字写在闸口上。如果出了问题，先找联系人。对于干得好的，要表扬；对于不肯干的，要批评。
同志们，水利是一件慢事，也是一件大事。只要我们更加用心，更加耐心，就一定能够把这件事办好。与此同时，也希望大家多提意见，特别是把困难讲出来，我们一起想办法。
"""

PLAIN = """会场座位表
前排
左一 右二
"""


def make_draft(text: str = SPEECH, *, remove: tuple[int, ...] = (), today: date | None = None) -> Draft:
    """A cleaned draft. The same text again is the same draft until it is published."""
    draft = upload(text.encode(), name="讲话.txt", today=today or timezone.localdate())
    return clean(draft, remove=remove)


def make_material(
    text: str = SPEECH,
    *,
    policy: Policy = Policy.ADAPTABLE,
    dated_on: date | None = None,
    title: str = "",
    kind: Kind = Kind.SPEECH,
    right: Right = Right.OWN,
    is_free: bool = False,
    at: datetime | None = None,
    data: bytes | None = None,
) -> Edition:
    """A published edition with every site approved.

    Args:
        text: the material; `data` instead is a whole file, such as a docx.
        dated_on: decides which plan opens it; today by default.
    """
    engine.ensure_key()
    day = dated_on or timezone.localdate()
    draft = upload(data or text.encode(), name="讲话", today=day)
    clean(draft, remove=())
    choose(draft, policy)
    if policy is Policy.ADAPTABLE:
        proof(draft, approve=range(len(queries.cleaned(draft).sites)))
    describe(
        draft, title=title or draft.title or "无题", kind=kind, dated_on=day, right=right, is_free=is_free
    )
    return publish(draft, at=at or timezone.now())


def sort(edition: Edition, *, name: str = "春耕", today: date | None = None) -> Topic:
    """Put a material into a topic that runs today, and into a field."""
    day = today or timezone.localdate()
    season = Season(name, "Spring", "", "", day - timedelta(days=3), day + timedelta(days=3))
    topic = name_topic(season)
    field = add_tag(Facet.FIELD, name_zh="农业农村", name_en="Countryside")
    classify(edition.material, topics=[topic], tags=[field])
    return topic
