"""Settings of the embedded server, fitted to the machine.

Here: the text of its `hub.conf`. Not here: anything about roles or sessions (migrations set those), nor settings of
a managed server, which belong to its administrator. Nothing here trades safety for speed: fsync, full pages and
synchronous_commit keep PostgreSQL's defaults, and a commit that was answered is on disk.
"""

from __future__ import annotations

import os
from pathlib import Path

_MB = 1024 * 1024


def server_settings(port: int, *, lz4: bool) -> str:
    """The settings as text of a PostgreSQL configuration file. `lz4`: the server was built with it.

    Memory is a share of what machine and control group allow: an eighth for shared buffers, at most 512 MB, and the
    rest in proportion. Server logs carry no statements and no details of errors, since both quote personal data.
    """
    memory = _memory_bytes() // _MB
    shared = max(32, min(512, memory // 8))
    # Workers exchange rows through /dev/shm; the 64 MB that containers get by default fail in the middle of a query.
    parallel = int(_size_bytes(Path("/dev/shm")) >= 1024 * _MB)
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "max_connections": 60,
        "timezone": "UTC",
        "log_timezone": "UTC",
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(shared, memory // 2)}MB",
        "maintenance_work_mem": f"{shared // 2}MB",
        "work_mem": f"{shared // 8}MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "checkpoint_completion_target": 0.9,
        # Measured on an update right after a checkpoint: lz4 halves the log for nothing, pglz takes four times as long.
        "wal_compression": "lz4" if lz4 else "off",
        "max_parallel_workers_per_gather": parallel,
        "max_parallel_maintenance_workers": parallel,
        "random_page_cost": 1.1,
        "jit": "off",
        "autovacuum": "on",
        "logging_collector": "on",
        "log_filename": "postgresql-%a.log",
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_rotation_size": 0,
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
    }
    head = "# Written by the hub at each start. Change a setting with ALTER SYSTEM, which outranks this file."
    return "\n".join([head, *(f"{name} = '{value}'" for name, value in settings.items()), ""])


def _memory_bytes() -> int:
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        return min(physical, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    except (OSError, ValueError):  # no control group, or no limit: "max"
        return physical


def _size_bytes(mount: Path) -> int:
    try:
        facts = os.statvfs(mount)
    except OSError:
        return 0
    return facts.f_blocks * facts.f_frsize
