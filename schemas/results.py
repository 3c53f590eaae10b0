"""Owns the words in which results are told: what became of an order, and the class of what kept it from being paid."""

from collections.abc import Sequence
from typing import Literal, get_args

ResultStatus = Literal["credited", "failed", "unknown", "returned"]  # 发放成功 发放失败 待查询 已退票
RESULT_STATUSES: Sequence[str] = get_args(ResultStatus)
# Wrong data of the payee, state of the account, limits, the channel, no answer yet, told before, money back, signature.
ResultWhy = Literal["payee_data", "account_state", "limit", "channel", "ambiguous", "duplicate", "return", "security"]
