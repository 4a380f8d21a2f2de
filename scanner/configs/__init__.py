"""Device configurations: one block-tree parser, one file for each dialect."""
