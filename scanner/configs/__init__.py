"""Device configurations: one block-tree parser, one module or package for each dialect.

A dialect is a module or package of this folder with ``DIALECT``, ``recognises(name, head) -> bool`` and
``read(data, name) -> Configuration``; ``scanner.configs.reader`` finds them, there is no list to edit.
"""
