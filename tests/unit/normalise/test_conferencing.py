"""Links of meeting services are recognised, wherever a mail filter has hidden them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from syncd.normalise.conferencing import links, meeting_link

PATTERNS = Path(__file__).parents[4] / "shared/corpora/conferencing/meetingbar_regex.json"

SAMPLES = [
    "https://meet.google.com/abc-defg-hij",
    "https://meet.proton.me/join/id-A1B2",
    "https://g.co/meet/abc",
    "https://stream.meet.google.com/stream/abc-123",
    "https://hangouts.google.com/call/abc",
    "https://duo.app.goo.gl/abc",
    "https://us02web.zoom.us/j/93968804760?pwd=abc",
    "https://zoom.us/my/camille",
    "https://client.zoom-x.de/j/123",
    "zoommtg://zoom.us/join?confno=123",
    "https://acme.zoomgov.com/j/123",
    "https://reclaim.ai/z/abc/def",
    "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x",
    "https://teams.microsoft.com/meet/2512345?p=AbC",
    "https://gov.teams.microsoft.us/l/meetup-join/19%3a",
    "https://acme.webex.com/acme/j.php?MTID=m123",
    "https://acme.webex.com/meet/camille.roy",
    "https://meet.jit.si/CabinetRoy",
    "https://chime.aws/1234567890",
    "https://meetings.ringcentral.com/j/123",
    "https://global.gotomeeting.com/join/123",
    "https://attendee.gotowebinar.com/register/123",
    "https://client.bluejeans.com/123",
    "https://8x8.vc/cabinet/room",
    "https://event.demio.com/ref/abc",
    "https://join.me/abc",
    "https://whereby.com/cabinet",
    "https://uberconference.com/room/abc",
    "https://go.blizz.com/join/abc",
    "https://go.teamviewer.com/v15/m123",
    "https://vsee.com/c/abc",
    "https://meet.starleaf.com/123/app",
    "https://voovmeeting.com/dm/abc",
    "https://acme.workplace.com/groupcall/LINK:abc",
    "https://call.lifesizecloud.com/123",
    "https://join.skype.com/abc",
    "https://meet.lync.com/acme/camille/ABC",
    "https://meet.client.example/acme.group/meet/ABC",
    "https://facetime.apple.com/join#v=1",
    "https://www.youtube.com/live/abc",
    "https://meetings.vonage.com/123456789",
    "https://meet.around.co/r/abc",
    "https://jam.systems/abc",
    "discord://discord.com/channels/1",
    "https://discord.gg/abc",
    "https://us.bbcollab.com/guest/abc",
    "https://join.coscreen.co/abc",
    "https://app.vowel.com/#/g/abc",
    "https://welink.zhumu.com/j/123",
    "https://vc.larksuite.com/j/123",
    "https://vc.feishu.cn/j/123",
    "https://vimeo.com/event/123",
    "https://venues.vimeo.com/abc",
    "https://cabinet.ovice.in/@1",
    "https://lu.ma/join/abc",
    "https://preply.com/en/room/abc",
    "https://go.userzoom.com/participate/abc-1",
    "https://app.venue.live/app/abc",
    "https://app.teemyco.com/room/abc",
    "https://demodesk.com/abc",
    "https://cliq.zoho.eu/meetings/abc",
    "https://app.slack.com/huddle/T1/C1",
    "https://app.gather.town/app/a1B2/cabinet?spawnToken=abc",
    "https://pop.com/j/123-456",
    "https://go.chorus.ai/abc",
    "https://client.join.gong.io/abc",
    "https://app.livestorm.com/p/abc",
    "https://tuple.app/c/abc",
    "https://meet.pumble.com/abc-def",
    "https://a.conference.istesuit.com/abc",
    "https://acme.doxy.me/abc",
    "https://app.cal.com/video/abc",
    "https://cabinet.zm.page",
    "https://meet.livekit.io/rooms/abc-1",
    "https://meetings.conf.meetecho.com/ietf/1",
    "https://streamyard.com/abcdefgh12",
    "https://riverside.fm/studio/abc",
]


@pytest.mark.parametrize("url", SAMPLES)
def test_links_of_services(url: str) -> None:
    assert [link.kind in ("meeting", "perhaps") for link in links(f"Rejoindre <{url}>.")] == [True]


def test_every_service_of_a_published_list_has_a_sample_here() -> None:
    if not PATTERNS.exists():
        pytest.skip("the list of MeetingBar's patterns is not on this machine")
    patterns = json.loads(PATTERNS.read_text(encoding="utf-8"))
    assert len(patterns) > 60
    missing = [
        pattern
        for pattern in patterns.values()
        if not any(re.match(pattern, sample) for sample in SAMPLES)
    ]
    assert not missing


@pytest.mark.parametrize(
    "wrapped",
    [
        "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fteams.microsoft.com"
        "%2Fl%2Fmeetup-join%2F19&data=05",
        "https://urldefense.com/v3/__https://teams.microsoft.com/l/meetup-join/19__;!!abc",
        "https://www.google.com/url?q=https://teams.microsoft.com/l/meetup-join/19&sa=D",
        "teams.microsoft.com/l/meetup-join/19",
    ],
)
def test_wrapped_links_are_unwrapped(wrapped: str) -> None:
    link = meeting_link(f"Lien : {wrapped}")
    assert link is not None
    assert link.service == "Microsoft Teams"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://zoom.us/blog", "other"),
        ("https://teams.microsoft.com/meetingOptions/?organizerId=1", "other"),
        ("https://notzoom.us/j/1", "other"),
        ("https://zoom.us.evil.example/j/1", "other"),
        ("https://docs.google.com/document/d/1", "other"),
        ("https://maps.app.goo.gl/abc", "map"),
        ("https://www.google.fr/maps/place/Louvre", "map"),
        ("https://[::1", "other"),
    ],
)
def test_other_links_are_not_meetings(url: str, kind: str) -> None:
    assert [link.kind for link in links(url)] == [kind]


def test_no_links_in_plain_text() -> None:
    assert links("Voir ann.lee@client.example et/ou p.ex. 3.5/4") == []
