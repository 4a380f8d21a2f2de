"""Services of the Internet: names, addresses, time, mail, files, terminals, management."""
