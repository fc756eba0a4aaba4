"""The demo library's topics, and whom its materials speak to."""

from collections.abc import Mapping
from datetime import date, timedelta

from wenxing_web.library.actions.add_tag import add_tag
from wenxing_web.library.actions.classify import classify
from wenxing_web.library.actions.name_topic import Season, name_topic
from wenxing_web.library.models import Facet, Material, Topic

_FIELDS = {
    "机关党建": "Public service",
    "农业农村": "Countryside",
    "民生服务": "Social services",
    "写作教学": "Teaching writing",
}
_LEVELS = {"县区": "County", "乡镇街道": "Town", "村和社区": "Village"}
_OF = {
    "young-cadres": ("机关党建", "县区"),
    "lighter-burdens": ("机关党建", "县区", "乡镇街道"),
    "night-bus-report": ("民生服务",),
    "service-rules": ("民生服务", "县区"),
    "village-care": ("农业农村", "民生服务", "村和社区"),
    "repair-research": ("民生服务", "村和社区"),
    "old-estates": ("民生服务", "乡镇街道"),
    "writing-exam": ("写作教学",),
    "writing-course": ("写作教学",),
    "tables-course": ("写作教学",),
}
_GROUND = ("young-cadres", "lighter-burdens", "village-care", "service-rules")
_EXAM = ("writing-exam", "writing-course")


def sort_out(materials: Mapping[str, Material], *, today: date) -> None:
    """Two topics, one of this season and one to come, fields and levels. A second time nothing is done.

    Args:
        materials: by the name of their sample.
    """
    if Topic.objects.exists():
        return
    fields = {zh: add_tag(Facet.FIELD, name_zh=zh, name_en=en) for zh, en in _FIELDS.items()}
    levels = {zh: add_tag(Facet.LEVEL, name_zh=zh, name_en=en) for zh, en in _LEVELS.items()}
    tags = fields | levels
    ground, exam = _topics(today)
    for name, material in materials.items():
        topics = [topic for topic, of in ((ground, _GROUND), (exam, _EXAM)) if name in of]
        classify(material, topics=topics, tags=[tags[tag] for tag in _OF.get(name, ())])


def _topics(today: date) -> tuple[Topic, Topic]:
    ground = Season(
        name_zh="减负之后，基层怎么干",
        name_en="After the forms are gone: work on the ground",
        about_zh="少填了表，腾出来的时间用在哪里？讲话、报告、调研各选几份，看各地怎样把会开短、把事办实。",
        about_en="Fewer forms to fill in: what is the time used for? Speeches, reports and field notes.",
        starts_on=today - timedelta(days=20),
        ends_on=today + timedelta(days=40),
    )
    exam = Season(
        name_zh="年底述职季",
        name_en="The season of annual reports",
        about_zh="述职报告、工作总结、考核材料，提前一个月备好。",
        about_en="Annual reports and appraisals, a month ahead.",
        starts_on=today + timedelta(days=25),
        ends_on=today + timedelta(days=75),
    )
    return name_topic(ground), name_topic(exam)
