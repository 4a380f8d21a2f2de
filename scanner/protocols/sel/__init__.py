"""SEL Fast Message."""
