"""Common Industrial Protocol over EtherNet/IP, its I/O data, and PCCC."""
