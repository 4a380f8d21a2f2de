"""The language in which a protocol describes its messages, and the plan that the capture kernel makes of it."""
