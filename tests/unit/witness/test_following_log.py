"""A witness that follows: what is wrong although tree and signature are right, and a host that is down or lies."""

import copy
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest

from consolidator.cli.main import main
from consolidator.transparency.checkpoint import open_checkpoint
from consolidator.transparency.keys import render_vkey
from consolidator.transparency.proofs import check_inclusion
from consolidator.transparency.tlogproof import parse_tlog_proof
from consolidator.transparency.tree import leaf_hash
from consolidator.witness import service as service_module
from consolidator.witness.evidence import VIOLATIONS_MAX, Violation
from consolidator.witness.following import Followed, Follower, Task
from tests.support.published import seal, serve, write_files
from tests.unit.verify.story import ADAPTER, CLERK, SIGNER, STORY, Entry, batch_document, document, find, render
from tests.unit.verify.test_verify_results import CORRUPTIONS as CORRUPTED_RESULTS
from tests.unit.verify.test_verify_story import CORRUPTIONS as CORRUPTED_STORIES
from tests.unit.witness.bench import ask, create, find_line, serving, wait_for
from tests.unit.witness.desk import RAW, SIZE, Desk, Toggled, render_files

Change = Callable[[list[Entry]], object]
CORRUPTIONS = CORRUPTED_STORIES | CORRUPTED_RESULTS


def corrupt(change: Change) -> list[bytes]:
    """Write the story after a change; its tree and signature will be right."""
    story = copy.deepcopy(STORY)
    change(story)
    return [render(entry) for entry in story]


def break_sequence(story: list[Entry]) -> None:
    """Skip a number of the clerk's and go on from there."""
    for entry in story:
        if entry["kind"] == "document" and entry["key"] == CLERK and entry["seq"] > 4:
            entry["seq"] += 1


def break_close(story: list[Entry]) -> None:
    """Say in a close that one yuan less was ordered."""
    find(story, "close", 1)["rows"][0][4] -= 100


def break_conservation(story: list[Entry]) -> None:
    """Let an assessed line vanish into a lower amount."""
    find(story, "line", 0).update(amount_fen=99)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    class Host(Toggled):
        may_go = threading.Event()

    Host.may_go.set()
    (tmp_path / "log").mkdir()
    with serve(tmp_path / "log", Host) as url:
        yield Desk(tmp_path, url, Host)
        Host.may_go.set()


