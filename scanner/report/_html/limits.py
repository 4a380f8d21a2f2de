"""How much a page can hold and still be usable; what is left out is counted where it is missing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Rows and characters on the page, whatever the results hold."""

    first: int = 5  # rules on the first screen
    first_findings: int = 2  # of each of them
    brief: int = 240  # columns of what to do there, whole sentences; the finding has the rest
    not_checked: int = 8  # causes
    unjudged: int = 3  # rules of one cause
    also: int = 8  # further rules of one cause, whose cards stand elsewhere
    findings: int = 25  # of one rule
    all_findings: int = 220
    open_findings: int = 4  # of a rule: more are folded
    evidence: int = 3  # of one finding
    printed_findings: int = 3  # of one rule on paper
    printed_evidence: int = 1  # of one finding on paper
    devices: int = 2000
    addresses: int = 4  # of one device
    identities: int = 6  # of one device
    device_findings: int = 4  # links from one device to its findings
    traffic: int = 250
    matrix: int = 24
    boxes: int = 16  # of the map; more are drawn by level
    problems: int = 200
    inputs: int = 400
    signed: int = 12  # inputs whose digests stand beside the signature
    profile_rules: int = 200  # that it adds, excludes, leaves out or sets otherwise
    waivers: int = 200
    parameters: int = 20  # of one rule
    role_names: int = 8  # devices named for one role
    clients: int = 12  # rows of who commands whom
    controllers: int = 10  # columns
    verbs: int = 4  # in a cell
    events: int = 25  # of the timeline
    lanes: int = 12  # pairs drawn in it
    sessions: int = 15  # of each list of log-ins, certificates and remote access
    exports: int = 12
    drawn_switches: int = 40
    cabled_ports: int = 120
    port_devices: int = 4  # named behind one port
    protocols: int = 25
    configurations: int = 25
    publications: int = 20
    publishers: int = 3  # beside the one that is shown
    unrecognised: int = 20
    zone_devices: int = 8  # named in the view of a zone
    zone_partners: int = 6
    zone_findings: int = 3
    zones: int = 12  # named beside a requirement
    name: int = 60  # characters of a name
    text: int = 3000  # characters of any other text


LIMITS = Limits()
