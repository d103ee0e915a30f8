"""How syncd behaves towards Graph: at most four requests at once, patient, and never led astray."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.connectors.microsoft.batching import LARGEST_BATCH
from syncd.connectors.microsoft.faults import (
    DeltaExpired,
    Forbidden,
    GatewayTimeout,
    GraphError,
    NoMailbox,
    NotFound,
    Unavailable,
)
from syncd.connectors.microsoft.graph import AT_ONCE, Graph
from syncd.connectors.microsoft.options import OutlookOptions
from syncd.connectors.microsoft.transport import retry_after
from syncd.connectors.tokens import Tokens
from syncd.errors import CursorExpired, RateLimited, Stopping, SyncdError, Transient, UserError
from tests.fakes.clock import SimulatedClock
from tests.fakes.microsoft.server import TOKEN, FakeGraph, refused
from tests.fakes.server import GARBAGE, FakeServer, Fault, Hang, Request, Reset, Response

USER = "camille@cabinet.example"
HOME = "http://127.0.0.1:9"
"""An endpoint where nobody listens."""
PIECES = (
    *(
        HOME,
        f"{HOME}/v1.0",
        "http://",
        "https://",
        "//",
        "/",
        "\\",
        "@",
        "#",
        "?",
        ":",
        "%2f",
        "..",
    ),
    *("127.0.0.1", ":9", "/v1.0/", "elsewhere.example", "[::1]", "\t", "\n", " ", "。", "me"),
)
"""What addresses that deceive are made of."""


class Mailbox:
    """A Graph with numbered items, and somebody who reads it."""

    def __init__(self, folder: Path, server: FakeGraph) -> None:
        self.server = server
        self.clock = SimulatedClock()
        options = OutlookOptions(user=USER, token_command=f"printf {TOKEN}", endpoint=server.url)
        self.graph = Graph("work", options, Tokens(folder, "work"), self.clock)
        server.router.register("GET", "/me/items/{number}", self._item)
        self.asked: list[str] = []

    def _item(self, _request: Request, number: str) -> Response:
        self.asked.append(number)
        return Response(200, {"id": number})

    def answers(self, response: Response) -> None:
        """From now on `/me/thing` answers so."""
        self.server.router.register("GET", "/me/thing", lambda _request: response)

    def fails_at_first(self, *faults: Fault) -> None:
        self.server.fault = lambda number, _request: (
            faults[number] if number < len(faults) else None
        )


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    with FakeGraph() as server:
        box = Mailbox(tmp_path, server)
        yield box
        box.graph.close()


class TestAtMostFourAtOnce:
    def test_however_many_ask(self, mailbox: Mailbox) -> None:
        mailbox.server.delay = 0.01
        with ThreadPoolExecutor(16) as pool:
            got = list(pool.map(lambda n: mailbox.graph.get(f"/me/items/{n}")["id"], range(80)))
        assert got == [str(number) for number in range(80)]
        assert mailbox.server.busiest == AT_ONCE
        assert all(status == 200 for _request, status in mailbox.server.log)

    def test_a_batch_goes_alone(self, mailbox: Mailbox) -> None:
        """Graph itself runs up to four of its parts at once."""
        mailbox.server.delay = 0.01

        def ask(number: int) -> int:
            if number % 3:
                return len([mailbox.graph.get(f"/me/items/{number}")])
            return len(mailbox.graph.batch([f"/me/items/{number}"] * 5))

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(ask, range(30))) == 20 + 50
        assert mailbox.server.busiest == AT_ONCE
        assert all(status == 200 for _request, status in mailbox.server.log)

    def test_in_parallel_is_faster_than_one_by_one(self, mailbox: Mailbox) -> None:
        calls: list[Callable[[], dict[str, Any]]] = [
            lambda n=n: mailbox.graph.get(f"/me/items/{n}")  # type: ignore[misc]
            for n in range(12)
        ]
        mailbox.server.delay = 0.02
        got = mailbox.graph.in_parallel(calls)
        assert [item["id"] for item in got] == [str(number) for number in range(12)]
        assert mailbox.server.busiest == AT_ONCE

    def test_the_fake_would_notice(self, mailbox: Mailbox) -> None:
        mailbox.server.delay = 0.05

        def impolite(_number: int) -> int:
            return requests.get(f"{mailbox.server.endpoint}/me", timeout=5).status_code

        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(impolite, range(16)))
        assert mailbox.server.busiest > AT_ONCE
        assert 429 in statuses

    def test_connections_are_used_again(self, mailbox: Mailbox) -> None:
        for number in range(20):
            mailbox.graph.get(f"/me/items/{number}")
        mailbox.graph.close()
        assert mailbox.graph.get("/me/items/1") == {"id": "1"}


class TestPatience:
    def test_it_waits_as_long_as_it_is_asked_to(self, mailbox: Mailbox) -> None:
        mailbox.server.throttled, mailbox.server.retry_after = 2, "7"
        assert mailbox.graph.get("/me/items/1") == {"id": "1"}
        assert mailbox.clock.waits == [7, 7]

    def test_without_a_word_it_waits_longer_each_time(self, mailbox: Mailbox) -> None:
        mailbox.server.throttled, mailbox.server.retry_after = 3, ""
        mailbox.graph.get("/me/items/1")
        assert mailbox.clock.waits == [1, 2, 4]

    @pytest.mark.parametrize("fault", [Response(500), Response(503), Reset(), Reset(True)])
    def test_passing_faults_are_waited_for(self, mailbox: Mailbox, fault: Fault) -> None:
        mailbox.fails_at_first(fault, fault)
        assert mailbox.graph.get("/me/items/1") == {"id": "1"}
        assert mailbox.clock.waits == [1, 2]

    def test_a_503_that_says_when(self, mailbox: Mailbox) -> None:
        mailbox.fails_at_first(Response(503, None, {"Retry-After": "30"}))
        mailbox.graph.get("/me/items/1")
        assert mailbox.clock.waits == [30]

    def test_a_long_pause_is_left_to_the_next_pass(self, mailbox: Mailbox) -> None:
        mailbox.server.throttled, mailbox.server.retry_after = 9, "600"
        with pytest.raises(RateLimited) as told:
            mailbox.graph.get("/me/items/1")
        assert told.value.retry_after == 600
        assert mailbox.clock.waits == []

    def test_it_gives_up_in_the_end(self, mailbox: Mailbox) -> None:
        mailbox.server.throttled = 99
        with pytest.raises(RateLimited):
            mailbox.graph.get("/me/items/1")
        assert len(mailbox.server.log) == 5

    def test_too_much_work_is_asked_for_twice_only(self, mailbox: Mailbox) -> None:
        mailbox.fails_at_first(*[Response(504)] * 9)
        with pytest.raises(GatewayTimeout):
            mailbox.graph.get("/me/items/1")
        assert len(mailbox.server.log) == 2

    def test_being_stopped_ends_the_wait(self, mailbox: Mailbox) -> None:
        def stopped(_seconds: float) -> None:
            raise Stopping("in the middle")

        mailbox.clock.wait = stopped  # type: ignore[method-assign]
        mailbox.server.throttled = 9
        with pytest.raises(Stopping):
            mailbox.graph.in_parallel([lambda: mailbox.graph.get("/me/items/1")] * 8)
        assert len(mailbox.server.log) <= 8

    @given(st.text(max_size=30), st.text(max_size=30))
    def test_any_header_is_a_pause_or_none(self, after: str, date: str) -> None:
        pause = retry_after({"retry-after": after, "date": date})
        assert pause is None or 0 <= pause <= 86400

    def test_a_date_is_compared_with_the_answers_own(self) -> None:
        headers = {
            "retry-after": "Mon, 23 Nov 2026 12:00:30 GMT",
            "date": "Mon, 23 Nov 2026 12:00:00 GMT",
        }
        assert retry_after(headers) == 30


class TestBatches:
    def test_twenty_to_a_request_and_in_order(self, mailbox: Mailbox) -> None:
        paths = [f"/me/items/{number}" for number in range(45)]
        got = mailbox.graph.batch(paths)
        assert [item["id"] for item in got if isinstance(item, dict)] == [
            str(number) for number in range(45)
        ]
        sizes = [len(r.json()["requests"]) for r in mailbox.server.requests("/v1.0/$batch")]
        assert sizes == [LARGEST_BATCH, LARGEST_BATCH, 5]

    def test_nothing_asked_is_nothing_sent(self, mailbox: Mailbox) -> None:
        assert mailbox.graph.batch([]) == []
        assert not mailbox.server.log

    def test_only_the_throttled_part_is_asked_for_again(self, mailbox: Mailbox) -> None:
        left = [2]

        def throttled(request: Request) -> Response | None:
            if request.path.endswith("/3") and left[0]:
                left[0] -= 1
                return refused(429, "TooManyRequests", Retry_After="11")
            return None

        mailbox.server.part_fault = throttled
        got = mailbox.graph.batch([f"/me/items/{number}" for number in range(6)])
        assert [item["id"] for item in got if isinstance(item, dict)] == list("012345")
        assert mailbox.clock.waits == [11, 11]
        assert sorted(mailbox.asked) == list("012345")
        sizes = [len(r.json()["requests"]) for r in mailbox.server.requests("/v1.0/$batch")]
        assert sizes == [6, 1, 1]

    def test_a_part_that_stays_throttled(self, mailbox: Mailbox) -> None:
        mailbox.server.part_fault = lambda _request: refused(429, "TooManyRequests")
        with pytest.raises(RateLimited):
            mailbox.graph.batch(["/me/items/1"])
        assert len(mailbox.server.log) == 5

    @pytest.mark.parametrize(
        ("response", "expected"),
        [
            (refused(404, "ErrorItemNotFound"), NotFound),
            (refused(403, "ErrorAccessDenied"), Forbidden),
            (refused(410, "SyncStateNotFound"), DeltaExpired),
            (refused(400, "ErrorInvalidIdMalformed"), GraphError),
            (refused(500, "InternalServerError"), Unavailable),
            (Response(200, "not an object"), Unavailable),
        ],
    )
    def test_an_error_stands_in_its_place(
        self, mailbox: Mailbox, response: Response, expected: type[GraphError]
    ) -> None:
        mailbox.server.part_fault = lambda request: (
            response if request.path.endswith("/1") else None
        )
        got = mailbox.graph.batch([f"/me/items/{number}" for number in range(3)])
        assert isinstance(got[1], expected)
        assert [item["id"] for item in got if isinstance(item, dict)] == ["0", "2"]

    @pytest.mark.parametrize(
        "answer",
        [
            {},
            {"responses": {}},
            {"responses": []},
            {"responses": [1, None, {"id": "0"}, {"id": [], "status": 200}]},
            {"responses": [{"id": "99", "status": 200, "body": {}}]},
            {"responses": [{"id": "0", "status": "200", "headers": 7}]},
        ],
    )
    def test_an_answer_that_is_none(self, mailbox: Mailbox, answer: Any) -> None:
        mailbox.server.fault = lambda _number, _request: Response(200, answer)
        try:
            got = mailbox.graph.batch(["/me/items/1"])
        except Transient:
            return
        assert [type(item) for item in got] == [Unavailable]


class TestWhatGraphRefuses:
    @pytest.mark.parametrize(
        ("status", "code"),
        [
            (410, ""),
            (410, "ResyncRequired"),
            (400, "SyncStateNotFound"),
            (404, "syncStateNotFound"),
            (400, "resyncRequired"),
            (400, "SyncStateInvalid"),
        ],
    )
    def test_a_forgotten_state(self, mailbox: Mailbox, status: int, code: str) -> None:
        mailbox.answers(refused(status, code))
        with pytest.raises(DeltaExpired) as told:
            mailbox.graph.get("/me/thing")
        assert isinstance(told.value, CursorExpired)

    def test_a_dead_link(self, mailbox: Mailbox) -> None:
        """Old nextLinks answer 400; of a path of our own that would be our mistake."""
        mailbox.answers(refused(400, "ErrorInvalidUrlQuery"))
        with pytest.raises(DeltaExpired):
            mailbox.graph.get(mailbox.server.link("/me/thing", "$skiptoken=old"))
        with pytest.raises(GraphError) as told:
            mailbox.graph.get("/me/thing")
        assert not isinstance(told.value, CursorExpired)

    @pytest.mark.parametrize(
        ("status", "code", "expected"),
        [
            (404, "ErrorItemNotFound", NotFound),
            (403, "ErrorAccessDenied", UserError),
            (404, "MailboxNotEnabledForRESTAPI", NoMailbox),
            (400, "BadRequest", GraphError),
            (302, "", Transient),
        ],
    )
    def test_who_must_act(
        self, mailbox: Mailbox, status: int, code: str, expected: type[SyncdError]
    ) -> None:
        mailbox.answers(refused(status, code))
        with pytest.raises(expected):
            mailbox.graph.get("/me/thing")

    @pytest.mark.parametrize("code", ["\x1b[31mred", "a" * 500, {"a": 1}, None, 7])
    def test_its_word_for_it_is_shown_only_if_it_is_a_word(
        self, mailbox: Mailbox, code: Any
    ) -> None:
        mailbox.answers(Response(418, {"error": {"code": code}}))
        with pytest.raises(GraphError) as told:
            mailbox.graph.get("/me/thing")
        assert str(told.value) == "Microsoft Graph answered 418"


class TestWhatIsNoAnswer:
    @pytest.mark.parametrize(
        "fault",
        [
            GARBAGE,
            Response(200, b""),
            Response(200, b"[]"),
            Response(200, b"[" * 100_000),
            Response(200, b"\xff\xfe{}"),
            Response(200, b"{}", {"Content-Encoding": "gzip"}),
            Response(302, None, {"Location": "https://elsewhere.example/"}),
        ],
    )
    def test_it_counts_as_a_passing_fault(self, mailbox: Mailbox, fault: Fault) -> None:
        mailbox.server.fault = lambda _number, _request: fault
        with pytest.raises(Transient):
            mailbox.graph.get("/me/items/1")
        assert len(mailbox.server.log) <= 5

    def test_an_answer_that_never_ends_in_memory(self, mailbox: Mailbox) -> None:
        bomb = gzip.compress(bytes(200_000_000), 1)
        mailbox.server.fault = lambda _number, _request: Response(
            200, bomb, {"Content-Encoding": "gzip"}
        )
        with pytest.raises(Transient, match="too long"):
            mailbox.graph.get("/me/items/1")
        assert len(mailbox.server.log) == 1

    def test_silence(self, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("syncd.connectors.microsoft.transport._SILENT_SECONDS", 0.1)
        mailbox.fails_at_first(Hang(0.5))
        assert mailbox.graph.get("/me/items/1") == {"id": "1"}

    def test_pages_that_go_round_in_a_circle(self, mailbox: Mailbox) -> None:
        link = mailbox.server.link("/me/thing", "$skiptoken=again")
        mailbox.answers(Response(200, {"value": [], "@odata.nextLink": link}))
        with pytest.raises(Transient, match="end"):
            list(mailbox.graph.pages("/me/thing"))
        assert len(mailbox.server.log) == 2


class TestNeverLedAstray:
    """The token goes to the endpoint and nowhere else."""

    @pytest.fixture
    def elsewhere(self) -> Iterator[FakeServer]:
        with FakeServer(lambda _request: Response(200, {"value": []})) as server:
            yield server
            assert server.log == []

    def foreign(self, mailbox: Mailbox, elsewhere: FakeServer) -> list[str]:
        home, other = mailbox.server.url, elsewhere.url
        host = home.removeprefix("http://")
        there = other.removeprefix("http://")
        return [
            f"{other}/v1.0/me",
            f"http://{host}@{there}/v1.0/me",
            f"http://{there}\\@{host}/v1.0/me",
            f"http://{host}\\@{there}/v1.0/me",
            f"https://{host}/v1.0/me",
            f"{home}.elsewhere.example/v1.0/me",
            f"{home}/beta/me",
            f"//{there}/v1.0/me",
            f"{home}/v1.0/me\r\nX-Injected: 1",
            "ftp://elsewhere.example/v1.0/me",
            "http://[::1/v1.0",
            "http://127.0.0.1:99999/v1.0/me",
            "",
        ]

    def test_a_saved_link_to_elsewhere_starts_the_folder_again(
        self, mailbox: Mailbox, elsewhere: FakeServer
    ) -> None:
        for link in self.foreign(mailbox, elsewhere):
            with pytest.raises((DeltaExpired, NotFound)):
                mailbox.graph.get(link)
        assert len(mailbox.server.log) <= 1

    @pytest.mark.parametrize("name", ["@odata.nextLink", "@odata.deltaLink"])
    def test_a_link_in_an_answer_is_not_followed(
        self, mailbox: Mailbox, elsewhere: FakeServer, name: str
    ) -> None:
        links: list[Any] = [*self.foreign(mailbox, elsewhere), 7, {}, "/v1.0/me"]
        for link in links:
            mailbox.server.fault = lambda _n, _r, link=link: Response(  # type: ignore[misc]
                200, {"value": [], name: link}
            )
            with pytest.raises(Transient, match="another server"):
                list(mailbox.graph.pages("/me/thing"))
        assert len(mailbox.server.log) == len(links)

    def test_redirects_are_not_followed(self, mailbox: Mailbox, elsewhere: FakeServer) -> None:
        for status in (301, 302, 303, 307, 308, 410):
            mailbox.server.fault = lambda _n, _r, s=status: Response(  # type: ignore[misc]
                s, None, {"Location": f"{elsewhere.url}/v1.0/me"}
            )
            with pytest.raises((Transient, CursorExpired)):
                mailbox.graph.get("/me")

    def test_nothing_from_the_surroundings_replaces_the_token(
        self,
        mailbox: Mailbox,
        elsewhere: FakeServer,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        netrc = tmp_path / "netrc"
        netrc.write_text("default login jo password of-another-service\n")
        monkeypatch.setenv("NETRC", str(netrc))
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, elsewhere.url)
        assert mailbox.graph.get("/me/items/1") == {"id": "1"}
        assert mailbox.server.log[0][0].headers["authorization"] == f"Bearer {TOKEN}"

    @settings(max_examples=200)
    @given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join))
    def test_no_address_is_a_way_out(self, link: str) -> None:
        """What is sent at all (and finds nobody at home) is sent to the endpoint."""
        graph = Graph(
            "work",
            OutlookOptions(user=USER, token_command="printf token", endpoint=HOME),
            Tokens(Path("nowhere"), "work"),
            SimulatedClock(),
        )
        try:
            graph.get(link)
        except DeltaExpired:
            return
        except Transient:
            url = link if not link.startswith("/") else f"{HOME}/v1.0{link}"
            sent = requests.Request("GET", url).prepare().url or ""
            assert sent.startswith(f"{HOME}/v1.0/")


def test_every_request_asks_for_ids_that_last(mailbox: Mailbox) -> None:
    """The fake refuses requests and parts without the preference; links included."""
    bare = requests.get(
        f"{mailbox.server.endpoint}/me",
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=5,
    )
    assert bare.status_code == 400
    mailbox.graph.get("/me/items/1", prefer=["odata.maxpagesize=7"])
    mailbox.graph.get(mailbox.server.link("/me/items/1", "$deltatoken=x"))
    mailbox.graph.batch(["/me/items/1"])
    mailbox.graph.close()
    sent = [request.headers for request, status in mailbox.server.log if status == 200]
    assert len(sent) == 3
    assert all('IdType="ImmutableId"' in headers["prefer"] for headers in sent)
    assert sent[0]["prefer"].endswith("odata.maxpagesize=7")
    assert len({headers["client-request-id"] for headers in sent}) == 3
