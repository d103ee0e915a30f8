# ruff: noqa: E501 - a message or a case stands on one line
"""HTML mail of the usual programs, to text in which `zones` finds the same parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.text.html import MAX_TEXT, html_to_text
from syncd.text.zones import new_text, zones
from tests.processor_time import takes_at_most


def cut(html: str) -> list[tuple[str, str]]:
    text = html_to_text(html)
    return [(zone.kind, text[zone.start : zone.end].strip()) for zone in zones(text)]


GMAIL = """<html><head><style>p { color: red }</style></head><body>
<div dir="ltr">I will send the plan by Friday.<div><br></div><div>It has two parts.</div>
<div><br clear="all"></div><div><div dir="ltr" class="gmail_signature"
data-smartmail="gmail_signature">Marc Roy<div>Cabinet Roy</div></div></div></div><br>
<div class="gmail_quote"><div dir="ltr" class="gmail_attr">Le&nbsp;lun. 2 nov. 2026 à&nbsp;10:00,
Ann Lee &lt;<a href="mailto:ann@client.example">ann@client.example</a>&gt; a écrit&nbsp;:<br></div>
<blockquote class="gmail_quote" style="border-left:1px solid rgb(204,204,204);padding-left:1ex">
<div>Could you call?</div><blockquote class="gmail_quote"><p>Older words</p></blockquote>
</blockquote></div></body></html>"""

OUTLOOK = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><!--[if gte mso 9]><xml>
<o:OfficeDocumentSettings/></xml><![endif]--></head><body lang=FR><div class=WordSection1>
<p class=MsoNormal>I will send the plan by Friday.<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoNormal>It has two parts.<o:p></o:p></p><p class=MsoNormal>Cordialement,<br>Marc Roy</p>
<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'>
<p class=MsoNormal><b>{0}:</b> Ann Lee &lt;ann@client.example&gt;<br><b>{1}:</b> 2 novembre 2026<br>
<b>{2}:</b> Marc Roy<br><b>{3}:</b> Plan<o:p></o:p></p></div></div>
<p class=MsoNormal>Could you call?<o:p></o:p></p></div></body></html>"""

OUTLOOK_WEB = """<div style="font-family:Calibri">I will send the plan by Friday.</div>
<div style="font-family:Calibri"><br></div><div>It has two parts.</div>
<div id="Signature"><p>Marc Roy</p><p>Cabinet Roy</p></div><div id="appendonsend"></div>
<hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr"><font><b>{0}:</b>
Ann Lee &lt;ann@client.example&gt;<br><b>{1}:</b> lundi<br><b>{2}:</b> Marc<br><b>{3}:</b> Plan</font>
</div><div>Could you call?</div>"""

APPLE = """<html><head></head><body style="line-break: after-white-space;">I will send the plan by
Friday.<div><br></div><div>It has two parts.<br id="lineBreakAtBeginningOfSignature"><div>
<br><blockquote type="cite"><div>On Nov 2, 2026, at 10:00, Ann Lee &lt;ann@client.example&gt; wrote:
</div><br class="Apple-interchange-newline"><div>Could you call?</div></blockquote></div></div>
</body></html>"""

THUNDERBIRD = """<html><body><p>I will send the plan by Friday.</p><p>It has two parts.</p>
<div class="moz-cite-prefix">Am 02.11.26 um 10:00 schrieb Ann Lee:<br></div>
<blockquote type="cite" cite="mid:1@client.example"><p>Could you call?</p></blockquote>
<pre class="moz-signature" cols="72">--{space}
Marc Roy</pre></body></html>"""

YAHOO = """<div class="ydp1"><div dir="ltr">I will send the plan by Friday.</div><div><br></div>
<div dir="ltr">It has two parts.</div></div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>
<div>Le lundi 2 novembre 2026, Ann Lee &lt;ann@client.example&gt; a écrit : </div><div>Could you
call?</div></div></div>"""

PROTON = """<div>I will send the plan by Friday.</div><div><br></div><div>It has two parts.</div>
<div class="protonmail_signature_block"><div>Marc</div></div><div class="protonmail_quote">
On Monday, Ann Lee wrote:<br><blockquote class="protonmail_quote">Could you call?</blockquote></div>"""

IPHONE = """<div dir="ltr">I will send the plan by Friday.</div><div dir="ltr"><br></div>
<div dir="ltr">It has two parts.</div><div dir="ltr"><br></div><div dir="ltr">Envoyé de mon iPhone
</div><div dir="ltr"><br><blockquote type="cite">Le 2 nov. 2026 à 10:00, Ann Lee a écrit :<br>
</blockquote></div><blockquote type="cite"><div dir="ltr">Could you call?</div></blockquote>"""

OUTLOOK_MAC = """<div>I will send the plan by Friday.</div><div><br></div><div>It has two parts.</div>
<div id="mail-editor-reference-message-container"><div><div style="padding: 3pt 0in 0in; border-width:
1pt medium medium; border-style: solid none none"><b>Nuair: </b>Ann Lee<br><b>Cuin: </b>lundi</div>
<div>Could you call?</div></div></div>"""

