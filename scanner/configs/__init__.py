"""Device configurations: one block-tree parser, one folder or file in ``dialects`` for each dialect.

``scanner.configs.dialect`` says what a dialect offers; ``scanner.configs.reader`` finds and asks them.
"""
