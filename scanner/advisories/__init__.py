"""Security advisories and lists of exploited vulnerabilities, read from files: nothing is fetched."""

from scanner.advisories.document import parse_advisories, recognises

__all__ = ["parse_advisories", "recognises"]
