"""What the ledger says is fixed by somebody who does not answer to the operator."""

import hashlib
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.db import connection, transaction
from typer.testing import CliRunner

from web.authority import NOW, LocalAuthority
from web.making import SPEECH, make_material
from wenxing_web.cli import app
from wenxing_web.gateways import timestamp
from wenxing_web.gateways.timestamp import TimestampError
from wenxing_web.ledger.actions.record import record
from wenxing_web.ledger.actions.stamp import stamp
from wenxing_web.ledger.models import Entry
from wenxing_web.ledger.queries import commitments, since
from wenxing_web.members.models import Member
from wenxing_web.members.queries import number_of, number_table

DATA = b"what the ledger says"


@pytest.fixture(scope="module")
def authority() -> LocalAuthority:
    return LocalAuthority()


# --- the gateway --------------------------------------------------------------------------------------


def test_a_stamp_says_when_and_is_signed(authority: LocalAuthority) -> None:
    answer = timestamp.stamp(DATA, authority=authority, roots=[authority.root])
    assert timestamp.check(answer, DATA, roots=[authority.root]) == NOW
    assert timestamp.check(answer, DATA) == NOW


def test_the_authority_sees_a_hash_and_nothing_else(authority: LocalAuthority) -> None:
    timestamp.stamp(DATA, authority=authority)
    assert DATA not in authority.asked[-1]
    assert hashlib.sha256(DATA).digest() in authority.asked[-1]
    timestamp.stamp(DATA, authority=authority)
    assert authority.asked[-1] != authority.asked[-2]


