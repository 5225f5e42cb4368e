"""The context of work that no client asked for."""

from domain.identity import Role
from domain.texts import Language
from resolvers.context import system_context
from tests.resolvers.stage import NOW, acting


def test_the_portals_own_context() -> None:
    """R-H: the portal's own work has one reading of the clock and no client."""
    ctx = system_context(acting().services, Language.kk)
    assert (ctx.viewer.role, ctx.language, ctx.now, ctx.address) == (Role.system, Language.kk, NOW, None)
