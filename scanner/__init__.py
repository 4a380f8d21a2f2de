"""otaudit: evidence-based compliance scanning of industrial networks.

Captures, inventories, device configurations and a zones-and-conduits policy become small typed tables
(``scanner.facts``); YAML rules judge those tables (``scanner.engine``); verdicts are rendered (``scanner.report``).
"""

__version__ = "0.1.0"
