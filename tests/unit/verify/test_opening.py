"""Who holds the private parts adds everything up in fen: what was sealed, and what the public was told of it."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from consolidator.home.disclosed import verify_opened
from consolidator.privacy.commitments import commit, derive_openings
from consolidator.transparency.checkpoint import Checkpoint
from consolidator.verify.log import Report, check_totals, verify_log
from consolidator.verify.opening import open_fields
from schemas.canonical import render_canonical
from schemas.commands import Command
from schemas.commits import Bundle
from schemas.errors import VerificationError
from tests.support.discreet import ASSESSED, CARE, NEXT, VOID, care, fen_of, live_discreetly, make_care
from tests.support.monitored import add_monitor, item, sign
from tests.support.world import EPOCHS, HOUR, ORIGIN, World, make_signer, split_bundle, split_disclosures

Pair = tuple[dict[str, Any], dict[str, Any]]  # an entry and its private part
Change = Callable[[list[Pair]], object]


@pytest.fixture(scope="module")
def world() -> World:
    """A county in which everything happened."""
    return live_discreetly()


@pytest.fixture(scope="module")
def pairs(world: World) -> Sequence[tuple[bytes, bytes]]:
    """Every entry with its private part."""
    bundles = [bundle for step in world.steps for bundle in step.bundles]
    return [pair for bundle in bundles for pair in zip(split_bundle(bundle), split_disclosures(bundle), strict=True)]


def pack(pairs: Sequence[tuple[bytes, bytes]], size: int = 100) -> list[Bundle]:
    """Put entries with their private parts into bundles."""
    return [
        Bundle(
            first,
            len(run),
            b"".join(len(entry).to_bytes(2, "big") + entry for entry, _ in run),
            b"".join(len(private).to_bytes(4, "big") + private for _, private in run),
        )
        for first in range(0, len(pairs), size)
        for run in [pairs[first : first + size]]
    ]


def verify(pairs: Sequence[tuple[bytes, bytes]]) -> Report:
    """Open a log and add it up."""
    return verify_opened(pack(pairs), Checkpoint(ORIGIN, len(pairs), bytes(32)), EPOCHS)


def seal_again(pairs: Sequence[Pair]) -> list[tuple[bytes, bytes]]:
    """Commit to changed private parts, as a dishonest log would."""
    sealed = list[tuple[bytes, bytes]]()
    for index, (entry, private) in enumerate(pairs):
        raw = render_canonical(private) if private else b""
        if raw:
            (opening,) = derive_openings(EPOCHS[int(entry["at"][:4])], index, 1)
            entry["sealed"] = commit(opening, raw)
        sealed.append((render_canonical(entry), raw))
    return sealed


def tell_otherwise(pairs: Sequence[tuple[bytes, bytes]], change: Change) -> Report:
    """Let the log seal something else from the beginning on, and open that."""
    told = [(json.loads(entry), json.loads(private or b"{}")) for entry, private in pairs]
    change(told)
    return verify(seal_again(told))


def find(pairs: Sequence[Pair], kind: str, document: str = "", nth: int = 0) -> Pair:
    """Give the n-th entry of a kind, of a batch where one is named."""
    found = [pair for pair in pairs if pair[0]["kind"] == kind]
    return [pair for pair in found if not document or pair[0]["document"] == document][nth]


def test_a_log_that_is_opened_has_all_fen_of_the_ledger(world: World, pairs: Sequence[tuple[bytes, bytes]]) -> None:
    head = world.county.head()
    public = verify_log(pack(pairs), head.checkpoint.encode(), make_signer(ORIGIN).verifier)
    check_totals(public, head.totals)
    assert public.sensitive == {
        "ordered": 31,
        "refused": 3,
        "stopped": 1,
        **dict.fromkeys(("credited", "failed", "returned", "unknown"), 1),
    }
    opened = verify(pairs)
    assert opened.sensitive == {}
    assert dict(opened.totals) == {name: pair for name, pair in head.totals.items() if pair != (0, 0)}
    assert opened.totals["stopped"] == (1, fen_of(1))
    assert opened.kinds == public.kinds


def test_what_a_monitor_compared_stays_sealed_in_an_opened_log() -> None:
    world = World()
    world.set_up()
    add_monitor(world)
    world.send_batch("B-1", world.settle_people(2))
    world.submit(sign(world, [item(1), item(1, 43), item(2)]))
    world.clear("B-1", [1, 2])
    assert len(world.entries("finding")) == 1
    pairs = [pair for step in world.steps for bundle in step.bundles for pair in pair_up(bundle)]
    public = verify_log(pack(pairs), world.county.head().checkpoint.encode(), make_signer(ORIGIN).verifier)
    assert verify(pairs).totals == public.totals == {"ready": (2, 20_000)}


def pair_up(bundle: Bundle) -> list[tuple[bytes, bytes]]:
    """Give a bundle's entries, each with its private part."""
    return list(zip(split_bundle(bundle), split_disclosures(bundle), strict=True))


