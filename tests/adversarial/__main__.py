"""``python -m tests.adversarial [WORD...]``: every case, or those whose topic and name hold all of the words.

What rules answer that was not expected of them is printed; the exit status is 1 when anything was.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tests.adversarial.printing import printed
from tests.adversarial.topics import answered, every_case


def main(words: Sequence[str]) -> int:
    """All cases that are asked for."""
    named = [f"{topic}: {case.name}" for topic, case in every_case()]
    return printed(answered, [number for number, name in enumerate(named) if all(word in name for word in words)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
