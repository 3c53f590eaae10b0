"""A log, its witnesses, and the deterministic vector of the reference: seeds 0…31 and 32…63, leaves r0…r6."""

from consolidator.transparency.checkpoint import Checkpoint, sign_checkpoint
from consolidator.transparency.cosignatures import cosign
from consolidator.transparency.keys import COSIGNATURE, Ed25519Signer, derive_signer, render_vkey
from consolidator.transparency.notes import attach_signature_lines
from consolidator.transparency.policy import Policy, Witness, parse_policy
from consolidator.transparency.tree import CompactRange

NOW = 1767225600
LOG = derive_signer("log.example/disbursement/2026", bytes(range(32)))
WITNESS = derive_signer("audit.example/w1", bytes(range(32, 64)), COSIGNATURE)
ENTRIES = [b"r%d" % number for number in range(7)]
CHECKPOINT = Checkpoint(LOG.name, 7, CompactRange().append_many(ENTRIES).root())
SIGNED = sign_checkpoint(CHECKPOINT, LOG)
LOG_VKEY = "log.example/disbursement/2026+eb0982a5+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
WITNESS_VKEY = "audit.example/w1+c2fa1a02+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
WITNESS_LINE = (
    "— audit.example/w1 "
    "wvoaAgAAAABpVbkANZKzm9oDWycIBjpmdQI5Nq2mgEpkyeFX4vXBES/GYJEf4KkU6gh9IaaXJaR8qQO4ZeESwnawoL6uk4j3HtQqDg==\n"
)
# The file of the reference, byte for byte: entry 5, the hashes from its sibling up, the cosigned checkpoint.
TLOG_PROOF = (
    "c2sp.org/tlog-proof@v1\n"
    "index 5\n"
    "ZIewFrAygePS43PncNpI//CYp2g0S9YvgSRGsLBwWxg=\n"
    "iNJ5DUkJ9AYZusnh6byIccg/UeHB4319MEonzRW0UYc=\n"
    "75J7CFQGy1T4cdNfDyVvIySKfvmb/s8LwMsrdYWbCkI=\n"
    "\n"
    "log.example/disbursement/2026\n"
    "7\n"
    "Jls+J923YPitSfeEzFD/2lHphlnIaDxK/cQQd5PYCB8=\n"
    "\n"
    "— log.example/disbursement/2026 "
    "6wmCpWEKUN4MCsS6UVB0utGA0mLCsCjs6TLrhm2Bqx5o+TXnOOm5RLdqAdmxrf3yhjsYB78p/VVCSxwjQAY8hBfMDAs=\n" + WITNESS_LINE
)


def make_witness(number: int) -> Ed25519Signer:
    """Give a witness of its own name and key."""
    return derive_signer(f"w{number}.example", number.to_bytes(32, "big"), COSIGNATURE)


def make_policy(count: int, threshold: int) -> Policy:
    """Give a policy of so many witnesses w1, w2, … of which so many are enough."""
    names = [f"w{number}" for number in range(1, count + 1)]
    lines = [f"witness {name} {render_vkey(make_witness(at).verifier)}" for at, name in enumerate(names, start=1)]
    group = f"group quorum-of-bodies {threshold} {' '.join(names)}"
    return parse_policy("\n".join([f"log {LOG_VKEY}", *lines, group, "quorum quorum-of-bodies"]).encode())


def make_cosigned(*numbers: int, signed: bytes = SIGNED, seconds: int = NOW) -> bytes:
    """Give the checkpoint with the cosignatures of these witnesses, in this order."""
    return attach_signature_lines(signed, [cosign(CHECKPOINT, make_witness(number), seconds) for number in numbers])


def make_single_policy() -> Policy:
    """Give the policy under which the vector's one witness is enough."""
    return Policy(LOG.verifier, "w", (Witness("w", WITNESS.verifier),))
