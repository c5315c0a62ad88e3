"""What every asset and check is given, and how the hub's errors are told in Dagster's pages.

Here: the resource `hub`, the run config of a pull, the one place where an exception becomes a Dagster failure.
Not here: what the hub is made of (`hub/application.py`), any station.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from hub.application import Hub
from hub.errors import HubError

# Modules with assets do not postpone annotations: Dagster reads the classes of config and resources from them.


class HubResource(dg.ConfigurableResource[Hub]):
    """The hub of this run: made when the run starts, connected when first used, closed when the run ends."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Hub]:
        """A hub by this process's settings; its connections are given back when the run is over."""
        try:
            hub = Hub()
        except HubError as error:
            # Of all errors while a resource is made, Dagster passes on only its own with their sentence in front.
            raise dg.DagsterInvariantViolationError(str(error)) from None
        try:
            yield hub
        finally:
            hub.close()


class Pull(dg.Config):
    """What a raw asset reads. `since`, `until`: cursors of the source; a window given here moves no watermark."""

    sources: list[str] = []  # noqa: RUF012  # copied per run; empty: every active source of the level
    since: str | None = None
    until: str | None = None


@contextmanager
def told() -> Iterator[None]:
    """Every error inside becomes one sentence in Dagster's event log.

    A HubError is told as it is. Of anything else only the kind and the place in the code are told, because messages
    of a database or a parser quote the data they stumbled over.
    """
    try:
        yield
    except HubError as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    except Exception as error:
        state = getattr(error, "sqlstate", None)
        kind = f"{type(error).__name__} {state}" if state else type(error).__name__
        place = "".join(traceback.format_tb(error.__traceback__))
        raise dg.Failure(
            f"{kind}: a defect of the hub, or a warehouse that was changed by hand; nothing of this step was kept",
            metadata={"where": dg.MetadataValue.md(f"```\n{place}```")},
            allow_retries=False,
        ) from None
