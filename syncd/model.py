"""The records that flow through syncd. Frozen, provider-neutral, free of I/O.

Instants are whole seconds since the Unix epoch (UTC); days are `datetime.date`. Every e-mail
address is lower case. Texts from mail are hostile: they are bounded here and escaped where shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from syncd.workdays import Workdays

Direction = Literal["inbound", "outbound", "self"]
"""From whom: somebody else, me, or me to nobody but myself."""

SignalKind = Literal[
    "ask",
    "promise",
    "renegotiation",
    "fulfilment",
    "closing",
    "meeting_proposal",
    "personal_news",
    "thanks",
    "care",
]
Party = Literal["writer", "reader", "other", ""]
Severity = Literal["high", "normal", "low"]
PlaceVerdict = Literal["in_person", "virtual", "unknown"]
Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Address:
    """An RFC 5322 mailbox: display name (decoded, may be empty) and addr-spec (lower case)."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due: any day from `start` to `end`, both included (one day: equal)."""

    start: date
    end: date
    certainty: Confidence = "high"
    phrase: str = ""
    """The words it was read from."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing a sentence says, with the words that made syncd think so."""

    kind: SignalKind
    quote: str
    """The sentence, white space folded, at most 300 characters."""
    fired: str
    """The lexicon rule and the words it matched, as `rule: words`."""
    strength: Literal["firm", "weak"] = "firm"
    due: Due | None = None
    debtor: Party = ""
    """Of a promise: who is to do it. Of an ask: who is asked (`reader`, or `other` when a third
    person is addressed by name)."""
    creditor: Party = ""
    to: str = ""
    """The name a sentence addresses ("Ann, could you …"), as written; empty: nobody."""
    topic: str = ""
    """Of personal news: birth, illness, move, new_job, promotion, holiday, bereavement, wedding,
    other."""
    start: int = 0
    end: int = 0
    """Offsets of the sentence in the message's text, in characters."""


@dataclass(frozen=True, slots=True)
class Message:
    """One mail, as one account holds it. Two accounts' copies share `message_id`."""

    account: str
    source_id: str
    """The provider's id, unique within the account and stable."""
    folder: str
    """Where the provider keeps it: the unit in which local connectors list and forget."""
    at: int
    direction: Direction
    sender: Address
    message_id: str = ""
    """RFC 5322 Message-ID without angle brackets; a synthetic one where the mail has none."""
    refs: tuple[str, ...] = ()
    """References and In-Reply-To, oldest first, without angle brackets, bounded."""
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    utc_offset: int = 0
    """Minutes east of UTC in the Date header: the writer's clock, for "by Friday"."""
    automatic: str = ""
    """Why this is not a human's own mail (out-of-office, bounce, invitation …); empty if it is."""
    bulk: str = ""
    """Why this was sent to many (List-Id, newsletter, no-reply …); empty if it was not."""
    labels: tuple[str, ...] = ()
    """Provider labels and flags, e.g. `INBOX`, `SPAM`, `\\Answered`."""
    provider_thread: str = ""
    """The provider's own thread id (X-GM-THRID, conversationId), empty where there is none."""
    words_read: bool = False
    """Whether the text was analysed; when false, `signals` says nothing about the message."""
    language: str = ""
    excerpt: str = ""
    signals: tuple[Signal, ...] = ()
    greeting: str = ""
    """The name(s) the text greets ("Hi Ann,"), as written; empty when it greets nobody."""
    attachments: int = 0
    link: str = ""
    """Opens the message or thread in the provider's web page; empty where there is none."""
    thread: str = ""
    """Thread key, given by normalise.threading once the message meets its relatives."""
    copy: bool = False
    """True for all but one of the records that hold the same message (see normalise.threading)."""
    answers: str = ""
    """The address of the person whose message this one answers, once threads are known."""
    delay: int = 0
    """Seconds between the answered message and this one; 0 where `answers` is empty."""
    contacts: tuple[str, ...] = ()
    """What this mail means between me and each person, as `code:address`, for counting:
    `f` they wrote to me, `g` they wrote with me in Cc, `t` I wrote to them, `c` I had them in Cc,
    `r` I answered them; `h` they wrote, with a single hint of being bulk, which counts as `f` from
    a correspondent. Empty for copies, other bulk and automatic mail."""

    kind: Literal["message"] = field(default="message", init=False)

    @property
    def human(self) -> bool:
        """Neither automatic nor bulk: somebody wrote this to somebody."""
        return not self.automatic and not self.bulk


