"""The parts of the summary for a terminal; ``scanner.report.text`` puts them in their order."""