def test_a_log_is_cosigned_entry_by_entry_also_after_a_restart(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    with desk.serving() as running:
        for old, size in ((0, 1), (1, 12), (12, 12), (12, 40)):
            find_line(desk.offer(running, old, RAW, size), size, desk.key, RAW, SIGNER)
        assert running.service.followers[SIGNER.name].follower.size == 40
    with desk.serving() as running:
        find_line(desk.offer(running, 40, RAW), SIZE, desk.key, RAW, SIGNER)
        assert desk.read_evidence(running) == []
    told = desk.status(capsys)
    assert (told["size"], told["followed_to"], told["follow"], told["trouble"]) == (SIZE, SIZE, True, "")


@pytest.mark.parametrize(
    ("change", "kind", "reason", "more"),
    [
        (break_sequence, "document", "the key's number is 6 where 5 is due", 0),
        (break_close, "close", "its rows are not the moves of the hour", 0),
        (break_conservation, "batch", "its lines do not add up to the control total", 1),
    ],
)
def test_a_wrong_entry_is_refused_although_tree_and_signature_are_right(  # noqa: PLR0913, PLR0917 -- its cases
    desk: Desk, capsys: pytest.CaptureFixture[str], change: Change, kind: str, reason: str, more: int
) -> None:
    wrong = corrupt(change)
    with desk.serving() as running:
        answer = desk.offer(running, 0, wrong)
        assert (answer.status, reason in answer.body.decode()) == (422, True)
        (told,) = desk.read_evidence(running)
        index = told["index"]
        assert json.loads(wrong[index])["kind"] == kind
        assert (told["kind"], told["accepted"], reason in told["reason"]) == ("entry", None, True)
        proof = parse_tlog_proof(told["proof"].encode())
        head = open_checkpoint(proof.checkpoint, SIGNER.verifier).head
        check_inclusion(bytes.fromhex(told["leaf"]), proof.index, head, proof.hashes)
        assert (proof.index, bytes.fromhex(told["leaf"])) == (index, leaf_hash(wrong[index]))
        assert open_checkpoint(told["checkpoint"].encode(), SIGNER.verifier).head == head
        asked = desk.host.asked
        assert desk.offer(running, 0, wrong).body == answer.body
        assert desk.host.asked == asked  # nothing is read again: what was found stands
        assert main(["witness", "status", "--home", str(desk.root)]) == 0
        assert "未处理" in capsys.readouterr().out
    with desk.serving() as running:
        assert desk.offer(running, 0, wrong).status == 422
        assert desk.read_evidence(running) == [told]
        assert desk.accept("--index", str(index)) == 0
        for _ in range(more):  # the close of that hour names the vanished fen
            assert "the moves of the hour" in desk.offer(running, 0, wrong).body.decode()
            assert desk.accept("--id", str(desk.read_evidence(running)[-1]["id"])) == 0
        find_line(desk.offer(running, 0, wrong), SIZE, desk.key, wrong, SIGNER)
        shown = desk.read_evidence(running)[0]
        assert (shown["accepted"]["by"], shown["accepted"]["reason"]) == ("李四", "已查明")
    with desk.serving() as running:
        find_line(desk.offer(running, SIZE, wrong), SIZE, desk.key, wrong, SIGNER)
        later = {"v": 1, "at": STORY[-1]["at"]} | document("Z", "other", CLERK, 99)
        assert desk.offer(running, SIZE, [*wrong, render(later)]).status == 422
    assert [each["accepted"] is None for each in desk.status(capsys)["violations"]] == [False] * (more + 1) + [True]


def test_only_an_open_violation_can_be_accepted_and_nothing_private_is_published(desk: Desk) -> None:
    with desk.serving() as running:
        assert desk.accept("--index", "3") == 5
        assert desk.offer(running, 0, corrupt(break_close)).status == 422
        (told,) = desk.read_evidence(running)
        assert desk.accept("--id", str(told["id"] + 1)) == 5
        assert desk.accept("--index", str(told["index"]), "--reason", "511199194912310021") == 5
        assert desk.accept("--index", str(told["index"]), "--reason", "  ") == 5
        assert desk.accept("--id", str(told["id"])) == 0
        assert desk.accept("--id", str(told["id"])) == 5


def follow_to_the_end(entries: Sequence[bytes]) -> list[str]:
    """Follow a log, accepting every violation; gives their reasons."""
    reasons, accepted = list[str](), set[int]()
    files = render_files(entries)
    follower = Follower(lambda: nullcontext(files.__getitem__))
    signed = files["checkpoint"]
    while True:
        verdict = follower.reach(Task(open_checkpoint(signed, SIGNER.verifier), signed, frozenset(accepted)))
        if isinstance(verdict, Followed):
            return reasons
        assert isinstance(verdict, Violation)
        assert verdict.entry not in accepted
        assert verdict.entry is not None
        accepted.add(verdict.entry)
        reasons.append(verdict.reason)


def test_the_untouched_story_needs_no_acceptance() -> None:
    assert follow_to_the_end(RAW) == []


@pytest.mark.parametrize("name", sorted(CORRUPTIONS))
def test_every_corruption_is_found_and_can_be_gone_past_at_little_cost(name: str) -> None:
    reasons = follow_to_the_end(corrupt(CORRUPTIONS[name][0]))
    assert 1 <= len(reasons) <= 4, reasons


def test_a_host_that_is_down_means_no_cosignature_until_it_is_back(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    with desk.serving() as running:
        assert desk.offer(running, 0, RAW, 12).status == 200
        desk.host.is_down = True
        answer = desk.offer(running, 12, RAW)
        assert (answer.status, answer.headers["retry-after"]) == (503, "1")
        assert answer.body.decode().startswith("暂时无法核验:日志网站无响应")
        assert "cannot be checked now" in desk.status(capsys)["trouble"]
        assert desk.offer(running, 12, RAW, 12).status == 200  # every entry of this head was read
        desk.host.is_down = False
        find_line(desk.offer(running, 12, RAW), SIZE, desk.key, RAW, SIGNER)
        assert desk.status(capsys)["trouble"] == ""
        assert desk.read_evidence(running) == []
    desk.host.is_down = True
    with desk.serving() as running:  # the books are gone with the process: nothing can be said of any head
        assert desk.offer(running, SIZE, RAW).status == 503
        desk.host.is_down = False
        assert desk.offer(running, SIZE, RAW).status == 200


def test_a_file_that_is_not_published_yet_is_waited_for(desk: Desk) -> None:
    with desk.serving() as running:
        assert running.client.add(ask(0, 12, RAW, SIGNER)).status == 503
        desk.publish(RAW[:12])
        edge = desk.folder / "tile/0/000.p/12"
        whole = edge.read_bytes()
        edge.unlink()
        answer = running.client.add(ask(0, 12, RAW, SIGNER))
        assert (answer.status, b"the log has no tile/0/000.p/12" in answer.body) == (503, True)
        edge.write_bytes(bytes(len(whole)))  # all entries were read before, and the tile is compared all the same
        assert running.client.add(ask(0, 12, RAW, SIGNER)).status == 422
        edge.write_bytes(whole)
        assert running.client.add(ask(0, 12, RAW, SIGNER)).status == 200


@pytest.mark.parametrize("path", ["tile/entries/000.p/12", "tile/0/000.p/12"])
def test_files_that_are_not_what_was_signed_prove_nothing_and_are_no_violation(
    desk: Desk, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    with desk.serving() as running:
        desk.publish(RAW[:12])
        whole = (desk.folder / path).read_bytes()
        changed = [*RAW[:11], RAW[11].replace(b"B1", b"B2")]
        other = render_files(changed)[path]
        write_files(desk.folder, {path: other})
        if path.startswith("tile/entries"):
            write_files(desk.folder, {"tile/0/000.p/12": render_files(changed)["tile/0/000.p/12"]})
        answer = running.client.add(ask(0, 12, RAW, SIGNER))
        assert (answer.status, "公布的文件与签名不符" in answer.body.decode()) == (422, True)
        assert desk.read_evidence(running) == []
        assert "what is published is not what was signed" in desk.status(capsys)["trouble"]
        write_files(desk.folder, {path: whole})
        desk.publish(RAW[:12])
        assert running.client.add(ask(0, 12, RAW, SIGNER)).status == 200


def test_a_fork_is_kept_with_both_checkpoints_and_stops_a_follower_until_accepted(desk: Desk) -> None:
    other = [*RAW[:11], RAW[11].replace(b"B1", b"B2")]
    with desk.serving() as running:
        assert desk.offer(running, 0, RAW, 12).status == 200
        assert running.client.add(ask(12, 12, other, SIGNER)).status == 422
        (told,) = desk.read_evidence(running)
        assert told["kind"] == "fork"
        assert told["checkpoints"] == [seal(RAW[:12], SIGNER).decode(), seal(other, SIGNER).decode()]
        answer = desk.offer(running, 12, RAW)
        assert (answer.status, "two roots" in answer.body.decode()) == (422, True)
        assert running.client.add(ask(3, 12, other, SIGNER)).status == 409
        assert len(desk.read_evidence(running)) == 1
    with desk.serving() as running:
        assert desk.read_evidence(running) == [told]
        assert desk.accept("--id", str(told["id"])) == 0
        find_line(desk.offer(running, 12, RAW), SIZE, desk.key, RAW, SIGNER)


def test_a_fork_between_what_was_read_and_what_was_cosigned_is_evidence_too(desk: Desk) -> None:
    """The log's second checkpoint comes after the first was read, and before it was cosigned."""
    other = [*RAW[:11], RAW[11].replace(b"B1", b"B2")]
    files = render_files(RAW[:12])
    follower = Follower(lambda: nullcontext(files.__getitem__))
    signed = [seal(entries, SIGNER) for entries in (RAW[:12], other)]
    first, second = [follower.reach(Task(open_checkpoint(each, SIGNER.verifier), each)) for each in signed]
    assert isinstance(first, Followed)
    assert isinstance(second, Violation)
    assert second.evidence["checkpoints"] == [each.decode() for each in signed]
    assert desk.root.exists()


def test_a_witness_that_does_not_follow_keeps_a_fork_and_goes_on(tmp_path: Path) -> None:
    key = create(tmp_path / "w", render_vkey(SIGNER.verifier))
    other = [*RAW[:11], RAW[11].replace(b"B1", b"B2")]
    with serving(tmp_path / "w") as running:
        name = next(iter(running.service.witness.names))
        assert running.client.add(ask(0, 12, RAW, SIGNER)).status == 200
        assert running.client.add(ask(12, 12, other, SIGNER)).status == 422
        find_line(running.client.add(ask(12, SIZE, RAW, SIGNER)), SIZE, key, RAW, SIGNER)
        assert b'"kind": "fork"' in running.client.call("GET", f"/{name}/evidence").body
        for number in range(VIOLATIONS_MAX + 5):
            forked = [*RAW[:-1], b"%d" % number]
            assert running.client.add(ask(SIZE, SIZE, forked, SIGNER)).status == 422
        found = json.loads(running.client.call("GET", f"/{name}/evidence").body)["violations"]
        assert len(found) == VIOLATIONS_MAX


def test_a_genesis_of_another_log_is_refused(desk: Desk) -> None:
    wrong = corrupt(lambda story: find(story, "genesis").update(origin="log.example/1"))
    with desk.serving() as running:
        assert b"names another log" in desk.offer(running, 0, wrong, 12).body
        assert desk.accept("--index", "0") == 0
        assert desk.offer(running, 0, wrong, 12).status == 200


def test_a_long_reading_goes_on_while_the_client_is_told_how_far_it_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "FOLLOW_SECONDS_MAX", 0.05)
    monkeypatch.setattr(service_module, "PUBLISHED_SECONDS_MAX", 0.05)
    desk.host.may_go.clear()
    with desk.serving() as running:
        log = running.service.followers[SIGNER.name]
        for _ in range(service_module.FOLLOWING_MAX + 3):
            answer = desk.offer(running, 0, RAW, 12)
            assert (answer.status, b"0 of 12" in answer.body) == (503, True)
        assert len(log.jobs) == service_module.FOLLOWING_MAX
        desk.host.may_go.set()
        monkeypatch.setattr(service_module, "FOLLOW_SECONDS_MAX", 60)
        wait_for(lambda: not log.jobs)
        find_line(desk.offer(running, 0, RAW, 12), 12, desk.key, RAW, SIGNER)


def test_a_violation_found_after_its_client_left_is_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_module, "FOLLOW_SECONDS_MAX", 0.05)
    monkeypatch.setattr(service_module, "PUBLISHED_SECONDS_MAX", 0.05)
    desk.host.may_go.clear()
    wrong = corrupt(break_close)
    with desk.serving() as running:
        assert desk.offer(running, 0, wrong).status == 503
        desk.host.may_go.set()
        wait_for(lambda: not running.service.followers[SIGNER.name].jobs)
        assert len(desk.read_evidence(running)) == 1
        assert b"moves of the hour" in desk.offer(running, 0, wrong).body


def test_a_wrong_entry_that_two_find_at_once_is_one_violation(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_module, "FOLLOW_SECONDS_MAX", 0.05)
    monkeypatch.setattr(service_module, "PUBLISHED_SECONDS_MAX", 0.05)
    desk.host.may_go.clear()
    wrong = corrupt(break_close)
    desk.publish(wrong[:40])
    with desk.serving() as running:
        for size in (SIZE, 40):
            desk.publish(wrong[:size])
            assert running.client.add(ask(0, size, wrong, SIGNER)).status == 503
        desk.host.may_go.set()
        wait_for(lambda: not running.service.followers[SIGNER.name].jobs)
        (told,) = desk.read_evidence(running)
        assert desk.accept("--index", str(told["index"])) == 0
        assert running.client.add(ask(0, SIZE, wrong, SIGNER)).status in {200, 503}


def test_it_ends_while_a_host_keeps_it_waiting(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_module, "FOLLOW_SECONDS_MAX", 0.05)
    monkeypatch.setattr(service_module, "PUBLISHED_SECONDS_MAX", 0.05)
    desk.host.may_go.clear()
    with desk.serving() as running:
        assert desk.offer(running, 0, RAW, 12).status == 503
    assert not desk.host.may_go.is_set()


def test_what_nobody_thought_of_is_no_cosignature_and_no_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        message = "511199194912310021"
        raise RecursionError(message)

    with desk.serving() as running:
        with monkeypatch.context() as patch:
            patch.setattr("consolidator.witness.following.check_entries", fail)
            answer = desk.offer(running, 0, RAW, 12)
            assert (answer.status, b"RecursionError" in answer.body, b"5111" in answer.body) == (503, True, False)
        assert desk.offer(running, 0, RAW, 12).status == 200


def test_of_two_heads_read_at_once_one_is_cosigned_and_the_other_asks_again(desk: Desk) -> None:
    desk.clock.step = 0
    with desk.serving() as running:
        assert desk.offer(running, 0, RAW, 40).status == 200
        assert running.client.add(ask(0, 12, RAW, SIGNER)).status == 409
        # A log that was read on further than what was cosigned is asked for a later head.
        assert desk.offer(running, 40, RAW, 50).status == 429
        assert running.client.add(ask(40, 45, RAW, SIGNER)).status == 503
        desk.clock.step = 1
        assert running.client.add(ask(40, 50, RAW, SIGNER)).status == 200


def test_a_batch_that_was_set_aside_is_judged_no_more_and_others_are() -> None:
    wrong = corrupt(break_conservation)
    assert len(follow_to_the_end(wrong)) == 2

    def break_two(story: list[Entry]) -> None:
        break_conservation(story)
        find(story, "line", 7).update(amount_fen=51)

    assert len(follow_to_the_end(corrupt(break_two))) > 2
    late = {"v": 1, "at": STORY[-1]["at"]} | batch_document("Z", 9, 1, 1)
    assert "number is 9" in follow_to_the_end([*wrong, render(late)])[-1]
    assert late["key"] == ADAPTER


def test_accepting_needs_a_home(tmp_path: Path) -> None:
    assert main(["witness", "accept", "--home", str(tmp_path), "--index", "1", "--reason", "x"]) == 5
    assert main(["witness", "status", "--home", str(tmp_path)]) == 5
