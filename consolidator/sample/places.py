"""Owns the sample county's map: 12 towns, 172 villages, none of which exists."""

from collections.abc import Mapping, Sequence

COUNTY = "511112"
COUNTYWIDE = f"{COUNTY}000"  # the township code of a batch that is not one town's
TOWN_NAMES = (
    "青禾镇", "石板镇", "云溪镇", "竹桥镇", "双井镇", "茶坪镇",
    "柏林镇", "沙湾镇", "金穗镇", "龙泉坪镇", "望月乡", "白果乡",
)  # fmt: skip
VILLAGES_COUNT = 172


def derive_town_code(town: int) -> str:
    """Give the 9-digit code of a town, counted from 0.

    >>> derive_town_code(0)
    '511112101'
    """
    return f"{COUNTY}{101 + town}"


def list_villages() -> Sequence[Sequence[str]]:
    """Give each town's village codes (12 digits); the first towns have one village more.

    >>> sum(map(len, list_villages()))
    172
    """
    each, more = divmod(VILLAGES_COUNT, len(TOWN_NAMES))
    return [
        [f"{derive_town_code(town)}{201 + village}" for village in range(each + (town < more))]
        for town in range(len(TOWN_NAMES))
    ]


BANK_NAMES: Mapping[str, str] = {
    "102": "示例工行",
    "103": "示例农行",
    "105": "示例建行",
    "402": "示例农信社",
    "403": "示例邮储",
}
