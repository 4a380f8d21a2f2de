"""The digest counts results without white space outside of texts, whatever the texts hold."""

from __future__ import annotations

import dataclasses
import hashlib
import json

from hypothesis import example, given
from hypothesis import strategies as st

from scanner.results.serialise import to_json
from tests.report import sample

CONTROLS = "".join(map(chr, range(0x20))) + "\x7f\x85\u2028"


@given(st.text())
@example(CONTROLS)
@example('": ", \\"\x1f\\')
def test_texts_keep_their_blanks_and_the_layout_loses_its_own(text: str) -> None:
    written = to_json(dataclasses.replace(sample.empty(), site=text))
    document = json.loads(written)
    digest = document.pop("digest")
    bare = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    assert document["site"] == text
    assert hashlib.sha256(bare.encode()).hexdigest() == digest
    assert not set(written) & set(CONTROLS[:0x20]) - {"\n"}
