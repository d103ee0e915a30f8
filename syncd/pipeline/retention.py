"""Mail that is older than the user's `history` is forgotten, a little at a time.

Only messages go: what facts and rules still say of a relationship beyond `history` rests on the
meetings, which are few. A message of an account without a sign-in, which lists its folders and asks
what is known of them, leaves its name behind: else it would be read again with every new mail.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tinydb import where

from syncd.config import Configuration
from syncd.connectors.base import SignsIn
from syncd.registry import connectors
from syncd.store import Store

_STEP = 200
"""Messages forgotten in one transaction; whoever waits for the store waits for one step."""
_SLACK = timedelta(days=2)
"""Connectors look a little further back than `history`, for zones; what they would read again is
not forgotten."""
_REASON = "older than your history"


def forget_old_mail(
    store: Store, configuration: Configuration, *, now: datetime, most: int = 2_000
) -> int:
    """Forget messages from before `history`, the oldest first.

    :param now: the real moment; never one that looks back
    :param most: how many at most; call again while it returns that many
    :return: how many were forgotten
    :raises StoreError: the records cannot be written; the step under way was not
    """
    before = int((now - configuration.history.delta - _SLACK).timestamp())
    query = (where("kind") == "message") & (where("at") < before)
    listing = {
        account.name
        for account in configuration.accounts
        if not issubclass(connectors()[account.connector], SignsIn)
    }
    forgotten = 0
    while forgotten < most:
        step = min(_STEP, most - forgotten)
        fields = ("account", "source_id", "folder")
        found = list(store.interactions.select(fields, query, order_by="at", limit=step))
        if not found:
            break
        keys = [f"{account}/{source_id}" for account, source_id, _ in found]
        names = {
            f"{account}/{source_id}": {
                "account": account,
                "source_id": source_id,
                "folder": folder,
                "reason": _REASON,
                "permanent": True,
                "kept": True,
                "attempts": 0,
                "at": before,
            }
            for account, source_id, folder in found
            if account in listing
        }
        with store.transaction():
            store.interactions.delete_keys(keys)
            store.retries.put_many(names.items())
        forgotten += len(found)
    return forgotten
