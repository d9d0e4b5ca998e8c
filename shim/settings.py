"""Settings: environment variables that begin with ``SHIM_``."""

from functools import cache
from typing import Any, Literal

import openai
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shim.store.dialects import CONNECTIONS
from shim.upstream.profiles import PROFILES, upstream_of
from shim.wire.objects import RUN_LIFETIME
from shim.wire.sse import LIMITS


class Settings(BaseSettings):
    """Read from the environment when the first client is made; each field's description is its documentation."""

    # An error must not show a value, as it may be a key that is too short.
    model_config = SettingsConfigDict(
        env_prefix="SHIM_", extra="ignore", frozen=True, protected_namespaces=(), hide_input_in_errors=True
    )

    database_url: str | None = Field(
        None,
        description="Where assistants, threads, messages and runs live, as an SQLAlchemy URL. "
        "Default: the file `shim.db` in the user's data directory, private to the user.",
    )
    database_connections: int = Field(
        CONNECTIONS,
        ge=1,
        description="The most connections that a process opens to a PostgreSQL server at one time. When "
        "all are in use, the next transaction waits.",
    )
    upstream: str | None = Field(
        None,
        description="The Responses server that does the work: `sandbox` for the built-in offline one, or a base URL "
        "such as `http://localhost:8321/v1`; of a server that speaks Chat Completions alone "
        "`chat+http://localhost:8000/v1` (needs the extra `chat`). Default: the client's own `base_url`.",
    )
    upstream_profile: str | None = Field(
        None,
        description="What kind of server the upstream is, if its address does not tell: "
        + ", ".join(f"`{name}`" for name in PROFILES)
        + ".",
    )
    upstream_http: Literal["direct", "library"] = Field(
        "direct",
        description="How `serve` calls the upstream. `direct`: with its own HTTP/1.1 client, which needs less "
        "processor time; requests through a proxy use the library all the same. `library`: with the HTTP library "
        "of the SDK, for an upstream whose HTTP/1.1 only the library accepts.",
    )
    upstream_retries: int = Field(
        2,
        ge=0,
        description="How often `serve` repeats a run's request to the upstream if it gets no answer, or one with "
        "status 408, 409, 429 or 500 and above. In a program the client's `max_retries` is used.",
    )
    circuit_failures: int = Field(
        5,
        ge=0,
        description="Failures in a row, within a minute, after which a process of `serve` sends no requests to the "
        "upstream for a while: no connection, no answer in time, or one with status 502, 503, 504 or 520 to 524. Such "
        "requests get 503 at once. 0: never.",
    )
    circuit_seconds: float = Field(
        30.0,
        gt=0,
        description="The longest of these pauses, in seconds. The first one is a second; if the upstream still does "
        "not answer after a pause, the next one is twice as long.",
    )
    model_map: str | None = Field(
        None,
        description="Models to call in place of others, as JSON or the path of a JSON file: exact names, and prefixes "
        "that end in `*`; null stands for the model itself. Retired models are also mapped to their successors, "
        "unless a name or prefix here fits; `off` turns all mapping off.",
    )
    background: Literal["auto", "always", "never"] = Field(
        "auto",
        description="Which runs use the upstream's background mode, in which no process of the program is needed. "
        "`auto`: "
        "those of models that take minutes, if the upstream is known to have it. `always`: every run, for "
        "hosts that stop a program between two requests. `never`: none.",
    )
    store_responses: bool = Field(
        True,
        description="Whether the upstream stores responses, so that runs chain by `previous_response_id`. `false` "
        "sends `store: false` and the whole thread each time, for organisations with zero data retention.",
    )
    learned_days: float = Field(
        7.0,
        ge=0,
        description="Days for which what was learned about servers and models is used, such as that a model does not "
        "stream or an organisation stores no responses. It is stored, so that a new process need not learn it again. "
        "0: each process learns it by itself, and uses it until it ends.",
    )
    run_lifetime: int = Field(
        RUN_LIFETIME,
        ge=1,
        description="Seconds after which an unfinished run expires, counted from its creation as the old API did.",
    )
    lease: float = Field(
        30.0,
        gt=0,
        description="Seconds after which another process may take over a run whose own has stopped renewing its claim.",
    )
    keep_file_bytes: int = Field(
        20_000_000,
        ge=0,
        description="Files that code interpreter makes are copied beside the messages that show them, as a container "
        "lives twenty minutes. The largest one that is copied, in bytes; 0 copies none.",
    )
    retention_days: float | None = Field(
        None,
        gt=0,
        description="Days after which an unused thread is erased with all that belongs to it. Default: never.",
    )
    keep_file_days: float | None = Field(
        None,
        gt=0,
        description="Days after which a copied file is erased, while its thread stays. Default: with its thread.",
    )
    delete_responses: bool = Field(
        False,
        description="Whether the responses of a thread that is deleted or erased are deleted upstream, too.",
    )
    encryption_key: SecretStr | None = Field(
        None,
        description="Encrypts contents in the store: a Fernet key, or several separated by commas, of which the first "
        "encrypts and each decrypts. Needs the extra `encryption`. Default: no encryption.",
    )
    assistants: str | None = Field(
        None,
        description="A file that declares assistants under ids of their own, or a folder of such files: YAML, TOML or "
        "JSON. They exist wherever the program runs, and only their file changes them.",
    )
    unknown_threads: Literal["error", "create"] = Field(
        "error",
        description="What becomes of a thread id that is not known here: `error` answers 404 as the API did, `create` "
        "begins an empty thread under it when a call writes into it, runs it or lists its messages.",
    )
    exit_grace: float = Field(
        2.0,
        ge=0,
        description="Seconds that a program waits at its end, and a client in `close()`, for runs still going.",
    )
    max_event_bytes: int = Field(
        LIMITS.event,
        gt=0,
        description="The largest event, and the largest answer without a stream, that is read from the upstream, in "
        "bytes. The items of one answer together may be four times as large. A run whose answer is larger fails.",
    )
    max_message_bytes: int = Field(
        LIMITS.message,
        gt=0,
        description="The most text that is read of one answer of the model, in bytes: messages, arguments and code "
        "together. A run whose answer is longer fails.",
    )
    max_unread_bytes: int = Field(
        16_000_000,
        gt=0,
        description="Events of a stream that may wait for their reader, in bytes. When there are more, the upstream is "
        "read no faster than the stream.",
    )
    reader_timeout: float = Field(
        30.0,
        gt=0,
        description="Seconds after which a stream ends with an error event, if its reader takes nothing while "
        "`SHIM_MAX_UNREAD_BYTES` wait for him. The run goes on.",
    )
    text_delay: float = Field(
        0.15,
        ge=0,
        description="Seconds that text may wait in a busy process of `assistants-shim serve`, to be sent with the text "
        "that follows: none below 30 % of a processor, the full time from 50 % on. 0: never.",
    )
    window: bool = Field(
        True,
        description="Whether `assistants-shim serve` shows what is in the store, at `/ui`. `0` leaves it out.",
    )
    tenant: str = Field(
        "",
        description="The tenant whose objects a program or a command uses, in a store of a server with several "
        "tenants: the value that `assistants-shim keys list --json` shows. Default: those that belong to none.",
    )
    auth: Literal["open", "pass-through", "keys"] = Field(
        "open",
        description="How `assistants-shim serve` tells its callers apart. `open`: not at all, on a loopback address "
        "alone. `pass-through`: by their own keys, which go upstream. `keys`: by keys that `assistants-shim keys` "
        "makes; the server's own key goes upstream.",
    )
    key_secret: SecretStr | None = Field(
        None,
        description="The secret with which callers' keys are hashed in the store. After a change every key is unknown. "
        "Default: a random secret in the store.",
    )
    key_check_seconds: float = Field(
        300.0,
        ge=0,
        description="Seconds for which a caller's own key is taken to be good once the upstream has taken it: so long "
        "may one that was revoked there still read what is here.",
    )
    max_body_bytes: int = Field(
        50_000_000,
        gt=0,
        description="The largest request that `assistants-shim serve` reads for an answer of its own, in bytes.",
    )
    max_upload_bytes: int = Field(
        1_000_000_000,
        gt=0,
        description="The largest request that `assistants-shim serve` passes on to the upstream, in bytes.",
    )
    max_header_bytes: int = Field(
        65_536,
        gt=0,
        description="The longest head of a request that `assistants-shim serve` reads, in bytes.",
    )
    max_streams: int = Field(
        1000,
        gt=0,
        description="Answers of runs, and of calls that are passed on, which each process of `assistants-shim serve` "
        "has under way at one time. A request above this number gets 503.",
    )
    max_tenant_streams: int = Field(
        200,
        gt=0,
        description="The same for each tenant, who gets 429. Only with `--auth pass-through` or `keys`.",
    )
    max_runs: int = Field(
        1000,
        gt=0,
        description="Runs that each process of `assistants-shim serve` drives at one time, whether their streams are "
        "read or not. A request that would begin one more gets 503.",
    )
    max_tenant_runs: int = Field(
        200,
        gt=0,
        description="The same for each tenant, who gets 429. Only with `--auth pass-through` or `keys`.",
    )
    requests_per_minute: int = Field(
        3000,
        ge=0,
        description="Requests that a tenant may send in a minute; further ones get 429; 0: any number. Only "
        "with `--auth pass-through` or `keys`.",
    )
    rate_storage: Literal["memory", "store"] = Field(
        "memory",
        description="Where those are counted: `memory`, each process by itself, or `store`, all processes together, at "
        "the cost of a short transaction a request.",
    )
    pass_on: str = Field(
        "*",
        description="Which calls that are not the Assistants API's `assistants-shim serve` passes on to the upstream: "
        "methods and paths below `/v1`, separated by commas, with `*` for any characters, such as "
        "`GET models*, POST embeddings, files*`. Empty: none.",
    )
    allowed_hosts: str = Field(
        "*",
        description="Names by way of which `assistants-shim serve --allow-remote` takes requests, separated by commas, "
        "such as `shim.example.com, *.internal`.",
    )
    allowed_origins: str = Field(
        "",
        description="Web sites whose pages may call `assistants-shim serve --allow-remote`, separated by commas, such "
        "as `https://app.example.com`; `*`: any. Default: none but those of the server's own name.",
    )
    trusted_proxies: str = Field(
        "",
        description="Addresses or networks of proxies, separated by commas, whose `X-Forwarded-For` and "
        "`X-Forwarded-Proto` are used.",
    )
    max_connections: int = Field(
        1000,
        gt=0,
        description="Connections that `assistants-shim serve` holds at one time. Further ones get 503.",
    )
    operator_key: SecretStr | None = Field(
        None,
        min_length=16,
        description="A bearer token, 16 characters or more, with which the operator of a server makes assistants and "
        "threads under ids that he chooses, at `/operator/TENANT/assistants` and `/operator/TENANT/threads`. Default: "
        "there are no such paths.",
    )
    metrics_token: SecretStr | None = Field(
        None,
        description="A bearer token with which `/metrics` may be read from anywhere. Default: it is read from a "
        "loopback address alone.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="From which level on `assistants-shim serve` writes its log, to standard error."
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="How: `text` for people, `json` for programs, one object a line."
    )
    access_log: bool = Field(True, description="Whether it has a line for every request.")
    workers: int = Field(
        1, ge=1, description="Processes of `assistants-shim serve`, which share one address and one store."
    )
    drain_seconds: float = Field(
        0.0,
        ge=0,
        description="Seconds for which `assistants-shim serve` still takes requests after the signal to stop, while "
        "`/readyz` answers 503, so that a load balancer can take it out first.",
    )
    request_timeout: float = Field(
        60.0,
        gt=0,
        description="Seconds in which a request's head must have reached `assistants-shim serve`, and in which each "
        "further part of its body must come.",
    )

    @model_validator(mode="before")
    @classmethod
    def _addressed(cls, values: dict[str, Any]) -> dict[str, Any]:
        return values | upstream_of(values.get("upstream"))

    @field_validator("upstream")
    @classmethod
    def _reachable(cls, address: str | None) -> str | None:
        if address not in (None, "sandbox") and not address.startswith(("http://", "https://")):
            raise ValueError("neither `sandbox` nor an address that begins with http:// or https://")
        return address

    @field_validator("upstream_profile")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        if name is not None and name not in PROFILES:
            raise ValueError(f"{name!r} is none of {', '.join(PROFILES)}")
        return name

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys in `encryption_key`, the newest first."""
        text = self.encryption_key.get_secret_value() if self.encryption_key else ""
        return tuple(filter(None, (key.strip() for key in text.split(","))))


def current_settings() -> Settings:
    """The settings of the environment.  Raises the SDK's own error for a value that cannot be used."""
    try:
        return Settings()
    except ValidationError as wrong:
        lines = [f"SHIM_{'_'.join(map(str, each['loc'])).upper()}: {each['msg']}" for each in wrong.errors()]
        raise openai.OpenAIError("\n".join(lines)) from None


@cache
def names() -> tuple[str, ...]:
    """The names of all settings' environment variables."""
    return tuple(f"SHIM_{name.upper()}" for name in Settings.model_fields)
