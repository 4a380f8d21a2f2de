"""One renderer file for each output format; they know results only."""
