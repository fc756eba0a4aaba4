"""Bring in members whom another system had, from a table with what is left of their terms.

The same reading serves the dry run and the real one, so that the report says
what will happen. The table goes in whole or not at all, and a second time it
changes nothing.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import islice

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from wenxing_web.ledger.actions.record import record
from wenxing_web.members.actions.grant import grant
from wenxing_web.members.models import Member, Membership, Plan
from wenxing_web.members.queries import number_of

MOST_LINES = 1_000
_LONGEST_TERM = timedelta(days=40 * 366)
_COLUMNS = {
    "email": ("邮箱", "email", "e-mail"),
    "plan": ("方案", "plan"),
    "last_day": ("到期", "到期日", "until"),
    "since": ("开始", "开始日", "since"),
    "nickname": ("称呼", "nickname"),
}
_NEEDED = ("email", "plan", "last_day")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")


class BadTable(Exception):
    """The text is no table of members; the message says what is missing."""


class NotAdmitted(Exception):
    """A line is wrong, so nothing was done."""


class Outcome(StrEnum):
    """What becomes of a line."""

    ACCOUNT = "account"  # a new account with a term
    TERM = "term"  # a term for an account that is there
    NOTHING = "nothing"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table and what becomes of it.

    Attributes:
        number: in the table, the heading being 1.
        said: why nothing happens or what is wrong; empty otherwise.
    """

    number: int
    email: str
    outcome: Outcome
    said: str = ""
    nickname: str = ""
    plan: Plan | None = None
    since: date | None = None
    last_day: date | None = None


def read(text: str, *, today: date) -> list[Line]:
    """What admitting the table would do, line by line. Changes nothing.

    Raises:
        BadTable: no heading with the three columns that are needed, no lines, or too many.
    """
    rows = _rows(text)
    emails = {row["email"].lower() for _number, row in rows}
    known = {
        member.low: member.until
        for member in Member.objects.annotate(low=Lower("email"), until=Max("memberships__ends_on")).filter(
            low__in=emails
        )
    }
    plans = {name: plan for plan in Plan.objects.all() for name in (plan.name_zh, plan.name_en)}
    seen: set[str] = set()
    lines = []
    for number, row in rows:
        line = _read_line(number, row, plans, today)
        if line.email in seen and line.outcome is not Outcome.WRONG:
            line = replace(line, outcome=Outcome.WRONG, said=_("这个邮箱前面已经有了。"))
        seen.add(line.email)
        lines.append(_against(known, line))
    return lines


def admit(text: str, *, by: Member, today: date, at: datetime) -> list[Line]:
    """Do what `read` says, all of it or nothing.

    A new account has no password; its owner asks for one by e-mail. A term begins on the day the table
    says (today without one), so that the archive reaches back as far as it did.

    Raises:
        BadTable: see `read`.
        NotAdmitted: a line is wrong.
    """
    with transaction.atomic():
        lines = read(text, today=today)
        if any(line.outcome is Outcome.WRONG for line in lines):
            raise NotAdmitted
        admitted = [line for line in lines if line.outcome in (Outcome.ACCOUNT, Outcome.TERM)]
        for line in admitted:
            _admit(line, today=today, at=at)
        if admitted:
            record("members.admitted", {"count": len(admitted), "by": number_of(by)}, at=at)
    return lines


def _admit(line: Line, *, today: date, at: datetime) -> None:
    assert line.plan is not None, "read"
    assert line.last_day is not None, "read"
    if line.outcome is Outcome.ACCOUNT:
        member = Member.objects.create_user(line.email, nickname=line.nickname, joined_at=at)
    else:
        member = Member.objects.get(email__iexact=line.email)
    until = line.last_day + timedelta(days=1)
    start, origin = line.since or today, Membership.Origin.GRANT
    grant(member, line.plan, origin=origin, today=start, until=until, at=at)


def _rows(text: str) -> list[tuple[int, dict[str, str]]]:
    """Line number and named fields of every line that is not empty."""
    if "\x00" in text:
        raise BadTable(_("这不是文本表格。"))
    try:
        raw = _cells(text)
        names = _names(next(raw, []))
        rows = list(islice(((n, row) for n, row in enumerate(raw, 2) if any(row)), MOST_LINES + 1))
    except csv.Error:
        raise BadTable(_("表格读不下去：有一格太长，或引号没有合上。")) from None
    if not rows:
        raise BadTable(_("表头下面一行也没有。"))
    if len(rows) > MOST_LINES:
        raise BadTable(_("一次最多 %(most)s 行，请拆成几次。") % {"most": MOST_LINES})
    return [(number, _named(names, row)) for number, row in rows]


def _cells(text: str) -> Iterator[list[str]]:
    plain = text.removeprefix("\ufeff").strip()
    separator = "\t" if "\t" in plain.partition("\n")[0] else ","
    for row in csv.reader(plain.splitlines(), delimiter=separator):
        yield [cell.strip() for cell in row]


def _names(heading: Sequence[str]) -> dict[str, int]:
    """Field → column."""
    lowered = [cell.lower() for cell in heading]
    names = {
        field: lowered.index(word) for field, words in _COLUMNS.items() for word in words if word in lowered
    }
    if any(field not in names for field in _NEEDED):
        raise BadTable(_("第一行要写列名，至少有：邮箱、方案、到期（email, plan, until）。"))
    return names


def _named(names: dict[str, int], row: Sequence[str]) -> dict[str, str]:
    return {field: row[at] if at < len(row) else "" for field, at in names.items()}


def _read_line(number: int, row: dict[str, str], plans: dict[str, Plan], today: date) -> Line:
    email = row["email"].lower()
    try:
        validate_email(email)
        if len(email) > 254 or len(row.get("nickname", "")) > 40:
            raise _wrong(_("邮箱或称呼太长。"))
        if row["plan"] not in plans:
            raise _wrong(_("没有叫“%(name)s”的方案。") % {"name": row["plan"][:60]})
        last_day, since = _day(row["last_day"]), _since(row.get("since", ""), today)
    except ValidationError as error:
        return Line(number, email[:254], Outcome.WRONG, " ".join(error.messages))
    line = Line(
        number,
        email,
        Outcome.ACCOUNT,
        nickname=row.get("nickname", ""),
        plan=plans[row["plan"]],
        since=since,
        last_day=last_day,
    )
    if last_day - (since or today) > _LONGEST_TERM:
        return replace(line, outcome=Outcome.WRONG, said=_("会员期超过四十年，请检查日期。"))
    if last_day < today:
        return replace(line, outcome=Outcome.NOTHING, said=_("会员期已经结束。"))
    return line


def _against(known: dict[str, date | None], line: Line) -> Line:
    """The line in view of the accounts there are: address → where their terms end."""
    if line.outcome is not Outcome.ACCOUNT or line.email not in known:
        return line
    assert line.last_day is not None, "an account has a term"
    until = known[line.email]
    if until and until > line.last_day:
        said = _("这个账号的会员期已经到那一天或更晚。")
        return replace(line, outcome=Outcome.NOTHING, said=said)
    return replace(line, outcome=Outcome.TERM)


def _since(text: str, today: date) -> date | None:
    since = _day(text) if text else None
    if since and since > today:
        raise _wrong(_("开始日在今天之后。"))
    return since


def _day(text: str) -> date:
    found = _DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(text)
    except ValueError:
        raise _wrong(_("日期请写成 2026-01-31 的样子。")) from None


def _wrong(said: str) -> ValidationError:
    return ValidationError(said)
