"""Methods that the OPC UA specification itself defines, by their numeric identifiers in namespace 0: what a Call means.

Numbers from OPC 10000-6 annex A.3 (NodeIds); meaning from OPC 10000-5 (server, files, roles), 10000-9 (conditions),
10000-10 (programs), 10000-12 (certificates), 10000-14 (PubSub) and 10000-18 (users). Any other method operates.
"""

from __future__ import annotations

from scanner.protocols.common.verb_table import verb_table

METHODS = verb_table(__package__, "opcua_methods.tsv")
