"""A county under witnesses with an order file, its proof and the bank's policy, for tests that judge or change them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bank_adapters.formats.order_layouts import OrderLayout
from bank_adapters.formats.orders import RenderedFile, render_order_file
from bank_adapters.profiles import Profile, find_order_profile, load_profiles
from consolidator.gate.passing import grant_clearance
from consolidator.gate.proving import collect_rest, open_entry, prove_opened
from consolidator.transparency.checkpoint import open_checkpoint
from consolidator.transparency.cosignatures import cosign
from consolidator.transparency.keys import parse_vkey
from consolidator.transparency.notes import attach_signature_lines
from consolidator.transparency.policy import Policy
from consolidator.transparency.proofs import ReadNode
from consolidator.transparency.tree import hash_leaves, node_hash
from schemas.commits import Bundle
from schemas.orders import OrderColumns, OrderFile, OrderPart, parse_order_part
from schemas.quorum import QuorumValue
from tests.support.witnesses import LOG_VKEY, NAMES, derive_test_policy, describe_quorum, make_quorum, make_witness_key
from tests.support.world import EPOCHS, World, split_bundle

COSIGNED_AT = 1_794_000_000


@dataclass
class Records:
    """What a World committed, as the part of a journal that the gate reads."""

    world: World

    def bundles(self, first: int = 0) -> Iterator[Bundle]:
        """Give the bundles from the one that holds entry ``first``."""
        bundles = (bundle for step in self.world.steps for bundle in step.bundles)
        return (bundle for bundle in bundles if bundle.first + bundle.count > first)

    def order_files(self, first: int = 0) -> Iterator[OrderFile]:
        """Give the order files."""
        return (file for step in self.world.steps for file in step.order_files if file.entry >= first)

    def order_parts(self, file: str) -> Iterator[OrderPart]:
        """Give a file's parts."""
        return (part for step in self.world.steps for part in step.order_parts if part.file == file)


def read_nodes(world: World) -> ReadNode:
    """Give the nodes of the World's tree, hashed one by one."""
    entries = [entry for step in world.steps for bundle in step.bundles for entry in split_bundle(bundle)]
    leaves = list(hash_leaves(entries))

    def read(level: int, index: int) -> bytes:
        return node_hash(read(level - 1, 2 * index), read(level - 1, 2 * index + 1)) if level else leaves[index]

    return read


def cosign_note(signed: bytes, names: Sequence[str], seconds: int = COSIGNED_AT) -> bytes:
    """Have witnesses cosign a checkpoint."""
    checkpoint = open_checkpoint(signed, parse_vkey(LOG_VKEY))
    return attach_signature_lines(signed, [cosign(checkpoint, make_witness_key(name), seconds) for name in names])


@dataclass(frozen=True)
class Sealed:
    """An order file as its bank gets it."""

    file: OrderFile
    layout: OrderLayout
    rendered: RenderedFile
    proof: bytes


def make_world(value: QuorumValue | None = None) -> World:
    """Give a county whose genesis asks for witnesses: three of four."""
    world = World(pinned={"key": LOG_VKEY, "quorum": describe_quorum() if value is None else value.model_dump()})
    world.set_up()
    return world


def order(world: World, lines: int, batch: str = "PAY") -> OrderFile:
    """Have a batch of so many people paid; gives its order file."""
    world.send_batch(batch, world.settle_people(lines))
    world.release(batch, [("402", lines, 10_000 * lines)])
    return list(Records(world).order_files())[-1]


def seal(world: World, file: OrderFile, layout: OrderLayout | None = None, policy: Policy | None = None) -> Sealed:
    """Render an order file and make its proof under a checkpoint that three witnesses cosigned."""
    records = Records(world)
    chosen = layout or find_layout(file.bank)
    trusted = policy or derive_test_policy(make_quorum())
    parts = [parse_order_part(part.body) for part in records.order_parts(file.file)]
    note = cosign_note(world.county.head().checkpoint.encode(), NAMES[:3])
    clearance = grant_clearance(note, trusted, read_nodes(world))
    opened = open_entry(records, EPOCHS, file, collect_rest(chosen, parts))  # type: ignore[arg-type]  # it reads no more
    proof = prove_opened(clearance, file.entry, opened)
    return Sealed(file, chosen, render_order_file(chosen, file, parts), proof)


def read_list(world: World, file: OrderFile) -> list[OrderColumns]:
    """Give a file's list."""
    return [parse_order_part(part.body) for part in Records(world).order_parts(file.file)]


def find_layout(bank: str, profiles: "dict[str, Profile] | None" = None) -> OrderLayout:
    """Give a bank's layout."""
    layout = find_order_profile(bank, profiles or load_profiles())
    assert layout is not None
    return layout
