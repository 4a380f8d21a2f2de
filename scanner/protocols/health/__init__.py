"""Protocols of medical systems, whose images also come from the inspection of parts."""