def test_an_hour_with_sensitive_moves_is_sealed_under_the_key_of_its_entrys_year(
    pairs: Sequence[tuple[bytes, bytes]],
) -> None:
    told = [json.loads(entry) for entry, _ in pairs]
    (closed,) = [entry for entry in told if entry["kind"] == "close" and entry["at"][:4] != entry["hour"][:4]]
    assert closed["sensitive"] == [["402", "ordered", 1, None]]


def test_entries_behind_the_head_are_not_looked_at(pairs: Sequence[tuple[bytes, bytes]]) -> None:
    bundles = [*pack(pairs), Bundle(len(pairs), 1, b"torn", b"")]
    assert verify_opened(bundles, Checkpoint(ORIGIN, len(pairs), bytes(32)), EPOCHS).order_files == 5


def _secret(kind: str, document: str = "", nth: int = 0, **fields: object) -> Change:
    return lambda told: find(told, kind, document, nth)[1].update(fields)


def _shift_amounts(told: list[Pair]) -> None:
    """Give one person's money to another: the control total still fits."""
    find(told, "line", ASSESSED, 0)[1]["amount_fen"] += 1
    find(told, "line", ASSESSED, 1)[1]["amount_fen"] -= 1


def _move_ready(told: list[Pair]) -> None:
    """Let one bank have what the other pays, in the release alone."""
    rows = find(told, "release", ASSESSED, 1)[1]["banks"]
    rows[0][2], rows[1][2] = rows[0][2] - 1, rows[1][2] + 1


def _seal_no_figures(told: list[Pair]) -> None:
    private = find(told, "release", ASSESSED)[1]
    private["figures"] = private.pop("banks")


def _is_close(pair: Pair, count: int) -> bool:
    return pair[0]["kind"] == "close" and any(row[2] == count for row in pair[0].get("sensitive", ()))


def _tell_more_in_close(told: list[Pair]) -> None:
    entry, _ = next(pair for pair in told if _is_close(pair, 17))
    row = next(row for row in entry["sensitive"] if row[3] is not None)
    row[3] += 1


def _seal_more_in_close(told: list[Pair]) -> None:
    _, private = next(pair for pair in told if _is_close(pair, 17))
    private["rows"][-1][4] += 1


def _seal_another_split(told: list[Pair]) -> None:
    """Let the hour's sums fit what was told, but not what moved."""
    _, private = next(pair for pair in told if _is_close(pair, 5))
    rows = private["rows"]
    rows.append([f"{CARE}-X", *rows[-1][1:3], 1, 1])
    rows[-2][3:] = [rows[-2][3] - 1, rows[-2][4] - 1]


