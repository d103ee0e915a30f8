"""Threads, copies, answers and contact codes: from the set of messages alone, never its order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.model import Address, Direction, Message
from syncd.normalise.threading import (
    MOST_MESSAGES,
    SUBJECT_WINDOW,
    Assignment,
    Key,
    Wanted,
    affected,
    subject_key,
    thread,
)

ME = frozenset({"camille@cabinet.example"})
CAMILLE = Address("camille@cabinet.example", "Camille Roy")
ANN = Address("ann.lee@client.example", "Ann Lee")
BOB = Address("bob@other.example", "Bob")
MONDAY = 1795420800
HOUR = 3600
Step = tuple[list[Message], list[tuple[str, int]]]
"""One batch: upserts, and the (account, number) of what is deleted."""


def mail(
    name: str,
    *,
    sender: Address = ANN,
    to: tuple[Address, ...] = (CAMILLE,),
    at: int = MONDAY,
    refs: tuple[str, ...] = (),
    subject: str = "The framework contract",
    message_id: str | None = None,
    **other: object,
) -> Message:
    direction: Direction = "outbound" if sender == CAMILLE else "inbound"
    values = {
        "account": "work",
        "source_id": name,
        "folder": "INBOX",
        "at": at,
        "direction": direction,
        "sender": sender,
        "message_id": f"{name}@x.example" if message_id is None else message_id,
        "refs": tuple(f"{ref}@x.example" for ref in refs),
        "to": to,
        "subject": subject,
        **other,
    }
    return Message(**values)  # type: ignore[arg-type]


def threaded(*messages: Message) -> dict[str, Assignment]:
    return {key[1]: value for key, value in thread(messages, ME).items()}


def test_an_answer_joins_the_thread_of_what_it_refers_to() -> None:
    found = threaded(
        mail("question"),
        mail("answer", sender=CAMILLE, to=(ANN,), refs=("question",), at=MONDAY + HOUR),
        mail("other", sender=BOB),
    )
    assert found["question"].thread == found["answer"].thread != found["other"].thread


def test_messages_that_refer_to_the_same_missing_one_belong_together() -> None:
    found = threaded(mail("a", refs=("missing",)), mail("b", refs=("missing",)))
    assert found["a"].thread == found["b"].thread


def test_a_further_answer_does_not_rename_the_thread() -> None:
    start = [mail("z-question"), mail("y-answer", refs=("z-question",))]
    before = threaded(*start)["z-question"].thread
    for name in ("a", "m", "zz"):
        start.append(mail(name, refs=("z-question", "y-answer")))
        assert threaded(*start)["z-question"].thread == before


def test_an_answer_that_names_only_its_parent_does_not_rename_the_thread() -> None:
    start = [mail("z-question"), mail("m-answer", refs=("z-question",))]
    before = threaded(*start)["z-question"].thread
    assert threaded(*start, mail("later", refs=("m-answer",)))["later"].thread == before


def test_losing_the_first_message_does_not_rename_the_thread() -> None:
    answer = mail("answer", refs=("question",))
    assert threaded(mail("question"), answer)["answer"] == threaded(answer)["answer"]


def test_the_providers_thread_connects_within_an_account_only() -> None:
    found = threaded(
        mail("a", provider_thread="17"),
        mail("b", provider_thread="17"),
        mail("c", provider_thread="17", account="private"),
    )
    assert found["a"].thread == found["b"].thread != found["c"].thread


def test_empty_ids_connect_nothing() -> None:
    found = threaded(
        mail("a", message_id="", sender=BOB), mail("b", message_id=""), mail("c", message_id="<>")
    )
    assert len({assignment.thread for assignment in found.values()}) == 3


def test_a_reply_without_references_joins_the_latest_mail_of_its_subject() -> None:
    found = threaded(
        mail("older", at=MONDAY - 5 * HOUR),
        mail("latest", at=MONDAY - HOUR, sender=CAMILLE, to=(ANN,)),
        mail("elsewhere", at=MONDAY - 60, sender=BOB),
        mail("reply", subject="RE : the Framework  contract"),
    )
    assert found["reply"].thread == found["latest"].thread
    assert found["reply"].thread not in (found["older"].thread, found["elsewhere"].thread)


def test_a_reply_does_not_join_mail_from_weeks_ago() -> None:
    found = threaded(
        mail("old", at=MONDAY - SUBJECT_WINDOW - 1),
        mail("reply", subject="Re: The framework contract"),
    )
    assert found["reply"].thread != found["old"].thread


def test_a_new_mail_with_an_old_subject_is_a_new_thread() -> None:
    found = threaded(mail("old", at=MONDAY - HOUR), mail("new"))
    assert found["old"].thread != found["new"].thread


def test_of_copies_exactly_one_stands_for_the_mail() -> None:
    sent = mail("s1", sender=CAMILLE, to=(ANN,), message_id="same@x.example", folder="Sent")
    by_list = replace(sent, source_id="a1", folder="INBOX", bulk="list: team.example")
    private = replace(sent, account="private", source_id="p1", folder="INBOX")
    found = thread([by_list, private, sent], ME)
    assert [key for key, value in found.items() if not value.copy] == [("work", "s1")]
    assert len({value.thread for value in found.values()}) == 1


def test_the_copy_whose_text_was_read_stands_for_the_mail() -> None:
    one = mail("a", message_id="same@x.example")
    other = replace(one, source_id="b", words_read=True)
    found = threaded(one, other)
    assert (found["a"].copy, found["b"].copy) == (True, False)


def test_somebody_elses_mail_with_a_known_id_hides_nothing() -> None:
    found = threaded(
        mail("real", message_id="same@x.example"),
        mail("forged", message_id="same@x.example", sender=BOB),
    )
    assert not found["real"].copy


def test_my_answer_counts_with_its_delay_and_the_person() -> None:
    found = threaded(
        mail("question"),
        mail("answer", sender=CAMILLE, to=(ANN,), refs=("question",), at=MONDAY + HOUR),
    )
    assert (found["answer"].answers, found["answer"].delay) == (ANN.email, HOUR)
    assert found["answer"].contacts == (f"t:{ANN.email}", f"r:{ANN.email}")


def test_their_answer_to_me_names_me() -> None:
    found = threaded(
        mail("mine", sender=CAMILLE, to=(ANN,)), mail("theirs", refs=("mine",), at=MONDAY + HOUR)
    )
    assert (found["theirs"].answers, found["theirs"].delay) == (CAMILLE.email, HOUR)


def test_a_nudge_of_mine_is_no_answer_to_myself() -> None:
    found = threaded(
        mail("mine", sender=CAMILLE, to=(ANN,)),
        mail("nudge", sender=CAMILLE, to=(ANN,), refs=("mine",), at=MONDAY + HOUR),
    )
    assert found["nudge"].answers == ""


def test_an_out_of_office_note_answers_nothing() -> None:
    found = threaded(
        mail("mine", sender=CAMILLE, to=(ANN,)),
        mail("away", refs=("mine",), automatic="auto-submitted: auto-replied"),
    )
    assert (found["away"].answers, found["away"].contacts) == ("", ())


def test_somebody_elses_answer_to_somebody_else_is_none_to_me() -> None:
    found = threaded(
        mail("mine", sender=CAMILLE, to=(ANN, BOB)),
        mail("anns", refs=("mine",)),
        mail("bobs", sender=BOB, to=(ANN,), cc=(CAMILLE,), refs=("mine", "anns")),
    )
    assert found["anns"].answers == CAMILLE.email
    assert found["bobs"].answers == ""


def test_contact_codes_tell_to_from_cc_and_leave_me_out() -> None:
    found = threaded(
        mail("direct"),
        mail("aside", sender=BOB, to=(ANN,), cc=(CAMILLE,)),
        mail("mine", sender=CAMILLE, to=(ANN, CAMILLE), cc=(BOB,)),
        mail("news", bulk="unsubscribe: list-unsubscribe"),
    )
    assert found["direct"].contacts == (f"f:{ANN.email}",)
    assert found["aside"].contacts == (f"g:{BOB.email}",)
    assert found["mine"].contacts == (f"t:{ANN.email}", f"c:{BOB.email}")
    assert found["news"].contacts == ()


def test_a_flood_with_one_reference_ends_and_stays_one_thread() -> None:
    flood = [mail(f"n{number}", refs=("root",)) for number in range(MOST_MESSAGES + 10)]
    assert len({value.thread for value in thread(flood, ME).values()}) == 1


# In any order and any split, with updates and deletions, the stored result is that of one run.

IDS = [f"i{number}@x.example" for number in range(6)]
SUBJECTS = ["Quote", "Re: quote", "AW: Quote", "RE: [team] quote", "Other", ""]

messages = st.builds(
    lambda number, **values: mail(f"m{number}", **values),
    number=st.integers(0, 11),
    sender=st.sampled_from([ANN, BOB, CAMILLE]),
    to=st.sampled_from([(CAMILLE,), (ANN,), (BOB, CAMILLE), ()]),
    at=st.integers(0, 6).map(lambda day: MONDAY + day * SUBJECT_WINDOW // 3),
    subject=st.sampled_from(SUBJECTS),
    message_id=st.sampled_from([*IDS, ""]),
    account=st.sampled_from(["work", "private"]),
    provider_thread=st.sampled_from(["", "", "", "7", "8"]),
    words_read=st.booleans(),
    folder=st.sampled_from(["INBOX", "Sent"]),
).flatmap(
    lambda message: st.lists(st.sampled_from(IDS), max_size=3, unique=True).map(
        lambda refs: replace(message, refs=tuple(refs))
    )
)
# Mail that only its subject connects: no references, few people, close together.
loose = st.builds(
    lambda number, **values: mail(f"m{number}", **values),
    number=st.integers(0, 11),
    sender=st.sampled_from([ANN, BOB]),
    at=st.integers(0, 9).map(lambda day: MONDAY + day * SUBJECT_WINDOW // 4),
    subject=st.sampled_from(["Quote", "Re: quote"]),
)


def steps(of: st.SearchStrategy[Message]) -> st.SearchStrategy[list[Step]]:
    key = st.tuples(st.sampled_from(["work", "private"]), st.integers(0, 11))
    return st.lists(st.tuples(st.lists(of, max_size=4), st.lists(key, max_size=2)), max_size=7)


class Stored:
    """Messages with what threading said of them, found as the store finds them."""

    def __init__(self) -> None:
        self.records: dict[Key, Message] = {}

    def lookup(self, wanted: Wanted) -> Iterable[Message]:
        for message in self.records.values():
            if (
                message.message_id in wanted.ids
                or set(message.refs) & wanted.ids
                or message.provider_thread in wanted.provider_threads
                or message.thread in wanted.threads
                or any(
                    subject_key(message) == subject and start <= message.at <= end
                    for subject, start, end in wanted.subjects
                )
            ):
                yield message

    def apply(self, upserts: list[Message], deletions: list[tuple[str, int]]) -> None:
        changed = {(message.account, message.source_id): message for message in upserts}
        gone = {(account, f"m{number}") for account, number in deletions} - changed.keys()
        removed = [self.records[key] for key in {*changed, *gone} & self.records.keys()]
        found = affected(changed.values(), removed, self.lookup)
        for key in gone:
            self.records.pop(key, None)
        for message in found:
            self.records[message.account, message.source_id] = message
        for key, assignment in thread(found, ME).items():
            self.records[key] = replace(
                self.records[key],
                thread=assignment.thread,
                copy=assignment.copy,
                answers=assignment.answers,
                delay=assignment.delay,
                contacts=assignment.contacts,
            )


@settings(max_examples=400)
@given(steps(messages) | steps(loose))
def test_in_batches_the_result_is_that_of_one_run(batches: list[Step]) -> None:
    stored = Stored()
    for upserts, deletions in batches:
        stored.apply(upserts, deletions)
    expected = thread(stored.records.values(), ME)
    assert {
        key: Assignment(m.thread, m.copy, m.answers, m.delay, m.contacts)
        for key, m in stored.records.items()
    } == expected


@settings(max_examples=200)
@given(st.lists(messages, max_size=10, unique_by=lambda m: (m.account, m.source_id)), st.randoms())
def test_the_order_of_the_messages_does_not_matter(found: list[Message], random: object) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert thread(shuffled, ME) == thread(found, ME)


@settings(max_examples=200)
@given(st.lists(messages, max_size=10, unique_by=lambda m: (m.account, m.source_id)))
def test_every_mail_has_exactly_one_record_that_stands_for_it(found: list[Message]) -> None:
    assignments = thread(found, ME)
    groups: dict[tuple[str, str], list[bool]] = {}
    for message in found:
        if message.message_id:
            key = message.message_id, message.sender.email
            groups.setdefault(key, []).append(assignments[message.account, message.source_id].copy)
    assert all(group.count(False) == 1 for group in groups.values())
