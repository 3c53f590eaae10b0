"""Quorums as policy and genesis state them: what is taken, and each way in which one cannot be trusted."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from consolidator.transparency.keys import parse_vkey, render_vkey
from consolidator.transparency.policy import Group, Policy, Witness, parse_policy, render_policy
from consolidator.transparency.quorum import check_policy
from schemas.canonical import render_canonical
from schemas.commands import Genesis, find_log_key, parse_genesis, render_genesis
from schemas.errors import ConfigurationError, InputError
from schemas.quorum import QuorumValue, check_quorum, describe_quorum, parse_quorum, render_quorum
from tests.support import witnesses
from tests.support.witnesses import LOG_VKEY, describe_witness, make_quorum, make_witness_key
from tests.support.world import COUNTY, ORIGIN, key_of, make_signer

LOG = parse_vkey(LOG_VKEY)
NONE = QuorumValue(type="none")
Change = Callable[[dict[str, Any]], object]


def refusal_of(value: dict[str, Any]) -> str:
    """Give why a quorum is refused."""
    with pytest.raises(InputError) as caught:
        check_quorum(QuorumValue.model_validate(value), LOG)
    assert caught.value.code == "S02"
    return caught.value.detail


def test_the_usual_quorum_is_taken_and_other_readers_take_its_policy_file() -> None:
    value = make_quorum()
    check_quorum(value, LOG)
    listed = tuple(Witness(each.name, parse_vkey(each.vkey), each.url) for each in value.witnesses)
    groups = tuple(Group(each.name, each.threshold, tuple(each.members)) for each in value.groups)
    policy = Policy(LOG, value.quorum, listed, groups)
    check_policy(policy)
    assert parse_policy(render_policy(policy)) == policy


@pytest.mark.parametrize(("threshold", "count"), [(2, 2), (3, 3), (3, 4), (4, 4), (4, 5)])
def test_enough_of_one_group_is_taken(threshold: int, count: int) -> None:
    check_quorum(make_quorum([f"w{number}" for number in range(count)], threshold), LOG)


@pytest.mark.parametrize(("threshold", "count"), [(1, 1), (1, 2), (2, 3), (1, 4), (2, 4), (3, 5)])
def test_sets_that_need_not_share_an_honest_witness_are_refused(threshold: int, count: int) -> None:
    value = witnesses.describe_quorum([f"w{number}" for number in range(count)], threshold)
    assert "2k - n" in refusal_of(value)


def test_any_of_two_replicas_inside_a_body_is_refused() -> None:
    value = witnesses.describe_quorum()
    value["groups"] = [
        {"name": "body", "threshold": 1, "members": ["w1", "w2"]},
        {"name": "enough", "threshold": 2, "members": ["body", "w3"]},
    ]
    assert "share only 1" in refusal_of(value)


def _name(index: int, name: str) -> Change:
    return lambda value: value["witnesses"][index].update(name=name)


def _key(index: int, vkey: str) -> Change:
    return lambda value: value["witnesses"][index].update(vkey=vkey)


def _url(url: str) -> Change:
    return lambda value: value["witnesses"][0].update(url=url)


def _group(**fields: object) -> Change:
    return lambda value: value["groups"][0].update(fields)


def _add_group(name: str, threshold: int, *members: str) -> Change:
    return lambda value: value["groups"].append({"name": name, "threshold": threshold, "members": list(members)})


OTHER_NAME = render_vkey(make_signer("w1.example/witness").verifier)  # a key of a log, not of a witness
SAME_KEY = "w9.example/witness+" + "".join(f"{byte:02x}" for byte in b"\0\0\0\0") + "+" + "A" * 44
WRONG_ID = render_vkey(make_witness_key("w1").verifier).replace("+", "+0000000", 1)[:-1]


def vkey_like(name: str, of: str) -> str:
    """Give a witness's key under another key name."""
    verifier = make_witness_key(of).verifier
    return render_vkey(type(verifier)(name, verifier.kind, verifier.public))


