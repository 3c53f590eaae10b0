"""Owns the data of a measurement: a county of fictional citizens and batches without a review window, from a seed."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from consolidator.transparency.keys import Ed25519Signer, derive_signer
from schemas.commands import Command, Genesis, render_genesis
from schemas.documents import derive_commands, parse_document, render_document, render_parts
from schemas.money import FEN_MAX

COUNTY = "511112"
ORIGIN = "bench.example/511112"
STARTED_AT = 1_793_491_200  # 2026-11-01T00:00:00Z
STANDARD_FEN = 5_000
CITIZENS_MAX = 300_000  # a county's people
BATCH_LINES = 10_000
ROOTS = ("root-1", "root-2")
PERIODS = [f"2026-{month:02d}" for month in range(1, 13)] + [f"2027-{month:02d}" for month in range(1, 13)]
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
Columns = Mapping[str, Sequence[Any] | None]


def make_signer(name: str) -> Ed25519Signer:
    """Derive a key of the measurement."""
    return derive_signer(name, sha256(f"consolidator bench {name}".encode()).digest())


def make_epoch_keys() -> dict[int, bytes]:
    """Derive the epoch keys of the measurement."""
    return {year: sha256(f"consolidator bench epoch {year}".encode()).digest() for year in range(2026, 2030)}


def make_citizens(count: int) -> list[str]:
    """Give fictional resident IDs with right check digits."""
    return [_make_id(number) for number in range(count)]


def list_setup(citizens: Sequence[str], window_hours: int = 0) -> Iterator[Command]:
    """Give the commands before the measured ones: genesis, policy, registers, census, designations.

    ``window_hours`` is the programmes' review window; with none their lines are ordered at once.
    """
    roots = [make_signer(name).verifier.public.hex() for name in ROOTS]
    yield Command("genesis", STARTED_AT, render_genesis(Genesis(county=COUNTY, origin=ORIGIN, roots=roots)))
    count = len(citizens)
    villages = [f"511112{100 + number // 30 % 12:03d}{200 + number % 15:03d}" for number in range(count)]
    accounts = [f"6217{number:014d}" for number in range(count)]
    yield from _policy(window_hours)
    population = {
        "id": citizens,
        "name": [make_name(number) for number in range(count)],
        "household": [f"H{number // 3:07d}" for number in range(count)],
        "village": villages,
    }
    library = {"id": citizens, "village": villages, "status": ["active"] * count}
    yield from _sign("clerk", 1, _register("population"), population)
    yield from _sign("clerk", 2, _register("library"), library)
    dead = [_make_id(number) for number in range(CITIZENS_MAX, CITIZENS_MAX + 5)]  # nobody who is paid
    yield from _sign("clerk", 3, _register("deaths"), {"id": dead, "died_on": ["2026-10-01"] * 5})
    yield from _sign("clerk", 4, _register("officials"), _officials(citizens[::1000], villages))
    yield from _sign("clerk", 5, _register("relatives"), _relatives(citizens))
    yield from _sign("clerk", 6, _register("relations"), _relations(citizens))
    old = [_make_old_card(number) for number in range(1, count, 2)]
    cards = {
        "holder_id": [*citizens, *citizens[1::2]],
        "bank": ["402"] * count + ["103"] * len(old),
        "account": accounts + old,
    }
    census = {"kind": "accounts", "source": "bureau", "id": "census", "snapshot_on": "2026-10-31"}
    yield from _sign("clerk", 7, census, cards)
    salaried = [_make_id(number) for number in range(CITIZENS_MAX, CITIZENS_MAX + 10_000)]  # nobody who is paid
    payroll = {"id": salaried, "employer": ["示例单位"] * len(salaried)}
    yield from _sign("clerk", 8, _register("payroll"), payroll)
    chosen = {"payee_id": citizens, "bank": ["402"] * count, "account": accounts}
    yield from _sign("clerk", 9, {"kind": "designations", "source": "bureau", "id": "designations"}, chosen)


def list_batches(citizens: Sequence[str], lines: int, size: int = BATCH_LINES) -> Iterator[Command]:
    """Give the measured commands: batches of ``size`` lines, every citizen once a period; half name an old card."""
    for number, first in enumerate(range(0, lines, size)):
        numbers = [line % len(citizens) for line in range(first, min(first + size, lines))]
        period = PERIODS[first // len(citizens) % len(PERIODS)]
        programme = f"BENCH-{first // len(citizens) // len(PERIODS)}"
        yield from _sign("adapter", number + 1, _batch(number, numbers, programme, period), _lines(citizens, numbers))


def make_name(number: int) -> str:
    """Give a fictional name of three characters."""
    return chr(0x4E00 + number % 97) + chr(0x5000 + number % 1013) + chr(0x6000 + number % 1009)


def _batch(number: int, numbers: Sequence[int], programme: str, period: str) -> dict[str, Any]:
    return {
        "kind": "batch",
        "source": "adapter",
        "id": f"BATCH-{number:06d}",
        "department": "示例部门",
        "township": "511112101",
        "programme": programme,
        "period": period,
        "policy_number": "示例",
        "plan_number": programme.replace("BENCH", "PLAN"),
        "publicity": {"from_on": "2026-10-01", "to_on": "2026-10-08", "place": "示例"},
        "entered_by": "甲",
        "checked_by": "乙",
        "totals": {"count": len(numbers), "fen": sum(map(_fen, numbers))},
    }


def _lines(citizens: Sequence[str], numbers: Sequence[int]) -> Columns:
    return {
        "beneficiary_id": [citizens[number] for number in numbers],
        "beneficiary_name": [make_name(number) for number in numbers],
        "amount_fen": [_fen(number) for number in numbers],
        "quantity_milli": list(map(_milli, numbers)),
        "account": [_make_old_card(number) if number % 2 else f"6217{number:014d}" for number in numbers],
        "row": list(range(2, len(numbers) + 2)),
    }


def _make_old_card(number: int) -> str:
    return f"6228{number:014d}"


def _fen(number: int) -> int:
    """Give an amount that is exactly the standard times :func:`_milli`."""
    return 10_000 + number % 1_000 * 5


def _milli(number: int) -> int:
    return _fen(number) * 1000 // STANDARD_FEN


def list_acts(citizens: Sequence[str], lines: int, at: int) -> Iterator[Command]:
    """Give for each batch its hold, clearing and release, each with its second person; all its lines are ordered.

    ``at`` is when the review windows are over.
    """
    for number, first in enumerate(range(0, lines, BATCH_LINES)):
        numbers = [line % len(citizens) for line in range(first, min(first + BATCH_LINES, lines))]
        batch = {"source": "adapter", "id": f"BATCH-{number:06d}"}
        looked_at: Columns = {
            "line": list(range(1, 1 + len(numbers) // 100)),
            "reason": ["核实"] * (len(numbers) // 100),
        }
        review = {"kind": "review", "source": "bureau", "batch": batch}
        yield from _sign("reviewer", 2 * number + 1, review | {"id": f"HOLD-{number}", "action": "hold"}, looked_at, at)
        clear = list(
            _sign("reviewer", 2 * number + 2, review | {"id": f"CLEAR-{number}", "action": "clear"}, looked_at, at)
        )
        yield from clear
        confirm = {"kind": "confirm", "source": "bureau"}
        cleared = confirm | {"id": f"CLEARED-{number}", "document": clear[0].document}
        yield from _sign("approver", 2 * number + 1, cleared, None, at)
        release = list(_sign("payer", number + 1, _release(number, batch), _figures(numbers), at))
        yield from release
        released = confirm | {"id": f"RELEASED-{number}", "document": release[0].document}
        yield from _sign("approver", 2 * number + 2, released, None, at)


def _release(number: int, batch: Mapping[str, str]) -> dict[str, Any]:
    return {"kind": "release", "source": "bureau", "id": f"RELEASE-{number}", "batch": batch, "number": 1}


def _figures(numbers: Sequence[int]) -> Columns:
    return {
        "bank": ["402"],
        "application": ["A"],
        "voucher": ["V"],
        "voucher_on": ["2026-11-01"],
        "count": [len(numbers)],
        "fen": [sum(map(_fen, numbers))],
    }


def _policy(window_hours: int) -> Iterator[Command]:
    kinds = ["register", "accounts", "designations", "batch"]
    programme = {
        "name": "示例项目",
        "short_name": "示例",
        "cycle": "month",
        "unit": "person",
        "standard_fen": STANDARD_FEN,
        "paying_banks": ["402"],
        "agent_bank": "402",
        "review_window_hours": window_hours,
        "bars_payroll": True,
        "age_min": 1,
        "excludes": ["RIVAL"],
        "line_max_fen": 50_000,
    }
    items: list[tuple[str, str, dict[str, Any]]] = [
        ("source", "bureau", {"name": "示例财政局", "type": "bureau"}),
        ("source", "adapter", {"name": "示例银行", "type": "bank"}),
        ("bank", "402", {"name": "示例银行"}),
        _officer("clerk", "bureau", "clerk", kinds),
        _officer("adapter", "adapter", "adapter", kinds),
        _officer("reviewer", "bureau", "reviewer", ["review"]),
        _officer("payer", "bureau", "clerk", ["release"]),
        _officer("approver", "bureau", "approver", ["confirm"]),
        *(("programme", f"BENCH-{number}", programme) for number in range(60)),
        ("programme", "RIVAL", programme | {"excludes": []}),
        *(("plan", f"PLAN-{number}", {"programme": f"BENCH-{number}", "fen": FEN_MAX}) for number in range(60)),
    ]
    columns = dict(zip(("subject", "id", "value"), map(list, zip(*items, strict=True)), strict=True))
    commands = list(_sign("root-1", 1, {"kind": "policy", "source": "root", "id": "policy"}, columns))
    confirm = {"kind": "confirm", "source": "root", "id": "confirm", "document": commands[0].document}
    yield from commands
    yield from _sign("root-2", 1, confirm, None)


def _officer(name: str, source: str, role: str, kinds: Sequence[str]) -> tuple[str, str, dict[str, Any]]:
    value = {
        "key": make_signer(name).verifier.public.hex(),
        "source": source,
        "person": name,
        "role": role,
        "kinds": list(kinds),
        "programmes": ["*"],
        "regions": [COUNTY],
    }
    return ("officer", name, value)


def _register(name: str) -> dict[str, Any]:
    fields = {"kind": "register", "source": "bureau", "id": f"register-{name}", "register_name": name}
    return fields | {"update": "full", "snapshot_on": "2026-10-31"}


def _officials(ids: Sequence[str], villages: Sequence[str]) -> Columns:
    return {"id": ids, "village": villages[: len(ids)], "position": ["示例职务"] * len(ids)}


def _relatives(citizens: Sequence[str]) -> Columns:
    ids = citizens[1::1000]
    return {"id": ids, "official_id": citizens[::1000][: len(ids)], "relation": ["配偶"] * len(ids)}


def _relations(citizens: Sequence[str]) -> Columns:
    pairs = list(zip(citizens[::500], citizens[1::500], strict=False))
    return {
        "payee_id": [payee for payee, _ in pairs],
        "beneficiary_id": [beneficiary for _, beneficiary in pairs],
        "relation": ["guardian"] * len(pairs),
        "from_on": ["2020-01-01"] * len(pairs),
        "to_on": [None] * len(pairs),
    }


def _sign(
    key: str, seq: int, fields: Mapping[str, Any], columns: Columns | None, at: int = STARTED_AT
) -> Iterator[Command]:
    signer = make_signer(key)
    parts, count = render_parts(columns) if columns else ([], 0)
    header = {"county": COUNTY, "seq": seq, **fields}
    raw = render_document(header, parts, count, signer.verifier.public.hex(), signer.sign)
    yield from derive_commands(parse_document(raw), at)


def _make_id(number: int) -> str:
    born = f"{1930 + number // 336 // 900 % 90:04d}{1 + number // 28 % 12:02d}{1 + number % 28:02d}"
    body = f"511199{born}{number // 336 % 900 + 100:03d}"
    check = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11
    return body + "10X98765432"[check]
