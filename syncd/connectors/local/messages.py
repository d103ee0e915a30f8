"""What maildir and mbox share: from the bytes of one message to a record, or to a set-aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO, TypeVar

from syncd.connectors.base import PullContext
from syncd.errors import UserError
from syncd.model import Failure, Message
from syncd.normalise.rfc5322 import NotAMessage, read_message

BATCH = 500
"""Items of one batch: what a kill can cost, and what one commit carries."""

_T = TypeVar("_T")


def read_or_set_aside(
    file: BinaryIO | bytes,
    context: PullContext,
    *,
    account: str,
    source_id: str,
    folder: str,
    filed: int,
    labels: Sequence[str] = (),
    provider_thread: str = "",
) -> Message | Failure:
    """Read the message that `file` holds, as the context asks; `filed` is when it was stored.

    :raises OSError: the file cannot be read
    """
    try:
        return read_message(
            file,
            account=account,
            source_id=source_id,
            folder=folder,
            me=context.me,
            now=int((context.clock or context.now).timestamp()),
            filed=filed,
            labels=labels,
            provider_thread=provider_thread,
            words=context.reader,
            words_since=int(context.words_since.timestamp()),
            excerpt=context.excerpt,
        )
    except NotAMessage as error:
        return Failure(source_id, folder, str(error), permanent=True)
    except (OSError, UserError):
        raise
    except Exception as error:
        # One message that trips a fault in syncd must not stop the thousands behind it; it is
        # set aside by name, shown to the user, and tried again after an update.
        return Failure(source_id, folder, f"syncd failed on it ({type(error).__name__})")


def chunks(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    """`items` in stretches of `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
