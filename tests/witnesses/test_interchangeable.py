"""Our witness and litewitness get the same requests; a client need not know which one it talks to."""

from pathlib import Path

from consolidator.transparency.keys import Verifier, derive_signer
from tests.unit.transparency.parties import LOG, SIGNED
from tests.unit.witness.bench import OTHERS, Client, ask, create, find_line, seal, serving
from tests.witnesses.lite import LITE

STRANGER = derive_signer("log.example/other", bytes(32))
IMPOSTOR = derive_signer(LOG.name, bytes(range(1, 33)))
HASH = b"A" * 43 + b"="
# In this order; each is judged after those before it.
REQUESTS: list[tuple[str, bytes, int]] = [
    ("nothing", b"", 400),
    ("no old size", SIGNED, 400),
    ("a negative size", b"old -1\n\n" + SIGNED, 400),
    ("a hash that is none", b"old 0\nx\n\n" + SIGNED, 400),
    ("64 hashes", b"old 0\n" + (HASH + b"\n") * 64 + b"\n" + SIGNED, 400),
    ("an unknown log", ask(0, 7, signer=STRANGER), 404),
    ("somebody else's signature", ask(0, 7, signer=IMPOSTOR), 403),
    ("an old size while nothing was seen", ask(3, 7), 409),
    ("an old size beyond the new", b"old 8\n\n" + SIGNED, 400),
    ("the first head", ask(0, 5), 200),
    ("the first head again", ask(0, 5), 409),
    ("the same head", ask(5, 5), 200),
    ("another root of that size", ask(5, 5, OTHERS), 422),
    ("a proof of another log", ask(5, 7, OTHERS), 422),
    ("a larger head without proof", b"old 5\n\n" + seal(7), 422),
    ("a larger head", ask(5, 7), 200),
    ("the head before", ask(5, 7), 409),
    ("a smaller head", ask(7, 5), 400),
    ("a much larger head", ask(7, 600), 200),
    (
        "a head with a line of a stranger",
        ask(600, 600, extra=SIGNED.rpartition(b"\n\n")[2].replace(b"2026 ", b"2027 ")),
        200,
    ),
]


def check_answers(client: Client, key: Verifier) -> list[int]:
    """Send all requests; what must be a cosignature or a size is one."""
    statuses = []
    recorded = 0
    for name, body, _ in REQUESTS:
        answer = client.add(body)
        statuses.append(answer.status)
        size = int(body.split(b"\n\n", 1)[-1].split(b"\n")[1]) if answer.status == 200 else 0
        if size:
            find_line(answer, size, key)
            recorded = size
        if answer.status == 409:
            told = (answer.body, answer.headers["content-type"])
            assert told == (b"%d\n" % recorded, "text/x.tlog.size"), name
    return statuses


def test_both_give_the_same_answers_to_the_same_requests(lite: Client, tmp_path: Path) -> None:
    key = create(tmp_path / "w")
    with serving(tmp_path / "w") as running:
        ours = check_answers(running.client, key)
    theirs = check_answers(lite, LITE.verifier)
    expected = [status for _, _, status in REQUESTS]
    assert dict(zip([name for name, _, _ in REQUESTS], zip(ours, theirs, strict=True), strict=True)) == {
        name: (status, status) for name, _, status in REQUESTS
    }
    assert ours == theirs == expected


def test_where_ours_is_stricter_the_specification_is_too(lite: Client, tmp_path: Path) -> None:
    """A proof must be empty where nothing was seen; litewitness takes one."""
    body = b"old 0\n" + HASH + b"\n\n" + SIGNED
    create(tmp_path / "w")
    with serving(tmp_path / "w") as running:
        assert running.client.add(body).status == 422
    assert lite.add(body).status == 200
