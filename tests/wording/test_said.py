"""What a device says is an argument: it is never translated, and never taken for something that otaudit says."""

from __future__ import annotations

import copy
import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.engine.texts import as_text
from scanner.wording import Plural, Said, enumerated, joined, listed, marked, parts, plain, said, term
from scanner.wording.said import MARKS
from scanner.wording.spoken import spoken
from tests.wording.in_both import both

ANY = st.text(alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from(MARKS + "{}|;,\n")))


@given(ANY)
def test_arguments_stay_as_they_are(name: str) -> None:
    text = said("session {name}", name=name)
    kept = marked(name)
    assert text == plain(text.marked) == f"session {kept}"
    assert spoken(text.marked, "zh") in {f"会话 {kept}", f"会话{kept}"}


@given(st.lists(ANY, max_size=4))
def test_a_list_is_taken_apart_as_it_was_joined(names: list[str]) -> None:
    sentences = [said("session {name}", name=name) for name in names]
    text = joined(sentences, "; ")
    assert parts(text) == list(dict.fromkeys(sentences))
    assert text == "; ".join(sentences)
    assert spoken(marked(text), "zh") == "；".join(spoken(each.marked, "zh") for each in sentences)


def test_what_a_peer_dictates_is_no_statement() -> None:
    forged = said("session {name}", name="HMI, session without signed messages")
    assert both(as_text(forged.marked)) == {
        "en": "session HMI, session without signed messages",
        "zh": "会话 HMI, session without signed messages",
    }


def test_sentences_may_stand_in_sentences() -> None:
    inner = said("line {line}, column {column}", line=3, column=5)
    assert spoken(said("{file}: {why}", file="a", why=inner).marked, "zh") == "a：第 3 行第 5 列"
    fixed = said("{file}: {why}", file="a", why=said("the file is empty"))
    assert (fixed, spoken(fixed.marked, "zh")) == ("a: the file is empty", "a：文件为空")
    assert spoken(said("{file}: {why}", file="a", why="the file is empty").marked, "zh") == "a：the file is empty"
    assert spoken(said("{file}: {why}", file="a", why="line 3, column 5").marked, "zh") == "a：line 3, column 5"


def test_numbers_are_written_as_the_sentence_wants() -> None:
    assert said("{n:,} packets", n=1204) == "1,204 packets"


@pytest.mark.parametrize("text", ["\ufdd0name", "\ufdd2", "\ufdd1\ufdd2", "\ufdd0\ufdd0x\ufdd1y\ufdd2"])
def test_marks_that_do_not_match_are_dropped(text: str) -> None:
    assert not set(plain(marked(text))) & set(MARKS)
    assert marked(text) == "".join(c for c in text if c not in MARKS)


def test_a_sentence_that_no_catalogue_has_stays_english() -> None:
    assert spoken(said("no such sentence {n}", n=3).marked, "zh") == "no such sentence 3"


def test_tables_and_processes_keep_them() -> None:
    text = said("session {name}", name="HMI")
    assert pl.Series([text.marked]).to_list() == [text.marked]
    assert copy.deepcopy(text).marked == text.marked
    assert Said(text.marked) == text


def test_blanks_between_chinese_characters_are_left_out() -> None:
    place = said("{file} row {n}", file="清单.csv", n=3)
    assert spoken(said("inventory says {type} ({place})", type="控制器", place=place).marked, "zh") == (
        "资产清单写明控制器（清单.csv 第 3 行）"
    )
    assert spoken(said("{file} row {n}", file="清单 ", n=3).marked, "zh") == "清单  第 3 行", "a name keeps its own"


def test_terms_are_looked_up_by_their_key() -> None:
    assert both(term("verb.read")) == {"en": "read", "zh": "读取"}
    assert both(said("session {name}", name=term("verb.read"))) == {"en": "session read", "zh": "会话读取"}
    assert both(said("session {name}", name="read")) == {"en": "session read", "zh": "会话 read"}
    assert both(term("role.no such role", "HMI, read")) == {"en": "HMI, read", "zh": "HMI, read"}


@given(st.lists(ANY, max_size=4), st.integers(0, 3))
def test_names_side_by_side_stay_as_they_are(names: list[str], more: int) -> None:
    text = listed(names, more)
    given = [marked(name) for name in names if name]
    separators = {"、", "；"} if given else {""}
    shown = {s.join(given) for s in separators}
    # the blank before what follows is there after a word of another script only
    assert (spoken(marked(text), "zh") if not more else re.sub(" ?等（另有.*", "", spoken(marked(text), "zh"))) in shown


def test_clauses_and_counts() -> None:
    empty, near = said("the file is empty"), said("near byte {byte}", byte=7)
    assert both(enumerated([empty, near, empty])) == {
        "en": "the file is empty, near byte 7 and the file is empty",
        "zh": "文件为空；第 7 字节附近；文件为空",
    }
    assert [Plural("{n} capture", "{n} captures").of(n) for n in (1, 2000)] == ["1 capture", "2,000 captures"]
