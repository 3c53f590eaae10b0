"""What a bank's check refuses: every byte of the file, other lists, other proofs, other logs, too few witnesses."""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bank_adapters.formats.order_layouts import OrderLayout
from bank_adapters.profiles import load_profile, load_profiles
from consolidator.cli.main import main
from consolidator.gate.checking import CheckedFile, check_order_file
from consolidator.transparency.keys import render_vkey
from consolidator.transparency.policy import Policy, render_policy
from consolidator.transparency.tlogproof import parse_tlog_proof, render_tlog_proof
from schemas.canonical import render_canonical
from schemas.errors import ConfigurationError, VerificationError
from schemas.extras import Extra, parse_extra, render_extra
from schemas.orders import OrderFile
from tests.support.ordered import Sealed, find_layout, make_world, order, seal
from tests.support.witnesses import derive_test_policy, make_quorum
from tests.support.world import World, make_signer

POLICY = derive_test_policy(make_quorum())
PROFILES = load_profiles()
OWN = load_profile(Path(__file__).parents[2] / "fixtures" / "bank_files" / "orders-777.toml")


@pytest.fixture(scope="module")
def world() -> World:
    """A county with an order file of three orders and one of a single order."""
    return make_world()


@pytest.fixture(scope="module")
def sealed(world: World) -> Sealed:
    """An order file of three orders."""
    return seal(world, order(world, 3))


@pytest.fixture(scope="module")
def single() -> Sealed:
    """An order file of one order: nothing in it can be compared with its neighbours."""
    own = make_world()
    return seal(own, order(own, 1))


def check(
    sealed: Sealed, raw: bytes | None = None, proof: bytes | None = None, policy: Policy = POLICY, name: str = ""
) -> CheckedFile:
    """Run the bank's check."""
    rendered = sealed.rendered
    content = rendered.content if raw is None else raw
    return check_order_file(name or rendered.name, content, proof or sealed.proof, policy, PROFILES)


def refusal_of(sealed: Sealed, raw: bytes | None = None, proof: bytes | None = None, policy: Policy = POLICY) -> str:
    """Give why it is refused."""
    with pytest.raises(VerificationError) as caught:
        check(sealed, raw, proof, policy)
    return str(caught.value)


def test_the_untouched_file_is_accepted_with_its_figures(world: World, sealed: Sealed) -> None:
    found = check(sealed)
    assert (found.bank, found.file, found.count, found.fen) == ("402", "bank-402_PAY_402_001", 3, 30_000)
    assert (found.size, found.index) == (len(world.entries()), sealed.file.entry)
    assert (found.cosigners, found.cosigned_at) == (["w1", "w2", "w3"], 1_794_000_000)


@pytest.mark.parametrize("which", ["sealed", "single"])
def test_every_changed_digit_is_noticed(which: str, request: pytest.FixtureRequest) -> None:
    sealed: Sealed = request.getfixturevalue(which)
    raw = sealed.rendered.content
    places = [number for number, byte in enumerate(raw) if chr(byte).isdigit() and chr(byte).isascii()]
    assert len(places) > 60
    for place in places:
        other = str((int(chr(raw[place])) + 1) % 10).encode()
        assert refusal_of(sealed, raw[:place] + other + raw[place + 1 :])


def test_every_changed_byte_is_noticed(single: Sealed) -> None:
    raw = single.rendered.content
    for place in range(len(raw)):
        assert refusal_of(single, raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])


def rows(raw: bytes) -> list[bytes]:
    """Give the lines: header, three orders, trailer."""
    return raw.split(b"\r\n")[:-1]


def join(*lines: bytes) -> bytes:
    """Put lines together."""
    return b"".join(line + b"\r\n" for line in lines)


