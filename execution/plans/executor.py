"""graphql-core's executor, with plans below every resolved value of a query."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLOutputType, GraphQLResolveInfo, get_named_type, is_leaf_type
from graphql.execution.collect_fields import FieldDetails
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from execution.plans.cache import Plans
from execution.plans.running import Plan, State


class PlanningExecutor(StrawberryGraphQLCoreExecutionContext):
    """Completes values by plans; what a plan won't do, and every error, is graphql-core's."""

    plans: Plans
    failed = False
    """Whether a plan of this operation gave up: then its other positions are not tried any more. Each would
    give up in its turn, and its loaders would be called once more at every level above the culprit."""

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: list[FieldDetails],
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """Complete a value by its plan where there is one, else as graphql-core does."""
        given = (return_type, field_details_list, info, path, result, position_context)
        plan = self._plan(return_type, field_details_list, info, result)
        ran = None if plan is None else self._run(plan, result, path)
        if plan is None or ran is None:
            return super().complete_value(*given)
        answer, state = ran
        return answer if state is None else self._filled(plan, answer, state, given)

    def _plan(
        self,
        return_type: GraphQLOutputType,
        details: list[FieldDetails],
        info: GraphQLResolveInfo[Any],
        result: Any,
    ) -> Plan | None:
        """The plan of a field's whole value; parts of it come here again and have none."""
        whole = return_type is info.return_type and type(result) in _RECORDS
        if not whole or is_leaf_type(get_named_type(return_type)) or not self._may_plan:
            return None
        return self.plans.find(self, return_type, details, f"{info.parent_type.name}.{info.field_name}")

    @property
    def _may_plan(self) -> bool:
        """Not with middleware, which wants to see every field, nor without error propagation."""
        watching = self.middleware_manager is not None and self.middleware_manager.middlewares
        return not self.failed and not watching and self.error_propagation and self.abort_signal is None

    def _run(self, plan: Plan, result: Any, path: Path) -> tuple[Any, State | None] | None:
        try:
            ran = plan.run(self, result, alone=path.prev is None)
        except Exception:  # noqa: BLE001 - whatever is wrong, graphql-core says so in its own words
            self._give_up(plan)
            return None
        self.plans.counts.runs += 1
        return ran

    async def _filled(self, plan: Plan, answer: Any, state: State, given: tuple[Any, ...]) -> Any:
        try:
            await plan.fill(state)
        except Exception:  # noqa: BLE001 - as above
            self._give_up(plan)
        else:
            return answer
        again = super().complete_value(*given)
        return await again if self.is_awaitable(again) else again

    def _give_up(self, plan: Plan) -> None:
        self.failed = True
        self.plans.counts.gave_up[plan.where] += 1


_RECORDS = frozenset({dict, list, tuple})


def planning_executor(plans: Plans) -> type[PlanningExecutor]:
    """The executor of one schema."""
    return type("SchemaExecutor", (PlanningExecutor,), {"plans": plans})


__all__ = ["PlanningExecutor", "planning_executor"]
