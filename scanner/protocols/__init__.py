"""One self-contained file for each protocol; base says what it offers."""
