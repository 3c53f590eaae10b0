"""The policy file: one log, one quorum, no name and no key twice, and what other readers ask for."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.transparency.keys import COSIGNATURE, Verifier, derive_signer, parse_vkey, render_vkey
from consolidator.transparency.policy import (
    NO_QUORUM,
    POLICY_BYTES_MAX,
    Group,
    Policy,
    Witness,
    parse_policy,
    render_policy,
    render_policy_without_witnesses,
    validate_policy,
)
from schemas.errors import ConfigurationError
from tests.unit.transparency.parties import LOG, LOG_VKEY, WITNESS_VKEY, make_witness

LINE = f"log {LOG_VKEY}\n"
KEYS = {number: render_vkey(make_witness(number).verifier) for number in range(1, 7)}
THREE = LINE + "".join(f"witness w{number} {KEYS[number]} http://127.0.0.1:{number}/\n" for number in (1, 2, 3))
MLDSA = Verifier("w9.example", 0x06, bytes(1312))
OTHER_NAME = render_vkey(Verifier("w1.elsewhere", COSIGNATURE, make_witness(1).verifier.public))
LOG_AS_WITNESS = render_vkey(Verifier("w1.elsewhere", COSIGNATURE, LOG.verifier.public))


def test_the_policy_without_witnesses_asks_for_no_quorum_and_warns_in_both_languages() -> None:
    raw = render_policy_without_witnesses(LOG.verifier)
    comment, *rules = raw.decode().split("\n")
    assert rules == [f"log {LOG_VKEY}", "quorum none", ""]
    assert comment.startswith("# 无见证,仅供演示 ")
    assert "for demonstration only" in comment
    assert parse_policy(raw) == Policy(LOG.verifier, NO_QUORUM)


def test_a_witness_key_is_no_log_key() -> None:
    with pytest.raises(ConfigurationError, match="0x01"):
        render_policy_without_witnesses(parse_vkey(WITNESS_VKEY))


def test_the_specifications_example_of_two_levels_is_read() -> None:
    lines = [
        f"witness {name}{number} {KEYS[at]}"
        for at, (name, number) in enumerate(zip("XXXYYY", "123123", strict=True), start=1)
    ]
    lines.insert(3, "group X-witnesses 2 X1 X2 X3")
    tail = ["group Y-witnesses any Y1 Y2 Y3", "", "group X-and-Y all X-witnesses Y-witnesses", "quorum X-and-Y"]
    policy = parse_policy("\n".join([LINE, *lines, *tail]).encode())
    assert [witness.name for witness in policy.witnesses] == ["X1", "X2", "X3", "Y1", "Y2", "Y3"]
    assert policy.groups == (
        Group("X-witnesses", 2, ("X1", "X2", "X3")),
        Group("Y-witnesses", 1, ("Y1", "Y2", "Y3")),
        Group("X-and-Y", 2, ("X-witnesses", "Y-witnesses")),
    )
    assert (policy.quorum, policy.log_key, policy.log_url) == ("X-and-Y", LOG.verifier, "")


def test_order_spaces_tabs_comments_and_a_missing_last_newline_mean_nothing() -> None:
    text = (
        f"# 政策 \t policy\n\n \t \n\twitness  甲.example\t{KEYS[1]} \t http://127.0.0.1/%C3%A4\n"
        f"  #log {KEYS[2]}\nquorum \t甲.example \n  log {LOG_VKEY}  http://127.0.0.1/log"
    )
    witness = Witness("甲.example", make_witness(1).verifier, "http://127.0.0.1/%C3%A4")
    assert parse_policy(text.encode()) == Policy(LOG.verifier, "甲.example", (witness,), log_url="http://127.0.0.1/log")


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("", "exactly one log line"),
        (LINE, "one quorum line"),
        ("quorum none\n", "exactly one log line"),
        (LINE + "quorum none\nquorum none\n", "one quorum line"),
        (
            LINE + LINE.replace(LOG_VKEY, render_vkey(derive_signer("b", bytes(32)).verifier)) + "quorum none",
            "exactly one",
        ),
        (LINE + LINE + "quorum none", "line 2 of the policy: the same key"),
        (LINE + "quorum w1\n", "line 2 of the policy: the quorum must be defined above"),
        (LINE + f"quorum w1\nwitness w1 {KEYS[1]}\n", "line 2 of the policy: the quorum must be defined above"),
        (LINE + f"witness w1 {KEYS[1]}\nwitness w1 {KEYS[2]}\nquorum w1", "line 3 of the policy: the name is defined"),
        (LINE + f"witness w1 {KEYS[1]}\nwitness w2 {KEYS[1]}\nquorum w1", "line 3 of the policy: the same key"),
        (LINE + f"witness w1 {KEYS[1]}\nwitness w2 {OTHER_NAME}\nquorum w1", "line 3 of the policy: the same key"),
        (LINE + f"witness w1 {LOG_AS_WITNESS}\nquorum w1", "line 2 of the policy: the same key"),
        (LINE + f"witness w1 {LOG_VKEY}\nquorum w1", "0x04 belongs here, and this is one of type 0x01"),
        (LINE + f"witness w1 {render_vkey(MLDSA)}\nquorum w1", "0x04 belongs here, and this is one of type 0x06"),
        (f"log {KEYS[1]}\nquorum none", "0x01 belongs here, and this is one of type 0x04"),
        (LINE + f"witness w1 {KEYS[1][:-1]}\nquorum w1", "line 2 of the policy: not a key"),
        (LINE + "witness w1\nquorum w1", "line 2 of the policy: expected"),
        (LINE + f"witness w1 {KEYS[1]} http://127.0.0.1 more\nquorum w1", "line 2 of the policy: expected"),
        (f"log {LOG_VKEY} http://127.0.0.1 more\nquorum none", "line 1 of the policy: expected"),
        ("log\nquorum none", "line 1 of the policy: expected"),
        (LINE + "quorum\n", "line 2 of the policy: expected"),
        (LINE + "quorum none none\n", "line 2 of the policy: expected"),
        (LINE + "Quorum none\n", "line 2 of the policy: expected"),
        (LINE + "logs\nquorum none", "line 2 of the policy: expected"),
        (THREE + "group g 1\nquorum g", "line 5 of the policy: expected"),
        (THREE + "group g\nquorum g", "line 5 of the policy: expected"),
        (THREE + "group g 0 w1 w2\nquorum g", "a number from 1 to 2"),
        (THREE + "group g 3 w1 w2\nquorum g", "a number from 1 to 2"),
        (THREE + "group g 02 w1 w2\nquorum g", "a number from 1 to 2"),
        (THREE + "group g +2 w1 w2\nquorum g", "a number from 1 to 2"),
        (THREE + "group g -1 w1 w2\nquorum g", "a number from 1 to 2"),
        (THREE + "group g 1000 w1 w2\nquorum g", "a number from 1 to 2"),
        (THREE + "group g \N{FULLWIDTH DIGIT TWO} w1 w2\nquorum g", "a number from 1 to 2"),
        (THREE + "group g All w1 w2\nquorum g", "a number from 1 to 2"),
        (THREE + "group g all w1 w4\nquorum g", "a member of the group is not defined"),
        (THREE + "group g all w1 g\nquorum g", "a member of the group is not defined"),
        (THREE + "group g all w1 none\nquorum g", "a member of the group is not defined"),
        (THREE + "group g all w1 w1\nquorum g", "a name stands in the group twice"),
        (THREE + "group g all w1 w2\ngroup h all w2 w3\nquorum h", "line 6 of the policy: a name can stand in one"),
        (THREE + "group w1 all w1 w2\nquorum w1", "the name is defined twice"),
        (THREE + "group none all w1 w2\nquorum none", "policy's own language"),
        (LINE + f"witness all {KEYS[1]}\nquorum all", "policy's own language"),
        (LINE + f"witness none {KEYS[1]}\nquorum none", "policy's own language"),
        (LINE + f"witness w1 {KEYS[1]} # of the audit office\nquorum w1", "a number sign"),
        (LINE + f"witness w#1 {KEYS[1]}\nquorum w#1", "a number sign"),
        (LINE + f"witness w\u00a01 {KEYS[1]}\nquorum none", "odd space"),
        (LINE + f"witness w\u30001 {KEYS[1]}\nquorum none", "odd space"),
        (LINE + f"witness w\u20281 {KEYS[1]}\nquorum none", "odd space"),
        (LINE.replace("\n", "\r\n") + "quorum none\r\n", "control character"),
        (LINE + "quorum none\x0b\n", "control character"),
        (LINE + "# \x00\nquorum none", "control character"),
        (LINE + "# \x7f\nquorum none", "control character"),
    ],
)
def test_anything_that_could_be_read_in_two_ways_is_refused_with_its_line(text: str, wording: str) -> None:
    with pytest.raises(ConfigurationError, match=wording.replace("+", r"\+")):
        parse_policy(text.encode())


def test_a_policy_that_is_no_text_or_endless_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="UTF-8"):
        parse_policy(LINE.encode() + b"quorum none\xff\n")
    room = POLICY_BYTES_MAX - len(LINE) - len("quorum none\n#")
    assert parse_policy(f"{LINE}quorum none\n#{'x' * room}".encode()).quorum == NO_QUORUM
    with pytest.raises(ConfigurationError, match="at most"):
        parse_policy(f"{LINE}quorum none\n#{'x' * (room + 1)}".encode())


def test_a_number_all_and_any_mean_the_same_and_are_written_as_numbers() -> None:
    texts = [THREE + f"group g {word} w1 w2 w3\nquorum g\n" for word in ("all", "3")]
    first, second = (parse_policy(text.encode()) for text in texts)
    assert first == second
    assert render_policy(first).decode() == texts[1]
    assert parse_policy((THREE + "group g any w1 w2 w3\nquorum g\n").encode()).groups[0].threshold == 1


@given(st.lists(st.integers(1, 6), min_size=1, max_size=6, unique=True), st.data())
def test_a_policy_reads_back_as_it_was_written(numbers: list[int], data: st.DataObject) -> None:
    witnesses = tuple(
        Witness(f"体{number}", make_witness(number).verifier, f"http://127.0.0.1/{number}") for number in numbers
    )
    names = [witness.name for witness in witnesses]
    half = data.draw(st.integers(1, len(names)))
    inner = Group("inner", data.draw(st.integers(1, half)), tuple(names[:half]))
    outer = Group("outer", data.draw(st.integers(1, len(names) - half + 1)), ("inner", *names[half:]))
    policy = Policy(LOG.verifier, "outer", witnesses, (inner, outer), "http://127.0.0.1/log")
    assert parse_policy(render_policy(policy)) == policy


def test_a_policy_for_other_readers_has_an_address_for_every_witness() -> None:
    policy = Policy(LOG.verifier, "w1", (Witness("w1", make_witness(1).verifier),))
    assert validate_policy(policy) == policy
    with pytest.raises(ConfigurationError, match="address"):
        render_policy(policy)
    assert render_policy(replace(policy, witnesses=(replace(policy.witnesses[0], url="http://127.0.0.1/"),))) == (
        f"log {LOG_VKEY}\nwitness w1 {KEYS[1]} http://127.0.0.1/\nquorum w1\n".encode()
    )


@pytest.mark.parametrize(
    "policy",
    [
        Policy(LOG.verifier, "w1"),
        Policy(LOG.verifier, NO_QUORUM, log_url="http://127.0.0.1/ x"),
        Policy(LOG.verifier, NO_QUORUM, log_url=" "),
        Policy(LOG.verifier, "w1", (Witness("w1", make_witness(1).verifier, "u\nlog x"),)),
        Policy(LOG.verifier, "w1", (Witness("w1", make_witness(1).verifier, " "),)),
        Policy(LOG.verifier, "w1", (Witness("w1", make_witness(1).verifier), Witness("w2", make_witness(1).verifier))),
        Policy(LOG.verifier, "g", (Witness("w1", make_witness(1).verifier),), (Group("g", 2, ("w1",)),)),
        Policy(LOG.verifier, "g", (Witness("w1", make_witness(1).verifier),), (Group("g", 1, ()),)),
    ],
)
def test_a_policy_that_does_not_hold_together_is_not_written(policy: Policy) -> None:
    with pytest.raises(ConfigurationError):
        validate_policy(policy)