def recount(raw: bytes) -> bytes:
    """Make serials, counts and totals those of the lines, as a careful forger does."""
    head, *lines, tail = rows(raw)
    lines = [b"|".join([b"%d" % number, *line.split(b"|")[1:]]) for number, line in enumerate(lines, start=1)]
    total = sum(int(line.split(b"|")[4].replace(b".", b"")) for line in lines)
    figures = b"%d|%d.%02d" % (len(lines), total // 100, total % 100)
    head = re.sub(rb"\|[0-9]+\|[0-9.]+\|", b"|" + figures + b"|", head)
    return join(head, *lines, re.sub(rb"T\|[0-9]+\|[0-9.]+\|", b"T|" + figures + b"|", tail))


def swap(raw: bytes) -> bytes:
    """Let two orders change places."""
    head, first, second, *rest = rows(raw)
    return recount(join(head, second, first, *rest))


def drop(raw: bytes) -> bytes:
    """Leave an order out."""
    head, _, *rest = rows(raw)
    return recount(join(head, *rest))


def add(raw: bytes) -> bytes:
    """Pay the first one twice."""
    head, first, *rest = rows(raw)
    return recount(join(head, first, first, *rest))


def renumber(raw: bytes) -> bytes:
    """Exchange the ids of two orders only."""
    return raw.replace(b"PAY/1/0", b"PAY/x/0").replace(b"PAY/2/0", b"PAY/1/0").replace(b"PAY/x/0", b"PAY/2/0")


def redirect(raw: bytes) -> bytes:
    """Pay one order to the account of another."""
    return raw.replace(b"6217000000000001", b"6217000000000002")


def exchange_fen(raw: bytes) -> bytes:
    """Move money from one order to another; the total stays."""
    head, first, second, *rest = rows(raw)
    return join(head, first.replace(b"100.00", b"150.00"), second.replace(b"100.00", b"50.00"), *rest)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (swap, "orders 1 to 3 are not those"),
        (drop, "the proof has 3 orders, the file 2"),
        (add, "the proof has 3 orders, the file 4"),
        (renumber, "orders 1 to 3 are not those"),
        (redirect, "orders 1 to 3 are not those"),
        (exchange_fen, "orders 1 to 3 are not those"),
        (lambda raw: recount(raw.replace(b"|100.00|", b"|200.00|")), "add up to 60000 fen, the log says 30000"),
        (lambda raw: raw.replace(b"511112/", b"511113/"), "order 1: its id"),
        (lambda raw: raw.replace(b"/1/0", b"/1/1"), "orders 1 to 3 are not those .* a round is another"),
        (lambda raw: raw.replace(b"/1/0", b"/1/00"), "order 1: its id"),
        (lambda raw: raw.replace(b"/1/0", b"/1/01"), "order 1: its id"),
        (lambda raw: raw.replace(b"/1/0", b"/1/100"), "order 1: its id"),
        (lambda raw: raw.replace(b"/1/0", b"/01/0"), "order 1: its id"),
        (lambda raw: raw.replace("地力补贴".encode("gb18030"), "地力".encode("gb18030")), "around its orders"),
        (lambda raw: raw.replace(b"H|bank", b"H|bonk"), "around its orders"),
        (lambda raw: raw.replace(b"\r\n", b"\n"), "around its orders"),
        (lambda raw: raw + raw, "not of layout"),
        (lambda raw: raw[:-1], "not of layout|around its orders"),
        (lambda _: b"", "not of layout"),
        (lambda raw: join(*[line for line in rows(raw) if line[:1] in b"HT"]), "not of layout|no orders"),
    ],
)
def test_another_list_is_refused(sealed: Sealed, change: Callable[[bytes], bytes], reason: str) -> None:
    changed = change(sealed.rendered.content)
    assert changed != sealed.rendered.content
    assert re.search(reason, refusal_of(sealed, changed))


def test_a_file_under_another_name_is_refused(sealed: Sealed) -> None:
    with pytest.raises(VerificationError, match=r"must be named bank-402_PAY_402_001\.txt"):
        check(sealed, name="bank-402_PAY_402_002.txt")


def test_another_files_proof_is_refused(sealed: Sealed) -> None:
    other = make_world()
    assert "its id is not one of" in refusal_of(sealed, proof=seal(other, order(other, 3, "PAY-2")).proof)


def test_a_proof_under_another_log_is_refused(sealed: Sealed) -> None:
    policy = replace(POLICY, log_key=make_signer("other.example/log").verifier)
    assert "no known key signed" in refusal_of(sealed, policy=policy)


@pytest.mark.parametrize("names", [["w1", "w2"], ["w1", "w2", "w9"], ["w1", "w1", "w2"], []])
def test_a_quorum_short_by_one_is_refused(sealed: Sealed, names: list[str]) -> None:
    head, signature, *cosignatures = parse_tlog_proof(sealed.proof).checkpoint.split("— ".encode())
    by_name = dict(zip(["w1", "w2", "w3"], cosignatures, strict=True))
    kept = [by_name.get(name, by_name["w3"].replace(b"w3.", b"w9.")) for name in names]
    checkpoint = "— ".encode().join([head, signature, *kept])
    proof = render_tlog_proof(replace(parse_tlog_proof(sealed.proof), checkpoint=checkpoint))
    assert "too few witnesses" in refusal_of(sealed, proof=proof)


def change_opened(sealed: Sealed, change: Callable[[Extra], Extra]) -> bytes:
    """Change what a proof opens."""
    proof = parse_tlog_proof(sealed.proof)
    return render_tlog_proof(replace(proof, extra=render_extra(change(parse_extra(proof.extra or b"")))))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda it: replace(it, entry=it.entry.replace(b'"fen":30000', b'"fen":30001')), "does not lead to"),
        (lambda it: replace(it, private=it.private.replace(b"511112", b"511113")), "not the one that the entry"),
        (lambda it: replace(it, opening=bytes(32)), "not the one that the entry"),
        (lambda it: replace(it, rest={}), "the proof has 0 orders"),
        (lambda it: replace(it, rest={**it.rest, "bank": ["402", "402"]}), "the proof has 2 orders"),
        (lambda it: replace(it, rest={**it.rest, "bank": ["402", "403", "402"]}), "orders 1 to 3 are not those"),
    ],
)
def test_a_changed_opening_is_refused(sealed: Sealed, change: Callable[[Extra], Extra], reason: str) -> None:
    assert reason in refusal_of(sealed, proof=change_opened(sealed, change))


