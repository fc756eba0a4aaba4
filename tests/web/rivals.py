"""Threads that do something at the same moment."""

from collections.abc import Callable, Sequence
from threading import Barrier, Thread


def at_once(steps: Sequence[Callable[[], object]]) -> list[str]:
    """The type of what each of the threads got, an exception included."""
    from django.db import connection

    start, got = Barrier(len(steps)), []
    if connection.vendor == "sqlite":  # how long one waits for a lock on a busy machine is not what is tested
        connection.settings_dict["OPTIONS"]["timeout"] = 300

    def run(step: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
        except BaseException:
            start.abort()  # else the others wait for ever
            raise
        start.wait()
        try:
            got.append(type(step()).__name__)
        except Exception as error:  # noqa: BLE001 — it is the result
            got.append(type(error).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[step]) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got