def log_key_as_witness() -> str:
    """Give the log's own public key in the form of a witness's."""
    kind = make_witness_key("w1").verifier.kind
    return render_vkey(type(LOG)("other.example/x", kind, LOG.public))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_name(1, "w1"), "w1 is defined twice"),
        (_name(0, "any"), "cannot be a name"),
        (_name(0, "enough"), "not defined above"),
        (_key(0, vkey_like("w9.example/witness", "w2")), "a key stands twice"),
        (_key(0, vkey_like("w2.example/witness", "w9")), "two keys have one name"),
        (_key(0, log_key_as_witness()), "the log's own"),
        (_key(0, vkey_like(ORIGIN, "w9")), "the log's own"),
        (_key(0, OTHER_NAME), "makes no cosignatures"),
        (_key(0, SAME_KEY), "id does not fit"),
        (_url("http://w1.example:65536"), "no such port"),
        (_group(threshold=5), "asks for more than it has"),
        (_group(members=["w1", "w1", "w2", "w3"]), "names somebody twice"),
        (_group(members=["w1", "w2", "w3", "w9"]), "not defined above"),
        (_group(name="quorum"), "cannot be a name"),
        (_add_group("enough", 1, "enough"), "enough is defined twice"),
        (_add_group("more", 1, "w1"), "in another group"),
        (lambda value: value.update(quorum="most"), "not defined"),
        (lambda value: value.update(quorum="none"), "not defined"),
        (lambda value: value.update(witnesses=[], groups=[]), "not defined"),
        (lambda value: value.update(type="none"), "names no witnesses"),
    ],
)
def test_a_quorum_that_does_not_hold_together_is_refused(change: Change, reason: str) -> None:
    value = witnesses.describe_quorum()
    change(value)
    assert reason in refusal_of(value)


@pytest.mark.parametrize(
    "url",
    [
        *("w1.example", "ftp://w1.example", "http://", "http://w1.example/", "http://w1.example/?x", "http://a b"),
        *("http://user@w1.example", "http://w1.example:0", "https://w1.example/#x", "http://w1.example\n", "//w1"),
        *("http://-w1", "http://w1.example:99999999", "http://" + "a" * 400, "javascript:alert(1)"),
    ],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        QuorumValue.model_validate({"type": "witnesses", "witnesses": [describe_witness("w1") | {"url": url}]})


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "https://w1.example/prefix/more", "http://[::1]:65535", "http://w", "http://w:1/a"]
)
def test_an_address_is_taken_with_port_and_path(url: str) -> None:
    check_quorum(QuorumValue.model_validate(witnesses.describe_quorum(urls={"w1": url})), LOG)


@pytest.mark.parametrize("vkey", ["w1", WRONG_ID[:-4], "w#1.example+00000000+" + "A" * 44, "a b+00000000+" + "A" * 44])
def test_a_key_that_a_policy_file_could_not_show_is_refused(vkey: str) -> None:
    with pytest.raises(ValidationError):
        QuorumValue.model_validate({"type": "witnesses", "witnesses": [describe_witness("w1") | {"vkey": vkey}]})


def test_equal_quorums_are_equal_texts_and_come_back() -> None:
    value = make_quorum()
    text = render_quorum(value)
    assert parse_quorum(text) == value
    assert render_canonical(json.loads(text)).decode() == text
    assert describe_quorum(text) == value.model_dump()
    assert (render_quorum(NONE), parse_quorum("none"), describe_quorum("none")) == ("none", NONE, "none")


def test_nobody_cosigns_needs_no_key_and_witnesses_need_the_logs() -> None:
    check_quorum(NONE, None)
    with pytest.raises(InputError, match="does not pin the log's key"):
        check_quorum(make_quorum(), None)


def genesis_of(**fields: Any) -> Genesis:  # noqa: ANN401 -- any field
    """Give a genesis."""
    base = {"county": COUNTY, "origin": ORIGIN, "roots": [key_of("root-1"), key_of("root-2")]}
    return Genesis.model_validate(base | fields)


def test_a_genesis_pins_the_logs_key_and_the_first_quorum() -> None:
    genesis = genesis_of(key=LOG_VKEY, quorum=witnesses.describe_quorum())
    assert parse_genesis(render_genesis(genesis)) == genesis
    assert find_log_key(genesis) == LOG
    assert find_log_key(genesis_of()) is None


def test_an_older_genesis_keeps_its_bytes() -> None:
    assert b"key" not in render_genesis(genesis_of())
    assert render_genesis(genesis_of(key=LOG_VKEY)).startswith(b'{"county"')


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"quorum": witnesses.describe_quorum()}, "does not pin"),
        ({"quorum": {"type": "none"}, "key": LOG_VKEY}, "by a word"),
        ({"key": "log"}, "not a key"),
        ({"key": render_vkey(make_signer("other.example/x").verifier)}, "another name"),
        ({"key": vkey_like(ORIGIN, "w1")}, "signs no logs"),
        ({"quorum": witnesses.describe_quorum(threshold=2), "key": LOG_VKEY}, "2k - n"),
    ],
)
def test_a_genesis_whose_quorum_or_key_cannot_stand_is_refused(fields: dict[str, Any], reason: str) -> None:
    genesis = genesis_of(**fields)
    with pytest.raises(InputError, match=reason):
        render_genesis(genesis)
    with pytest.raises(ConfigurationError, match="consolidator init"):
        parse_genesis(render_canonical(genesis.model_dump()))
