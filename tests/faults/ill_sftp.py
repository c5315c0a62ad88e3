"""A drop folder on a real SFTP server, behind a wire that can be cut.

Here: how the folder is reached. Not here: what lies in it (`ill_files.py`), the server (`sftp_host`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from connectors.contract import Connector
from hub.mapping import Mapping
from hub.settings import Settings
from hub.source import Source
from tests.connectors.sftp_host import SftpHost
from tests.connectors.tcp_proxy import Harm, Proxy
from tests.faults.ill_files import IllFiles
from tests.landing.memory import Hall


class IllSftp(IllFiles):
    """harm: what happens to the wire while the folder is read; options: the login as it should be."""

    def __init__(self, hall: Hall, host: SftpHost) -> None:
        super().__init__(hall)
        self.host = host
        self.harm: Harm = ""
        self.proxy = Proxy(host.port, lambda request: self.harm)

    def begin(self, name: str) -> Mapping:
        made = super().begin(name)
        self.harm = ""
        self.options = {"key_filename": self.host.key_file, "host_key": self.host.host_key}
        return made

    def rewired(self) -> None:
        """A new wire, at another port."""
        self.proxy.close()
        self.proxy = Proxy(self.host.port, lambda request: self.harm)

    def url(self) -> str:
        return f"sftp://{self.host.user}@127.0.0.1:{self.proxy.port}{self.folder}"

    def connect(self, source: Source, settings: Settings) -> Connector[Any]:
        self.changes = {"options": self.options, **self.changes}
        return super().connect(source, settings)

    def other_key(self) -> str:
        """The public key of a host that is another one."""
        return Path(f"{self.host.other_key_file}.pub").read_text().strip()

    def close(self) -> None:
        self.proxy.close()
        super().close()
