"""No secret survives parsing: known lines one by one, and random secrets in every position that can hold one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanner.configs import reader
from scanner.configs.secrets import MASK, Secret
from tests.configs.dialect_cases import READ, called, cases, pairs


@pytest.mark.parametrize(("name", "case"), pairs("masked"), ids=called)
def test_masked_lines(name: str, case: list[str]) -> None:
    assert reader.masker(name).mask(case[0])[0] == case[1]


@pytest.mark.parametrize(("name", "line"), pairs("harmless"), ids=called)
def test_lines_without_a_secret_stay(name: str, line: str) -> None:
    assert reader.masker(name).mask(line) == (line, ())


@pytest.mark.parametrize(("name", "case"), pairs("in_blocks"), ids=called)
def test_a_block_may_say_that_a_word_is_no_secret(name: str, case: list[str]) -> None:
    assert reader.masker(name).mask(case[0], case[1])[0] == case[2]


@pytest.mark.parametrize(("name", "case"), pairs("kept"), ids=called)
def test_what_is_kept_of_a_secret(name: str, case: dict[str, Any]) -> None:
    assert reader.masker(name).mask(case["line"])[1] == (Secret(**case["secret"]),)


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize(
    ("line", "storage"),
    [
        ("password Own-name-7", "plain"),
        ("password $q$6$Nd0/Ab$x", "unknown"),  # a hash that no dialect knows is not plain text
        ("password <removed>", "unknown"),
        ("password ********", "unknown"),
    ],
)
def test_what_no_vendor_says_holds_for_all(name: str, line: str, storage: str) -> None:
    masked, secrets = reader.masker(name).mask(line)
    assert masked == f"password {MASK}"
    assert [s.storage for s in secrets] == [storage]


@pytest.mark.parametrize("name", READ)
def test_words_in_quotation_marks_take_no_time(name: str) -> None:
    for start in ("aaa authentication local-user x ", "snmpv3 user x ", "key-chain "):
        assert reader.masker(name).mask(start + '"a" ' * 900 + "passwor")


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("other", READ)
def test_what_one_dialect_masks_no_other_shows(name: str, other: str) -> None:
    for line, masked in cases(other)["masked"]:
        hidden = [word for word in line.split() if word not in masked.split() and len(word) > 5]
        kept, _ = reader.masker(name).mask(line)
        assert not set(hidden) & set(kept.split()), line


# unlike any word of a configuration, so that finding it in an output is finding the secret
SECRET = st.from_regex(r"Zq[A-Za-z0-9!#$%&*+,./:;<=>?@_~-]{6,20}xQ", fullmatch=True)


@pytest.mark.parametrize("name", [name for name in READ if cases(name)["secrets"]])
@given(one=SECRET, two=SECRET)
@settings(max_examples=60, deadline=None)
def test_no_secret_reaches_a_row_a_problem_or_a_note(name: str, one: str, two: str) -> None:
    text = cases(name)["secrets"].replace("{0}", one).replace("{1}", two)
    configuration = reader.read(text.encode(), "sw1.cfg")
    assert configuration.dialect == name
    assert configuration.problems == ()
    assert len(configuration.rows) > 50
    said = repr(configuration)
    assert one not in said
    assert two not in said
    assert not re.search(r"Zq[^' ]*xQ", said)


@pytest.mark.parametrize("name", [name for name in READ if cases(name)["secrets"]])
@given(one=SECRET, two=SECRET)
@settings(max_examples=30, deadline=None)
def test_no_secret_reaches_the_tree(name: str, one: str, two: str) -> None:
    masker = reader.masker(name)
    block = ""
    for line in cases(name)["secrets"].replace("{0}", one).replace("{1}", two).splitlines():
        if not line.startswith(" "):
            block = line.lower()
        masked, _ = masker.mask(line.strip(), block if line.startswith(" ") else "")
        assert one not in masked
        assert two not in masked


WORDS = st.sampled_from(
    [
        "no",
        "undo",
        "enable",
        "username",
        "bob",
        "password",
        "passwd",
        "secret",
        "key",
        "key-string",
        "community",
        "host",
    ]
    + ["snmp-server", "snmp-agent", "user", "0", "5", "7", "9", "cipher", "simple", "md5", "sha", "auth", "priv", "v3"]
    + ["RO", "RW", "read", "write", "local-user", "line", "level", "15", "privilege", "description", "usm-user"]
)
TRIGGERS = st.sampled_from(["password", "secret", "key-string", "cipher"])


@pytest.mark.parametrize("name", READ)
@example(before=[], trigger="password", secret="Zq000000xQ", after=["password", "7", "no"])  # noqa: S106 - made up
@example(before=["snmp-server", "user"], trigger="password", secret="Zq000000xQ", after=["no"])  # noqa: S106 - made up
@given(before=st.lists(WORDS, max_size=5), trigger=TRIGGERS, secret=SECRET, after=st.lists(WORDS, max_size=3))
@settings(max_examples=300, deadline=None)
def test_what_follows_an_announcing_word_is_masked_in_any_company(
    name: str, before: list[str], trigger: str, secret: str, after: list[str]
) -> None:
    masked, _ = reader.masker(name).mask(" ".join([*before, trigger, secret, *after]))
    assert secret not in masked
    assert MASK in masked
