"""Configurations that are trees of words, as blocks in braces and as commands: Junos OS, PAN-OS."""
