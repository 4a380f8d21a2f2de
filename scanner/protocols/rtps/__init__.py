"""DDS Interoperability Wire Protocol (RTPS)."""
