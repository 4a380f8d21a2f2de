"""The parts of a SARIF log: see ``scanner/report/sarif.py``."""
