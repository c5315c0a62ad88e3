"""The application: everything that is not a connector, an asset or a contract.

Here, before anything else is imported: how this process gives memory back. Polars' allocator keeps freed pages
for seconds and glibc keeps one heap per thread; together they held twice what the hub used at any moment.
"""

import ctypes
import os

os.environ.setdefault("_RJEM_MALLOC_CONF", "background_thread:true,dirty_decay_ms:100,muzzy_decay_ms:0")
_M_ARENA_MAX = -8  # of mallopt(3), glibc only
if hasattr(ctypes.CDLL(None), "mallopt"):
    ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)
