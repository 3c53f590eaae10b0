"""Owns the sample's keys. They come from the seed, so anybody can make them again: for show, never for money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consolidator.sample.dice import derive_secret
from consolidator.sample.people import VILLAGE_BANK
from consolidator.sample.places import BANK_NAMES, TOWN_NAMES
from consolidator.sample.programmes import DEPARTMENTS
from consolidator.transparency.keys import Ed25519Signer, derive_signer, render_private_key, render_vkey
from schemas.policy import Role

EPOCHS = range(2026, 2056)
ROOTS = ("root-1", "root-2")
TOWN_SOURCES = tuple(f"town-{number:02d}" for number in range(1, len(TOWN_NAMES) + 1))
CENSUS_PROFILES = ("census", "designations")
_REGISTER_SOURCES: Mapping[str, Sequence[str]] = {
    "police": ("population",),
    "civil": ("library", "relations", "deaths"),
    "personnel": ("officials", "relatives", "payroll"),
}
REGISTER_SOURCE = {name: source for source, names in _REGISTER_SOURCES.items() for name in names}


@dataclass(frozen=True, slots=True)
class Seat:
    """An officer's place: who he is and what he may send. Its key lies in ``keys/officer-<name>.key``."""

    name: str
    source: str
    role: Role
    kinds: tuple[str, ...]
    title: str


SEATS = (
    Seat("bureau-clerk", "bureau", "clerk", ("expected", "review", "release"), "财政局经办 / bureau clerk"),
    Seat(
        "bureau-reviewer-1",
        "bureau",
        "reviewer",
        ("review", "disposition", "confirm"),
        "财政局复核一 / bureau reviewer 1",
    ),
    Seat(
        "bureau-reviewer-2",
        "bureau",
        "reviewer",
        ("review", "disposition", "confirm"),
        "财政局复核二 / bureau reviewer 2",
    ),
    Seat("bureau-approver", "bureau", "approver", ("review", "confirm"), "财政局审批 / bureau approver"),
    Seat(
        "oversight-supervisor",
        "oversight",
        "supervisor",
        ("review", "disposition"),
        "纪检监察监督员 / oversight supervisor",
    ),
)


@dataclass(frozen=True, slots=True)
class Adapter:
    """A source whose files are unsigned: the adapter that reads them signs with this key."""

    source: str
    name: str
    type: str
    profiles: tuple[str, ...]
    bank: str | None = None  # of a bank: its code

    @property
    def key_name(self) -> str:
        """The name its key signs under, and its file's name."""
        return f"adapter-{self.source}"


def list_adapters() -> list[Adapter]:
    """Give every source that sends files: departments, townships, banks."""
    departments = {**DEPARTMENTS, "police": "公安局", "personnel": "组织部"}
    return [
        *(
            Adapter(source, f"示例县{name}", "department", _list_profiles(source))
            for source, name in departments.items()
        ),
        *(
            Adapter(source, f"示例县{name}", "township", CENSUS_PROFILES)
            for source, name in zip(TOWN_SOURCES, TOWN_NAMES, strict=True)
        ),
        *(Adapter(f"bank-{code}", name, "bank", _list_bank_profiles(code), code) for code, name in BANK_NAMES.items()),
    ]


def _list_bank_profiles(code: str) -> tuple[str, ...]:
    """Every bank answers its orders; the village bank once paid farm subsidies, and was asked about accounts."""
    return (*(("batchpay-402", "verification") if code == VILLAGE_BANK else ()), f"results-{code}")


def _list_profiles(source: str) -> tuple[str, ...]:
    batches = ("bureau-batch",) if source in DEPARTMENTS else ()
    return (*batches, *(f"register-{name}" for name in _REGISTER_SOURCES.get(source, ())))


def derive_origin(county: str) -> str:
    """Give the name of a sample county's log."""
    return f"consolidator.example/{county}"


def derive_key(seed: int, name: str) -> Ed25519Signer:
    """Give the signer of a name."""
    return derive_signer(name, derive_secret(seed, name))


def derive_log_key(seed: int, county: str) -> Ed25519Signer:
    """Give the log's signer, under its origin."""
    return derive_signer(derive_origin(county), derive_secret(seed, "log"))


def derive_public(seed: int, name: str) -> str:
    """Give a key as documents and policy name it: the public half in hex."""
    return derive_key(seed, name).verifier.public.hex()


def render_keys(seed: int, county: str) -> dict[str, bytes]:
    """Write all key files: name below ``keys/`` → its bytes."""
    names = (*ROOTS, *(f"officer-{seat.name}" for seat in SEATS), *(each.key_name for each in list_adapters()))
    signers = {"log": derive_log_key(seed, county)} | {name: derive_key(seed, name) for name in names}
    files = {f"{name}.key": f"{render_private_key(signer)}\n".encode() for name, signer in signers.items()}
    epochs = "".join(f"{year} {derive_secret(seed, f'epoch {year}').hex()}\n" for year in EPOCHS)
    return files | {"epochs.keys": epochs.encode()}


def list_roots(seed: int) -> list[str]:
    """Give the root officers' verifier keys."""
    return [render_vkey(derive_key(seed, name).verifier) for name in ROOTS]
