"""The national clouds of Microsoft 365: each has a sign-in and a Graph of its own.

https://learn.microsoft.com/graph/deployments
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

CloudName = Literal["global", "us", "us-dod", "china"]


@dataclass(frozen=True, slots=True)
class Cloud:
    """Where one cloud signs in and where its Graph answers; no slash at the end."""

    login: str
    graph: str


CLOUDS: dict[CloudName, Cloud] = {
    "global": Cloud("https://login.microsoftonline.com", "https://graph.microsoft.com"),
    "us": Cloud("https://login.microsoftonline.us", "https://graph.microsoft.us"),
    "us-dod": Cloud("https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
    "china": Cloud(
        "https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn"
    ),
}


def origin(url: str) -> str:
    """`scheme://host:port` of an address, the port always written, so that origins compare.

    :raises ValueError: not an address with a host, or one that hides who it goes to
    """
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("this is not a web address")
    if parts.username is not None or parts.password is not None or "\\" in url:
        raise ValueError("a web address here has no user name in it")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}"
