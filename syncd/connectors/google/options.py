"""What accounts at Google share in syncd.yaml. Loaded with every configuration: nothing heavy."""

from __future__ import annotations

from pydantic import Field, model_validator

from syncd.connectors.token_command import TokenCommand
from syncd.options import EmailOption, EndpointOption, PathOption, StrictModel


class GoogleOptions(StrictModel):
    """Whose account it is, and how syncd signs in to it.

    At most one of `client_secrets`, `service_account` and `token_command` is set; none of them
    where a token from an earlier sign-in is all there is.
    """

    user: EmailOption = Field(description="The address of the account")
    client_secrets: PathOption | None = Field(
        default=None, description="The OAuth client's JSON file, downloaded from Google's console"
    )
    service_account: PathOption | None = Field(
        default=None, description="A service account's key file (domain-wide delegation)"
    )
    token_command: TokenCommand | None = Field(
        default=None, description="A command that prints a bearer token; run without a shell"
    )
    endpoint: EndpointOption | None = Field(
        default=None, description="Another server that speaks Google's API"
    )
    units_per_minute: int | None = Field(
        default=None,
        ge=60,
        le=10_000_000,
        description="The quota that Google grants your project for each user and minute",
    )

    @model_validator(mode="after")
    def _one_way_in(self) -> GoogleOptions:
        ways = ("client_secrets", "service_account", "token_command")
        given = [way for way in ways if getattr(self, way) is not None]
        if len(given) > 1:
            raise ValueError(f"{given[0]} and {given[1]} are two ways to sign in; keep one of them")
        return self
