"""Device configurations: one block-tree parser, one file for each dialect.

A dialect is a module of this folder with ``recognises(name, head) -> bool`` and ``read(data, name) -> Configuration``;
``scanner.configs.reader`` finds them, there is no list to edit.
"""
