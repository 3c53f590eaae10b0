"""Every way in which an exported log is spoiled in the tests: by name, what is done and what must be said."""

import re
import shutil
from collections.abc import Callable, Mapping

from consolidator.transparency.bundles import parse_bundle, render_bundle
from consolidator.transparency.checkpoint import Checkpoint, sign_checkpoint
from consolidator.transparency.cosignatures import cosign
from consolidator.transparency.keys import derive_signer
from consolidator.transparency.notes import attach_signature_lines, parse_untrusted_note, render_signature_line
from tests.support.published import render_log, write_files
from tests.unit.verify.exported import ENTRIES, MORE, Exported, head_of, make_story, make_witness
from tests.unit.verify.story import SIGNER, Entry, find, render

Spoil = Callable[[Exported], object]
SIZE = len(ENTRIES)
WIDTH = SIZE % 256
PARTIAL_BUNDLE = f"tile/entries/{SIZE // 256:03d}.p/{WIDTH}"
PARTIAL_TILE = f"tile/0/{SIZE // 256:03d}.p/{WIDTH}"
UPPER_TILE = f"tile/1/000.p/{SIZE // 256}"
NOT_THE_ROOT = "the tree's root is not the checkpoint's"
OTHER_KEY = derive_signer(SIGNER.name, b"o" * 32)  # the log's name, another key
NOT_THE_ENTRIES = r"the hashes in tile/\S+ are not those of the entries"


def flip(at: int, bit: int = 1) -> Callable[[bytes], bytes]:
    """Change one bit."""

    def change(raw: bytes) -> bytes:
        spoiled = bytearray(raw)
        spoiled[at] ^= bit
        return bytes(spoiled)

    return change


def edit(path: str, change: Callable[[bytes], bytes]) -> Spoil:
    """Change one file."""
    return lambda log: log.edit(path, change)


def edit_entries(change: Callable[[list[bytes]], object], index: int = 1) -> Spoil:
    """Change the entries of one full bundle and write it anew."""

    def rewrite(raw: bytes) -> bytes:
        entries = parse_bundle(raw, 256)
        change(entries)
        return render_bundle(entries)

    return edit(f"tile/entries/{index:03d}", rewrite)


def remove(path: str) -> Spoil:
    """Remove one file."""
    return lambda log: (log.folder / path).unlink()


def swap(one: str, other: str) -> Spoil:
    """Let two files change places."""

    def spoil(log: Exported) -> None:
        a, b = log.folder / one, log.folder / other
        first, second = a.read_bytes(), b.read_bytes()
        a.write_bytes(second)
        b.write_bytes(first)

    return spoil


def edit_text(old: str, new: str) -> Spoil:
    """Change the text of the checkpoint and leave its signatures."""
    return edit("checkpoint", lambda raw: raw.replace(old.encode(), new.encode(), 1))


def edit_lines(change: Callable[[list[bytes]], list[bytes]]) -> Spoil:
    """Change the signature lines of the checkpoint: the log's first, then those of witnesses 1 to 4."""

    def rewrite(raw: bytes) -> bytes:
        text, _, lines = raw.rpartition(b"\n\n")
        return text + b"\n\n" + b"".join(line + b"\n" for line in change(lines.split(b"\n")[:-1]))

    return edit("checkpoint", rewrite)


def republish(change: Callable[[list[bytes]], object]) -> Spoil:
    """Change entries, make bundles and tiles anew, and leave the checkpoint as it was."""

    def spoil(log: Exported) -> None:
        entries = [*ENTRIES]
        change(entries)
        write_files(log.folder, render_log(entries))

    return spoil


def tell_otherwise(change: Callable[[list[Entry]], object]) -> Spoil:
    """Let a dishonest log say something else from the beginning on: all of it signed and cosigned as it should be."""

    def spoil(log: Exported) -> None:
        story = make_story()
        change(story)
        shutil.rmtree(log.folder)
        log.publish([render(entry) for entry in story])

    return spoil


def see_then(spoil: Spoil) -> Spoil:
    """Let the verifier see the log as it is, before it is spoiled."""

    def spoiled(log: Exported) -> None:
        log.seen.parent.mkdir(exist_ok=True)
        log.seen.write_bytes((log.folder / "checkpoint").read_bytes())
        spoil(log)

    return spoiled


def sign_again(log: Exported) -> None:
    """Sign the same head with another key under the log's name; the witnesses' lines stay."""
    lines = log.cosign(head_of(ENTRIES)).split(b"\n")[5:-1]
    signed = sign_checkpoint(head_of(ENTRIES), OTHER_KEY)
    log.put_checkpoint(signed + b"".join(line + b"\n" for line in lines))


