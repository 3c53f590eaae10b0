"""Anomalies: the bytes of what a monitor found, and that nothing else is taken for one."""

import pytest

from schemas.anomalies import Anomaly, parse_anomaly, render_anomaly
from schemas.errors import InvariantError
from schemas.records import render_anomaly_record

ANOMALY = Anomaly(
    rule="R17",
    reference="0" * 32,
    county="511112",
    source="agri",
    document="B-1",
    line=1,
    entry=7,
    other_county="511113",
    other_entry=42,
)
RAW = (
    b'{"county":"511112","document":"B-1","entry":7,"line":1,"other_county":"511113","other_entry":42,'
    b'"reference":"00000000000000000000000000000000","rule":"R17","source":"agri","v":1}'
)


def test_an_anomaly_is_read_back() -> None:
    assert render_anomaly(ANOMALY) == RAW
    assert parse_anomaly(RAW) == ANOMALY


@pytest.mark.parametrize("raw", [b"", b"{}", RAW.replace(b'"line":1', b'"line":0'), RAW.replace(b'"v":1', b'"v":2')])
def test_nothing_else_is_an_anomaly(raw: bytes) -> None:
    with pytest.raises(InvariantError, match="written by somebody else"):
        parse_anomaly(raw)


def test_an_anomaly_is_about_one_double_whatever_it_is_called() -> None:
    other = ANOMALY.model_copy(update={"reference": "1" * 32})
    assert other.double == ANOMALY.double == ("R17", "511112", 7, "511113", 42)


def test_its_record_says_which_it_is() -> None:
    record = render_anomaly_record("511112", 3, RAW)
    assert (record.word, record.value, record.bank) == ("anomalies", RAW, "")
    assert dict(record.headers) == {
        "ce_specversion": b"1.0",
        "ce_id": b"anomalies/3",
        "ce_source": b"/consolidator/511112",
        "ce_type": b"consolidator.anomalies.v1",
        "content-type": b"application/json",
    }