def test_a_stamp_of_other_bytes_or_of_another_authority_is_not_good(authority: LocalAuthority) -> None:
    answer = timestamp.stamp(DATA, authority=authority, roots=[authority.root])
    with pytest.raises(TimestampError, match="other bytes"):
        timestamp.check(answer, DATA + b"!", roots=[authority.root])
    with pytest.raises(TimestampError, match="not good"):
        timestamp.check(answer, DATA, roots=[LocalAuthority().root])
    for damaged in (
        answer[:-1],
        answer[: len(answer) // 2],
        b"",
        b"a page",
        answer[:-9] + bytes([answer[-9] ^ 1]) + answer[-8:],
    ):
        with pytest.raises(TimestampError):
            timestamp.check(damaged, DATA, roots=[authority.root])


def test_an_answer_to_another_request_is_refused(authority: LocalAuthority) -> None:
    old = timestamp.stamp(DATA, authority=authority)
    with pytest.raises(TimestampError, match="another request"):
        timestamp.stamp(DATA, authority=lambda _: old)


def test_a_refusal_is_told() -> None:
    with pytest.raises(TimestampError, match="refused"):
        timestamp.stamp(DATA, authority=LocalAuthority(granted=False))


@pytest.fixture
def address(authority: LocalAuthority) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            answer = authority(body) if self.path == "/tsa" else bytes(300_000)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/tsa"
    server.shutdown()
    server.server_close()


def test_an_authority_is_asked_over_http(authority: LocalAuthority, address: str) -> None:
    answer = timestamp.stamp(DATA, authority=timestamp.over_http(address), roots=[authority.root])
    assert timestamp.check(answer, DATA, roots=[authority.root]) == NOW
    with pytest.raises(TimestampError, match="no time stamp"):
        timestamp.stamp(DATA, authority=timestamp.over_http(address + "/endless"))
    with pytest.raises(TimestampError, match="does not answer"):
        timestamp.stamp(DATA, authority=timestamp.over_http("http://127.0.0.1:9/"))
    with pytest.raises(TimestampError, match="begins with"):
        timestamp.over_http("file:///etc/hostname")


# --- the ledger ---------------------------------------------------------------------------------------


def rows(count: int) -> None:
    for number in range(count):
        with transaction.atomic():
            record("copy.delivered", {"recipient": number, "form": "txt"}, at=NOW)


def checked(file: Path, root: Path | None = None) -> tuple[int, str]:
    options = ["--root", str(root)] if root else []
    result = CliRunner().invoke(app, ["check-stamp", str(file), *options])
    assert "Traceback" not in result.output
    return result.exit_code, result.output


@pytest.mark.django_db
def test_publication_commits_to_code_and_master(home: Path, db: None) -> None:
    edition = make_material(SPEECH)
    ((identity, commitment, master),) = commitments()
    assert identity == edition.identity
    assert len(bytes.fromhex(commitment)) == 32
    with edition.master.open("rb") as file:
        assert master == hashlib.sha256(file.read()).hexdigest()


@pytest.mark.django_db
def test_the_head_the_commitments_and_the_accounts_are_stamped(
    home: Path, authority: LocalAuthority, address: str
) -> None:
    make_material(SPEECH)
    bob = Member.objects.create_user("bob@example.org", "correct horse")
    root = home / "root.pem"
    root.write_bytes(authority.root_pem)
    before = Entry.objects.count()
    result = CliRunner().invoke(app, ["stamp", "--authority", address, "--root", str(root)])
    assert result.exit_code == 0, result.output
    (file,) = (home / "stamps").glob("*.json")
    told = json.loads(file.read_bytes())
    assert told["ledger"]["row"] == before
    assert told["editions"]["count"] == 1
    assert b"bob@example.org" not in file.read_bytes()
    assert f"{number_of(bob)}\tbob@example.org\n".encode() in file.with_suffix(".accounts").read_bytes()
    assert file.with_suffix(".accounts").stat().st_mode & 0o777 == 0o600
    entry = since(before).get()
    assert (entry.kind, entry.facts["row"]) == ("ledger.stamped", before)
    assert entry.facts["statement"] == hashlib.sha256(file.read_bytes()).hexdigest()
    rows(2)
    code, output = checked(file, root)
    assert code == 0, output
    assert output.count("agrees") == 4
    assert "signed under the root given" in output
    assert "not checked" in checked(file)[1]


@pytest.mark.django_db(transaction=True)
def test_a_ledger_that_was_rewritten_after_the_stamp_is_noticed(
    home: Path, authority: LocalAuthority
) -> None:
    rows(3)
    kept = stamp(
        number_table(), ask=lambda data: timestamp.stamp(data, authority=authority), at=NOW + timedelta(1)
    )
    assert checked(kept.statement)[0] == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_entry SET facts = %s WHERE id = 2", ['{"recipient": 9}'])
    code, output = checked(kept.statement)
    assert code == 1
    assert "DIFFERS  ledger" in output


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["ledger", "editions", "accounts"])
def test_a_stamp_that_was_changed_is_noticed(home: Path, authority: LocalAuthority, field: str) -> None:
    rows(3)
    kept = stamp(number_table(), ask=lambda data: timestamp.stamp(data, authority=authority), at=NOW)
    assert checked(kept.statement)[0] == 0
    told = json.loads(kept.statement.read_bytes())
    name = "digest" if field == "ledger" else "sha256"
    told[field][name] = "0" * 64
    kept.statement.write_text(json.dumps(told), encoding="ascii")
    code, output = checked(kept.statement)
    assert code == 1
    assert "DIFFERS  stamp" in output
    assert f"DIFFERS  {field}" in output


@pytest.mark.django_db
def test_what_is_no_stamp_is_refused(home: Path, authority: LocalAuthority) -> None:
    kept = stamp(number_table(), ask=lambda data: timestamp.stamp(data, authority=authority), at=NOW)
    assert checked(kept.statement)[0] == 0
    for content in ("", "{}", "[]", '{"kind": "wenxing stamp", "format": 2}'):
        kept.statement.write_text(content, encoding="ascii")
        assert checked(kept.statement)[0] == 2
    assert checked(home / "nowhere.json")[0] == 2


@pytest.mark.django_db
def test_without_a_good_answer_nothing_is_kept(home: Path) -> None:
    rows(1)
    result = CliRunner().invoke(app, ["stamp", "--authority", "http://127.0.0.1:9/"])
    assert result.exit_code == 1
    assert "does not answer" in result.output
    assert not list(home.glob("stamps/*"))
    assert Entry.objects.count() == 1
