"""What people answer about requirements that no input of a scan can judge: files of answers, read and written."""

from scanner.answers.document import parse_answers, recognises

__all__ = ["parse_answers", "recognises"]
