"""R41: what is paid under a plan number against the payment plan. It informs, and refuses a release; never a line."""

from typing import Any

from consolidator.facts.lines import Batch
from consolidator.facts.state import State, find_setting

LIVE, PAID = 0, 1  # what :attr:`State.plan_use` counts
PLAN = "R41"


def is_checked(state: State) -> bool:
    """Say whether the county compares plans."""
    return find_setting(state, PLAN).enabled


def is_known(state: State, batch: Batch) -> bool:
    """Say whether policy has the batch's plan, for its programme."""
    plan = state.policy.plans.get(batch.plan_number)
    return plan is not None and plan.programme == batch.programme


def derive_plan_key(batch: Batch) -> str:
    """Name what is counted together: a number used for two programmes is two plans."""
    return f"{batch.programme}|{batch.plan_number}"


def find_over_plan(state: State, batch: Batch, counted: int, more_fen: int) -> dict[str, Any] | None:
    """Compare what is counted under the batch's plan number, and ``more_fen`` on top, with the plan.

    None when it is within the plan, when nothing says, or when the county switched R41 off. A plan of another programme
    allows nothing, nor does an unknown one where R41 is required.
    """
    if not is_checked(state):
        return None
    used_fen = state.plan_use.get(derive_plan_key(batch), (0, 0))[counted] + more_fen
    if is_known(state, batch):
        plan_fen = state.policy.plans[batch.plan_number].fen
    elif batch.plan_number in state.policy.plans or find_setting(state, PLAN).required:
        plan_fen = 0
    else:
        return None
    return {"plan_fen": plan_fen, "used_fen": used_fen} if used_fen > plan_fen else None