WEB_DE = """<div>I will send the plan by Friday.</div><div>It has two parts.</div><div name="quote"
style="margin:10px 5px 5px 10px; border-left:2px solid #C3D9E5;"><div><b>Gesendet:</b> Montag<br>
<b>Von:</b> Ann Lee</div><div>Could you call?</div></div>"""

ROUNDCUBE = """<p id="reply-intro">On 2026-11-02 10:00, Ann Lee wrote:</p><blockquote type="cite">
<p>Could you call?</p></blockquote><p>I will send the plan by Friday.</p><p>It has two parts.</p>"""

FRENCH = ("De&nbsp;", "Envoyé&nbsp;", "À&nbsp;", "Objet&nbsp;")
UNKNOWN = ("Nuair", "Cuin", "Chuig", "Ábhar")

ANSWERS = {
    "gmail": GMAIL,
    "outlook": OUTLOOK.format(*FRENCH),
    "outlook, a language we do not know": OUTLOOK.format(*UNKNOWN),
    "outlook web": OUTLOOK_WEB.format(*FRENCH),
    "outlook web, a language we do not know": OUTLOOK_WEB.format(*UNKNOWN),
    "outlook for mac": OUTLOOK_MAC,
    "web.de": WEB_DE,
    "roundcube, below the quote": ROUNDCUBE,
    "apple": APPLE,
    "thunderbird": THUNDERBIRD.format(space=" "),
    "yahoo": YAHOO,
    "proton": PROTON,
    "iphone": IPHONE,
}


@pytest.mark.parametrize("html", ANSWERS.values(), ids=ANSWERS.keys())
def test_the_answer_is_what_is_new(html: str) -> None:
    words = new_text(html_to_text(html))

    assert " ".join(words.split()) == "I will send the plan by Friday. It has two parts."


def test_gmail_part_by_part() -> None:
    assert cut(GMAIL) == [
        ("new", "I will send the plan by Friday.\n\nIt has two parts."),
        ("signature", "-- \nMarc Roy\nCabinet Roy"),
        (
            "attribution",
            "Le lun. 2 nov. 2026 à 10:00, Ann Lee <ann@client.example> a écrit :",
        ),
        ("quote", "> Could you call?\n>>\n>> Older words\n>>"),
    ]


def test_inline_answers_between_blockquotes() -> None:
    html = (
        "<p>Le 02/11/2026 à 10:00, Ann Lee a écrit&nbsp;:</p><blockquote type=cite>Which day?"
        "</blockquote><p>Monday works.</p><blockquote type=cite>Who comes?</blockquote><p>We two.</p>"
    )

    assert [kind for kind, _ in cut(html)] == ["attribution", "quote", "new", "quote", "new"]
    assert new_text(html_to_text(html)) == "Monday works.\n\nWe two."


def test_a_forward_from_gmail() -> None:
    html = (
        '<div dir="ltr">See below.<br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        "---------- Forwarded message ---------<br>From: <strong>Ann Lee</strong> &lt;ann@client."
        "example&gt;<br>Date: Mon, Nov 2, 2026<br>Subject: Plan<br>To: &lt;marc@cabinet.example&gt;"
        "<br></div><br><div>Could you call?</div></div></div>"
    )

    assert [kind for kind, _ in cut(html)] == ["new", "forwarded"]


def test_a_forward_from_thunderbird_has_its_headers_in_a_table() -> None:
    html = (
        '<p>See below.</p><div class="moz-forward-container"><br>-------- Message transféré --------'
        "<table><tr><th>Sujet :</th><td>Plan</td></tr><tr><th>De :</th><td>Ann Lee</td></tr></table>"
        "<p>Could you call?</p></div>"
    )

    assert [kind for kind, _ in cut(html)] == ["new", "forwarded"]


def test_text_below_a_marked_signature_is_kept() -> None:
    html = '<div class="gmail_signature">Marc Roy</div><p>I will send the plan.</p>'

    assert "I will send the plan." in new_text(html_to_text(html))


def test_an_answer_written_into_the_signature_container_is_kept() -> None:
    answer = "I will send the plan and everything that belongs to it. " * 20
    html = f'<div id="AppleMailSignature"><p>{answer}</p></div>'

    assert "I will send the plan" in new_text(html_to_text(html))


def test_gmail_indents_with_a_blockquote_that_is_no_quote() -> None:
    html = '<p>Two points:</p><blockquote style="margin:0 0 0 40px;border:none;padding:0">Paul comes</blockquote>'

    assert new_text(html_to_text(html)) == "Two points:\nPaul comes" or "> " not in html_to_text(
        html
    )


def test_a_box_that_is_no_copied_header_hides_nothing_below() -> None:
    html = '<div style="border-top:solid 1pt">Note: we move on.</div><p>Could you call?</p>'

    assert "Could you call?" in new_text(html_to_text(html))


