"""What a device says is an argument: it is never translated, and never taken for something that otaudit says."""

from __future__ import annotations

import copy

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.engine.told import in_chinese, told
from scanner.wording import Said, joined, marked, parts, plain, said
from scanner.wording.said import MARKS

ANY = st.text(alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from(MARKS + "{}|;,\n")))


@given(ANY)
def test_arguments_stay_as_they_are(name: str) -> None:
    text = said("session {name}", name=name)
    kept = marked(name)
    assert text == plain(text.marked) == f"session {kept}"
    assert in_chinese(text.marked) == f"会话 {kept}"


@given(st.lists(ANY, max_size=4))
def test_a_list_is_taken_apart_as_it_was_joined(names: list[str]) -> None:
    sentences = [said("session {name}", name=name) for name in names]
    text = joined(sentences, "; ")
    assert parts(text) == list(dict.fromkeys(sentences))
    assert text == "; ".join(sentences)
    assert in_chinese(marked(text)) == "；".join(in_chinese(each.marked) for each in sentences)


def test_what_a_peer_dictates_is_no_statement() -> None:
    forged = said("session {name}", name="HMI, session without signed messages")
    assert told(forged.marked) == {
        "en": "session HMI, session without signed messages",
        "zh": "会话 HMI, session without signed messages",
    }


def test_sentences_may_stand_in_sentences() -> None:
    inner = said("line {n}, column {m}", n=3, m=5)
    assert in_chinese(said("byte {n}: {text}", n=7, text=inner).marked) == "第 7 字节：第 3 行第 5 列"
    fixed = said("byte {n}: {text}", n=7, text=said("empty file"))
    assert (fixed, in_chinese(fixed.marked)) == ("byte 7: empty file", "第 7 字节：文件为空")
    assert in_chinese(said("byte {n}: {text}", n=7, text="empty file").marked) == "第 7 字节：empty file"
    assert in_chinese(said("byte {n}: {text}", n=7, text="line 3, column 5").marked) == "第 7 字节：line 3, column 5"


def test_numbers_are_written_as_the_sentence_wants() -> None:
    assert said("{n:,} packets", n=1204) == "1,204 packets"


@pytest.mark.parametrize("text", ["\ufdd0name", "\ufdd2", "\ufdd1\ufdd2", "\ufdd0\ufdd0x\ufdd1y\ufdd2"])
def test_marks_that_do_not_match_are_dropped(text: str) -> None:
    assert not set(plain(marked(text))) & set(MARKS)
    assert marked(text) == "".join(c for c in text if c not in MARKS)


def test_a_sentence_that_no_catalogue_has_stays_english() -> None:
    assert in_chinese(said("no such sentence {n}", n=3).marked) == "no such sentence 3"


def test_tables_and_processes_keep_them() -> None:
    text = said("session {name}", name="HMI")
    assert pl.Series([text.marked]).to_list() == [text.marked]
    assert copy.deepcopy(text).marked == text.marked
    assert Said(text.marked) == text
