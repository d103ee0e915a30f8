"""What the user does to a mailbox, and what the records make of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest

from syncd.errors import UserError
from syncd.model import Batch
from tests.contract.contract import NOW
from tests.fakes.microsoft.mail import FRENCH, person
from tests.fakes.microsoft.server import TOKEN, Grant, refused
from tests.fakes.server import Fault, Request
from tests.integration.microsoft.mail_account import MailAccount, ago


@pytest.fixture
def account() -> Iterator[MailAccount]:
    with MailAccount() as opened:
        yield opened


def upserted(batches: list[Batch]) -> list[str]:
    return [item.source_id for batch in batches for item in batch.upserts]


def deleted(batches: list[Batch]) -> list[str]:
    return [source_id for batch in batches for source_id in batch.deletions]


# --- folders ------------------------------------------------------------------------------------


def test_sent_mail_is_mine_in_any_language() -> None:
    with MailAccount(FRENCH) as account:
        account.mailbox.send("Notre devis", ago(hours=2))
        alias = person("c.roy@ancien-cabinet.example", "Camille Roy")
        account.mailbox.send("D’une adresse que personne n’a nommée", ago(hours=3), sender=alias)
        account.pull()
        folders = {item.folder for item in account.records.items.values()}
        assert folders == {"Éléments envoyés"}
        assert account.message("Notre devis").direction == "outbound"
        unnamed = account.message("D’une adresse que personne n’a nommée")
        assert unnamed.direction == "outbound"
        assert "SENT" in unnamed.labels


def test_what_somebody_else_wrote_stays_theirs_in_the_sent_items(account: MailAccount) -> None:
    key = account.mailbox.deliver("Filed by hand", ago(hours=2))
    account.mailbox.move(key, "sentitems")
    account.pull()
    assert account.message("Filed by hand").direction == "inbound"


def test_drafts_junk_and_what_was_thrown_away_are_left_out(account: MailAccount) -> None:
    mailbox = account.mailbox
    mailbox.add_folder("Conversation History", well_known="conversationhistory")
    mailbox.add_folder("Sync Issues", well_known="syncissues")
    thrown = mailbox.add_folder("An old project", "deleteditems")
    conflicts = mailbox.add_folder("Conflicts", "syncissues")
    words = ("drafts", "junkemail", "deleteditems", "outbox", "conversationhistory", "syncissues")
    for folder in (*words, thrown, conflicts):
        mailbox.deliver(f"In {folder}", ago(hours=1), folder=folder)
    mailbox.deliver("An answer that is being written", ago(hours=1), isDraft=True)
    mailbox.deliver("Kept", ago(hours=1), folder="archive")
    account.pull()
    assert account.subjects() == ["Kept"]
    asked = [path for path in account.requests() if "messages/delta" in path]
    assert len(asked) == 3, "inbox, sent items and archive"


def test_a_folder_within_a_folder_is_known_by_its_path(account: MailAccount) -> None:
    clients = account.mailbox.add_folder("Clients", "inbox")
    lee = account.mailbox.add_folder("Lee", clients)
    account.mailbox.deliver("The quote", ago(hours=1), folder=lee)
    account.pull()
    assert account.message("The quote").folder == "Inbox/Clients/Lee"


def test_a_folder_with_a_new_name_keeps_its_mail(account: MailAccount) -> None:
    folder = account.mailbox.add_folder("Clients", "inbox")
    inner = account.mailbox.add_folder("Lee", folder)
    account.mailbox.deliver("The quote", ago(hours=1), folder=inner)
    account.mailbox.deliver("Years ago", ago(days=300), folder=inner)
    account.pull()
    account.mailbox.rename_folder(folder, "Customers")
    account.history = timedelta(days=100)
    batches = account.pull()
    assert not deleted(batches)
    assert account.message("The quote").folder == "Inbox/Customers/Lee"
    assert account.message("Years ago").folder == "Inbox/Customers/Lee"


def test_a_folder_that_is_thrown_away_takes_its_mail_along_and_brings_it_back(
    account: MailAccount,
) -> None:
    folder = account.mailbox.add_folder("Project")
    account.mailbox.deliver("The plan", ago(hours=1), folder=folder)
    account.pull()
    account.mailbox.move_folder(folder, "deleteditems")
    account.pull()
    assert account.subjects() == []
    account.mailbox.move_folder(folder, "inbox")
    account.pull()
    assert account.message("The plan").folder == "Inbox/Project"


def test_a_folder_that_is_removed_for_good(account: MailAccount) -> None:
    folder = account.mailbox.add_folder("Project")
    account.mailbox.deliver("The plan", ago(hours=1), folder=folder)
    account.mailbox.deliver("Something else", ago(hours=1))
    account.pull()
    account.mailbox.remove_folder(folder)
    account.pull()
    assert account.subjects() == ["Something else"]


def test_folders_in_a_circle_end_somewhere(account: MailAccount) -> None:
    one = account.mailbox.add_folder("One")
    other = account.mailbox.add_folder("Other", one)
    account.mailbox.deliver("The plan", ago(hours=1), folder=other)
    account.mailbox.move_folder(one, other)
    account.pull()
    assert account.message("The plan").folder == "One/Other"


def test_a_full_mailbox_is_said_to_be_full(account: MailAccount) -> None:
    """Delta keeps its state in the mailbox, which takes no more; the sign-in is not to blame."""
    account.graph.fault = lambda _number, request: (
        refused(403, "ErrorQuotaExceeded") if request.path.endswith("mailFolders/delta") else None
    )
    with pytest.raises(UserError) as caught:
        account.pull()
    assert "full" in caught.value.problems[0].what


# --- moves, removals, changes -------------------------------------------------------------------


@pytest.mark.parametrize(("there", "here"), [("inbox", "archive"), ("archive", "inbox")])
def test_a_mail_that_moves_is_never_lost(account: MailAccount, there: str, here: str) -> None:
    """In whichever of the two folders Graph is asked first."""
    key = account.mailbox.deliver("The contract", ago(hours=1), folder=there)
    account.pull()
    account.mailbox.move(key, here)
    batches = account.pull()
    assert upserted(batches) == [f"m:{key}"]
    assert not deleted(batches)
    expected = {"inbox": "Inbox", "archive": "Archive"}[here]
    assert account.message("The contract").folder == expected


def test_a_mail_that_moves_between_two_requests_is_never_lost(account: MailAccount) -> None:
    """It leaves its folder before that is asked, for one that has been asked already."""
    key = account.mailbox.deliver("The contract", ago(hours=1), folder="archive")
    account.pull()
    account.requests()
    asked = count()

    def move_it(_number: int, request: Request) -> Fault | None:
        if next(asked) == 1:  # after the list of folders, as the first folder is asked
            account.mailbox.move(key, "inbox")
            account.mailbox.forget_changes("inbox")
        return None

    account.graph.fault = move_it
    batches = account.pull()
    assert not deleted(batches)
    assert account.message("The contract").folder == "Inbox"


def test_a_mail_that_moves_into_a_folder_just_made_is_never_lost(account: MailAccount) -> None:
    """Made after the folders were listed, before the mail's own folder is asked."""
    key = account.mailbox.deliver("The contract", ago(hours=1))
    account.pull()
    account.requests()
    asked = count()

    def file_it(_number: int, _request: Request) -> Fault | None:
        if next(asked) == 1:
            account.mailbox.move(key, account.mailbox.add_folder("Signed"))
        return None

    account.graph.fault = file_it
    assert not deleted(account.pull())
    assert not deleted(account.pull())
    assert account.message("The contract").folder == "Signed"


