"""LonTalk over IP (ISO/IEC 14908)."""
