"""The board: asking, voting, answering; who may, what is told to whom, and what cannot be done to it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from web.browsing import Browser, signed_in
from web.making import make_draft, make_material
from wenxing_web.demand.actions.ask import A_DAY, ask
from wenxing_web.demand.actions.fulfil import fulfil
from wenxing_web.demand.actions.merge import merge
from wenxing_web.demand.actions.settle import Settled
from wenxing_web.demand.actions.take import take
from wenxing_web.demand.actions.vote import vote
from wenxing_web.demand.models import Request, Vote
from wenxing_web.demand.queries import waiting
from wenxing_web.demand.queries.planning import asked, balance
from wenxing_web.demand.queries.similar import similar
from wenxing_web.library.models import Kind, Policy
from wenxing_web.live.models import Event
from wenxing_web.members.actions.erase import erase
from wenxing_web.members.models import Member, Plan
from wenxing_web.members.queries import own_data
from wenxing_web.notices.actions.follow import follow
from wenxing_web.notices.queries.requests import tell

pytestmark = pytest.mark.django_db
WISH = {"title": "防汛会议讲话", "kind": "speech", "text": "两千字左右"}


def member(name: str) -> Member:
    return Member.objects.create_user(f"{name}@example.org", "correct horse")


def wished(by: Member, title: str = "防汛会议讲话") -> Request:
    return ask(by, title, "", kind=Kind.SPEECH, at=timezone.now())


def heard(kind: str) -> list[str]:
    return list(Event.objects.filter(kind=kind).order_by("pk").values_list("audience", flat=True))


# --- asking -------------------------------------------------------------------------------------------


def test_a_member_asks_and_has_voted_for_it(bob: Browser) -> None:
    answer = bob.post("/demand/ask/", WISH)
    request = Request.objects.get()
    assert answer["Location"] == f"/demand/{request.pk}/"
    assert (request.title, request.text, request.state) == ("防汛会议讲话", "两千字左右", "open")
    assert Vote.objects.filter(request=request, member=request.asker).count() == 1
    assert heard("request.changed") == ["all"]
    assert "防汛会议讲话" in bob.get("/demand/").content.decode()


def test_what_resembles_it_is_shown_first_and_posted_only_when_sure(bob: Browser) -> None:
    edition = make_material(
        "防汛工作会议\n请各组按时到会。\n", policy=Policy.VERBATIM, title="防汛工作会议讲话", is_free=True
    )
    wished(member("dora"), "防汛会议讲话稿")
    page = bob.post("/demand/ask/", WISH).content.decode()
    assert edition.identity in page
    assert "防汛会议讲话稿" in page
    assert "两千字左右" in page, "nothing typed is lost"
    assert Request.objects.count() == 1
    assert bob.post("/demand/ask/", {**WISH, "sure": "1"}).status_code == 302
    assert Request.objects.count() == 2


def test_only_what_resembles_it_is_shown(bob: Browser) -> None:
    dora = member("dora")
    wished(dora, "春节联欢晚会串词")
    assert not similar(dora, "防汛会议讲话", "", today=timezone.localdate())
    assert similar(dora, "联欢晚会", "", today=timezone.localdate()).requests


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"title": ""}, "请用一句话写明想要什么"),
        ({"title": "   "}, "请用一句话写明想要什么"),
        ({"title": "长" * 61}, "题目最多 60 个字"),
        ({"text": "长" * 100_000}, "最多 1000 个字"),
        ({"title": "有\x00空字符"}, ""),
        ({"kind": "poem"}, ""),
    ],
)
def test_a_request_that_cannot_be_taken_is_refused_and_what_was_typed_stays(
    bob: Browser, sent: dict[str, str], said: str
) -> None:
    answer = bob.post("/demand/ask/", {**WISH, **sent})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert sent.get("text", "两千字左右") in page
    assert not Request.objects.exists()


def test_an_account_asks_a_few_times_a_day_and_pressing_twice_asks_once(bob: Browser) -> None:
    for n in range(A_DAY):
        for _twice in range(2):
            sent = {**WISH, "title": f"{n * 1111} 号会议", "sure": "1"}
            assert bob.post("/demand/ask/", sent).status_code == 302
    assert Request.objects.count() == A_DAY
    answer = bob.post("/demand/ask/", {**WISH, "sure": "1"})
    assert answer.status_code == 429
    assert "请明天再来" in answer.content.decode()
    Request.objects.update(made_at=timezone.now() - timedelta(hours=25))
    assert bob.post("/demand/ask/", {**WISH, "sure": "1"}).status_code == 302


def test_markup_in_a_request_is_text(alice: Browser, bob: Browser) -> None:
    evil = "<script>alert(1)</script>"
    bob.post("/demand/ask/", {**WISH, "title": evil, "text": evil})
    number = Request.objects.get().pk
    for page in ("/demand/", f"/demand/{number}/", f"/demand/{number}/part/"):
        assert evil not in bob.get(page).content.decode()
    for page in ("/console/planning/", f"/console/planning/{number}/"):
        assert evil not in alice.get(page).content.decode()
        assert "&lt;script&gt;" in alice.get(page).content.decode()


# --- who may ------------------------------------------------------------------------------------------


def test_strangers_sign_in_first_and_change_nothing(carol: Browser) -> None:
    request = wished(member("dora"))
    base = f"/demand/{request.pk}/"
    for address in ("/demand/", "/demand/ask/", base, f"{base}part/", f"{base}change/"):
        assert carol.get(address)["Location"].startswith("/accounts/login/")
    for address in ("/demand/ask/", f"{base}vote/", f"{base}change/", f"{base}retract/"):
        assert carol.post(address, {**WISH, "wanted": "1"})["Location"].startswith("/accounts/login/")
    assert Request.objects.get().title == "防汛会议讲话"
    assert Vote.objects.count() == 1


def test_another_members_request_is_not_changed_or_taken_back(bob: Browser) -> None:
    request = wished(member("dora"))
    base = f"/demand/{request.pk}/"
    assert bob.get(f"{base}change/").status_code == 404
    assert bob.post(f"{base}change/", WISH).status_code == 404
    assert bob.post(f"{base}retract/").status_code == 404
    assert Request.objects.count() == 1


def test_only_an_editor_plans(bob: Browser, carol: Browser) -> None:
    request = wished(member("dora"))
    address = f"/console/planning/{request.pk}/"
    for browser in (bob, carol):
        assert browser.get("/console/planning/").status_code == 404
        assert browser.get(address).status_code == 404
        for do in ("take", "decline", "fulfil", "merge"):
            assert browser.post(f"{address}{do}/", {"reason": "x"}).status_code == 404
    assert Request.objects.get().state == "open"


def test_a_request_that_is_not_there_is_not_found(alice: Browser, bob: Browser) -> None:
    for address in ("/demand/4711/", "/demand/4711/change/"):
        assert bob.get(address).status_code == 404
    assert bob.post("/demand/4711/vote/", {"wanted": "1"}).status_code == 404
    assert bob.get("/demand/4711/part/").content == b""
    assert alice.get("/console/planning/4711/").status_code == 404
    assert alice.post("/console/planning/4711/take/").status_code == 404
    number = wished(member("dora")).pk
    assert alice.post(f"/console/planning/{number}/burn/").status_code == 404


# --- voting -------------------------------------------------------------------------------------------


def test_a_vote_counts_once_and_can_be_taken_back(bob: Browser) -> None:
    request = wished(member("dora"))
    for wanted, votes in (("1", 2), ("1", 2), ("0", 1), ("0", 1), ("1", 2)):
        bob.post(f"/demand/{request.pk}/vote/", {"wanted": wanted})
        assert Vote.objects.filter(request=request).count() == votes
    assert heard("request.changed") == ["all"] * 4, "nothing is told when nothing changes"


def test_a_vote_by_htmx_answers_with_the_part(bob: Browser) -> None:
    request = wished(member("dora"))
    answer = bob.post(f"/demand/{request.pk}/vote/", {"wanted": "1"}, HTTP_HX_REQUEST="true")
    page = answer.content.decode()
    assert "<strong>2</strong>" in page
    assert "<html" not in page


def test_nobody_votes_for_what_has_been_answered(bob: Browser) -> None:
    request = wished(member("dora"))
    fulfil(request, make_material("短\n请各组按时到会。\n", policy=Policy.VERBATIM), at=timezone.now())
    bob.post(f"/demand/{request.pk}/vote/", {"wanted": "1"})
    assert Vote.objects.filter(request=request).count() == 1


def test_ones_own_request_can_be_said_better_until_somebody_else_wants_it(bob: Browser) -> None:
    bob.post("/demand/ask/", WISH)
    request = Request.objects.get()
    base = f"/demand/{request.pk}/"
    assert bob.post(f"{base}change/", {**WISH, "title": "防汛动员讲话"}).status_code == 302
    assert Request.objects.get().title == "防汛动员讲话"
    vote(member("dora"), request, wanted=True, at=timezone.now())
    bob.post(f"{base}change/", {**WISH, "title": "换成别的"})
    bob.post(f"{base}retract/")
    assert Request.objects.get().title == "防汛动员讲话"


def test_ones_own_request_can_be_taken_back(bob: Browser) -> None:
    bob.post("/demand/ask/", WISH)
    assert bob.post(f"/demand/{Request.objects.get().pk}/retract/")["Location"] == "/demand/"
    assert not Request.objects.exists()


# --- answering ----------------------------------------------------------------------------------------


def test_an_editor_takes_it_on_and_a_published_edition_closes_it_and_every_voter_is_told(
    alice: Browser, bob: Browser
) -> None:
    bob.post("/demand/ask/", WISH)
    request, dora = Request.objects.get(), member("dora")
    vote(dora, request, wanted=True, at=timezone.now())
    assert alice.post(f"/console/planning/{request.pk}/take/").status_code == 302
    assert "已安排" in bob.get("/demand/").content.decode()
    draft = make_draft("防汛讲话\n请各组按时到会。\n")
    sent = {"title": "防汛讲话", "kind": "speech", "dated_on": str(timezone.localdate()), "right": "own"}
    assert "防汛会议讲话" in alice.get(f"/console/ingest/{draft.pk}/publish/").content.decode()
    alice.post(f"/console/ingest/{draft.pk}/publish/", {**sent, "publish": "1", "answers": [request.pk]})
    request.refresh_from_db()
    assert request.state == "fulfilled"
    assert request.edition is not None
    voters = {f"member:{request.asker_id}", f"member:{dora.pk}"}
    assert set(heard("request.answered")) == voters
    assert len(heard("request.answered")) == 4, "taken on, then answered"
    page = bob.get("/demand/?show=answered").content.decode()
    assert f"/m/{request.edition.identity}/" in page


def test_a_voter_without_a_plan_is_told_what_opens_the_answer(bob: Browser) -> None:
    dora = member("dora")
    request = wished(dora)
    edition = make_material("短\n请各组按时到会。\n", policy=Policy.VERBATIM, title="短讲话")
    fulfil(request, edition, at=timezone.now())
    page = signed_in(dora).get("/demand/?show=mine").content.decode()
    assert "短讲话" in page
    assert "开通会员后即可阅读" in page


def test_an_answer_that_was_withdrawn_is_not_shown(alice: Browser, bob: Browser) -> None:
    request = wished(member("dora"))
    edition = make_material("短\n请各组按时到会。\n", policy=Policy.VERBATIM, title="短讲话")
    fulfil(request, edition, at=timezone.now())
    assert edition.identity in bob.get(f"/demand/{request.pk}/").content.decode()
    alice.post(f"/console/editions/{edition.identity}/withdraw/")
    assert edition.identity not in bob.get(f"/demand/{request.pk}/").content.decode()


def test_declining_needs_a_reason_which_the_members_read(alice: Browser, bob: Browser) -> None:
    request = wished(member("dora"))
    address = f"/console/planning/{request.pk}/decline/"
    refused = alice.post(address, {"reason": ""})
    assert refused.status_code == 422
    assert "请写明原因" in refused.content.decode()
    assert alice.post(address, {"reason": "不在计划里。"}).status_code == 302
    assert "不在计划里。" in bob.get("/demand/?show=answered").content.decode()


def test_merging_takes_the_votes_over_and_counts_each_account_once(alice: Browser) -> None:
    dora, eve = member("dora"), member("eve")
    first, second = wished(dora), wished(eve, "防汛会上的讲话")
    vote(dora, second, wanted=True, at=timezone.now())
    assert alice.post(f"/console/planning/{second.pk}/merge/", {"into": first.pk}).status_code == 302
    assert set(Vote.objects.filter(request=first).values_list("member", flat=True)) == {dora.pk, eve.pk}
    second.refresh_from_db()
    assert (second.state, second.merged_into) == ("merged", first)
    assert list(waiting()) == [first]


def test_a_request_is_not_merged_into_itself_nor_into_a_settled_one(alice: Browser) -> None:
    first, second = wished(member("dora")), wished(member("eve"), "防汛会上的讲话")
    with pytest.raises(Settled):
        merge(first, first, at=timezone.now())
    assert alice.post(f"/console/planning/{first.pk}/merge/", {"into": 4711}).status_code == 422
    alice.post(f"/console/planning/{second.pk}/decline/", {"reason": "不写。"})
    assert alice.post(f"/console/planning/{first.pk}/merge/", {"into": second.pk}).status_code == 422
    assert Request.objects.get(pk=first.pk).state == "open"


def test_what_is_settled_is_not_settled_again(alice: Browser) -> None:
    request = wished(member("dora"))
    alice.post(f"/console/planning/{request.pk}/decline/", {"reason": "不写。"})
    answer = alice.post(f"/console/planning/{request.pk}/take/", follow=True)
    assert "已经有结果了" in answer.content.decode()
    assert Request.objects.get().state == "declined"


# --- planning -----------------------------------------------------------------------------------------


def test_requests_of_a_plan_with_priority_go_first_then_votes_then_age(plan: Plan) -> None:
    today = timezone.localdate()
    dora, eve, finn = member("dora"), member("eve"), member("finn")
    old, wanted = wished(dora, "最早的"), wished(eve, "附议多的")
    vote(dora, wanted, wanted=True, at=timezone.now())
    plan.request_priority = 5
    plan.save()
    finn.memberships.create(plan=plan, starts_on=today, ends_on=today + timedelta(days=9))
    first = wished(finn, "优先的")
    take(old, by=eve, at=timezone.now())
    assert [(one.request, one.votes) for one in asked(today=today)] == [(first, 1), (wanted, 2), (old, 1)]
    assert [one.days for one in asked(today=today + timedelta(days=3))] == [3, 3, 3]


def test_the_planning_page_shows_demand_against_supply(alice: Browser) -> None:
    wished(member("dora"))
    make_material("短\n请各组按时到会。\n", policy=Policy.VERBATIM, kind=Kind.REPORT)
    (speech, report) = balance(today=timezone.localdate())
    assert (speech.wanted, speech.published, report.wanted, report.published) == (1, 0, 0, 1)
    page = alice.get("/console/planning/").content.decode()
    assert "防汛会议讲话" in page
    assert "<svg" in page


# --- people -------------------------------------------------------------------------------------------


def test_no_page_says_who_asked(bob: Browser) -> None:
    dora = Member.objects.create_user("dora@example.org", nickname="朵拉")
    number = wished(dora).pk
    for page in ("/demand/", f"/demand/{number}/"):
        assert "朵拉" not in bob.get(page).content.decode()
        assert "dora@" not in bob.get(page).content.decode()


def test_what_was_asked_and_voted_for_can_be_taken_along_and_an_erased_account_leaves_the_request() -> None:
    dora = member("dora")
    request = wished(dora)
    data = own_data(dora)
    assert [row["title"] for row in data["requests"]] == ["防汛会议讲话"]
    assert [row["title"] for row in data["votes"]] == ["防汛会议讲话"]
    erase(dora, at=timezone.now())
    request.refresh_from_db()
    assert request.asker is None
    assert not Vote.objects.exists()


def test_every_voter_finds_the_answer_at_the_bell(bob: Browser) -> None:
    request = wished(member("dora"))
    bob.post(f"/demand/{request.pk}/vote/", {"wanted": "1"})
    edition = make_material("短\n请各组按时到会。\n", policy=Policy.VERBATIM, title="短讲话", is_free=True)
    fulfil(request, edition, at=timezone.now())
    while follow(at=timezone.now()):
        pass
    page = bob.get("/me/notices/").content.decode()
    assert "您要的《防汛会议讲话》已经有了" in page
    assert "《短讲话》" in page
    assert bob.member
    (line,) = tell(bob.member, [{"request": request.pk}])
    assert line
    assert line.path == f"/m/{edition.identity}/"


def test_what_was_looked_for_in_vain_is_on_the_planning_page(alice: Browser, bob: Browser) -> None:
    bob.get("/library/?q=龙舟赛安全预案")
    assert "龙舟赛安全预案" in alice.get("/console/planning/").content.decode()
