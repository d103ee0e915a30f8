"""The options of an Outlook account."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, Field, model_validator

from syncd.connectors.microsoft.clouds import CLOUDS, Cloud, CloudName, origin
from syncd.connectors.token_command import TokenCommand
from syncd.options import EmailOption, EndpointOption, PathOption, StrictModel, is_loopback

_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}")
_SHARED = ("common", "organizations", "consumers")


def _authority(value: str) -> str:
    if "/" not in value:
        if not _TENANT.fullmatch(value):
            raise ValueError(
                "this is no tenant; write common, organizations, consumers, a tenant's id or "
                "domain, or the address of a sign-in"
            )
        return value
    value = value.rstrip("/")
    origin(value)
    parts = urlsplit(value)
    if parts.scheme == "http" and not is_loopback(value):
        raise ValueError("a token must not travel unencrypted; write an https:// address")
    if parts.query or parts.fragment or not _TENANT.fullmatch(parts.path.removeprefix("/")):
        raise ValueError('the address of a sign-in ends with the tenant, such as ".../common"')
    return value


class OutlookOptions(StrictModel):
    """One mailbox of Microsoft 365 or Outlook.com and how to reach it."""

    user: EmailOption = Field(description="The mailbox's address")
    client_id: str = Field(
        default="",
        description="The application (client) id of your own app registration",
        pattern=r"^[A-Za-z0-9-]{0,64}$",
    )
    authority: Annotated[str, AfterValidator(_authority)] = Field(
        default="common",
        description="Who may sign in: common, organizations, consumers, or your tenant's id",
    )
    cloud: CloudName = Field(default="global", description="The national cloud of the mailbox")
    certificate: PathOption | None = Field(
        default=None,
        description="Sign in as an app: a PEM file with its certificate and private key",
    )
    token_command: TokenCommand | None = Field(
        default=None, description="A command that prints a bearer token; run without a shell"
    )
    endpoint: EndpointOption | None = Field(
        default=None, description="Another base address of Microsoft Graph"
    )
    text: bool = Field(
        default=True, description="Read the text of mail; false asks for a smaller permission"
    )
    calendars: tuple[str, ...] = Field(
        default=(), description='Only these calendars; shell patterns such as "Team *"'
    )
    leave_out_calendars: tuple[str, ...] = Field(
        default=(), description="Not these calendars; shell patterns"
    )

    @model_validator(mode="after")
    def _has_one_way_to_sign_in(self) -> OutlookOptions:
        if self.certificate is not None and self.token_command is not None:
            raise ValueError("certificate and token_command are two ways to sign in; choose one")
        if self.certificate is not None and self.tenant in _SHARED:
            raise ValueError("with a certificate, authority must be your tenant's id or domain")
        return self

    @property
    def tenant(self) -> str:
        """The last part of the authority."""
        return self.authority.rsplit("/", 1)[-1]

    @property
    def login(self) -> str:
        """The base address of the sign-in, without the tenant."""
        return self.authority.rpartition("/")[0] or self._cloud.login

    @property
    def graph(self) -> str:
        """The base address of Graph with its version, without a slash at the end."""
        base = self.endpoint or self._cloud.graph
        return base if urlsplit(base).path else f"{base}/v1.0"

    @property
    def mailbox(self) -> str:
        """The path of the mailbox within Graph: an app has no `/me`."""
        return "/me" if self.certificate is None else f"/users/{quote(self.user, safe='@')}"

    @property
    def scopes(self) -> tuple[str, ...]:
        """The permissions to ask for, read-only; MSAL adds those of the sign-in itself."""
        if self.certificate is not None:
            return (f"{self._resource}/.default",)
        names = ("User.Read", "Mail.Read" if self.text else "Mail.ReadBasic", "Calendars.Read")
        return tuple(f"{self._resource}/{name}" for name in names)

    @property
    def _cloud(self) -> Cloud:
        return CLOUDS[self.cloud]

    @property
    def _resource(self) -> str:
        """Whose permissions are asked for. Graph's own, where the endpoint stands in for it."""
        if self.endpoint is None or is_loopback(self.endpoint):
            return self._cloud.graph
        parts = urlsplit(self.endpoint)
        return f"{parts.scheme}://{parts.netloc}"
