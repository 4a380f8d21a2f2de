"""What dissectors of several families read with: bytes, BER, checksums, text."""
