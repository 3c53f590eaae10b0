"""How fast a county goes, as its status says."""

from consolidator.cluster.standing import Pace


def test_lines_a_second_are_those_of_the_last_ten_seconds() -> None:
    pace = Pace()
    rates = [pace.measure(float(second), lines) for second, lines in enumerate(range(0, 30_000, 1_000))]
    assert rates == [0, *[1_000] * 29]
    assert [pace.measure(29.0 + second, 29_000) for second in range(1, 14)] == [
        *[900, 800, 700, 600, 500, 400, 300, 200, 100],
        *[0, 0, 0, 0],
    ]


def test_a_long_silence_counts_as_such() -> None:
    pace = Pace()
    pace.measure(0.0, 0)
    assert pace.measure(1_000.0, 100_000) == 0
