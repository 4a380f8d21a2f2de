"""MITRE ATT&CK for ICS: its techniques, which rules may name, their tactics, and what later versions call them."""

from __future__ import annotations

from importlib import resources

from scanner.yaml_positions import load

_SOURCE = "attack_ics.yaml"
_DATA = load(resources.files("scanner.engine.definitions").joinpath(_SOURCE).read_bytes(), _SOURCE).data

VERSION: str = _DATA["version"]
TACTICS: tuple[str, ...] = tuple(_DATA["tactics"])  # in the order of the matrix
TECHNIQUES: dict[str, str] = {name: about["name"] for name, about in _DATA["techniques"].items()}
TACTICS_OF: dict[str, tuple[str, ...]] = {name: tuple(about["tactics"]) for name, about in _DATA["techniques"].items()}
SUCCESSORS: dict[str, str] = dict(_DATA["successors"])
"""Techniques that version 19 revoked in favour of sub-techniques."""