@dataclass(frozen=True, slots=True)
class Place:
    """Whether people meet in one room, how sure that is, and what says so."""

    verdict: PlaceVerdict = "unknown"
    confidence: Confidence = "low"
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Attendee:
    """One guest (RFC 5545 ATTENDEE). Rooms and resources have `role` "resource"."""

    address: Address
    response: Literal["accepted", "declined", "tentative", "none"] = "none"
    role: Literal["required", "optional", "resource"] = "required"


@dataclass(frozen=True, slots=True)
class Meeting:
    """One occurrence of a calendar event, as one calendar holds it."""

    account: str
    source_id: str
    folder: str
    """The calendar (or the .ics file) that holds it."""
    uid: str
    """iCalendar UID, shared by the copies in several calendars and by a series' occurrences."""
    at: int
    end: int
    title: str = ""
    all_day: bool = False
    status: Literal["confirmed", "tentative", "cancelled"] = "confirmed"
    my_response: Literal["accepted", "declined", "tentative", "none"] = "none"
    """`accepted` when I am the organiser, or when it stands in my calendar without guests."""
    organizer: Address | None = None
    attendees: tuple[Attendee, ...] = ()
    """Everyone but me and the rooms are in here too; rules leave out rooms and my addresses."""
    attendees_omitted: bool = False
    place: Place = Place()
    location: str = ""
    recurring: bool = False
    purpose: Literal["meeting", "birthday", "out_of_office", "other"] = "meeting"
    """`other`: focus time, working location, free-busy blocks: never contact."""
    link: str = ""
    copy: bool = False

    kind: Literal["meeting"] = field(default="meeting", init=False)


Interaction: TypeAlias = Message | Meeting

