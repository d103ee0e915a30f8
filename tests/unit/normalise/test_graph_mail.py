"""Microsoft Graph's message resources to records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.model import Address, Message
from syncd.normalise.graph_mail import (
    FIELDS,
    HEADERS,
    TEXT,
    Reading,
    is_complete,
    own_addresses,
    read_item,
    received_at,
)
from syncd.text.reading import Reader

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ME = frozenset({"camille@cabinet.example"})
READER = Reader()
READING = Reading(
    account="work",
    me=ME,
    now=int(NOW.timestamp()),
    zone=ZoneInfo("America/Toronto"),
    words=READER,
    words_since=int((NOW - timedelta(days=30)).timestamp()),
    excerpt=200,
)


def person(address: str, name: str = "") -> dict[str, Any]:
    return {"emailAddress": {"address": address, "name": name}}


def item(**changes: Any) -> dict[str, Any]:
    """An ordinary mail of a client's, received this morning."""
    return {
        "@odata.type": "#microsoft.graph.message",
        "id": "AAkALgAA",
        "internetMessageId": "<quote.1@client.example>",
        "conversationId": "AAQkC1",
        "parentFolderId": "AQMkF1",
        "receivedDateTime": "2026-11-23T09:00:05Z",
        "sentDateTime": "2026-11-23T09:00:00Z",
        "subject": "Le devis révisé",
        "from": person("Ann.Lee@client.example", "Ann Lee"),
        "sender": person("Ann.Lee@client.example", "Ann Lee"),
        "toRecipients": [person("camille@cabinet.example", "Camille Roy")],
        "ccRecipients": [person("max@client.example", 'Max "the pen" Roth, CFO')],
        "hasAttachments": False,
        "isDraft": False,
        "inferenceClassification": "focused",
        "categories": [],
        "webLink": "https://outlook.office365.com/owa/?ItemID=AAkALgAA",
        **changes,
    }


def fields(**values: str) -> dict[str, Any]:
    listed = [{"name": name.replace("_", "-"), "value": value} for name, value in values.items()]
    return {HEADERS: listed}


def html(text: str) -> dict[str, Any]:
    return {TEXT: {"contentType": "html", "content": f"<html><body><p>{text}</p></body></html>"}}


def read(resource: Any, *, sent: bool = False, reading: Reading = READING) -> Message:
    return read_item(resource, reading, source_id="m:AAkALgAA", folder="Inbox", sent=sent)


def test_an_ordinary_mail() -> None:
    message = read(item(**html("Pourriez-vous m’envoyer le devis d’ici vendredi ?")))
    assert message.sender == Address("ann.lee@client.example", "Ann Lee")
    assert message.to == (Address("camille@cabinet.example", "Camille Roy"),)
    assert message.cc == (Address("max@client.example", 'Max "the pen" Roth, CFO'),)
    assert message.subject == "Le devis révisé"
    assert message.at == int(datetime(2026, 11, 23, 9, tzinfo=UTC).timestamp())
    assert (message.message_id, message.provider_thread) == ("quote.1@client.example", "AAQkC1")
    assert message.direction == "inbound"
    assert message.human
    assert [signal.kind for signal in message.signals] == ["ask"]
    assert message.link.startswith("https://outlook.office365.com/")


def test_the_writers_clock_is_that_of_the_date_field() -> None:
    message = read(item(**fields(Date="Mon, 23 Nov 2026 04:00:00 -0500")))
    assert message.utc_offset == -300
    assert read(item()).utc_offset == 0


def test_my_own_mail_is_read_by_my_clock() -> None:
    message = read(item(**{"from": person("camille@cabinet.example")}))
    assert message.direction == "outbound"
    assert message.utc_offset == -300, "Toronto in November"


def test_replies_are_known_by_their_references() -> None:
    message = read(
        item(
            **fields(
                In_Reply_To="<b@cabinet.example>", References="<a@x.example> <b@cabinet.example>"
            )
        )
    )
    assert message.refs == ("a@x.example", "b@cabinet.example")


def test_a_colleague_without_an_address_keeps_the_name_of_the_header_field() -> None:
    legacy = person("/o=ExchangeLabs/ou=Group/cn=Recipients/cn=12ab-max", "Max Roth")
    message = read(item(**{"from": legacy, "sender": legacy}, toRecipients=[legacy]))
    assert message.sender.email == ""
    assert message.to == ()
    header = fields(From="Max Roth <max@cabinet.example>")
    message = read(item(**{"from": legacy, "sender": legacy}, **header))
    assert message.sender == Address("max@cabinet.example", "Max Roth")


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (fields(Auto_Submitted="auto-replied"), "auto-submitted: auto-replied"),
        (fields(X_Auto_Response_Suppress="All"), "auto-reply: x-auto-response-suppress"),
        ({"subject": "Réponse automatique : Le devis"}, "auto-reply: subject"),
        ({"@odata.type": "#microsoft.graph.eventMessageRequest"}, "calendar: content-class"),
        ({"@odata.type": "#microsoft.graph.eventMessageResponse"}, "calendar: content-class"),
    ],
)
def test_automatic_mail(resource: dict[str, Any], reason: str) -> None:
    message = read(item(**{**html("Could you call me?"), **resource}))
    assert message.automatic == reason
    assert not message.words_read


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (
            fields(List_Id="<n.shop.example>", List_Unsubscribe="<https://x>"),
            "list: n.shop.example",
        ),
        ({"inferenceClassification": "other"}, "graph: other (hint)"),
        ({"from": person("no-reply@shop.example")}, "no-reply: no-reply@shop.example"),
    ],
)
def test_bulk_mail(resource: dict[str, Any], reason: str) -> None:
    assert read(item(**resource)).bulk == reason


