"""Settings: environment variables that begin with ``SHIM_``."""

from functools import cache

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from the environment when the first client is made; each field's description is its documentation."""

    model_config = SettingsConfigDict(env_prefix="SHIM_", extra="ignore", frozen=True)

    database_url: str | None = Field(
        None,
        description="Where assistants, threads, messages and runs live, as an SQLAlchemy URL. "
        "Default: the file `shim.db` in the user's data directory, private to the user.",
    )
    upstream: str | None = Field(
        None,
        description="The Responses server that does the work: `sandbox` for the built-in offline one, or a base URL "
        "such as `http://localhost:8321/v1`. Default: the client's own `base_url`.",
    )
    exit_grace: float = Field(
        2.0,
        ge=0,
        description="Seconds that a program waits at its end, and a client in `close()`, for runs still going.",
    )


def settings() -> Settings:
    """The settings as the environment has them now."""
    return Settings()


@cache
def names() -> tuple[str, ...]:
    """The names of all settings, as the environment spells them."""
    return tuple(f"SHIM_{name.upper()}" for name in Settings.model_fields)
