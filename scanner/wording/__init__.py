"""What otaudit says, as data: a sentence of a catalogue and its arguments, never one text that must be read again.

What a device, a file or a specification says is an argument. It is never translated and never taken for a sentence of
otaudit, whatever it says.
"""

from scanner.wording.said import Said, joined, marked, parts, plain, said, verbatim

__all__ = ["Said", "joined", "marked", "parts", "plain", "said", "verbatim"]