def cosign_other_head(log: Exported) -> None:
    """Take over a witness's cosignature of another head; a known key that signed something else."""
    raw = log.cosign(head_of(ENTRIES), (1, 2))
    other = cosign(head_of(ENTRIES[:-1]), make_witness(3), log.seconds)
    log.put_checkpoint(attach_signature_lines(raw, [other]))


def cosign_with_stranger(log: Exported) -> None:
    """Let somebody cosign whom the policy does not know, in place of the third witness."""
    stranger = cosign(head_of(ENTRIES), make_witness(9), log.seconds)
    log.put_checkpoint(attach_signature_lines(log.cosign(head_of(ENTRIES), (1, 2)), [stranger]))


def cosign_under_anothers_name(log: Exported) -> None:
    """Let witness 4 sign under the name of witness 3."""
    _, lines = parse_untrusted_note(log.cosign(head_of(ENTRIES), (3, 4)))
    line = render_signature_line(lines[2]).replace(b"w4.example", b"w3.example")
    log.put_checkpoint(log.cosign(head_of(ENTRIES), (1, 2)) + line)


def grow_otherwise(log: Exported) -> None:
    """Grow by one entry, and have another in the midst."""
    entries = [*ENTRIES, ENTRIES[-1]]
    entries[300:302] = [entries[301], entries[300]]
    log.publish(entries)


def publish_other_root(log: Exported) -> None:
    """Sign and cosign, at the same size, a log that tells the same with another amount sealed."""
    story = make_story()
    find(story, "orders", 5)["sealed"] = "6" * 64
    log.publish([render(entry) for entry in story])


def fork(log: Exported) -> None:
    """Sign and cosign a longer log that tells something else about what was seen."""
    story = make_story()
    find(story, "orders", 5)["sealed"] = "6" * 64
    log.publish([render(entry) for entry in [*story, MORE]])


def publish_less(log: Exported) -> None:
    """Publish an earlier head again, and all its files."""
    log.publish(ENTRIES[:-1])


def stale(log: Exported, age: int = 301) -> None:
    """Let two of four witnesses have cosigned too long ago: three are enough, so two fresh ones are not."""
    old = log.cosign(head_of(ENTRIES), (1, 2), age)
    fresh = log.cosign(head_of(ENTRIES), (3, 4)).split(b"\n")[5:-1]
    log.put_checkpoint(old + b"".join(line + b"\n" for line in fresh))


def append(entries: list[bytes]) -> None:
    """Add an entry at the end."""
    entries.append(entries[-1])


def _set(kind: str, nth: int = 0, **fields: object) -> Spoil:
    return tell_otherwise(lambda story: find(story, kind, nth).update(fields))


