"""SFTP with a server that proves who it is.

Here: the one difference from fsspec's own SFTP: a host key that was not announced is refused, where fsspec trusts
whatever answers first. Not here: folders (`files_folder`). Options: `host_key` as ssh-keyscan prints it
("ssh-ed25519 AAAA…"), else ~/.ssh/known_hosts decides; `username`, `password`, `key_filename`, `passphrase`, `port`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from connectors.errors import Refused

_KEY = re.compile(r"[\w@.-]+ AAAA[\w+/]+=*")


def open_sftp(host: str, options: Mapping[str, Any], timeout_s: float) -> Any:
    """A file system over SFTP, logged in. Raises Refused for a missing extra or an unreadable host key.

    What paramiko and the network raise passes through: the caller knows what it was doing.
    """
    try:
        import paramiko
        from fsspec.implementations.sftp import SFTPFileSystem
    except ImportError:
        raise Refused(
            "SFTP cannot be read: the package paramiko is missing", "install the extra: pip install 'tthc-hub[sftp]'"
        ) from None
    login = dict(options)
    announced = str(login.pop("host_key", ""))
    port = int(login.pop("port", 22))

    class Verified(SFTPFileSystem):  # type: ignore[misc]
        """Connects to a known host only, and gives up on a silent one."""

        protocol = "sftp"
        cachable = False

        def _connect(self) -> None:
            self.client = paramiko.SSHClient()
            self.client.set_missing_host_key_policy(paramiko.RejectPolicy())
            if announced:
                key = _host_key(announced)
                name = host if port == 22 else f"[{host}]:{port}"
                self.client.get_host_keys().add(name, key.get_name(), key)
            else:
                self.client.load_system_host_keys()
            limits = {"timeout": timeout_s, "banner_timeout": timeout_s, "auth_timeout": timeout_s}
            quiet = {"allow_agent": False, "look_for_keys": False}
            self.client.connect(host, port=port, **{**limits, **quiet, **self.ssh_kwargs})
            self.ftp = self.client.open_sftp()
            self.ftp.get_channel().settimeout(timeout_s)

        def close(self) -> None:
            self.client.close()

    return Verified(host, **login)


def _host_key(text: str) -> Any:
    import paramiko

    found = _KEY.search(text)
    entry = None
    if found:
        with suppress(paramiko.hostkeys.InvalidHostKey):
            entry = paramiko.hostkeys.HostKeyEntry.from_line(f"host {found[0]}")
    if entry is None:
        raise Refused("options.host_key is no host key", "write it as `ssh-keyscan HOST` prints it")
    return entry.key
