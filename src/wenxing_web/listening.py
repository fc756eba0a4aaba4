"""Who listens at `/live`, and to what: the streams' questions, answered from sessions, accounts and terms.

all            every account that is signed in
staff          operators
room:free      every account
room:members   whoever may enter the members' room, see `entitlements`
member:<pk>    the account itself
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import close_old_connections
from django.http import parse_cookie
from django.utils import timezone

from wenxing_web.entitlements import Room, who_may_enter
from wenxing_web.live.actions.announce import EVERYBODY, STAFF, to_member
from wenxing_web.live.listeners import Desk, Listener
from wenxing_web.members import queries

_AT_ONCE = 500  # keys in one question to the database


def admit(cookies: str) -> Listener | None:
    """The listener that a request's cookies stand for; `None` for strangers and suspended accounts."""
    close_old_connections()
    session = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME, "")
    member = queries.member_of_session(session) if session else None
    if member is None:
        return None
    asked = Listener(member.pk, frozenset(), session, member.password)
    return recheck([asked])[asked]


def recheck(listeners: Collection[Listener]) -> dict[Listener, Listener | None]:
    """Every listener as it is now; `None` when signed out, suspended, erased, or the password has changed."""
    close_old_connections()
    today = timezone.localdate()
    accounts = list(_pieces({listener.account for listener in listeners}))
    known = {key: who for some in accounts for key, who in queries.accounts_now(some).items()}
    entering = {key for some in accounts for key in who_may_enter(some, Room.MEMBERS, today=today)}
    sessions = {key for some in _pieces({listener.session for listener in listeners})
                for key in queries.sessions_now(some, at=timezone.now())}  # fmt: skip
    now: dict[Listener, Listener | None] = {}
    for listener in listeners:
        account = known.get(listener.account)
        ended = account is None or account.password != listener.mark or listener.session not in sessions
        if ended or account is None:
            now[listener] = None
        else:
            now[listener] = _as_it_is(listener, account, enters=listener.account in entering)
    return now


def _as_it_is(listener: Listener, account: queries.AccountNow, *, enters: bool) -> Listener:
    audiences = {EVERYBODY, "room:free", to_member(listener.account)}
    if account.is_staff:
        audiences.add(STAFF)
    if enters:
        audiences.add("room:members")
    return Listener(listener.account, frozenset(audiences), listener.session, listener.mark)


def _pieces(items: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(items)
    while piece := list(islice(rest, _AT_ONCE)):
        yield piece


DESK = Desk(admit, recheck)
