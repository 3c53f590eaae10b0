"""The way of a signed document into the journal: on disk before it is appended, healed after any crash."""

from pathlib import Path

import pytest

from consolidator.bootstrap import Office, open_desk
from consolidator.home.files import move, write_whole
from consolidator.intake.desk import OfficeDesk
from consolidator.intake.refusals import Refusal, derive_unknown_name, find_refused, keep_unknown
from consolidator.intake.spool import Offer, derive_next_number, heal_spool, hold_source, take_document
from schemas.documents import derive_commands, parse_document
from schemas.envelope import render_envelope
from schemas.errors import ConflictError, InputError
from streams.embedded.journal import SqliteJournal
from tests.integration.office import make_home, submit, write_pay_file
from tests.support.world import START, World, key_of, make_id, make_signer


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A fresh home."""
    return make_home(tmp_path / "home")


def make_offer(number: int = 1, at: int = START) -> Offer:
    """Make a small signed document."""
    fields = {"kind": "designations", "source": "bureau", "id": f"D-{number % 99}"}
    raw = World().sign(
        "clerk",
        fields,
        {"payee_id": [make_id(number % 99)], "bank": ["402"], "account": ["62170000000001"]},
        seq=number,
    )
    document = parse_document(raw)
    return Offer(document, raw, at, document.envelope.digest[:16])


def make_refusal(digest: str) -> Refusal:
    """Say that the ledger does not know the key of a document."""
    return Refusal(derive_unknown_name(digest), "bureau", InputError("I09"), START)


def list_journal(desk: OfficeDesk) -> list[tuple[str, int]]:
    """Give the documents and stamps in the journal, beside the genesis."""
    return [(command.document[:16], command.at) for _, command in desk.journal.commands(2)]


def test_a_document_left_between_writing_and_appending_is_appended_with_its_own_stamp(office: Office) -> None:
    offers = [make_offer(2, START + 20), make_offer(1, START + 10)]
    with open_desk(office) as desk:
        for offer in offers:
            write_whole(desk.home.taken / "bureau" / "new" / f"{offer.at:012d}_{offer.name}", offer.raw)
        assert heal_spool(desk.home, desk.journal) == 2
        assert heal_spool(desk.home, desk.journal) == 0
        assert [at for _, at in list_journal(desk)] == [START + 10, START + 10, START + 20, START + 20]
        assert sorted(path.name for path in (desk.home.taken / "bureau").glob("*.jsonl")) == sorted(
            offer.name for offer in offers
        )


def test_a_document_left_after_appending_is_not_appended_again(office: Office) -> None:
    offer = make_offer()
    with open_desk(office) as desk:
        take_document(desk.home, desk.journal, offer)
        folder = desk.home.taken / "bureau"
        move(folder / offer.name, folder / "new" / f"{START:012d}_{offer.name}")
        assert heal_spool(desk.home, desk.journal) == 0
        assert len(list_journal(desk)) == 2
        assert (folder / offer.name).exists()


def test_a_half_written_draft_is_removed_but_an_unknown_file_is_respected(office: Office) -> None:
    folder = office.home.taken / "bureau" / "new"
    write_whole(folder / ".x.tmp", b"half")
    with open_desk(office) as desk:
        assert heal_spool(desk.home, desk.journal) == 0
        assert list(folder.iterdir()) == []
        write_whole(folder / "mine.txt", b"whole")
        with pytest.raises(ConflictError, match="nobody put there"):
            heal_spool(desk.home, desk.journal)
    assert (folder / "mine.txt").read_bytes() == b"whole"


def test_a_document_of_an_unknown_key_is_offered_again_when_it_comes_again(office: Office) -> None:
    offer = make_offer()
    digest = offer.document.envelope.digest
    with open_desk(office) as desk:
        assert take_document(desk.home, desk.journal, offer) == "new"
        assert take_document(desk.home, desk.journal, offer) == "identical"
        keep_unknown(desk.home, make_refusal(digest), offer.raw)
        assert take_document(desk.home, desk.journal, offer) == "new"
        assert find_refused(desk.home, "bureau", digest) is None
        assert list((desk.home.refused / "bureau").iterdir()) == []
        assert take_document(desk.home, desk.journal, offer) == "identical"
        assert len(list_journal(desk)) == 4


class FullJournal(SqliteJournal):
    """A journal whose disk is full."""

    def append(self, commands: object) -> None:
        """Fail as a disk does."""
        raise ConflictError(str(commands)[:0] + "full")


def test_a_document_offered_again_survives_a_crash_before_it_is_appended(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = make_offer()
    with open_desk(office) as desk:
        take_document(desk.home, desk.journal, offer)
        keep_unknown(desk.home, make_refusal(offer.document.envelope.digest), offer.raw)
        with monkeypatch.context() as patch:
            patch.setattr(SqliteJournal, "append", FullJournal.append)
            with pytest.raises(ConflictError):
                take_document(desk.home, desk.journal, offer)
        assert heal_spool(desk.home, desk.journal) == 1
        assert len(list_journal(desk)) == 4


def test_a_copy_that_another_key_signed_is_another_document_and_does_not_stand_in_the_way(office: Office) -> None:
    own = make_offer()
    raw = render_envelope(own.document.envelope.header, key_of("stranger"), make_signer("stranger").sign)
    raw += own.raw[own.raw.index(b"\n") :]
    document = parse_document(raw)
    copied = Offer(document, raw, START, document.envelope.digest[:16])
    with open_desk(office) as desk:
        assert take_document(desk.home, desk.journal, copied) == "new"
        keep_unknown(desk.home, make_refusal(document.envelope.digest), raw)
        assert take_document(desk.home, desk.journal, own) == "new"
        assert find_refused(desk.home, "bureau", document.envelope.digest) is not None
        assert {name for name, _ in list_journal(desk)} == {copied.tag, own.tag}
        assert take_document(desk.home, desk.journal, own) == "identical"


def test_numbers_go_on_where_the_key_stopped_and_other_keys_do_not_count(office: Office) -> None:
    with hold_source(office.home, "bureau") as folder:
        assert derive_next_number(folder, key_of("clerk")) == 1
        for number in (1, 2, 9_007_199_254_740_991):
            write_whole(folder / make_offer(number).name, b"")
        assert derive_next_number(folder, key_of("clerk")) == 9_007_199_254_740_992
        assert derive_next_number(folder, key_of("reviewer")) == 1


def test_an_adapters_documents_are_numbered_one_by_one(office: Office, tmp_path: Path) -> None:
    files = [
        write_pay_file(tmp_path, [make_id(number)], f"PAY402_20261105_{number:04d}.txt", 编号=f"PAY-{number}")
        for number in (1, 2, 3)
    ]
    submit(office, files)
    with open_desk(office) as desk:
        headers = [command for _, command in desk.journal.commands(2) if command.kind == "header"]
        documents = [path.read_bytes() for path in (desk.home.taken / "bank-402").glob("*.jsonl")]
    assert sorted(parse_document(raw).header.seq for raw in documents) == [1, 2, 3]
    assert {header.body for header in headers} == {raw.split(b"\n")[0] for raw in documents}


def test_commands_of_a_document_stand_together(office: Office) -> None:
    offer = make_offer()
    with open_desk(office) as desk:
        take_document(desk.home, desk.journal, offer)
        assert [command for _, command in desk.journal.commands(2)] == derive_commands(offer.document, START)
