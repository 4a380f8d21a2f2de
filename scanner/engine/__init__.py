"""Rules: language, evaluation, verdicts, roll-up to framework requirements."""
