"""What the severities of a log are called in facts (RFC 5424, section 6.2.1), the most urgent first."""

LEVELS = ("emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug")
