"""The real mongod of a wheel, started with the server, so that a laptop needs no other (docs/adr/0001)."""

from documents.embedded.errors import EmbeddedMongoError, Failure
from documents.embedded.server import EmbeddedMongo, beside

__all__ = ["EmbeddedMongo", "EmbeddedMongoError", "Failure", "beside"]
