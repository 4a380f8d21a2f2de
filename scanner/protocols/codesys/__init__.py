"""CODESYS V2 and V3."""
