"""GE SRTP and Ethernet Global Data."""