def test_only_what_may_be_a_persons_word_is_looked_at_more_closely() -> None:
    assert READING.wants_headers(read(item()))
    assert READING.wants_text(read(item()))
    robot = read(item(**{"from": person("no-reply@shop.example")}))
    assert not READING.wants_headers(robot)
    assert not READING.wants_text(robot)
    mine = read(item(**{"from": person("camille@cabinet.example")}), sent=True)
    assert not READING.wants_headers(mine)
    assert READING.wants_text(mine), "what I promised counts"
    unnamed = read(item(**{"from": person("old@cabinet.example")}), sent=True)
    assert READING.wants_headers(unnamed), "only they tell it from mail that was filed there"
    old = read(item(receivedDateTime="2026-01-05T09:00:00Z", sentDateTime="2026-01-05T09:00:00Z"))
    assert READING.wants_headers(old)
    assert not READING.wants_text(old)


@pytest.mark.parametrize(
    "resource",
    [
        {**html(""), **fields(Content_Type="application/pkcs7-mime; smime-type=enveloped-data")},
        {TEXT: {"contentType": "text", "content": "-----BEGIN PGP MESSAGE-----\nhQEMA"}},
    ],
    ids=["S/MIME", "PGP"],
)
def test_nothing_is_known_of_what_encrypted_mail_says(resource: dict[str, Any]) -> None:
    message = read(item(**resource))
    assert not message.words_read
    assert message.excerpt == ""


def test_a_signature_in_html_is_no_word_of_the_mail() -> None:
    body = '<p>Merci !</p><div id="Signature"><p>Can I help you further?</p></div>'
    message = read(item(**html(body)))
    assert message.words_read
    assert not [signal for signal in message.signals if signal.kind == "ask"]


def test_attachments_and_categories() -> None:
    message = read(
        item(hasAttachments=True, categories=["Clients", "À suivre"], **html("Ci-joint."))
    )
    assert message.attachments == 1
    assert message.labels == ("category:Clients", "category:À suivre")


def test_the_date_is_believed_no_further_than_the_delivery() -> None:
    wrong = fields(Date="Fri, 01 Jan 2038 00:00:00 +0000")
    message = read(item(**wrong))
    assert message.at == received_at(item())


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "http://plain.example/", "", None, 7, ["https://x"]]
)
def test_only_a_web_address_becomes_a_link(link: Any) -> None:
    assert read(item(webLink=link)).link == ""


def test_an_update_is_complete_only_with_every_property() -> None:
    assert is_complete(item())
    assert is_complete(item(subject=None)), "null is said, too"
    for name in FIELDS:
        assert not is_complete({key: value for key, value in item().items() if key != name})


def test_my_addresses() -> None:
    profile = {
        "mail": "Camille@cabinet.example",
        "userPrincipalName": "camille@cabinet.example",
        "otherMails": ["c.roy@home.example"],
        "proxyAddresses": [
            "SMTP:camille@cabinet.example",
            "smtp:roy@cabinet.example",
            "X500:/o=Cabinet/cn=camille@cabinet",
            "sip:camille@cabinet.example",
        ],
    }
    assert own_addresses(profile) == (
        "camille@cabinet.example",
        "c.roy@home.example",
        "roy@cabinet.example",
    )
    guest = {"mail": None, "userPrincipalName": "roy_x.example#EXT#@tenant.example"}
    assert own_addresses(guest) == ()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=8,
)
hostile = st.dictionaries(
    st.sampled_from((*FIELDS, HEADERS, TEXT, "@odata.type")),
    json_values
    | st.fixed_dictionaries({"emailAddress": json_values})
    | st.lists(st.fixed_dictionaries({"name": json_values, "value": json_values}), max_size=4)
    | st.fixed_dictionaries({"contentType": st.just("html"), "content": st.text(max_size=200)})
    | st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
)


@settings(max_examples=300)
@given(changes=hostile, sent=st.booleans())
def test_whatever_graph_answers_becomes_a_record(changes: dict[str, Any], sent: bool) -> None:
    resource = item(**changes)
    message = read(resource, sent=sent)
    assert message.source_id == "m:AAkALgAA"
    assert message.at <= READING.now + 2 * 86_400
    assert "\n" not in message.subject + message.excerpt
    own_addresses(resource)
