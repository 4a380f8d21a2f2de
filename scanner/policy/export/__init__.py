"""A policy in the forms of others, one file each: CSV for spreadsheets, filters for firewalls, Mermaid for documents.

A form is a module of this folder that has ``FORM``, a ``PolicyForm``; modules whose names begin with an underscore are
shared parts.
"""

from __future__ import annotations

from scanner.plugins import PluginKind
from scanner.policy.export._form import PolicyForm, ToExport

__all__ = ["FORMS", "PolicyForm", "ToExport"]

FORMS = PluginKind("form", PolicyForm, __name__)
