"""Which packets get from one zone to another through the devices whose configurations are given: proved, or unknown."""
