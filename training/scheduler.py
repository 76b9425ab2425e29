"""Sends fits to an existing Dask cluster, through joblib's own back end for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bot.errors import ClusterError
from training.extras import missing

PATIENCE = 10
"""Seconds that a scheduler may take to answer."""


@contextmanager
def connected(address: str | None) -> Iterator[None]:
    """Let all that joblib runs meanwhile go to the cluster whose scheduler is at `address`.

    None leaves everything on this machine. The workers need this package, at the
    same versions, and are best started with one thread each.
    Raises MissingExtraError without `distributed`, ClusterError when no worker is to be had.
    """
    if address is None:
        yield
        return
    try:
        from distributed import KilledWorker
        from joblib import parallel_config
    except ImportError as error:
        raise missing("dask", "distributed", "--scheduler") from error
    client = _client(address)
    try:
        with parallel_config(backend="dask"):
            yield
    except KilledWorker as error:
        raise ClusterError(
            f"{address}: a worker of the cluster died, and its task with it; look at its log "
            "(often it has too little memory), or run without --scheduler"
        ) from error
    finally:
        client.close()


def _client(address: str) -> Any:
    from distributed import Client

    try:
        client = Client(address, timeout=PATIENCE)
    except (OSError, ValueError, TypeError) as error:
        raise ClusterError(
            f"{address}: no Dask scheduler answers there; wanted an address such as "
            "tcp://127.0.0.1:8786 (start one with: dask scheduler)"
        ) from error
    if not client.scheduler_info(n_workers=1)["workers"]:
        client.close()
        raise ClusterError(
            f"{address}: the cluster has no workers; start some with: "
            f"dask worker {address} --nthreads 1"
        )
    return client
