"""The fewest edits of a policy or of access lists that turn chosen failures into passes, and break nothing else."""
