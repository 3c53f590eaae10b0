"""Every answer of the protocol, over real sockets: codes, types, the exact bytes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from consolidator.transparency.cosignatures import open_cosigned
from consolidator.transparency.keys import Verifier, derive_signer, render_private_key, render_vkey
from consolidator.witness.home import add_log
from consolidator.witness.settings import make_log
from tests.unit.transparency.parties import ENTRIES as SEVEN
from tests.unit.transparency.parties import LOG, NOW, SIGNED, WITNESS, WITNESS_LINE
from tests.unit.witness.bench import HEX, OTHERS, Answered, Serving, Ticking, ask, create, find_line, seal, serving

STRANGER = derive_signer("log.example/other", bytes(32))
IMPOSTOR = derive_signer(LOG.name, bytes(range(1, 33)))


@pytest.fixture
def key(tmp_path: Path) -> Verifier:
    return create(tmp_path / "w")


@pytest.fixture
def witness(key: Verifier, tmp_path: Path) -> Iterator[Serving]:  # noqa: ARG001 -- it must be made first
    with serving(tmp_path / "w") as running:
        yield running


def test_the_vector_of_the_reference_comes_out_byte_for_byte(tmp_path: Path) -> None:
    create(tmp_path / "w")
    (tmp_path / "w" / "keys" / "witness.key").write_text(render_private_key(WITNESS) + "\n")
    with serving(tmp_path / "w", Ticking(step=0).make()) as running:
        answer = running.client.add(b"old 0\n\n" + SIGNED)
        assert answer == Answered(
            200,
            WITNESS_LINE.encode(),
            {
                "content-type": "text/plain; charset=utf-8",
                "content-length": str(len(WITNESS_LINE.encode())),
                "connection": "keep-alive",
            },
        )
        read = running.client.call("GET", f"/{HEX}/checkpoint")
    assert read.body == SIGNED + WITNESS_LINE.encode()
    assert read.headers["content-type"] == "text/plain; charset=utf-8"
    assert read.headers["access-control-allow-origin"] == "*"
    assert len(SEVEN) == 7


def test_200_a_log_is_cosigned_as_it_grows_and_an_idle_head_again(witness: Serving, key: Verifier) -> None:
    sizes = [(0, 1), (1, 1), (1, 256), (256, 257), (257, 257), (257, 600)]
    seconds = [find_line(witness.client.add(ask(old, size)), size, key).seconds for old, size in sizes]
    assert seconds == sorted(set(seconds))
    read = witness.client.call("GET", f"/{HEX}/checkpoint").body
    cosigned = open_cosigned(read, LOG.verifier, [key])
    assert (cosigned.checkpoint.size, cosigned.cosignatures[0].seconds) == (600, seconds[-1])


def test_400_what_is_no_request_and_an_old_size_beyond_the_new_one(witness: Serving) -> None:
    for body in (b"", b"junk", b"old 0\n" + SIGNED, b"old 00\n\n" + SIGNED, b"old 0\n\n" + SIGNED[:-1], b"\xff" * 300):
        answer = witness.client.add(body)
        assert (answer.status, answer.body[-1:]) == (400, b"\n")
    assert witness.client.add(b"old 8\n\n" + SIGNED).status == 400


def test_403_a_checkpoint_that_the_log_did_not_sign(witness: Serving) -> None:
    text, _, line = SIGNED.partition(b"\n\n")
    assert witness.client.add(ask(0, 7, signer=IMPOSTOR)).status == 403
    assert witness.client.add(b"old 0\n\n" + text.replace(b"\n7\n", b"\n8\n") + b"\n\n" + line).status == 403
    assert witness.client.add(ask(0, 7)).status == 200


def test_404_a_log_that_nobody_created_here(witness: Serving) -> None:
    assert witness.client.add(ask(0, 7, signer=STRANGER)).status == 404


@pytest.mark.parametrize("recorded", [0, 5, 600])
def test_409_another_old_size_is_told_the_recorded_one(witness: Serving, recorded: int) -> None:
    if recorded:
        assert witness.client.add(ask(0, recorded)).status == 200
    answer = witness.client.add(ask(3, 600))
    assert (answer.status, answer.body) == (409, b"%d\n" % recorded)
    assert answer.headers["content-type"] == "text/x.tlog.size"


def test_409_comes_again_for_what_was_just_cosigned_and_shows_the_way(witness: Serving, key: Verifier) -> None:
    assert witness.client.add(ask(0, 7)).status == 200
    assert witness.client.add(ask(0, 7)).status == 409
    find_line(witness.client.add(ask(7, 7)), 7, key)


def test_422_what_does_not_grow_out_of_what_was_seen(witness: Serving) -> None:
    assert witness.client.add(b"old 0\n%s\n\n" % (b"A" * 43 + b"=") + SIGNED).status == 422
    assert witness.client.add(ask(0, 5)).status == 200
    assert witness.client.add(ask(5, 7, OTHERS)).status == 422
    assert witness.client.add(ask(5, 5, OTHERS)).status == 422
    assert witness.client.add(b"old 5\n\n" + seal(7)).status == 422
    assert witness.client.add(ask(5, 7)).status == 200


def test_a_shorter_log_is_never_cosigned(witness: Serving) -> None:
    assert witness.client.add(ask(0, 9)).status == 200
    assert witness.client.add(ask(0, 5)).status == 409
    assert witness.client.add(ask(9, 5)).status == 400
    assert witness.client.call("GET", f"/{HEX}/checkpoint").body.startswith(seal(9))


def test_429_a_second_head_within_one_second_waits_for_the_next(tmp_path: Path, key: Verifier) -> None:
    clock = Ticking(step=0)
    with serving(tmp_path / "w", clock.make()) as running:
        assert running.client.add(ask(0, 5)).status == 200
        assert running.client.add(ask(5, 5)).status == 200
        answer = running.client.add(ask(5, 7))
        assert (answer.status, answer.headers["retry-after"]) == (429, "1")
        assert running.client.call("GET", f"/{HEX}/checkpoint").body.startswith(seal(5))
        clock.seconds += 1
        assert find_line(running.client.add(ask(5, 7)), 7, key).seconds == NOW + 1


def test_of_two_who_ask_at_once_one_gets_it_and_no_size_has_two_roots(witness: Serving, key: Verifier) -> None:
    entries, roots, losers = list[bytes](), dict[int, bytes](), list[int]()
    with ThreadPoolExecutor(2) as threads:
        for _ in range(60):
            old, barrier = len(entries), Barrier(2)

            def submit(entry: bytes, barrier: Barrier = barrier, old: int = old) -> tuple[bytes, Answered]:
                body = ask(old, old + 1, [*entries, entry])
                barrier.wait()
                return entry, witness.client.add(body)

            answers = dict(threads.map(submit, [b"one %d" % old, b"other %d" % old]))
            (won,) = [entry for entry, answer in answers.items() if answer.status == 200]
            losers += [answer.status for entry, answer in answers.items() if entry != won]
            entries.append(won)
            line = find_line(answers[won], old + 1, key, entries)
            assert line.seconds > NOW
            assert old + 1 not in roots
            roots[old + 1] = seal(old + 1, entries)
    assert set(losers) == {409}
    assert witness.client.call("GET", f"/{HEX}/checkpoint").body.startswith(roots[60])


def test_cosignatures_of_others_are_not_kept(witness: Serving) -> None:
    assert witness.client.add(b"old 0\n\n" + SIGNED + WITNESS_LINE.encode()).status == 200
    assert witness.client.call("GET", f"/{HEX}/checkpoint").body.count(b"\n\xe2\x80\x94 ") == 2


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/add-checkpoint", 405),
        ("PUT", "/add-checkpoint", 405),
        ("POST", "/add-checkpoint/", 404),
        ("POST", f"/{HEX}/checkpoint", 405),
        ("DELETE", f"/{HEX}/evidence", 405),
        ("GET", f"/{HEX}/checkpoint", 404),
        ("GET", f"/{HEX.upper()}/evidence", 404),
        ("GET", f"/{HEX}/evidence?x=1", 200),
        ("GET", "/../checkpoint", 404),
    ],
)
def test_other_paths_and_methods_are_turned_away(witness: Serving, method: str, path: str, status: int) -> None:
    assert witness.client.call(method, path).status == status


def test_a_head_request_has_the_headers_and_no_body(witness: Serving) -> None:
    witness.client.add(ask(0, 7))
    told = witness.client.call("HEAD", f"/{HEX}/checkpoint")
    assert (told.status, told.body, int(told.headers["content-length"]) > 200) == (200, b"", True)


def test_requests_are_told_without_what_clients_wrote(witness: Serving) -> None:
    witness.client.add(ask(0, 7))
    witness.client.call("GET", "/511199194912310021/checkpoint")
    witness.client.call("GET", "/511199194912310021")
    witness.client.raw(b"511199194912310021\r\n\r\n")
    told = [(line["method"], line["what"], line["status"]) for line in witness.lines]
    assert told == [("POST", "add-checkpoint", 200), ("GET", "checkpoint", 404), ("GET", "", 404), ("", "", 400)]
    assert "5111" not in str(witness.lines)


def test_a_prefix_stands_before_every_path(tmp_path: Path, key: Verifier) -> None:
    settings = tmp_path / "w" / "witness.toml"
    settings.write_text(settings.read_text().replace('prefix = ""', 'prefix = "/a/w1"'))
    with serving(tmp_path / "w") as running:
        assert running.client.url.endswith("/a/w1")
        running.client.url = running.client.url.removesuffix("/a/w1")
        assert running.client.add(ask(0, 7)).status == 404
        find_line(running.client.call("POST", "/a/w1/add-checkpoint", ask(0, 7)), 7, key)
        assert running.client.call("GET", f"/a/w1/{HEX}/checkpoint").status == 200


def test_two_logs_have_two_histories(tmp_path: Path, key: Verifier) -> None:
    add_log(tmp_path / "w", make_log(render_vkey(STRANGER.verifier), "", follow=False))
    with serving(tmp_path / "w") as running:
        assert running.client.add(ask(0, 7)).status == 200
        assert running.client.add(ask(0, 5, signer=STRANGER)).status == 200
        assert running.client.add(ask(5, 9, signer=STRANGER)).status == 200
        find_line(running.client.add(ask(7, 9)), 9, key)
