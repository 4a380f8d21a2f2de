"""One folder or file for each dialect. Being in this folder registers it."""
