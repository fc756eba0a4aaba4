"""Topics of the season, fields and levels: who sets them, who sees them, what they lead to."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from web.browsing import Browser
from web.making import make_draft, make_material, sort
from wenxing_web.library.actions.add_tag import add_tag
from wenxing_web.library.actions.classify import classify
from wenxing_web.library.actions.withdraw import withdraw
from wenxing_web.library.models import Draft, Edition, Facet, Material, Policy, Tag, Topic
from wenxing_web.library.queries import coming_topics, topics_of_season
from wenxing_web.members.models import Member, Plan
from wenxing_web.members.queries import own_data
from wenxing_web.reader.models import Interest
from wenxing_web.reader.queries.today import following, today_for

pytestmark = pytest.mark.django_db
TOPIC = {"name_zh": "防汛", "name_en": "", "about_zh": "", "about_en": ""}


def _material(title: str, *, days: int = 0, free: bool = True) -> Edition:
    day = timezone.localdate() - timedelta(days=days)
    text = f"{title}\n请各组按时到会。\n"
    return make_material(text, policy=Policy.VERBATIM, title=title, dated_on=day, is_free=free)


def _member(browser: Browser) -> Member:
    return Member.objects.get(pk=browser.session["_auth_user_id"])


# --- who may ------------------------------------------------------------------------------------------


def test_an_operator_names_a_topic_and_changes_it(alice: Browser) -> None:
    sent = {**TOPIC, "starts_on": "2026-06-01", "ends_on": "2026-08-31"}
    assert alice.post("/console/topics/", sent).status_code == 302
    topic = Topic.objects.get()
    assert (topic.name_zh, topic.name_en, topic.ends_on) == ("防汛", "防汛", date(2026, 8, 31))
    address = f"/console/topics/{topic.pk}/"
    assert "防汛" in alice.get(address).content.decode()
    assert alice.post(address, {**sent, "name_en": "Floods"}).status_code == 302
    topic.refresh_from_db()
    assert topic.name_en == "Floods"


@pytest.mark.parametrize(
    ("first", "last"), [("2026-08-31", "2026-06-01"), ("", "2026-06-01"), ("2026-13-01", "2026-06-01")]
)
def test_a_topic_with_impossible_days_is_refused_and_what_was_typed_stays(
    alice: Browser, first: str, last: str
) -> None:
    answer = alice.post("/console/topics/", {**TOPIC, "starts_on": first, "ends_on": last})
    assert answer.status_code == 422
    assert "防汛" in answer.content.decode()
    assert not Topic.objects.exists()


def test_members_and_strangers_neither_see_nor_change_the_operators_topics(
    bob: Browser, carol: Browser
) -> None:
    topic = sort(_material("通知"))
    tag = Tag.objects.get()
    for browser in (bob, carol):
        for address in ("/console/topics/", f"/console/topics/{topic.pk}/"):
            assert browser.get(address).status_code == 404
            assert browser.post(address, TOPIC).status_code == 404
        assert browser.post("/console/tags/", {"facet": "field", "name_zh": "x"}).status_code == 404
        assert browser.post(f"/console/tags/{tag.pk}/drop/").status_code == 404
        identity = Edition.objects.get().identity
        assert browser.post(f"/console/editions/{identity}/topics/", {}).status_code == 404
    assert Topic.objects.count() == Tag.objects.count() == 1
    assert Material.objects.get().topics.count() == 1


def test_strangers_are_asked_to_sign_in_before_topics_are_shown(carol: Browser) -> None:
    topic = sort(_material("通知"))
    for address in ("/topics/", f"/topics/{topic.pk}/", "/me/interests/"):
        answer = carol.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")


def test_an_unknown_topic_is_not_found(alice: Browser, bob: Browser) -> None:
    assert bob.get("/topics/4711/").status_code == 404
    assert alice.get("/console/topics/4711/").status_code == 404
    assert alice.post("/console/tags/4711/drop/").status_code == 404
    assert alice.post(f"/console/editions/{'0' * 32}/topics/", {}).status_code == 404


# --- sorting ------------------------------------------------------------------------------------------


def test_what_a_draft_is_sorted_into_goes_over_to_its_material(alice: Browser) -> None:
    topic = sort(_material("通知"))
    tag = Tag.objects.get()
    draft = make_draft("夏汛通知\n请各组按时到会。\n")
    sent = {"title": "夏汛通知", "kind": "other", "dated_on": "2026-06-01", "right": "own", "publish": "1"}
    answer = alice.post(
        f"/console/ingest/{draft.pk}/publish/", {**sent, "topics": [topic.pk], "tags": [tag.pk]}
    )
    assert answer.status_code == 302
    material = Draft.objects.get(pk=draft.pk).edition.material  # type: ignore[union-attr]
    assert list(material.topics.all()) == [topic]
    assert list(material.tags.all()) == [tag]


def test_a_published_material_is_sorted_anew(alice: Browser) -> None:
    edition = _material("通知")
    topic = sort(edition)
    address = f"/console/editions/{edition.identity}/"
    assert topic.name_zh in alice.get(address).content.decode()
    assert alice.post(f"{address}topics/", {}).status_code == 302
    assert not edition.material.topics.exists()
    alice.post(f"{address}topics/", {"topics": [topic.pk + 1]})
    assert not edition.material.topics.exists()


def test_the_same_tag_twice_is_one_tag_and_a_tag_can_go(alice: Browser) -> None:
    for _ in range(2):
        assert alice.post("/console/tags/", {"facet": "level", "name_zh": "县区"}).status_code == 302
    tag = Tag.objects.get()
    assert alice.post(f"/console/tags/{tag.pk}/drop/").status_code == 302
    assert not Tag.objects.exists()


# --- seasons ------------------------------------------------------------------------------------------


def test_a_topic_leads_from_its_first_day_to_its_last(db: None) -> None:
    day = date(2028, 2, 29)
    topic = sort(_material("通知"), today=day)
    for off, runs in ((-4, False), (-3, True), (0, True), (3, True), (4, False)):
        assert (topic in topics_of_season(day + timedelta(days=off))) is runs
    assert topic in coming_topics(day - timedelta(days=4))
    assert topic not in coming_topics(day)


def test_the_size_of_a_topic_counts_materials_on_the_shelves_once(bob: Browser) -> None:
    edition = _material("通知")
    topic = sort(edition)
    classify(_material("第二份").material, topics=[topic], tags=[])
    assert ">2 份<" in bob.get("/topics/").content.decode()
    withdraw(edition, at=timezone.now())
    assert ">1 份<" in bob.get("/topics/").content.decode()


def test_today_shows_the_topic_of_the_season_with_unread_open_materials_first(
    bob: Browser, plan: Plan
) -> None:
    read, locked, unread = _material("读过的"), _material("锁着的", free=False), _material("没读的", days=9)
    topic = sort(read)
    for edition in (locked, unread):
        classify(edition.material, topics=[topic], tags=[])
    bob.get(f"/m/{read.identity}/")
    member = _member(bob)
    member.memberships.all().delete()
    (season,) = today_for(member, today=timezone.localdate()).seasons
    assert [row.edition.material.title for row in season.rows] == ["没读的", "读过的", "锁着的"]
    page = bob.get("/").content.decode()
    assert page.index("春耕") < page.index("新到")
    inside = bob.get(f"/topics/{topic.pk}/").content.decode()
    assert "锁着的" in inside
    assert "开通会员后即可阅读" in inside


def test_what_leads_today_is_not_said_a_second_time_among_the_new(bob: Browser) -> None:
    leading, other = _material("在专题里"), _material("不在专题里", days=1)
    member, today = _member(bob), timezone.localdate()
    assert [row.edition for row in today_for(member, today=today).new] == [other, leading]
    topic = sort(leading)
    assert [row.edition for row in today_for(member, today=today).new] == [other]
    classify(other.material, topics=[topic], tags=[])
    shown = {row.edition for row in today_for(member, today=today).new}
    assert shown == {leading, other}, "when the topic has everything, the newest are shown all the same"


def test_a_withdrawn_material_is_in_no_topic(bob: Browser) -> None:
    edition = _material("撤下的通知")
    topic = sort(edition)
    assert "撤下的通知" in bob.get(f"/topics/{topic.pk}/").content.decode()
    withdraw(edition, at=timezone.now())
    assert "撤下的通知" not in bob.get(f"/topics/{topic.pk}/").content.decode()
    assert "撤下的通知" not in bob.get("/").content.decode()


# --- what a member follows ----------------------------------------------------------------------------


def test_what_a_member_follows_comes_first_and_nothing_is_hidden(bob: Browser) -> None:
    suits = _material("合适的", days=30)
    others = [_material(f"别的{n}") for n in range(3)]
    tag = add_tag(Facet.FIELD, name_zh="农业农村", name_en="Countryside")
    classify(suits.material, topics=[], tags=[tag])
    before = [row.edition for row in today_for(_member(bob), today=timezone.localdate()).new]
    assert set(before) == {suits, *others}
    assert bob.post("/me/interests/", {"fields_of": [tag.pk]}).status_code == 302
    after = today_for(_member(bob), today=timezone.localdate()).new
    assert [row.edition for row in after] == [suits, *(edition for edition in before if edition != suits)]
    assert [row.suits for row in after] == [True, False, False, False]
    assert "合您关注" in bob.get("/").content.decode()
    assert bob.post("/me/interests/", {}).status_code == 302
    assert [row.edition for row in today_for(_member(bob), today=timezone.localdate()).new] == before


def test_a_tag_that_is_not_there_is_refused(bob: Browser) -> None:
    add_tag(Facet.FIELD, name_zh="农业农村", name_en="Countryside")
    assert bob.post("/me/interests/", {"fields_of": ["4711"]}).status_code == 422
    assert not Interest.objects.exists()


def test_what_a_member_follows_is_theirs_to_take_along_and_goes_with_them(bob: Browser) -> None:
    tag = add_tag(Facet.FIELD, name_zh="农业农村", name_en="Countryside")
    bob.post("/me/interests/", {"fields_of": [tag.pk]})
    member = _member(bob)
    assert own_data(member)["interests"] == ["农业农村"]
    member.delete()
    assert not Interest.objects.exists()


# --- what to read next --------------------------------------------------------------------------------


def test_next_is_the_unread_one_of_the_topic_then_of_the_stream_and_never_a_locked_one(bob: Browser) -> None:
    first, second = _material("专题之一"), _material("专题之二", days=300)
    stream, locked = _material("另一份"), _material("锁着的", free=False)
    topic = sort(first)
    for edition in (second, locked):
        classify(edition.material, topics=[topic], tags=[])
    member, today = _member(bob), timezone.localdate()
    member.memberships.all().delete()

    def title() -> str:
        row = following(member, first.material_id, today=today)
        return row.edition.material.title if row else ""

    assert title() == "专题之二"
    assert "专题之二" in bob.get(f"/m/{first.identity}/").content.decode()
    bob.get(f"/m/{second.identity}/")
    assert title() == "另一份"
    bob.get(f"/m/{stream.identity}/")
    assert title() == ""