def test_what_was_removed_but_can_be_recovered_is_gone(account: MailAccount) -> None:
    """Exchange keeps it in a folder that no list shows."""
    key = account.mailbox.deliver("The contract", ago(hours=1))
    account.pull()
    account.mailbox.move(key, "AQMkRecoverable")
    assert deleted(account.pull()) == [f"m:{key}"]


def test_thrown_away_is_gone_and_taken_out_again_is_back(account: MailAccount) -> None:
    key = account.mailbox.deliver("The contract", ago(hours=1))
    account.pull()
    account.mailbox.move(key, "deleteditems")
    assert deleted(account.pull()) == [f"m:{key}"]
    account.mailbox.move(key, "archive")
    account.pull()
    assert account.message("The contract").folder == "Archive"


def test_a_removal_that_was_found_but_not_committed_is_found_again(account: MailAccount) -> None:
    keys = [account.mailbox.deliver(f"Mail {n}", ago(hours=n)) for n in range(6)]
    account.mailbox.largest_page = 2
    account.pull()
    for key in keys[:4]:
        account.mailbox.remove(key)
    account.mailbox.deliver("New", ago(minutes=5))
    account.pull(commits=1)
    assert len(account.records.items) == 7, "killed before anything was deleted"
    account.pull()
    assert account.subjects() == ["Mail 4", "Mail 5", "New"]


