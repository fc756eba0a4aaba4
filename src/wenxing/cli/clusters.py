"""Where the comparing is done: here, or on a Dask cluster that is already there."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from wenxing.errors import WenxingError


class ClusterError(WenxingError):
    """The cluster cannot be used."""


@contextmanager
def executor_at(address: str | None) -> Iterator[Executor | None]:
    """The executor of the cluster at `address`; `None` without one.

    Workers need the same version of Wenxing. They receive the keys of the editions that a leak shows, so the
    cluster must be your own; the master key never leaves this process.

    Raises:
        ClusterError: Dask is not installed, or nobody answers at the address.
    """
    if address is None:
        yield None
        return
    try:
        distributed: Any = import_module("distributed")  # an extra, without complete types
    except ImportError:
        raise ClusterError("--dask needs the extra `dask`: pip install 'wenxing[dask]'.") from None
    try:
        client = distributed.Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(f"No cluster answers at {address}: {type(error).__name__}.") from None
    with client:
        yield client.get_executor()
