"""In person, virtual or unknown: the ladder, in English and French."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.normalise.place import place
from tests.processor_time import takes_at_most

ZOOM = "https://us02web.zoom.us/j/93968804760?pwd=abc"
TEAMS = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0"


@pytest.mark.parametrize(
    "location",
    [
        "Room 4 / Zoom",
        "Salle 203 ou Teams",
        "12 rue de Rivoli, 75001 Paris (lien Teams possible)",
        f"Room 12 {ZOOM}",
        "Bureau 12 ; visio",
    ],
)
def test_a_place_and_a_link_is_in_person_but_possibly_hybrid(location: str) -> None:
    verdict = place(location=location)
    assert (verdict.verdict, verdict.confidence) == ("in_person", "medium")
    assert "possible hybrid" in verdict.evidence


@pytest.mark.parametrize(
    ("location", "conference", "rooms"),
    [
        ("Salle Monet", [TEAMS], []),
        ("", ["https://meet.google.com/abc-defg-hij"], ["PAR-3-Dalida (8)"]),
        ("1000, rue Sherbrooke Ouest, Montréal QC H3A 3G4", [ZOOM], []),
    ],
)
def test_a_place_and_the_calendars_own_link(
    location: str, conference: list[str], rooms: list[str]
) -> None:
    verdict = place(location=location, conference=conference, rooms=rooms)
    assert (verdict.verdict, verdict.confidence) == ("in_person", "medium")


@pytest.mark.parametrize(
    "location",
    [
        ZOOM,
        "Zoom",
        "Microsoft Teams Meeting",
        "Réunion Microsoft Teams",
        "Google Meet (see invitation)",
        "Meet",
        "Online",
        "En ligne",
        "en visio",
        "À distance",
        "remote",
        "Phone",
        "téléphone",
        "Tél. 514-555-0100",
        "+1 514 555 0100",
        "01 42 60 30 30",
        "Ann will call",
        "Conference call, dial-in below",
        "Webinaire",
        "Via Microsoft Teams",
        "Zoom Personal Meeting Room",
        "Salle de visio",
        "Zoom, meeting ID 93968, passcode 85925",
        "Skype for Business",
        "Conference bridge: 1234",
    ],
)
def test_a_link_a_number_or_a_service_as_the_place_is_virtual(location: str) -> None:
    verdict = place(location=location)
    assert (verdict.verdict, verdict.confidence) == ("virtual", "high")


@pytest.mark.parametrize(
    "location",
    [
        "12 rue de Rivoli, 75001 Paris",
        "Café de Flore, 172 Bd Saint-Germain",
        "1 place Ville Marie",
        "1333 14th Street Northwest, Washington, DC",
        "10 Downing Street, London SW1A 2AA",
        "Montréal, QC",
        "123 Main St",
        "rue de Rivoli",
        "Am Kanal, Hauptstraße",
        "H2X 1Y4 Montréal",
        "Friedrichstraße 5, 10117 Berlin",
        "Salle 203",
        "Room 4",
        "Conference Room A",
    ],
)
def test_an_address_or_a_room_is_in_person(location: str) -> None:
    verdict = place(location=location)
    assert (verdict.verdict, verdict.confidence) == ("in_person", "high")


@pytest.mark.parametrize(
    "location",
    [
        "my office",
        "Ann's desk",
        "chez eux",
        "Chez Paul",
        "bureau de Paul",
        "Nos bureaux",
        "Hôtel du Lac",
        "Siège",
        "BOS-4-Harbour (12) [TV]",
        "https://maps.app.goo.gl/a1b2c3",
        "https://www.google.fr/maps/place/Louvre",
    ],
)
def test_somebodys_office_a_venue_or_a_map_is_in_person(location: str) -> None:
    verdict = place(location=location)
    assert (verdict.verdict, verdict.confidence) == ("in_person", "medium")


@pytest.mark.parametrize(
    "location",
    [
        "",
        "-",
        "?",
        "TBD",
        "à confirmer",
        "Lieu à préciser (Zoom possible)",
        "voir l'invitation",
        "Ann Lee",
        "Marie St Jean",
        "Paris",
        "Home office",
        "Office 365",
    ],
)
def test_what_says_nothing_is_unknown(location: str) -> None:
    assert place(location=location).verdict == "unknown"


def test_a_booked_room_and_coordinates_are_places() -> None:
    assert place(rooms=["Salle Monet"]).verdict == "in_person"
    assert place(location="Deux Magots", mapped=True).verdict == "in_person"
    assert place(location="Zoom", mapped=True).verdict == "virtual"


def test_a_link_in_the_description_is_enough_where_no_place_is_named() -> None:
    verdict = place(title="Point mandat", description=f"Rejoindre : <{TEAMS}>")
    assert (verdict.verdict, verdict.confidence) == ("virtual", "medium")
    assert "Microsoft Teams" in verdict.evidence


def test_the_word_remote_in_a_description_decides_nothing() -> None:
    text = "I work remote on Tuesdays. Our remote team joins by phone, or online."
    assert place(title="Entretien", description=text).verdict == "unknown"


def test_links_to_films_and_papers_in_a_description_decide_nothing() -> None:
    text = "https://www.youtube.com/watch?v=1 https://docs.client.example/d/1 https://zoom.us/blog"
    assert place(description=text).verdict == "unknown"


@pytest.mark.parametrize(
    "title",
    [
        "Coffee with Ann",
        "Café avec Paul",
        "Déjeuner Duval",
        "Dîner équipe",
        "Lunch",
        "Resto ?",
        "Afterwork RH",
        "Site visit",
        "Petit-déj client",
        "Prendre un verre",
    ],
)
def test_food_and_visits_in_the_title_are_weakly_in_person(title: str) -> None:
    verdict = place(title=title, location="TBD")
    assert (verdict.verdict, verdict.confidence) == ("in_person", "low")


@pytest.mark.parametrize(
    "title",
    [
        "Virtual coffee",
        "Café virtuel",
        "Coffee over Zoom",
        "Call with Ann",
        "Call – Ann Lee",
        "Visio Paul",
        "Point téléphonique",
        "Lunch and learn (online)",
    ],
)
def test_words_of_distance_in_the_title_are_weakly_virtual(title: str) -> None:
    verdict = place(title=title)
    assert (verdict.verdict, verdict.confidence) == ("virtual", "low")


@pytest.mark.parametrize(
    "title",
    ["Appel d'offres", "Call for papers", "Teams alignment", "Point hebdo", "Website revisited"],
)
def test_titles_that_only_look_like_it_decide_nothing(title: str) -> None:
    assert place(title=title).verdict == "unknown"


def test_a_link_that_a_calendar_adds_to_every_lunch_is_little_evidence() -> None:
    verdict = place(title="Lunch with Ann", conference=["https://meet.google.com/abc-defg-hij"])
    assert (verdict.verdict, verdict.confidence) == ("virtual", "low")


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=400))
def test_any_text_gets_a_verdict_with_evidence(title: str, location: str, text: str) -> None:
    verdict = place(title=title, location=location, description=text)
    assert (verdict.verdict == "unknown") == (not verdict.evidence)
    assert len(verdict.evidence) <= 200
    assert "\n" not in verdict.evidence


@pytest.mark.parametrize(
    "hostile",
    [
        "1 a" * 20_000,
        "a-b-c " * 20_000,
        "a." * 50_000,
        "(" * 50_000,
        "0 " * 50_000,
        "https://" * 9_000,
    ],
)
def test_hostile_texts_take_no_time(hostile: str) -> None:
    takes_at_most(
        0.5, lambda: place(title=hostile, location=hostile, description=hostile, rooms=[hostile])
    )