@pytest.mark.parametrize("sparse", [False, True], ids=["whole", "only what changed"])
def test_a_change_is_seen_with_everything_else_kept(account: MailAccount, sparse: bool) -> None:
    account.mailbox.sparse = sparse
    text = "Could you send me the quote by Friday?"
    key = account.mailbox.deliver("The quote", ago(hours=1), text=text)
    account.pull()
    before = account.message("The quote")
    assert before.signals
    account.mailbox.update(key, categories=["Clients"])
    account.pull()
    after = account.message("The quote")
    assert after.labels == ("category:Clients",)
    assert (after.signals, after.sender, after.at) == (before.signals, before.sender, before.at)


def test_old_mail_is_passed_over(account: MailAccount) -> None:
    account.mailbox.deliver("Last week", ago(days=7))
    account.mailbox.deliver("Two years ago", ago(days=730))
    account.pull()
    assert account.subjects() == ["Last week"]


def test_a_large_folder_is_read_beyond_the_limit_of_a_filter(account: MailAccount) -> None:
    """Delta returns no more than 5,000 messages where a $filter is given."""
    for number in range(5100):
        account.mailbox.deliver(f"Mail {number}", ago(minutes=number), headers=None)
    account.mailbox.deliver("Two years ago", ago(days=730))
    # mail of mine needs no second look, which keeps this quick
    me = person("camille@cabinet.example")
    for message in account.mailbox.messages.values():
        message["from"] = message["sender"] = me
    account.pull(reader=None)
    assert len(account.records.items) == 5100


# --- resync and comparison ----------------------------------------------------------------------


def test_a_folder_whose_delta_expired_is_read_again_alone(account: MailAccount) -> None:
    for number in range(5):
        account.mailbox.deliver(f"Mail {number}", ago(hours=number))
        account.mailbox.send(f"Sent {number}", ago(hours=number))
    account.pull()
    gone = account.mailbox.key_of("Mail 3")
    account.mailbox.remove(gone)
    account.mailbox.deliver("New", ago(minutes=5))
    account.mailbox.expire("inbox")
    batches = account.pull()
    assert deleted(batches) == [f"m:{gone}"]
    assert {item.folder for batch in batches for item in batch.upserts} == {"Inbox"}
    assert account.records.items == account.fresh().items


def test_a_first_sync_goes_on_where_it_was_killed(account: MailAccount) -> None:
    for number in range(30):
        account.mailbox.deliver(f"Mail {number}", ago(hours=number))
    account.mailbox.largest_page = 5
    account.pull(commits=4)
    held = len(account.records.items)
    assert 0 < held < 30
    account.requests()
    batches = account.pull()
    assert len(upserted(batches)) == 30 - held
    assert account.records.items == account.fresh().items


@pytest.mark.parametrize("killed", ["in the first sync", "later"])
def test_a_round_that_was_killed_long_ago_ends_in_the_present(
    account: MailAccount, killed: str
) -> None:
    """Its links tell of the mailbox as it was when it began."""
    account.mailbox.largest_page = 2
    if killed == "later":
        account.pull()
    for number in range(12):
        account.mailbox.deliver(f"Mail {number}", ago(hours=number))
    account.pull(commits=3)
    account.mailbox.deliver("Today's", ago(minutes=1))
    account.mailbox.remove(account.mailbox.key_of("Mail 3"))
    account.pull()
    assert account.records.items == account.fresh().items
    assert len(account.records.items) == 12


def test_a_first_sync_whose_place_was_forgotten_starts_that_folder_again(
    account: MailAccount,
) -> None:
    for number in range(30):
        account.mailbox.deliver(f"Mail {number}", ago(hours=number))
    account.mailbox.largest_page = 5
    account.pull(commits=4)
    account.mailbox.expire()
    account.mailbox.remove(account.mailbox.key_of("Mail 2"))
    account.pull()
    assert account.records.items == account.fresh().items
    assert len(account.records.items) == 29


