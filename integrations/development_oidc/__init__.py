"""Development only: a small OpenID provider on Authlib's server core, where demo staff sign in with a click.

It does what a real one does for the portal: authorization code, PKCE (S256 demanded), a client secret,
ID tokens by a published key. It asks for no password, so it must never stand where anybody else comes by.
"""

from integrations.development_oidc.provider import DevelopmentProvider
from integrations.development_oidc.server import Answer, Asked, DemoEmployee, RegisteredClient

__all__ = ["Answer", "Asked", "DemoEmployee", "DevelopmentProvider", "RegisteredClient"]
