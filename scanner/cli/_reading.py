"""Options that every command has which reads inputs: inventories, policies, saved facts, what folders hold beside,
files of a scan's own, how many processes, the user's own rules, and text or JSON.
"""

from __future__ import annotations

from pathlib import Path

import click

from scanner.cli._help import option

inventories = option("-i", "--inventory", multiple=True, metavar="FILE", help="Device inventory.")
policies = option("-z", "--policy", multiple=True, metavar="FILE", help="Zones-and-conduits policy.")
saved_facts = option(
    "--facts", multiple=True, metavar="DIR", type=click.Path(), help="Facts that otaudit scan --save-facts wrote."
)
exclusions = option(
    "--exclude", multiple=True, metavar="GLOB", help="Leave out what fits in folders (syntax of gitignore)."
)
chosen_dialects = option(
    "--dialect",
    "dialects",
    multiple=True,
    metavar="[GLOB=]NAME",
    help="Read configurations, or the files that fit, in this dialect, whatever they resemble.",
)
country_database = option(
    "--countries",
    metavar="FILE",
    type=click.Path(),
    help="Database of the countries of addresses (CSV of ranges or MMDB), for what leaves the plant.",
)
trusted_authorities = option(
    "--trust",
    metavar="FILE",
    type=click.Path(),
    help="Certificates (PEM) of the authorities to which those of servers must lead.",
)
own_rules = option(
    "--rules",
    multiple=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder, or pack (.zip), of your own rules, frameworks and profiles; they count beside otaudit's.",
)
text_or_json = option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text, or JSON.",
)
processes = option(
    "--jobs", type=click.IntRange(0), default=0, metavar="N", help="Processes for captures; 0: all processors."
)
