"""Rules, frameworks and profiles: data only, installed as ``scanner.rules``."""
