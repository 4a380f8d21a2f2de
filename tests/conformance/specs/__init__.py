"""One comparison a protocol."""
