"""otaudit: evidence-based compliance scanning of industrial networks.

Captures, inventories, device configurations and a zones-and-conduits policy become small typed tables
(``scanner.facts``); YAML rules judge those tables (``scanner.engine``); verdicts are rendered (``scanner.report``).
"""

import os

__version__ = "0.1.0"

# The allocator of polars keeps what was freed for ten seconds, which is as much again as what is in use; it is asked
# when polars is imported.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:20,muzzy_decay_ms:0")
# Nothing here multiplies matrices; the threads that numpy would start for it wait in a loop.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Large arrays come and go; the pages of 2 MB that numpy asks for are cleared as a whole each time, which on a virtual
# machine took up to a third of a scan. Smaller pages cost nothing that shows.
os.environ.setdefault("NUMPY_MADVISE_HUGEPAGE", "0")
