"""The policy file: plain syntax, and no silence about missing witnesses."""

import pytest

from consolidator.transparency.keys import derive_signer, parse_vkey, render_vkey
from consolidator.transparency.policy import render_policy_without_witnesses
from schemas.errors import ConfigurationError

WITNESS_VKEY = "audit.example/w1+c2fa1a02+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"


def test_the_policy_names_the_log_key_asks_for_no_quorum_and_warns_in_both_languages() -> None:
    log_key = derive_signer("log.example/county", bytes(range(32))).verifier
    comment, *rules = render_policy_without_witnesses(log_key).decode().split("\n")
    assert rules == [f"log {render_vkey(log_key)}", "quorum none", ""]
    assert comment.startswith("# 无见证,仅供演示 ")
    assert "for demonstration only" in comment


def test_a_witness_key_is_no_log_key() -> None:
    with pytest.raises(ConfigurationError, match="0x01"):
        render_policy_without_witnesses(parse_vkey(WITNESS_VKEY))
