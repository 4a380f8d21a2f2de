"""What the engine found: the only thing that reports know. ``results.schema.json`` is its published JSON form."""
