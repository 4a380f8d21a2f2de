"""CAN: one bus on which everybody hears everything, and frames have identifiers instead of addresses."""
