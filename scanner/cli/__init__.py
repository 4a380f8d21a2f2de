"""The command line: one file for each command, none with logic of its own."""
