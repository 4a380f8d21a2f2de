"""Interfaces of DCE/RPC and DCOM by UUID, as Microsoft's open specifications and C706 name them."""

from __future__ import annotations

from scanner.code_tables import rows_table

MAPPER = "e1af8308-5d1f-11c9-91a4-08002b14a0fa"
ACTIVATOR = "000001a0-0000-0000-c000-000000000046"

INTERFACES = {row[0]: row[1] for row in rows_table(__package__, "interfaces.tsv")}

NDR, NDR64 = "8a885d04-1ceb-11c9-9fe8-08002b104860", "71710533-beba-4937-8319-b5dbef9ccc36"
FEATURES = "6cb71c2c-9812-4540-"  # the rest of the UUID is a bit mask: bind time feature negotiation
TRANSFERS = {NDR: "NDR", NDR64: "NDR64"}