def test_tables_of_short_cells_keep_their_rows() -> None:
    html = (
        "<p>Prices:</p><table><tr><th>Item</th><th>Price</th></tr><tr><td>Plan</td><td>3</td></tr>"
        "<tr><td>Offer</td><td>4</td></tr></table><p>Fine?</p>"
    )

    assert [kind for kind, _ in cut(html)] == ["new", "verbatim", "new"]


def test_layout_tables_are_plain_text() -> None:
    html = (
        "<table><tr><td><table><tr><td>I will send the plan by Friday, as I said to Paul and to all"
        " the others on Monday.</td></tr></table></td><td>&nbsp;</td></tr></table>"
    )

    assert html_to_text(html).strip().startswith("I will send the plan by Friday")
    assert "|" not in html_to_text(html)


def test_hidden_and_invisible_text_is_left_out() -> None:
    html = (
        '<div style="display:none;max-height:0">Preview&#847;&zwnj;&nbsp;</div><p>Hello&nbsp;Ann,&#8203;'
        "</p><script>alert(1)</script><style>p{}</style><!-- note --><p>all is well.</p>"
    )

    assert html_to_text(html) == "Hello Ann,\n\nall is well."


def test_embedded_images_do_not_push_the_text_out() -> None:
    html = f'<p>Before.</p><img src="data:image/png;base64,{"A" * 900_000}"><p>After.</p>'

    assert html_to_text(html).split() == ["Before.", "After."]


def test_what_the_parser_drops_comes_through_without_its_layout() -> None:
    text = html_to_text("<div>" * 1_500 + "All is well.<br>Ann &amp; Bob")

    assert " ".join(text.split()) == "All is well. Ann & Bob"


def test_a_length_beyond_all_numbers_is_ignored() -> None:
    assert html_to_text(f'<p style="margin-top:{"9" * 400}em">Hello</p>') == "Hello"


@pytest.mark.parametrize(
    "html", ["", " ", "<", "<>", "&#0;", "\x00", "plain text", '<?xml encoding="x"?>']
)
def test_odd_input_gives_text(html: str) -> None:
    assert isinstance(html_to_text(html), str)


tags = st.sampled_from(
    [
        *(
            "<div>",
            "</div>",
            "<p>",
            "</p>",
            "<br>",
            "<blockquote>",
            "</blockquote>",
            "<hr>",
            "<table>",
        ),
        *(
            "</table>",
            "<tr>",
            "<td>",
            "</td>",
            "<th>",
            "<ul>",
            "<li>",
            "<pre>",
            "</pre>",
            "<!--",
            "-->",
        ),
        *(
            '<div class="gmail_signature">',
            '<div id="divRplyFwdMsg">',
            "<style>",
            "</style>",
            "data:a/",
        ),
        *(
            '<span style="display:none">',
            "</span>",
            "&nbsp;",
            "&#xE000;",
            "\ue001",
            "\x00",
            "word ",
        ),
        *("<svg>", "<![endif]>", "<o:p>", "<a href='", "<", ">", "]]>", "<?pi"),
    ]
)


@given(st.one_of(st.lists(tags, max_size=60).map("".join), st.text(max_size=200)))
def test_no_html_raises(html: str) -> None:
    assert len(html_to_text(html)) <= MAX_TEXT


HOSTILE = {
    "plain": "<p>Hello <b>all</b>, <a href='x'>this</a> is text</p>\n" * 20_000,
    "nested": "<div>" * 200_000,
    "brackets": "<" * 1_000_000,
    "open comments": "<!--" * 250_000,
    "open styles": "<style>" * 150_000,
    "nested tables": "<table><tr><td>" * 60_000,
    "a wide and long table": f"<table><tr><td>{'a' * 40_000}<td>b</tr>{'<tr><td>x<td>y</tr>' * 40_000}",
    "many cells": "<table><tr>" + "<td>" * 250_000,
    "nested quotes": "<blockquote>" * 80_000,
    "many quotes": "<blockquote>x</blockquote>" * 40_000,
    "signatures": "<div class=gmail_signature>" * 35_000,
    "lists": "<ol>" + "<li>x" * 200_000,
    "line breaks": "<br>" * 250_000,
    "one open attribute": '<a href="' + "x" * 1_000_000,
    "preformatted": "<pre>" + "x\n" * 500_000,
    "entities": "&amp;" * 200_000,
    "margins": '<p style="margin-top:99999em;margin-bottom:99999em">x</p>' * 20_000,
    "indents": '<div style="padding-left:99999em">' * 200 + "x<br>" * 200_000,
    "indented lists": "<ul>" * 200 + "x<br>" * 200_000,
    "numbered items": f'<ol><li value="{"9" * 4_000}">' * 200 + "x<li>" * 200_000,
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_megabyte_stays_bounded(html: str) -> None:
    takes_at_most(0.050, lambda: zones(html_to_text(html)))
