"""Alice owns the library, Bob is a member, Carol is a stranger; each fixture is a signed-in browser's client.

Every test has a home folder of its own: engine key, files, database.
"""

import os
import random
import secrets
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import override_settings
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from web.browsing import Browser, signed_in
from web.postgresql import drop_all
from wenxing import create_key
from wenxing_web.cli import compile_languages
from wenxing_web.members.models import Member, Plan


@pytest.fixture(scope="session")
def engine_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One key for all tests: making one takes time, and the door keeps the key it has opened."""
    path = tmp_path_factory.mktemp("keys") / "engine.key"
    create_key(path, passphrase=None, random=random.Random(1).randbytes)
    return path


@pytest.fixture(scope="session", autouse=True)
def morning() -> Iterator[None]:
    """The time zone in which no midnight comes."""
    with override_settings(TIME_ZONE=os.environ["WENXING_TIME_ZONE"]):
        yield


@pytest.fixture
def shanghai(settings: Settings) -> None:
    """The time zone of a test that says what time it is there."""
    settings.TIME_ZONE = "Asia/Shanghai"


@pytest.fixture(scope="session", autouse=True)
def languages() -> None:
    """English pages need the compiled catalogue, which is not kept in the repository."""
    compile_languages()


@pytest.fixture(scope="session", autouse=True)
def databases() -> Iterator[None]:
    """On PostgreSQL, the databases of other processes' homes are dropped at the end."""
    yield
    drop_all()


@pytest.fixture(autouse=True)
def tokens(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes and tokens are drawn by the test's name: none spells by chance what a page must not show."""
    dice = random.Random(request.node.nodeid)
    monkeypatch.setattr(secrets, "choice", dice.choice)
    monkeypatch.setattr(secrets, "token_bytes", lambda nbytes=None: dice.randbytes(nbytes or 32))


@pytest.fixture(autouse=True)
def numbers(request: pytest.FixtureRequest) -> None:
    """The first account is number 1 on PostgreSQL, too, where a test's end does not give numbers back."""
    if connection.vendor != "postgresql":
        return
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        request.getfixturevalue("db")
        with connection.cursor() as cursor:
            cursor.execute("ALTER SEQUENCE members_recipient_number_seq RESTART")


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """A page in English leaves its language behind; every test begins in Chinese."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture(autouse=True)
def home(settings: Settings, engine_key: Path, tmp_path: Path) -> Path:
    """A home folder of the test's own."""
    settings.ENGINE_KEY = engine_key
    settings.TRACE_PATIENCE = 0  # nobody works beside a test; see `web.leaking.traced`
    settings.WENXING_PASSPHRASE = None
    settings.HOME = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return tmp_path


@pytest.fixture
def plan(db: None) -> Plan:
    """Stream and three years."""
    return Plan.objects.create(name_zh="全年会员", name_en="One year", years_back=3, months=12)


@pytest.fixture
def alice(db: None) -> Browser:
    """The operator."""
    return signed_in(Member.objects.create_superuser("alice@example.org", "correct horse"))


@pytest.fixture
def bob(plan: Plan) -> Browser:
    """A member in the middle of a term who has read the notice."""
    member = Member.objects.create_user("bob@example.org", "correct horse", notice_seen_at=timezone.now())
    today = timezone.localdate()
    member.memberships.create(
        plan=plan, starts_on=today - timedelta(days=100), ends_on=today + timedelta(days=265)
    )
    return signed_in(member)


@pytest.fixture
def carol() -> Browser:
    """A stranger: no account, not signed in."""
    return Browser()


@pytest.fixture
def today() -> date:
    """The day in the library's time zone."""
    return timezone.localdate()
