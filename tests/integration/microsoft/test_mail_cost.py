"""What a pass costs, counted in requests, and how many of them are under way at once."""

from __future__ import annotations

from math import ceil

from tests.integration.microsoft.mail_account import MailAccount, ago


def followed(account: MailAccount) -> int:
    """Folders that are read: all but drafts, junk, deleted items and the outbox."""
    return len(account.mailbox.folders) - 4


def test_a_pass_with_nothing_new_asks_each_folder_once_and_for_the_folders_once() -> None:
    with MailAccount() as account:
        for number in range(20):
            folder = account.mailbox.add_folder(f"Client {number}", "inbox")
            account.mailbox.deliver(f"Mail {number}", ago(hours=number), folder=folder)
        account.pull()
        account.requests()
        account.pull()
        asked = account.requests()
        assert len(asked) == followed(account) + 1 == 24
        assert all(line.startswith("GET ") and "delta" in line for line in asked)


def test_a_new_mail_costs_one_request_more() -> None:
    with MailAccount() as account:
        account.pull()
        account.mailbox.deliver("New", ago(minutes=5), text="Could you call me on Monday?")
        account.requests()
        account.pull()
        assert len(account.requests()) == followed(account) + 2
        assert account.message("New").signals


def test_a_first_sync_asks_for_twenty_mails_at_a_time() -> None:
    with MailAccount() as account:
        for number in range(1000):
            account.mailbox.deliver(f"Mail {number}", ago(minutes=number))
        account.pull(reader=None)
        asked = account.requests()
        pages = sum("delta" in line for line in asked)
        assert len(account.records.items) == 1000
        assert sum("$batch" in line for line in asked) == 1000 / 20 + 1
        assert pages == followed(account) - 1 + ceil(1000 / 100) + 1


def test_a_thousand_removals_cost_fifty_requests() -> None:
    with MailAccount() as account:
        keys = [account.mailbox.deliver(f"Mail {n}", ago(minutes=n)) for n in range(1000)]
        account.pull(reader=None)
        for key in keys:
            account.mailbox.move(key, "deleteditems")
        account.requests()
        account.pull()
        assert not account.records.items
        assert sum("$batch" in line for line in account.requests()) == 1000 / 20


def test_mail_that_was_never_kept_costs_nothing_when_it_goes() -> None:
    with MailAccount() as account:
        account.mailbox.deliver("Kept", ago(hours=1))
        keys = [account.mailbox.deliver(f"Old {n}", ago(days=700 + n)) for n in range(50)]
        account.pull()
        for key in keys:
            account.mailbox.remove(key)
        account.requests()
        batches = account.pull()
        assert not any(batch.deletions for batch in batches)
        assert len(account.requests()) == followed(account) + 1


def test_never_more_than_four_requests_are_under_way() -> None:
    with MailAccount() as account:
        for number in range(12):
            folder = account.mailbox.add_folder(f"Client {number}")
            for mail in range(5):
                account.mailbox.deliver(f"{number}/{mail}", ago(hours=mail), folder=folder)
        account.graph.delay = 0.02
        account.pull(reader=None)
        account.pull(reader=None)
        assert account.graph.busiest == 4
        assert account.graph.most_at_once > 1, "folders are asked side by side"
        assert not any(status == 429 for _, status in account.graph.log)
