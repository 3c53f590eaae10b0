"""Owns the names of fictional people: field words as given names, so that they read as made up."""

from consolidator.sample.dice import Dice

_FAMILY = "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹苏潘葛范彭鲁韦马方俞任袁柳史唐薛雷贺汤罗"
_FIRST = "禾穗垄畴麦稻粟菽棠梧槐桐枫柏松竹菱荷藕茶椒茴苓芪葵蕨薇芷蔓葛"
_SECOND = "安青冬春秋晴雨雪霜岚溪渠塘湾坪岭谷原川泽田园圃舍仓井桥渡帆灯"
_CLANS = ("吉木", "沙马", "曲比", "阿尔", "俄底", "勒格")
_GIVEN = ("阿果", "木呷", "尔古", "日黑", "拉则", "妞妞", "石布", "乌合")
_RARE = "\U00020bb7"  # four bytes in UTF-8 and in GB 18030


def make_name(dice: Dice) -> str:
    """Give a name; about one in thirty is written with a middle dot."""
    if dice.below(30) == 0:
        return f"{dice.pick(_CLANS)}·{dice.pick(_GIVEN)}"
    return dice.pick(_FAMILY) + dice.pick(_FIRST) + dice.pick(_SECOND)


def make_rare_name(dice: Dice) -> str:
    """Give a name with a character that old systems cannot write."""
    return dice.pick(_FAMILY) + _RARE + dice.pick(_SECOND)


def inherit_name(head: str, own: str) -> str:
    """Give a child the family name of the head of household, unless one of them has a clan's.

    >>> inherit_name("王禾安", "李穗青")
    '王穗青'
    """
    return own if "·" in head + own else head[0] + own[1:]


def misspell(name: str) -> str:
    """Give the name of somebody else: its last character replaced by the next one of the list.

    >>> misspell("王禾安")
    '王禾青'
    """
    place = _SECOND.find(name[-1])
    return name[:-1] + _SECOND[(place + 1) % len(_SECOND)]
