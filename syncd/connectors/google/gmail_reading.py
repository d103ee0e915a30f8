"""Messages by their ids: asked for, read, and sorted into what is there, gone or set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from syncd.connectors.base import PullContext
from syncd.connectors.google.api import NotFound, Refused
from syncd.connectors.google.gmail_cursor import Settings
from syncd.connectors.google.gmail_mailbox import Mailbox
from syncd.errors import SyncdError, Transient, UserError
from syncd.model import Failure, Message
from syncd.normalise.gmail import FOLDER, is_left_out, label_ids, read_gmail
from syncd.normalise.rfc5322 import NotAMessage

_WITNESSES: Final = 3
"""Known messages that are asked for where everything else fails."""


@dataclass(slots=True)
class Found:
    """What became of the ids that were asked for."""

    messages: list[Message] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    """Deleted, or in the trash or spam."""
    failed: list[Failure] = field(default_factory=list)


class MessageReader:
    """Reads the messages of one account as the context of a pull asks.

    :param text: whether the account lets texts be read
    """

    def __init__(
        self, account: str, user: str, text: bool, mailbox: Mailbox, context: PullContext
    ) -> None:
        self._account = account
        self._user = user
        self._mailbox = mailbox
        self._context = context
        self._words = context.reader if text else None
        self._words_since = int(context.words_since.timestamp())

    def read(self, ids: Sequence[str], settings: Settings, *, recent: bool) -> Found:
        """Read one batch of messages, newest first.

        :param recent: they are expected to be recent enough for their text to be of use; where
            that is wrong, text came for nothing, or is asked for in a second batch
        :raises SyncdError: as GoogleApi.batch
        """
        found = self._get(ids, settings, text=recent)
        if self._words is not None and not recent:
            late = {m.source_id for m in found.messages if m.at >= self._words_since}
            if late:
                again = self._get(sorted(late), settings, text=True)
                found.messages = [m for m in found.messages if m.source_id not in late]
                found.messages += again.messages
                found.gone += again.gone
                found.failed += again.failed
        found.messages.sort(key=lambda message: message.at, reverse=True)
        return found

    def is_old(self, message: Message) -> bool:
        """Whether its text is of no use any more."""
        return message.at < self._words_since

    def _get(self, ids: Sequence[str], settings: Settings, *, text: bool) -> Found:
        text = text and self._words is not None
        found = Found()
        answers = self._mailbox.get(ids, text=text)
        failed = [answer for answer in answers if isinstance(answer, Transient | Refused)]
        if failed and len(failed) == len(ids) and not self._gives_others(ids):
            raise failed[0]
        for source_id, answer in zip(ids, answers, strict=True):
            if isinstance(answer, NotFound):
                found.gone.append(source_id)
            elif isinstance(answer, SyncdError):
                reason = str(answer).splitlines()[0] if str(answer) else type(answer).__name__
                found.failed.append(Failure(source_id, FOLDER, reason))
            elif answer.get("id") != source_id:
                found.failed.append(Failure(source_id, FOLDER, "Google answered something else"))
            elif is_left_out(label_ids(answer)):
                found.gone.append(source_id)
            else:
                read = self._read(answer, source_id, settings)
                if isinstance(read, Message):
                    found.messages.append(read)
                else:
                    found.failed.append(read)
        return found

    def _gives_others(self, ids: Sequence[str]) -> bool:
        """Whether the server gives other messages: then those that fail are at fault themselves,
        and must not stop every pass at the same place."""
        known = (x for x in self._context.known.source_ids(FOLDER) if x not in ids)
        witnesses = list(islice(known, _WITNESSES))
        answers = self._mailbox.get(witnesses, text=False) if witnesses else []
        return not all(isinstance(answer, Transient | Refused) for answer in answers)

    def _read(
        self, resource: Mapping[str, Any], source_id: str, settings: Settings
    ) -> Message | Failure:
        context = self._context
        try:
            return read_gmail(
                resource,
                account=self._account,
                user=self._user,
                me=context.me | {self._user, *settings.own},
                now=int((context.clock or context.now).timestamp()),
                label_names=settings.labels,
                words=self._words,
                words_since=self._words_since,
                excerpt=context.excerpt,
            )
        except NotAMessage as error:
            return Failure(source_id, FOLDER, str(error))
        except UserError:
            raise
        except Exception as error:
            # One message that trips a fault in syncd must not stop the thousands behind it; it is
            # set aside by name, shown to the user, and tried again after an update.
            return Failure(source_id, FOLDER, f"syncd failed on it ({type(error).__name__})")