def test_a_folder_that_graph_keeps_forgetting_stops_nothing_else(account: MailAccount) -> None:
    account.mailbox.deliver("Inbox", ago(hours=1))
    account.mailbox.deliver("Archive", ago(hours=1), folder="archive")
    inbox = account.mailbox.well_known["inbox"]

    def forgetful(_number: int, request: Request) -> Fault | None:
        forgotten = inbox in request.path and "delta" in request.path
        return refused(410, "SyncStateNotFound") if forgotten else None

    account.graph.fault = forgetful
    with pytest.raises(Exception, match="SyncStateNotFound"):
        account.pull()
    assert account.subjects() == ["Archive"]
    assert len([path for path in account.requests() if inbox in path]) == 2, "twice, then no more"


def test_what_delta_has_missed_is_found_within_a_week(account: MailAccount) -> None:
    for number in range(3):
        account.mailbox.deliver(f"Mail {number}", ago(hours=number))
    account.pull()
    account.mailbox.remove(account.mailbox.key_of("Mail 1"))
    account.mailbox.deliver("Unheard of", ago(minutes=1))
    account.mailbox.forget_changes()
    account.pull()
    assert account.subjects() == ["Mail 0", "Mail 1", "Mail 2"]
    for _ in account.mailbox.well_known:
        # a pass compares one folder
        account.now += timedelta(days=8)
        account.pull()
    assert account.subjects() == ["Mail 0", "Mail 2", "Unheard of"]


def test_one_pass_compares_one_folder(account: MailAccount) -> None:
    for folder in ("inbox", "sentitems", "archive"):
        account.mailbox.deliver(f"In {folder}", ago(hours=1), folder=folder)
    account.pull()
    account.now += timedelta(days=8)
    for _ in range(3):
        account.requests()
        account.pull()
        listings = [path for path in account.requests() if path.endswith("/messages")]
        assert len(listings) == 1
    account.requests()
    account.pull()
    assert not [path for path in account.requests() if path.endswith("/messages")]


def test_a_longer_history_reads_everything_again(account: MailAccount) -> None:
    account.mailbox.deliver("Last week", ago(days=7))
    account.mailbox.deliver("A year and a half ago", ago(days=550))
    account.pull()
    account.history = timedelta(days=730)
    account.pull()
    assert account.subjects() == ["A year and a half ago", "Last week"]


# --- what is asked of single messages -----------------------------------------------------------


def test_a_message_that_graph_fails_on_is_set_aside_and_read_when_it_can_be(
    account: MailAccount,
) -> None:
    account.mailbox.deliver("Good", ago(hours=1))
    key = account.mailbox.deliver("Bad", ago(hours=2))
    account.mailbox.unreadable[key] = 500
    account.pull()
    assert account.subjects() == ["Good"]
    assert [failure.folder for failure in account.records.failures.values()] == ["Inbox"]
    account.fetch(list(account.records.failures))
    assert [failure.folder for failure in account.records.failures.values()] == ["Inbox"]
    account.mailbox.unreadable.clear()
    account.fetch(list(account.records.failures))
    assert account.subjects() == ["Bad", "Good"]
    assert not account.records.failures


def test_where_nothing_can_be_read_nothing_is_set_aside(account: MailAccount) -> None:
    for number in range(3):
        key = account.mailbox.deliver(f"Mail {number}", ago(hours=1))
        account.mailbox.unreadable[key] = 503
    with pytest.raises(Exception, match="503"):
        account.pull()
    assert not account.records.failures


def test_text_is_read_of_recent_mail_and_later_of_older_mail(account: MailAccount) -> None:
    text = "I will send you the contract on Monday."
    account.mailbox.deliver("Recent", ago(days=2), text=text)
    old = account.mailbox.deliver("Old", ago(days=40), text=text)
    account.pull()
    assert account.message("Recent").signals
    assert not account.message("Old").words_read
    account.fetch([f"m:{old}"], words_since=NOW - timedelta(days=60))
    assert account.message("Old").signals