def _extra(change: Callable[[dict[str, str]], object]) -> Callable[[bytes], bytes | None]:
    def apply(extra: bytes) -> bytes:
        fields = json.loads(extra)
        change(fields)
        return render_canonical(fields)

    return apply


@pytest.mark.parametrize(
    "change",
    [
        _extra(lambda fields: fields.update(opening="0")),
        _extra(lambda fields: fields.update(more="")),
        _extra(lambda fields: fields.update(rest="AAAA")),
        _extra(lambda fields: fields.update(rest=b64encode(b64decode(fields["rest"])[:-1]).decode())),
        _extra(lambda fields: fields.update(rest=b64encode(b64decode(fields["rest"]) + b"\0").decode())),
        _extra(lambda fields: fields.update(rest="?")),
        _extra(lambda fields: fields.pop("entry")),
        lambda _: b"[]",
        lambda _: b"\xff",
        lambda _: None,
    ],
)
def test_what_opens_nothing_is_refused(sealed: Sealed, change: Callable[[bytes], bytes | None]) -> None:
    proof = parse_tlog_proof(sealed.proof)
    assert proof.extra is not None
    changed = render_tlog_proof(replace(proof, extra=change(proof.extra)))
    assert re.search("opens nothing|holds no entry", refusal_of(sealed, proof=changed))


def test_a_proof_of_another_kind_of_entry_is_refused(world: World, sealed: Sealed) -> None:
    del world
    reason = refusal_of(sealed, proof=change_opened(sealed, lambda it: replace(it, entry=b'{"kind":"x"}')))
    assert "does not lead to" in reason


@pytest.fixture(scope="module")
def thousand() -> tuple[World, OrderFile]:
    """An order file whose list has two parts."""
    own = make_world()
    return own, order(own, 1003)


@pytest.mark.parametrize("bank", ["102", "103", "105", "402", "403", "777"])
def test_every_layout_gives_its_list_back(bank: str, thousand: tuple[World, OrderFile]) -> None:
    layout = (OWN if bank == "777" else find_layout(bank)).model_copy(update={"bank": "402"})
    assert isinstance(layout, OrderLayout)
    sealed = seal(*thousand, layout)
    profiles = {"own": layout}
    rendered = sealed.rendered
    found = check_order_file(rendered.name, rendered.content, sealed.proof, POLICY, profiles)
    assert (found.count, found.fen) == (1003, 10_030_000)
    broken = rendered.content.replace(b"6217000000001001", b"6217000000001002")
    with pytest.raises(VerificationError, match="orders 1001 to 1003 are not those"):
        check_order_file(rendered.name, broken, sealed.proof, POLICY, profiles)


def test_a_bank_without_a_profile_is_told_so(sealed: Sealed) -> None:
    with pytest.raises(ConfigurationError, match="--profiles"):
        check_order_file(sealed.rendered.name, sealed.rendered.content, sealed.proof, POLICY, {})


def write_all(folder: Path, sealed: Sealed) -> list[str]:
    """Write what a bank has; gives the words of its check."""
    (folder / "policy.txt").write_bytes(render_policy(POLICY))
    (folder / sealed.rendered.name).write_bytes(sealed.rendered.content)
    (folder / f"{sealed.rendered.name}.tlog-proof").write_bytes(sealed.proof)
    return ["order", "check", str(folder / sealed.rendered.name), "--policy", str(folder / "policy.txt")]


def test_the_command_needs_no_home_and_ends_with_3_when_a_digit_changed(
    sealed: Sealed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = write_all(tmp_path, sealed)
    assert main(words) == 0
    told = capsys.readouterr().out
    assert "402" in told
    assert "300.00" in told
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["fen"] == 30_000
    file = tmp_path / sealed.rendered.name
    file.write_bytes(sealed.rendered.content.replace(b"100.00", b"900.00", 1))
    assert main(words) == 3
    assert "total is not what the lines say" in capsys.readouterr().err


def test_the_command_tells_which_file_is_missing(sealed: Sealed, tmp_path: Path) -> None:
    words = write_all(tmp_path, sealed)
    assert main([*words[:3], "--policy", str(tmp_path / "none.txt")]) == 5
    (tmp_path / f"{sealed.rendered.name}.tlog-proof").unlink()
    assert main(words) == 4
    assert main([*words, "--proof", str(tmp_path)]) == 4


def test_a_policy_without_witnesses_checks_the_rest_and_says_so(
    sealed: Sealed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = write_all(tmp_path, sealed)
    (tmp_path / "policy.txt").write_text(f"log {render_vkey(POLICY.log_key)}\nquorum none\n")
    assert main(words) == 0
    assert "仅供演示" in capsys.readouterr().err
