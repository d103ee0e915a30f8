"""What folders and labels are for, in the usual languages."""

from __future__ import annotations

import pytest

from syncd.normalise.folders import gmail_category, is_left_out, is_sent


@pytest.mark.parametrize(
    "folder",
    ["Sent", "SENT", "Sent Items", "INBOX.Sent", "Éléments envoyés", "Gesendete Elemente",
     "Archive/Enviados", "Sent.mbox", "Posta inviata", "Verzonden items"],
)  # fmt: skip
def test_sent_folders(folder: str) -> None:
    assert is_sent(folder)
    assert not is_left_out(folder)


@pytest.mark.parametrize(
    "folder",
    ["Trash", "INBOX.Trash", "Junk E-mail", "[Gmail]/Spam", "Corbeille", "Courrier indésirable",
     "Brouillons", "Papierkorb", "Entwürfe", "Gelöschte Elemente", "Borradores", "Drafts/Old"],
)  # fmt: skip
def test_folders_that_are_left_out(folder: str) -> None:
    assert is_left_out(folder)


@pytest.mark.parametrize("folder", ["INBOX", "Clients/Sentinel", "Archive.2024", "Projects", ""])
def test_other_folders(folder: str) -> None:
    assert not is_sent(folder)
    assert not is_left_out(folder)


def test_labels_count_by_their_whole_name() -> None:
    assert is_sent("All mail.mbox", ["Inbox", "Envoyés"])
    assert is_left_out("", ["Corbeille"])
    assert not is_left_out("", ["Clients/Drafts"])


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Category promotions", "CATEGORY_PROMOTIONS"),
        ("Catégorie : promotions", "CATEGORY_PROMOTIONS"),
        ("Kategorie: Soziale Netzwerke", "CATEGORY_SOCIAL"),
        ("Category updates", "CATEGORY_UPDATES"),
        ("Category forums", "CATEGORY_FORUMS"),
        ("Category personal", ""),
        ("Promotions", ""),
    ],
)
def test_category_labels(label: str, name: str) -> None:
    assert gmail_category(label) == name
