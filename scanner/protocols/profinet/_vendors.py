"""Makers of PROFINET devices by their VendorID, as DCP, identification & maintenance data and LLDP give it.

The registry is kept by PROFIBUS & PROFINET International (PI).
"""

from __future__ import annotations

# PI vendor identifiers, each confirmed in two places: the PI registry and published GSDML files of the maker.
VENDORS = {
    0x001A: "ABB",
    0x002A: "Siemens",
    0x005D: "Pepperl+Fuchs",
    0x0080: "Danfoss Drives",
    0x0083: "SMC",
    0x00B0: "Phoenix Contact",
    0x0101: "SICK",
    0x0105: "Kollmorgen",
    0x0106: "Lenze",
    0x010A: "SEW-EURODRIVE",
    0x010C: "HMS Industrial Networks",
    0x011D: "WAGO",
    0x011E: "Hilscher",
    0x011F: "Bosch Rexroth",
    0x0120: "Beckhoff",
    0x012F: "Murrelektronik",
    0x0134: "Weidmüller",
    0x0135: "EUCHNER",
    0x0136: "ifm electronic",
    0x0137: "Cognex",
    0x013D: "Turck",
    0x014D: "Festo",
    0x0152: "Leuze electronic",
    0x0153: "TR-Electronic",
    0x0173: "KEBA",
    0x0193: "HARTING",
    0x019B: "KUKA",
    0x019C: "Datalogic",
    0x01B7: "FANUC",
    0x01FD: "KEYENCE",
    0x023F: "Kistler",
    0x0377: "B&R",
    0x0378: "Balluff",
    0x0379: "AMK",
    0x03B0: "ABB Robotics",
    0x0493: "RT-Labs",
    0x092F: "Pilz",
}


def vendor_name(number: int) -> str:
    """The maker that a PI vendor identifier belongs to."""
    return VENDORS.get(number, f"PI vendor 0x{number:04X}")
