"""FOUNDATION Fieldbus High Speed Ethernet."""