FILES: Mapping[str, tuple[Spoil, str]] = {
    "a bit in the first entry": (edit("tile/entries/000", flip(40)), NOT_THE_ENTRIES),
    "a bit in an entry of a full bundle": (edit("tile/entries/001", flip(5000)), NOT_THE_ENTRIES),
    "a bit in a commitment": (
        edit_entries(lambda e: e.__setitem__(9, e[9].replace(b"5555", b"6555", 1))),
        NOT_THE_ENTRIES,
    ),
    "a bit in the length of an entry": (edit("tile/entries/001", flip(1)), "tile/entries/001 is torn"),
    "a bit in the last bundle": (edit(PARTIAL_BUNDLE, flip(-20)), NOT_THE_ENTRIES),
    "a bundle cut short": (edit("tile/entries/000", lambda raw: raw[:-1]), "tile/entries/000 is torn"),
    "a bundle lengthened": (edit("tile/entries/000", lambda raw: raw + b"\0"), "tile/entries/000 is torn"),
    "a bundle with one entry more": (edit_entries(append), "tile/entries/001 is torn"),
    "a bundle with one entry less": (edit_entries(list.pop), "tile/entries/001 is torn"),
    "two entries swapped": (edit_entries(lambda e: e.insert(8, e.pop(9))), NOT_THE_ENTRIES),
    "an entry twice, another left out": (edit_entries(lambda e: e.__setitem__(9, e[8])), NOT_THE_ENTRIES),
    "an empty bundle": (edit("tile/entries/001", lambda _: b""), "tile/entries/001 is torn"),
    "two bundles swapped": (swap("tile/entries/001", "tile/entries/000"), NOT_THE_ENTRIES),
    "a bundle missing": (remove("tile/entries/001"), "the log has no tile/entries/001"),
    "the last bundle missing": (remove(PARTIAL_BUNDLE), "the log has no tile/entries/"),
    "the last bundle cut": (edit(PARTIAL_BUNDLE, lambda raw: raw[:-1]), "is torn"),
    "a bundle's place taken by a tile": (swap("tile/entries/001", "tile/0/001"), "tile/entries/001 is torn"),
    "a bit in a full tile": (edit("tile/0/001", flip(77)), "the hashes in tile/0/001 are not"),
    "a bit in the last tile": (edit(PARTIAL_TILE, flip(-1)), f"the hashes in {re.escape(PARTIAL_TILE)} are not"),
    "a bit in an upper tile": (edit(UPPER_TILE, flip(0)), f"the hashes in {re.escape(UPPER_TILE)} are not"),
    "a tile with a hash more": (edit("tile/0/000", lambda raw: raw + raw[:32]), "the hashes in tile/0/000 are not"),
    "a tile with a hash less": (edit(PARTIAL_TILE, lambda raw: raw[:-32]), f"in {re.escape(PARTIAL_TILE)} are not"),
    "two hashes of a tile swapped": (
        edit("tile/0/000", lambda raw: raw[32:64] + raw[:32] + raw[64:]),
        "the hashes in tile/0/000 are not",
    ),
    "two tiles swapped": (swap("tile/0/000", "tile/0/001"), "the hashes in tile/0/000 are not"),
    "a tile missing": (remove("tile/0/001"), "the log has no tile/0/001"),
    "the last tile missing": (remove(PARTIAL_TILE), r"the log has no tile/0/\d+\.p"),
    "the upper tile missing": (remove(UPPER_TILE), r"the log has no tile/1/000\.p"),
    "an empty tile": (edit("tile/0/001", lambda _: b""), "the hashes in tile/0/001 are not"),
    "another seal, tiles made anew, not signed": (
        republish(lambda e: e.__setitem__(500, e[500].replace(b"5555", b"6555", 1))),
        NOT_THE_ROOT,
    ),
    "the last entry changed, tiles made anew, not signed": (
        republish(lambda e: e.__setitem__(-1, e[-1].replace(b"5555", b"6555", 1))),
        NOT_THE_ROOT,
    ),
}
CHECKPOINTS: Mapping[str, tuple[Spoil, str]] = {
    "no checkpoint": (remove("checkpoint"), "the log has no checkpoint"),
    "an empty checkpoint": (edit("checkpoint", lambda _: b""), "a note ends in a newline"),
    "a checkpoint that is none": (edit("checkpoint", lambda _: b"hello\n\nworld\n"), "signature line of the note"),
    "a bit in the root": (
        lambda log: log.edit("checkpoint", flip(len(SIGNER.name) + 10, 2)),
        "a signature under a known key is wrong|not a checkpoint",
    ),
    "another size": (edit_text(f"\n{SIZE}\n", f"\n{SIZE - 1}\n"), "a signature under a known key is wrong"),
    "a size with a zero in front": (edit_text(f"\n{SIZE}\n", f"\n0{SIZE}\n"), "signature under a known key is wrong"),
    "another origin": (edit_text("log.example", "lag.example"), "a signature under a known key is wrong|no known key"),
    "one line more": (edit_text("=\n\n", "=\nextension\n\n"), "a signature under a known key is wrong"),
    "lines ended as on Windows": (edit("checkpoint", lambda raw: raw.replace(b"\n", b"\r\n")), "no other control"),
    "no newline at the end": (edit("checkpoint", lambda raw: raw[:-1]), "a note ends in a newline"),
    "the blank line gone": (edit("checkpoint", lambda raw: raw.replace(b"\n\n", b"\n")), "a note has a blank line"),
    "the log's own signature gone": (edit_lines(lambda lines: lines[1:]), "no known key signed this note"),
    "no signature at all": (edit_lines(lambda _: []), "a note"),
    "a bit in the log's signature": (
        edit_lines(lambda lines: [lines[0][:-9] + bytes([lines[0][-9] ^ 1]) + lines[0][-8:], *lines[1:]]),
        "a signature under a known key is wrong",
    ),
    "signed again by another key of the same name": (sign_again, "no known key signed this note"),
    "signed by another log": (
        lambda log: log.put_checkpoint(
            sign_checkpoint(Checkpoint("other.example", SIZE, bytes(32)), derive_signer("other.example", bytes(32)))
        ),
        "no known key signed this note",
    ),
    "one witness too few": (edit_lines(lambda lines: lines[:3]), "too few witnesses .* w3, w4"),
    "no witness": (edit_lines(lambda lines: lines[:1]), "too few witnesses .* w1, w2, w3, w4"),
    "a cosignature twice, counted once": (edit_lines(lambda lines: [*lines[:3], lines[2]]), "too few witnesses"),
    "a bit in a cosignature": (
        edit_lines(lambda lines: [*lines[:4], lines[4][:-9] + bytes([lines[4][-9] ^ 1]) + lines[4][-8:]]),
        "a signature under a known key is wrong|malformed",
    ),
    "a cosignature of another head": (cosign_other_head, "a signature under a known key is wrong"),
    "a cosignature by a stranger": (cosign_with_stranger, "too few witnesses"),
    "a cosignature under another witness's name": (cosign_under_anothers_name, "too few witnesses"),
    "cosigned too long ago": (
        lambda log: log.put_checkpoint(log.cosign(head_of(ENTRIES), age=301)),
        "the checkpoint is too old",
    ),
    "two of four cosigned too long ago": (stale, "the checkpoint is too old"),
    "cosigned in the future": (
        lambda log: log.put_checkpoint(log.cosign(head_of(ENTRIES), age=-3600)),
        "cosignatures are from the future",
    ),
}
HISTORIES: Mapping[str, tuple[Spoil, str]] = {
    "rolled back": (see_then(publish_less), f"rolled back: it had {SIZE} entries .* has {SIZE - 1} now; the evidence"),
    "another root at the same size": (see_then(publish_other_root), f"forked: its first {SIZE} .*; the evidence"),
    "a longer log that is another": (see_then(fork), f"forked: its first {SIZE} entries .*; the evidence"),
    "grown, and two entries swapped": (see_then(grow_otherwise), "entry [0-9]+"),
}
LIES: Mapping[str, tuple[Spoil, str]] = {
    "a number of a key left out": (_set("document", 3, seq=3), "the key's number is 3 where 2 is due"),
    "a line left out": (tell_otherwise(lambda s: s.remove(find(s, "line", 400))), "its line is not the next"),
    "a line twice": (tell_otherwise(lambda s: s.insert(400, s[400])), "its line is not the next"),
    "a line with another amount": (_set("line", 400, amount_fen=11), "do not add up to the control total|not what is"),
    "a total that is not its lines'": (_set("batch", 0, totals={"ready": [3, 901]}), "its totals are not those"),
    "an order file of more than is ready": (_set("orders", 0, fen=601), "more than what is ready"),
    "a close that is not the hour's": (
        tell_otherwise(lambda s: find(s, "close", 0)["rows"][0].__setitem__(4, 901)),
        "its rows are not the moves of the hour",
    ),
    "a warning taken back": (_set("line", 2, findings=[]), "its state does not follow from its findings"),
    "one person clearing alone": (_set("document", 7, confirms="7" * 64), "no second key|its cause"),
    "time that goes back": (_set("line", 400, at="2026-11-05T08:00:00Z"), "time goes backwards"),
    "the genesis of another log": (_set("genesis", 0, origin="log.example/other"), "names another log"),
    "no genesis": (tell_otherwise(lambda s: s.pop(0)), "entry 0: a log begins with its genesis"),
}
HARMLESS: Mapping[str, Spoil] = {
    "cosignatures in another order": edit_lines(lambda lines: [*lines[:1], *reversed(lines[1:])]),
    "the log's line last": edit_lines(lambda lines: [*lines[1:], lines[0]]),
    "three cosignatures where three are enough": edit_lines(lambda lines: lines[:4]),
    "a signature of somebody unknown": edit_lines(lambda lines: [*lines, lines[1].replace(b"w1.", b"x1.")]),
    "a signature of an unknown kind": edit_lines(lambda lines: [*lines, "— pq.example /////wAA".encode()]),
    "a cosignature twice": edit_lines(lambda lines: [*lines, lines[-1]]),
    "cosigned again later": lambda log: log.put_checkpoint(log.cosign(head_of(ENTRIES), age=-2)),
    "one witness's clock an hour ahead": lambda log: log.put_checkpoint(
        log.cosign(head_of(ENTRIES), (1, 2, 3)) + log.cosign(head_of(ENTRIES), (4,), -3600).split(b"\n")[5] + b"\n"
    ),
    "one witness long ago": (
        lambda log: log.put_checkpoint(
            log.cosign(head_of(ENTRIES), (1, 2, 3)) + log.cosign(head_of(ENTRIES), (4,), 9000).split(b"\n")[5] + b"\n"
        )
    ),
    "older partial files left lying": lambda log: write_files(log.folder, render_log(ENTRIES[:-5])),
    "files that belong to nobody": lambda log: write_files(log.folder, {"tile/0/900": b"x", "index.html": b"x"}),
    "the same head seen before": see_then(lambda _: None),
    "grown since it was seen": see_then(
        lambda log: log.publish([*ENTRIES, render(MORE)]),
    ),
}