def test_bulk_mail_is_known_by_its_header_fields(account: MailAccount) -> None:
    fields = [("List-Id", "<news.shop.example>"), ("List-Unsubscribe", "<https://shop.example/u>")]
    account.mailbox.deliver("Our autumn sale", ago(hours=1), headers=fields)
    account.mailbox.deliver("I am away", ago(hours=2), headers=[("Auto-Submitted", "auto-replied")])
    other = person("sam@partner.example")
    account.mailbox.deliver("Hi", ago(hours=3), sender=other, inferenceClassification="other")
    account.pull()
    assert account.message("Our autumn sale").bulk
    assert account.message("I am away").automatic == "auto-submitted: auto-replied"
    assert account.message("Hi").bulk == "graph: other (hint)", "no single hint may hide a person"


def test_a_sender_without_an_address_is_named_by_the_header_fields(account: MailAccount) -> None:
    colleague = person("/o=ExchangeLabs/ou=Group/cn=Recipients/cn=12ab-max", "Max Roth")
    fields = [("From", "Max Roth <max@cabinet.example>")]
    text = "Could you send me the plan?"
    account.mailbox.deliver("Plan", ago(hours=1), sender=colleague, headers=fields, text=text)
    account.pull()
    message = account.message("Plan")
    assert (message.sender.email, message.bulk) == ("max@cabinet.example", "")
    assert message.signals


def test_what_is_clear_without_header_fields_is_not_asked_for(account: MailAccount) -> None:
    account.mailbox.send("To Ann", ago(days=40))
    robot = person("no-reply@shop.example")
    account.mailbox.deliver("Your parcel", ago(hours=1), sender=robot)
    invitation = "#microsoft.graph.eventMessageRequest"
    account.mailbox.deliver("Lunch?", ago(hours=1), **{"@odata.type": invitation})
    account.pull()
    assert account.message("Lunch?").automatic == "calendar: content-class"
    asked = [path for path in account.requests() if path.endswith("$batch")]
    assert len(asked) == 1, "the well-known folders"


def test_no_text_is_asked_for_where_the_user_wants_none_read(account: MailAccount) -> None:
    account.text = False
    basic = frozenset({"User.Read", "Mail.ReadBasic", "Calendars.Read"})
    account.graph.tokens[TOKEN] = Grant(scopes=basic)
    fields = [("List-Id", "<news.shop.example>"), ("List-Unsubscribe", "<https://shop.example/u>")]
    account.mailbox.deliver("The quote", ago(hours=1))
    account.mailbox.deliver("Sale", ago(hours=1), headers=fields)
    account.pull()
    assert not account.records.failures
    message = account.message("The quote")
    assert (message.words_read, message.excerpt, message.sender.name) == (False, "", "Ann Lee")
    assert account.message("Sale").bulk


# --- who I am -----------------------------------------------------------------------------------


def test_my_other_addresses_are_learned_from_the_mailbox(account: MailAccount) -> None:
    account.graph.profile["proxyAddresses"] = [
        "SMTP:camille@cabinet.example",
        "smtp:C.Roy@cabinet.example",
        "X500:/o=Cabinet/cn=Camille",
        "SIP:camille@cabinet.example",
    ]
    alias = person("c.roy@cabinet.example", "Camille Roy")
    account.mailbox.deliver("From my alias", ago(hours=1), folder="archive", sender=alias)
    batches = account.pull()
    own = {address for batch in batches for address in batch.own}
    assert own == {"camille@cabinet.example", "c.roy@cabinet.example"}
    assert account.message("From my alias").direction == "self"
    again = account.pull()
    assert not any(batch.own for batch in again), "asked for once a week"


def test_a_tenant_that_shows_no_addresses_is_read_all_the_same(account: MailAccount) -> None:
    def hidden(_number: int, request: Request) -> Fault | None:
        return refused(403, "Authorization_RequestDenied") if request.path == "/v1.0/me" else None

    account.graph.fault = hidden
    account.mailbox.deliver("The quote", ago(hours=1))
    account.pull()
    assert account.subjects() == ["The quote"]


def test_every_record_opens_in_the_browser_and_knows_its_conversation(
    account: MailAccount,
) -> None:
    account.mailbox.deliver("The quote", ago(hours=1), conversationId="AAQkConversation=")
    account.pull()
    message = account.message("The quote")
    assert message.link.startswith("https://outlook.office365.com/owa/?ItemID=")
    assert message.provider_thread == "AAQkConversation="
