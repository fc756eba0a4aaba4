"""A cluster compares the same ranges of suspects and comes to the same result."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.made_texts import made_document, made_edition, made_key
from wenxing.cli.clusters import executor_at
from wenxing.marking import mark
from wenxing.preparing import prepare
from wenxing.tracing import trace

distributed = pytest.importorskip("distributed", reason="the extra `dask` is not installed")

KEY = made_key()
DOCUMENT, SITES = made_document(1)
MASTER = prepare(DOCUMENT.text.encode(), key=KEY, sites=SITES, profile="solo", edition=made_edition(1))
LEAK = mark(MASTER, key=KEY, recipient=70_001, format="txt")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A cluster of one worker in this process, on loopback."""
    cluster = distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, protocol="tcp", dashboard_address=None
    )
    with cluster:
        yield cluster.scheduler_address


def test_a_cluster_gives_the_same_report_bit_for_bit(address: str) -> None:
    here = trace([LEAK], key=KEY, masters=[MASTER], suspects=100_000)
    assert [n.recipient for n in here.named] == [70_001]
    with executor_at(address) as executor:
        assert executor is not None
        assert trace([LEAK], key=KEY, masters=[MASTER], suspects=100_000, executor=executor) == here


def test_threads_give_the_same_report_bit_for_bit() -> None:
    here = trace([LEAK], key=KEY, masters=[MASTER], suspects=100_000)
    with ThreadPoolExecutor(2) as executor:
        assert trace([LEAK], key=KEY, masters=[MASTER], suspects=100_000, executor=executor) == here
