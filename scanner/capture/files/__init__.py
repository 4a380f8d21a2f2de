"""Capture files: containers, compression and the two formats, to chunks of bytes with an index of their records."""
