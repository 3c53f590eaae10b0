"""Owns the sample counties' map: 12 towns, 172 villages, none of which exists."""

from collections.abc import Mapping, Sequence

COUNTY = "511112"
TOWN_NAMES = (
    "青禾镇", "石板镇", "云溪镇", "竹桥镇", "双井镇", "茶坪镇",
    "柏林镇", "沙湾镇", "金穗镇", "龙泉坪镇", "望月乡", "白果乡",
)  # fmt: skip
VILLAGES_COUNT = 172
_FIRST_TOWN = 101


def derive_town_code(county: str, town: int) -> str:
    """Give the 9-digit code of a county's town, counted from 0.

    >>> derive_town_code("511112", 0)
    '511112101'
    """
    return f"{county}{_FIRST_TOWN + town}"


def read_town(code: str) -> int:
    """Give the number of a town, from 0, by its 9-digit code.

    >>> read_town("511112103")
    2
    """
    return int(code[6:]) - _FIRST_TOWN


def derive_township(county: str, towns: Sequence[int]) -> str:
    """Give the code that a batch about these towns names: the one town's, or the county's.

    >>> derive_township("511112", [2]), derive_township("511112", [0, 1])
    ('511112103', '511112000')
    """
    return derive_town_code(county, towns[0]) if len(towns) == 1 else f"{county}000"


def list_villages(county: str) -> Sequence[Sequence[str]]:
    """Give each town's village codes (12 digits); the first towns have one village more.

    >>> sum(map(len, list_villages("511112")))
    172
    """
    each, more = divmod(VILLAGES_COUNT, len(TOWN_NAMES))
    return [
        [f"{derive_town_code(county, town)}{201 + village}" for village in range(each + (town < more))]
        for town in range(len(TOWN_NAMES))
    ]


BANK_NAMES: Mapping[str, str] = {
    "102": "示例工行",
    "103": "示例农行",
    "105": "示例建行",
    "402": "示例农信社",
    "403": "示例邮储",
}
