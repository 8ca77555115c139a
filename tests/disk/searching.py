"""Letting Hypothesis look for what a disk loses: the same search at every run."""

from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


def search(machine: type[RuleBasedStateMachine], *, examples: int, steps: int, **changed: Any) -> None:
    """Run a state machine, with these class attributes changed; raises what its rules raise."""
    run_state_machine_as_test(
        type("Machine", (machine,), changed),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=True,
            database=None,
            report_multiple_bugs=False,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
