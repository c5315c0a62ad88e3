"""A real SFTP server on the loopback interface: OpenSSH's own, started for one test session with keys of its own.

Here: the server's start and end. Not here: what lies in the folder. Tests that need it are skipped, with the reason,
where the Debian package openssh-server is missing.
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", ""))
_PLACES = ("/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server")
SFTP = next((path for path in _PLACES if Path(path).exists()), "")
_SERVER = "" if SSHD and SFTP else "OpenSSH's server is missing: apt-get install openssh-server"
MISSING = _SERVER if find_spec("paramiko") else "paramiko is missing: pip install 'tthc-hub[sftp]'"


class SftpHost:
    """The server; `host_key` and `key_file` are what a client needs."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="tthc-sftp-"))
        self.key_file, self.other_key_file = self._key("client"), self._key("other")
        host_key = self._key("host")
        self.host_key = Path(f"{host_key}.pub").read_text().strip()
        self.user = getpass.getuser()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        keys = self.home / "authorized_keys"
        keys.write_text(Path(f"{self.key_file}.pub").read_text())
        config = self.home / "sshd_config"
        config.write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {host_key}\nPidFile none\n"
            f"AuthorizedKeysFile {keys}\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
            f"KbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\nSubsystem sftp {SFTP}\n"
        )
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)  # where sshd keeps its unprivileged part; it wants it as root only
        self._process = subprocess.Popen(
            [str(SSHD), "-D", "-e", "-f", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._await()

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        shutil.rmtree(self.home, ignore_errors=True)

    def _key(self, name: str) -> str:
        path = self.home / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
        return str(path)

    def _await(self) -> None:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("the SFTP server does not listen")
