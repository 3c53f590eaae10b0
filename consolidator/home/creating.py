"""Owns the making of a home (``init``): keys, settings, policy file, journal with its genesis; all of it or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from consolidator.gate.quorums import derive_policy, render_derived_policy
from consolidator.home.building import build_folder
from consolidator.home.files import make_folder, write_whole
from consolidator.home.paths import FOLDERS, Home
from consolidator.intake.manifest import Manifest, read_manifest
from consolidator.keys import (
    make_epoch_keys,
    make_signer,
    read_epoch_keys,
    read_signer,
    render_epoch_keys,
    write_signer,
)
from consolidator.settings import Adapter, Settings, derive_origin, render_settings, validate_origin
from consolidator.transparency.keys import ED25519, Ed25519Signer, parse_vkey, render_vkey
from schemas.commands import Command, Genesis, render_genesis
from schemas.errors import ConfigurationError
from schemas.identifiers import COUNTY
from schemas.instants import derive_year
from schemas.quorum import QuorumValue
from streams.embedded.copying import create_copy
from streams.embedded.journal import create_journal

NOBODY = QuorumValue(type="none")


@dataclass(frozen=True, slots=True)
class Founding:
    """All that a new home is made of. ``at`` stamps the genesis; ``adapters`` maps a source to its key and profiles.

    ``quorum`` is the first one, which genesis pins.
    """

    county: str
    at: int
    log_key: Ed25519Signer
    epoch_keys: Mapping[int, bytes]
    roots: Sequence[str]
    adapters: Mapping[str, tuple[Ed25519Signer, Sequence[str]]]
    quorum: QuorumValue = NOBODY
    cluster: str | None = None  # the cluster's settings, as the home's settings name them; None: a home of its own

    @property
    def origin(self) -> str:
        """The log's name is its key's name."""
        return self.log_key.name


def plan_county(
    county: str, origin: str, root_keys: Sequence[str], now: int, log_key: Ed25519Signer | None = None
) -> Founding:
    """Plan a home with new random keys; ``root_keys`` are the root officers' vkeys, two at least.

    ``origin`` names the log for life; empty gives one that is good for trying out only. A log key made before, which
    witnesses know already, has its origin as its name.
    """
    if COUNTY.fullmatch(county) is None:
        message = "县区代码应为六位数字 / a county code has six digits: use --county"
        raise ConfigurationError(message)
    name = validate_origin(origin or (derive_origin(county) if log_key is None else log_key.name))
    if log_key is not None and log_key.name != name:
        message = "日志密钥的名称须与 --origin 相同 / the log key's name must be the --origin: make one with that name"
        raise ConfigurationError(message)
    epoch_keys = make_epoch_keys(derive_year(now))
    return Founding(county, now, log_key or make_signer(name), epoch_keys, _parse_roots(root_keys), {})


def plan_sample(county: str, sample: Path) -> Founding:
    """Plan a home with a sample's published keys: for demonstration only. Genesis is stamped with its first instant."""
    manifest = read_manifest(sample)
    if manifest.county != county:
        message = (
            f"示例属于县区 {manifest.county},请改 --county / "
            f"the sample is of county {manifest.county}: use --county {manifest.county}"
        )
        raise ConfigurationError(message)
    log_key = read_signer(sample / "keys" / "log.key")
    if log_key.name != manifest.origin:
        message = "示例日志密钥与清单不符 / the sample's log key is not its origin's: make the sample again"
        raise ConfigurationError(message)
    epoch_keys = read_epoch_keys(sample / "keys" / "epochs.keys")
    roots = _parse_roots(manifest.roots)
    return Founding(county, manifest.items[0].stamp, log_key, epoch_keys, roots, _read_adapters(sample, manifest))


def _read_adapters(sample: Path, manifest: Manifest) -> dict[str, tuple[Ed25519Signer, Sequence[str]]]:
    return {each.source: (read_signer(sample / each.key), each.profiles) for each in manifest.adapters}


def _parse_roots(vkeys: Sequence[str]) -> list[str]:
    """Give the root officers' keyids (public keys in hex), which must be different."""
    verifiers = [parse_vkey(text) for text in vkeys]
    roots = [verifier.public.hex() for verifier in verifiers]
    if any(verifier.kind != ED25519 for verifier in verifiers) or len(set(roots)) != len(roots) or len(roots) < 2:  # noqa: PLR2004 -- two persons
        message = (
            "至少需要两名不同的根管理员 / at least two different root officers: "
            "give --root-key VKEY twice ('consolidator key new' makes keys)"
        )
        raise ConfigurationError(message)
    return roots


def create_home(root: Path, founding: Founding) -> Home:
    """Make the home, all of it or nothing. Raises ConflictError when something stands there already."""
    with build_folder(root) as draft:
        _fill(Home(draft), founding)
    return Home(root)


def _fill(home: Home, founding: Founding) -> None:
    for name in FOLDERS:
        make_folder(home.root / name)
    write_signer(home.log_key, founding.log_key)
    write_whole(home.epoch_keys, render_epoch_keys(founding.epoch_keys))
    adapters = [_write_adapter(home, source, *adapter) for source, adapter in sorted(founding.adapters.items())]
    write_whole(home.settings, render_settings(derive_settings(founding, adapters)).encode())
    write_whole(home.policy, render_derived_policy(derive_policy(founding.quorum, founding.log_key.verifier)))
    create = create_journal if founding.cluster is None else create_copy
    create(home.journal, Command("genesis", founding.at, render_genesis(derive_genesis(founding))))


def derive_settings(founding: Founding, adapters: Sequence[Adapter]) -> Settings:
    """Give the settings that a new home begins with."""
    return Settings(
        county=founding.county,
        origin=founding.origin,
        engine="embedded" if founding.cluster is None else "kafka",
        cluster=founding.cluster,
        adapter=list(adapters),
    )


def derive_genesis(founding: Founding) -> Genesis:
    """Give what the first command pins."""
    return Genesis(
        county=founding.county,
        origin=founding.origin,
        roots=list(founding.roots),
        quorum="none" if founding.quorum == NOBODY else founding.quorum,
        key=render_vkey(founding.log_key.verifier),
    )


def _write_adapter(home: Home, source: str, signer: Ed25519Signer, profiles: Sequence[str]) -> Adapter:
    write_signer(home.keys / f"{source}.key", signer)
    make_folder(home.inbox / source)
    return Adapter(source=source, key=f"keys/{source}.key", profiles=list(profiles))


def read_log_vkey(home: Home) -> str:
    """Give the verifier key that everybody needs to check this log."""
    return render_vkey(read_signer(home.log_key).verifier)
