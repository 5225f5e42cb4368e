"""The audit at work: the sealer, and the commands that export and verify what it sealed."""

from workers.audit.commands import COMMANDS, arguments, run
from workers.audit.sealer import LEASE, Sealer

__all__ = ["COMMANDS", "LEASE", "Sealer", "arguments", "run"]