LIES: dict[str, tuple[Change, str]] = {
    "a control total of more": (_secret("document", ASSESSED, control_fen=1), "do not add up to the control total"),
    "a line of more": (_secret("line", ASSESSED, 0, amount_fen=1), "control total|not what is"),
    "two amounts shifted": (_shift_amounts, "its amount is not the line's"),
    "a change of another amount": (_secret("change", ASSESSED, amount_fen=1), "its amount is not the line's"),
    "totals that are not the lines'": (
        _secret("batch", ASSESSED, totals={"ready": [23, 1], "refused": [3, 1]}),
        "its totals are not those of its lines",
    ),
    "totals left out": (lambda told: find(told, "batch", ASSESSED)[1].pop("totals"), "its totals are not"),
    "a release of other figures": (_move_ready, "its figures are not what is ready"),
    "a release that seals none": (_seal_no_figures, "leaves out what"),
    "an order file of more": (_secret("orders", ASSESSED, fen=10**9), "more than what is ready"),
    "an order file of less": (_secret("orders", ASSESSED, fen=1), "less than what is ready"),
    "an order file without approval of more": (_secret("orders", NEXT, fen=10**9), "more than what is ready"),
    "void though all fits": (_secret("batch", VOID, fen=fen_of(42)), "a batch is void though its figures fit"),
    "a merged row of more than it seals": (_tell_more_in_close, "not the sum of what it seals"),
    "a close that seals more": (_seal_more_in_close, "not the sum of what it seals"),
    "a close that seals other programmes": (_seal_another_split, "its rows are not the moves of the hour"),
    "another finding sealed": (_secret("line", ASSESSED, 3, findings=["R08:orange"]), "not those it seals"),
    "one finding more sealed": (
        _secret("line", ASSESSED, 3, findings=["R08:yellow", "R09:orange"]),
        "the findings it tells are not those it seals",
    ),
    "a state that does not follow": (
        lambda told: (
            find(told, "line", ASSESSED, 3)[1].update(findings=["R08:red"]),
            find(told, "line", ASSESSED, 3)[0].update(findings=[":red"]),
        ),
        "its state does not follow",
    ),
    "a village that is none": (_secret("line", ASSESSED, 0, village=5), "its fields are not those of its kind"),
    "a private part of another form": (
        lambda told: find(told, "release", ASSESSED)[1].update(banks=5),
        "its fields are not those of its kind",
    ),
    "rows that are none": (
        lambda told: next(pair for pair in told if _is_close(pair, 17))[1].update(rows=[[1, 2]]),
        "what it seals is no private part of its kind",
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_what_was_sealed_wrongly_is_found(pairs: Sequence[tuple[bytes, bytes]], name: str) -> None:
    change, reason = LIES[name]
    with pytest.raises(VerificationError, match=rf"entry [0-9]+: .*({reason})") as refused:
        tell_otherwise(pairs, change)
    assert "\n" not in str(refused.value)


def _find_sealed(pairs: Sequence[tuple[bytes, bytes]]) -> int:
    return next(index for index, (entry, _) in enumerate(pairs) if b'"sealed"' in entry)


def test_a_private_part_that_was_not_sealed_is_found(pairs: Sequence[tuple[bytes, bytes]]) -> None:
    sealed = _find_sealed(pairs)
    entry, private = pairs[sealed]
    for other in (private.replace(b"1", b"2"), b""):
        changed = [*pairs]
        changed[sealed] = entry, other
        with pytest.raises(VerificationError, match=f"entry {sealed}: its private part is not what was sealed"):
            verify(changed)
    changed = [*pairs]
    changed[0] = pairs[0][0], b"{}"
    with pytest.raises(VerificationError, match="entry 0: its private part is not what was sealed"):
        verify(changed)


def test_without_the_years_key_nothing_is_said_to_fit(pairs: Sequence[tuple[bytes, bytes]]) -> None:
    keys = {year: key for year, key in EPOCHS.items() if year != 2026}
    with pytest.raises(VerificationError, match=f"entry {_find_sealed(pairs)}: there is no epoch key of 2026"):
        verify_opened(pack(pairs), Checkpoint(ORIGIN, len(pairs), bytes(32)), keys)


def test_private_parts_that_are_torn_are_refused(pairs: Sequence[tuple[bytes, bytes]]) -> None:
    (bundle,) = pack(pairs[:3])
    for torn in (bundle.disclosures[:-1], bundle.disclosures + b"\0\0\0\0", bundle.disclosures[:-4] + b"\0\0\0\1"):
        with pytest.raises(VerificationError, match="the private parts of entry 0 are torn"):
            verify_opened([Bundle(0, 3, bundle.entries, torn)], Checkpoint(ORIGIN, 3, bytes(32)), EPOCHS)


def test_a_programmes_sensitive_batches_are_added_up_apart_from_its_ordinary_ones() -> None:
    """Both in one hour: the close tells the ones by programme and the others merged."""
    world = World()
    world.set_up()
    ids = world.settle_people(4)
    world.set_policy("care", [("programme", CARE, make_care())])
    world.send_batch("C-1", ids[:2], [100, 200], care("2026"))
    world.review("clerk", "hold", "C-1", [1])
    world.set_policy("open", [("programme", CARE, make_care(sensitive=False))])
    world.send_batch("C-2", ids[2:], [30, 40], care("2026"))
    world.now += HOUR
    world.apply(Command("tick", world.now, b""))
    (closed,) = world.entries("close")
    assert [row[0] for row in closed["rows"]] == [CARE]
    bundles = [bundle for step in world.steps for bundle in step.bundles]
    report = verify_opened(bundles, Checkpoint(ORIGIN, world.county.head().size, bytes(32)), EPOCHS)
    assert report.totals == {"held": (1, 100), "ready": (3, 270)}


def test_an_entry_that_hides_nothing_is_opened_to_itself() -> None:
    line = {"kind": "line", "amount_fen": 1, "findings": ["R13:blue"], "sealed": "5"}
    assert open_fields(line, {"account": "6217", "evidence": {}}) == line
