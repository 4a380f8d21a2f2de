"""BACnet/IP and BACnet Secure Connect (ASHRAE 135)."""
