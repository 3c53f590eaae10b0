"""An order file with its proof as a record: read back as it was, and refused when it is not whole."""

from contextlib import suppress
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import InputError, InvariantError
from schemas.records import Delivery, Headers, parse_delivery, render_delivery

DELIVERY = Delivery("bank-402_PAY-1_402_001", "bank-402_PAY-1_402_001.txt", b"H|1\r\n", b"proof\n")
RECORD = render_delivery("511112", DELIVERY)


def with_headers(**changed: bytes) -> Headers:
    """Give the record's headers with some changed."""
    return list((dict(RECORD.headers) | changed).items())


def refusal_of(value: bytes | None, headers: Headers = RECORD.headers) -> str:
    """Give why it is refused."""
    with pytest.raises(InputError) as caught:
        parse_delivery(value, headers)
    assert caught.value.code == "I31"
    return caught.value.detail


def test_a_delivery_is_read_back_and_goes_to_its_bank() -> None:
    assert parse_delivery(RECORD.value, RECORD.headers) == DELIVERY
    assert (RECORD.word, RECORD.bank) == ("deliveries", "402")
    assert RECORD.value == b"\0\0\0\5" + DELIVERY.content + DELIVERY.proof


def test_a_file_without_a_proof_is_a_delivery_too() -> None:
    bare = DELIVERY._replace(proof=b"")
    record = render_delivery("511112", bare)
    assert parse_delivery(record.value, record.headers) == bare


def test_headers_name_the_file_and_its_digest_and_no_person() -> None:
    own = dict(RECORD.headers[5:])
    digest = sha256(DELIVERY.content).hexdigest().encode()
    assert own == {"file": DELIVERY.file.encode(), "name": DELIVERY.name.encode(), "sha256": digest}


@pytest.mark.parametrize("value", [None, b"", b"\0\0\0", b"\0\0\0\5H|1\r", b"\xff\xff\xff\xffx"])
def test_a_value_that_is_cut_off_is_no_delivery(value: bytes | None) -> None:
    assert refusal_of(value) == "the value is shorter than it says"


def test_another_files_digest_is_noticed() -> None:
    assert refusal_of(RECORD.value.replace(b"H|1", b"H|2")) == "header 'sha256' is not that of the order file"
    assert refusal_of(RECORD.value, RECORD.headers[:-1]) == "header 'sha256' is not that of the order file"


@pytest.mark.parametrize("name", [b"", b".", b"..", b"../x.txt", b"a/b", b"a\\b", b"a\n", b"a b", b"x" * 201, b"\xff"])
def test_a_name_is_that_of_a_file_in_one_folder(name: bytes) -> None:
    assert "cannot be the name of a file" in refusal_of(RECORD.value, with_headers(name=name))


def test_headers_without_a_value_are_headers_that_are_missing() -> None:
    for header in ("file", "name", "sha256"):
        headers = [(name, None if name == header else raw) for name, raw in RECORD.headers]
        with pytest.raises(InputError, match="I31"):
            parse_delivery(RECORD.value, headers)


@given(st.binary(max_size=40), st.dictionaries(st.sampled_from(("file", "name", "sha256")), st.binary(max_size=8)))
def test_any_bytes_are_a_delivery_or_refused(value: bytes, headers: dict[str, bytes]) -> None:
    with suppress(InputError):
        found = parse_delivery(value, list(headers.items()))
        assert value == len(found.content).to_bytes(4) + found.content + found.proof


@pytest.mark.parametrize("file", [b"", b"/x", b".x", b"x" * 121])
def test_an_id_is_that_of_an_order_file(file: bytes) -> None:
    assert "cannot be the name of a file" in refusal_of(RECORD.value, with_headers(file=file))


def test_what_could_not_be_read_back_is_not_written() -> None:
    with pytest.raises(InvariantError):
        render_delivery("511112", DELIVERY._replace(name="a/b"))
