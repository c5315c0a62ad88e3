"""How a pull that did not end well is told: in the ledger, which people read, and in the log.

Here: outcome, code and message of such a pull. Not here: whether a source is asked (`hub/asking.py`), reading
(`hub/landing.py`), the sentences of the errors themselves (`connectors/errors.py`).
"""

from __future__ import annotations

import logging

from connectors.errors import Incomplete, SourceError
from hub import asking, ledger
from hub.errors import HubError

LOG = logging.getLogger("hub.landing")


def skipped(pull: ledger.Pull, refrain: asking.Refrain) -> ledger.Pull:
    """The pull of a source that was not asked, with the reason."""
    pull.outcome, pull.error_code, pull.message = "skipped", refrain.code, refrain.message
    LOG.warning("%s/%s: not asked: %s", pull.source_id, pull.stream, refrain.message)
    return pull


def failed(pull: ledger.Pull, error: Exception) -> ledger.Pull:
    """The pull of a source that did not deliver all that it has, in words that hold no value of a record."""
    pull.outcome = "incomplete" if isinstance(error, Incomplete) else "failed"
    if isinstance(error, (SourceError, HubError)):
        pull.error_code, pull.message = type(error).__name__, str(error)
        LOG.warning("%s/%s: %s: %s", pull.source_id, pull.stream, pull.error_code, pull.message)
    else:  # a defect in one connector must not stop 600 sources; what it says may hold a value
        pull.error_code = "INTERNAL"
        pull.message = f"{type(error).__name__} in the connector: report it with the log of this time"
        LOG.error("%s/%s: %s in the connector", pull.source_id, pull.stream, type(error).__name__)
    return pull
