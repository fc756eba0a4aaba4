"""With `WENXING_DATABASE_URL` the same tests run on PostgreSQL: a database for every home folder."""

import hashlib
import os
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

SERVER = "postgres://postgres@127.0.0.1:5432/postgres"
_made: dict[str, str] = {}


def is_there() -> bool:
    """Whether a PostgreSQL server lets us in on loopback."""
    try:
        psycopg.connect(SERVER, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def own_database(home: Path) -> dict[str, str]:
    """The variable that names the home's database; nothing when the tests run on SQLite."""
    url = os.environ.get("WENXING_DATABASE_URL", "")
    return {"WENXING_DATABASE_URL": _make(url, str(home))} if url.startswith("postgres") else {}


@cache
def _make(url: str, home: str) -> str:
    name = f"wenxing_{hashlib.sha256(home.encode()).hexdigest()[:16]}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"')
    _made[name] = home
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def drop_all() -> None:
    """Drop what this process has made."""
    if _made:
        with psycopg.connect(SERVER, autocommit=True) as server:
            for name in _made:
                server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        _made.clear()
