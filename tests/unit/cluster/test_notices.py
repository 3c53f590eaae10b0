"""What a worker tells people and programs."""

from typing import get_args

import pytest

from consolidator.cluster.notices import TEXTS, Notice, Word, describe_notice, find_exit_code, render_notice
from consolidator.language import speaking
from schemas.errors import DependencyError, InputError, InvariantError
from streams.kafka.commands import Poison

POISON = Poison(7, b"\xff", InputError("I30", "there is no value"), 0)


def test_everything_that_can_happen_has_its_words() -> None:
    words = {state for each in get_args(Word) for state in (get_args(each) or (each,))}
    assert set(TEXTS) == words


def test_an_error_of_ours_is_told_in_the_language_of_now() -> None:
    notice = Notice("waiting", "511112", DependencyError("代理没有响应 / the brokers do not answer"))
    with speaking("en"):
        assert render_notice(notice) == "511112 waits and tries again by itself: the brokers do not answer"
    with speaking("zh"):
        assert render_notice(notice) == "511112 暂停,稍后自动重试: 代理没有响应"


def test_the_text_of_an_error_nobody_thought_of_is_not_told() -> None:
    notice = Notice("stopped", "511112", KeyError("511199194912310021"))
    told = render_notice(notice) + str(describe_notice(notice))
    assert "KeyError" in told
    assert "511199194912310021" not in told


def test_a_record_that_is_no_command_is_told_by_position_and_code_and_never_by_its_bytes() -> None:
    notice = Notice("poison", "511112", poison=POISON)
    assert describe_notice(notice) == {"event": "poison", "county": "511112", "position": 7, "code": "I30"}
    with speaking("en"):
        expected = "511112 position 7 I30 a record that is no command was kept and passed over"
        assert render_notice(notice) == expected


def test_what_concerns_the_process_names_no_county() -> None:
    assert describe_notice(Notice("restart")) == {"event": "restart"}


@pytest.mark.parametrize(("error", "code"), [(InvariantError("x"), 1), (DependencyError("x"), 6), (KeyError("x"), 1)])
def test_an_error_has_the_exit_code_of_its_kind(error: Exception, code: int) -> None:
    assert find_exit_code(error) == code
