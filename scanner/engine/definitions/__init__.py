"""What rule authors write: rules, profiles, frameworks and examples, read from YAML and checked."""
