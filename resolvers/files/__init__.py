"""Files: leave to upload one, its bytes as they come, what a worker makes of it, and who is shown it."""

from resolvers.files.serving import Shown, for_documents, served, shown
from resolvers.files.settling import Made, accept, refuse
from resolvers.files.tickets import UPLOAD, Asked, address, issue, ticket_of, written
from resolvers.files.uploading import receive

__all__ = [
    "UPLOAD",
    "Asked",
    "Made",
    "Shown",
    "accept",
    "address",
    "for_documents",
    "issue",
    "receive",
    "refuse",
    "served",
    "shown",
    "ticket_of",
    "written",
]
