"""The editor names a topic of the season, or changes one."""

from dataclasses import dataclass
from datetime import date

from wenxing_web.library.models import Topic


@dataclass(frozen=True, slots=True)
class Season:
    """What a topic says of itself. `ends_on` is its last day, and not before the first."""

    name_zh: str
    name_en: str
    about_zh: str
    about_en: str
    starts_on: date
    ends_on: date


def name_topic(season: Season, *, topic: Topic | None = None) -> Topic:
    """Make a topic, or set everything that an existing one says."""
    topic = topic or Topic()
    topic.name_zh = season.name_zh.strip()
    topic.name_en = season.name_en.strip() or topic.name_zh
    topic.about_zh, topic.about_en = season.about_zh.strip(), season.about_en.strip()
    topic.starts_on, topic.ends_on = season.starts_on, season.ends_on
    topic.save()
    return topic
