"""What can be set from outside, and what a production profile can't do without."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, FilePath, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from domain.identity import Role
from domain.rate_limits import LockOut, Rate, RateRule
from integrations.signatures import Asked

Secret = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]


class Settings(BaseSettings):
    """What can be set from outside, by environment variables of the same names in capitals."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    profile: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"
    port: int = 8000
    mongodb_url: str | None = None
    mongodb_port: int | None = None
    database: str = "komek"
    data_folder: Path = Path(".data")
    worker: Literal["inside", "separate"] = "inside"
    audience: str | None = None
    master_key: Secret | None = None
    older_master_keys: list[Secret] = []
    rotation_settling_seconds: int = 90
    token_keys: Path | None = None
    audit_keys: Path | None = None
    roots: list[FilePath] = []
    intermediates: list[FilePath] = []
    revocation_lists: list[Path] = []
    revocation_list_urls: list[str] = []
    revocation_check: Asked = Asked.lists
    ocsp_url: str | None = None
    ncanode_url: str | None = None
    experimental_gost: bool = False
    state_body_bins: list[str] = []
    esobes_bins: list[str] = []
    sms_url: str | None = None
    mail_url: str | None = None
    esobes_url: str | None = None
    outbox_lease_seconds: int = 60
    forwarded_allow_ips: str | None = None
    rate_limits: dict[RateRule, Rate] = {}
    lock_out: LockOut = LockOut()
    allowed_origins: list[str] = []
    trusted_documents: Literal["off", "first_party", "only"] | None = None
    documents_manifest: FilePath | None = None
    introspection: bool | None = None
    compiled: bool = True
    entity_cache: bool = True
    response_cache: bool = True
    response_cache_megabytes: int = Field(default=32, ge=1)
    partner_tokens: Literal["required", "optional"] | None = None
    oidc_issuer: str | None = None
    oidc_client_id: str = "komek"
    oidc_client_secret: str | None = None
    oidc_client_keys: FilePath | None = None
    oidc_scopes: str = "openid profile"
    oidc_role_claim: str = "komek_role"
    oidc_region_claim: str = "komek_region"
    oidc_roles: dict[str, Role] = {}
    demo_data: bool = True

    @property
    def address(self) -> str:
        """Where the server is reached."""
        return f"http://{self.host}:{self.port}"

    @property
    def token_keys_file(self) -> Path:
        """Where the keys are that sign tokens: the same file for all servers."""
        return self.token_keys or self.data_folder / "keys" / "tokens.json"

    @property
    def audit_keys_file(self) -> Path:
        """Where the key is that signs heads of the audit: on every machine with a worker."""
        return self.audit_keys or self.data_folder / "keys" / "audit.json"

    @property
    def trust(self) -> Literal["off", "first_party", "only"]:
        """Whose documents must be in the manifest: in production everybody's but the systems'."""
        return self.trusted_documents or ("first_party" if self.profile == "production" else "off")

    @property
    def introspective(self) -> bool:
        """Whether the schema explains itself; in production only where that is asked for."""
        return self.profile == "development" if self.introspection is None else self.introspection

    @property
    def partners_need_tokens(self) -> bool:
        """Whether partners need a token beside their signature; a simulator on a laptop has none."""
        return (self.partner_tokens or self.profile) in {"required", "production"}

    def missing(self) -> list[str]:
        """What the production profile can't do without; a development profile makes all of it itself."""
        needed: tuple[str, ...] = (
            "mongodb_url", "master_key", "token_keys", "audit_keys", "audience", "roots",
            "state_body_bins", "esobes_bins", "sms_url", "mail_url", "esobes_url", "oidc_issuer",
        )  # fmt: skip
        if not self.revocation_list_urls:
            needed += ("revocation_lists",)
        if not self.oidc_client_keys:
            needed += ("oidc_client_secret",)
        if self.trust != "off":
            needed += ("documents_manifest",)
        return [name.upper() for name in needed if self.profile == "production" and not getattr(self, name)]


def settings_given() -> Settings:
    """The settings of this process; ValueError names those that are wrong, never what was given for them."""
    try:
        return Settings()
    except ValidationError as error:
        faults = {f"{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors()}
        raise ValueError("; ".join(sorted(faults))) from None
    except SettingsError as error:
        raise ValueError(f"{error}: it has to be JSON") from None