Cursor: TypeAlias = Mapping[str, Any]
"""What a connector needs to go on where it stopped: JSON-able, opaque to everybody else."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An item that could not be read: set aside, counted, retried."""

    source_id: str
    folder: str
    reason: str
    """One line, no mail content."""
    permanent: bool = False
    """True where another try cannot help (the file itself is broken)."""
    kept: bool = False
    """True where the item was read all the same and this only remarks on it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one step of a pull found. The pipeline commits it and its cursor in one transaction."""

    upserts: tuple[Interaction, ...] = ()
    deletions: tuple[str, ...] = ()
    """Source ids that are gone. A connector yields them after the additions of the same pull."""
    failed: tuple[Failure, ...] = ()
    cursor: Cursor | None = None
    """Set only where it is safe to resume from here."""
    done: int = 0
    total: int | None = None
    """Progress in items; None while the total is unknown."""
    own: tuple[str, ...] = ()
    """Addresses of mine that the provider knows (send-as, proxy addresses), lower case. They come
    before the items that the connector reads by them."""
    told: bool = False
    """The source itself named what is deleted, as sync tokens do. Otherwise the deletions were
    concluded from what did not come, and most of an account is not deleted without asking."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan in people.yaml; `by` is the last good day."""

    do: str
    by: date | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal of the written plan for a person."""

    goal: str
    by: date | None = None
    steps: tuple[Step, ...] = ()
    done: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Something the user wants to remember about a person."""

    on: date
    text: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What people.yaml says of one person, with the intervals of their tags applied.

    Intervals are days; None: the user set none.
    """

    name: str
    addresses: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: str = ""
    birthday: str = ""
    """`MM-DD` or `YYYY-MM-DD`."""
    keep_in_touch: int | None = None
    meet_in_person: int | None = None
    plan: tuple[Goal, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a finding rests on."""

    quote: str = ""
    link: str = ""
    at: int = 0
    source: str = ""
    """`account/source_id` of the message or meeting; `people.yaml` for a plan."""


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person as a finding names them."""

    key: str
    name: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What the records say of one person at one moment. Instants in epoch seconds, None: never.

    Only ended, uncancelled, timed meetings that neither side declined count as met; automatic and
    bulk mail never counts. Counts end at the moment of evaluation.
    """

    last_inbound: int | None = None
    last_outbound: int | None = None
    first_contact: int | None = None
    """The first mail or held meeting between us."""
    last_contact: int | None = None
    """The last real contact: their mail to me, my answer to them, or a held meeting."""
    last_in_person: int | None = None
    last_virtual: int | None = None
    last_unplaced: int | None = None
    """The last held meeting of unknown place: neither in person nor virtual."""
    next_meeting: int | None = None
    next_in_person: int | None = None
    virtual_in_a_row: int = 0
    """Virtual meetings since the last one in person."""
    their_delay: int | None = None
    """Median seconds in which they answer me (at least three answers in the last year)."""
    my_delay: int | None = None
    inbound: int = 0
    outbound: int = 0
    inbound_30d: int = 0
    outbound_30d: int = 0
    inbound_90d: int = 0
    outbound_90d: int = 0
    inbound_365d: int = 0
    outbound_365d: int = 0
    met_in_person_90d: int = 0
    met_in_person_365d: int = 0
    met_virtual_90d: int = 0
    met_virtual_365d: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """One human being: every address they use, what the user wrote of them, and the facts."""

    key: str
    """Stable identity: their first address in people.yaml, else the smallest one seen."""
    name: str
    addresses: tuple[str, ...]
    profile: Profile | None = None
    facts: Facts = Facts()

    @property
    def correspondent(self) -> bool:
        """I have written to them, met them, or named them in people.yaml."""
        return (
            self.profile is not None
            or self.facts.last_outbound is not None
            or self.facts.last_in_person is not None
            or self.facts.last_virtual is not None
            or self.facts.last_unplaced is not None
        )

    @property
    def ref(self) -> PersonRef:
        """The person as a finding names them."""
        return PersonRef(self.key, self.name, self.addresses)


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation: its messages up to the moment of evaluation, oldest first, each once."""

    key: str
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far one account's records can be trusted."""

    account: str
    state: Literal["complete", "partial", "failed", "sign_in", "stopped"]
    detail: str = ""
    """What happened, in English as errors are."""
    reason: Literal["", "not_read", "unfinished", "no_sent_mail"] = ""
    """What happened as a text of the summary, where it is one of the usual things."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of a thread or a person. Language-free: `say` names a text of the summary
    and `facts` fills it in, so that each reader gets it in their own language."""

    rule: str
    type: str
    key: str
    """Stable identity within the rule, whatever the order in which the records came in."""
    people: tuple[PersonRef, ...]
    section: Literal["today", "owe", "owed", "meet", "touch", "news", "other"]
    say: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = "normal"
    since: int | None = None
    """When it began (epoch seconds)."""
    due: date | None = None
    direction: Literal["inbound", "outbound", ""] = ""
    evidence: tuple[Evidence, ...] = ()
    thread: str = ""
    account: str = ""
    """The account it rests on: held back while that account's coverage is incomplete."""
    anchor: int = 0
    """The latest event it rests on: a finding that was done reopens when this is newer."""
    renew_after: int | None = None
    """Seconds after which a finding that was done comes back if nothing changed (cadences)."""
    closes: str = ""
    """What would close it, as a text name for `syncd explain`."""


@dataclass(frozen=True)
class Snapshot:
    """Everything the rules may look at, as of one moment. Nothing in it is newer than `now`,
    except planned meetings."""

    now: int
    zone: ZoneInfo
    me: frozenset[str]
    my_names: tuple[str, ...]
    people: Mapping[str, Person]
    """Persons by each of their addresses, and profiles without an address by their key."""
    threads: tuple[Thread, ...]
    """Conversations with a human message since the longest window of the rules in use."""
    meetings: tuple[Meeting, ...]
    """Real meetings (not cancelled, not declined by me, timed), oldest first, past and planned."""
    workdays: Workdays
    words: bool = True
    """False when the user wants no text read: rules that need words then stay silent."""
    wordless: frozenset[str] = frozenset()
    """The accounts whose text the user wants not to be read (`text: false` of the account)."""
    birthdays: tuple[Meeting, ...] = ()
    """What the calendars announce as somebody's birthday, past and to come."""

    @property
    def today(self) -> date:
        """The day of `now` in the user's zone."""
        return datetime.fromtimestamp(self.now, self.zone).date()

    def day(self, instant: int) -> date:
        """The day of an instant in the user's zone."""
        return datetime.fromtimestamp(instant, self.zone).date()

    def persons(self) -> tuple[Person, ...]:
        """Each person once, by key."""
        return tuple({person.key: person for person in self.people.values()}.values())
