"""`syncd auth` at Microsoft: by a browser on loopback, by a code, or as an app."""

from __future__ import annotations

import json
import socket
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pydantic import ValidationError

from syncd.connectors.microsoft.options import OutlookOptions
from syncd.errors import AuthRequired, Transient, UserError
from tests.fakes.microsoft.desk import Desk
from tests.fakes.microsoft.login import TENANT, USER
from tests.fakes.microsoft.server import fails
from tests.fakes.server import GARBAGE, Hang, Reset, Response


def address(desk: Desk) -> str:
    return next(line for line in desk.said if line.startswith("http"))


def problem(desk: Desk, **how: object) -> str:
    """What is said when the sign-in fails, while the sign-in of before stays."""
    desk.tokens.write("the sign-in of before")
    with pytest.raises(UserError) as told:
        desk.sign_in(**how)  # type: ignore[arg-type]
    assert desk.tokens.read() == "the sign-in of before"
    return str(told.value)


class TestInABrowser:
    def test_the_user_signs_in_and_the_mailbox_can_be_read(self, desk: Desk) -> None:
        assert desk.sign_in() == USER
        assert desk.whose() == USER
        assert not desk.errors

    def test_the_sign_in_is_kept_for_its_owner_alone(self, desk: Desk) -> None:
        desk.sign_in()
        assert stat.S_IMODE(desk.tokens.path.stat().st_mode) == 0o600
        assert stat.S_IMODE(desk.tokens.path.parent.stat().st_mode) == 0o700
        assert [path.name for path in desk.tokens.path.parent.glob("*.json*")] == ["work.json"]
        assert json.loads(desk.tokens.read() or "")["RefreshToken"]

    def test_only_reading_is_asked_for(self, desk: Desk) -> None:
        desk.sign_in()
        scopes = parse_qs(urlsplit(address(desk)).query)["scope"][0].split()
        names = {scope.rsplit("/", 1)[-1] for scope in scopes}
        assert names == {
            *("openid", "profile", "offline_access"),
            *("User.Read", "Mail.Read", "Calendars.Read"),
        }

    def test_without_text_the_smaller_permission_is_asked_for(self, desk: Desk) -> None:
        desk.sign_in(text=False)
        asked = parse_qs(urlsplit(address(desk)).query)["scope"][0]
        assert "Mail.ReadBasic" in asked
        assert "Mail.Read " not in f"{asked} "
        (grant,) = desk.graph.tokens.values()
        assert "Mail.ReadBasic" in grant.scopes

    def test_more_permissions_need_a_new_sign_in(self, desk: Desk) -> None:
        desk.sign_in(text=False)
        with pytest.raises(AuthRequired, match=r"(?s)AADSTS65001.*accept"):
            desk.whose(text=True)

    def test_the_code_is_bound_to_this_sign_in(self, desk: Desk) -> None:
        desk.sign_in()
        query = parse_qs(urlsplit(address(desk)).query)
        assert query["code_challenge_method"] == ["S256"]
        assert query["response_mode"] == ["form_post"]
        assert query["login_hint"] == [USER]

    def test_an_answer_with_another_state_is_not_taken(self, desk: Desk) -> None:
        statuses: list[int] = []

        def attacked(at: str) -> None:
            statuses.append(desk.login.browse(at, state="of an attacker"))
            statuses.append(desk.login.browse(at))

        desk.browser = attacked
        assert desk.sign_in() == USER
        assert statuses == [404, 200]

    def test_what_else_a_browser_does_at_the_address_does_no_harm(self, desk: Desk) -> None:
        def curious(at: str) -> None:
            back = parse_qs(urlsplit(at).query)["redirect_uri"][0]
            spare = socket.create_connection(("127.0.0.1", urlsplit(back).port or 0))
            assert requests.get(f"{back}/favicon.ico", timeout=5).status_code == 404
            assert requests.post(back, data=b"\xff\xfe", timeout=5).status_code == 404
            assert requests.post(back, data={"a": "b" * 100_000}, timeout=5).status_code == 404
            desk.login.browse(at)
            spare.close()

        desk.browser = curious
        assert desk.sign_in() == USER
        assert not desk.errors

    def test_a_fixed_port_for_a_forwarded_connection(self, desk: Desk) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        desk.sign_in(port=port)
        assert parse_qs(urlsplit(address(desk)).query)["redirect_uri"] == [
            f"http://localhost:{port}"
        ]

    def test_a_taken_port_is_said(self, desk: Desk) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            assert f"port {port} cannot be used: address already in use" in problem(desk, port=port)

    def test_a_refusal_is_said(self, desk: Desk) -> None:
        desk.browser = lambda at: desk.login.browse(at, accept=False)
        assert "refused or cancelled" in problem(desk)

    def test_somebody_else_signed_in(self, desk: Desk) -> None:
        desk.graph.profile["mail"] = "jo@other.example"
        desk.graph.profile["userPrincipalName"] = "jo@other.example"
        desk.graph.profile["proxyAddresses"] = []
        said = problem(desk)
        assert "jo@other.example signed in" in said
        assert USER in said

    def test_an_alias_is_the_same_user(self, desk: Desk) -> None:
        desk.graph.profile["mail"] = "c.roy@cabinet.example"
        desk.graph.profile["userPrincipalName"] = "croy@cabinet.example"
        assert desk.sign_in() == USER

    def test_a_missing_client_id_is_said(self, desk: Desk) -> None:
        assert "client_id is missing" in problem(desk, client_id="")

    def test_a_wrong_client_id_is_said(self, desk: Desk) -> None:
        said = problem(desk, client_id="another-app", device=True)
        assert "AADSTS700016" in said
        assert "client_id" in said

    def test_an_unknown_tenant_is_said(self, desk: Desk) -> None:
        nowhere = f"{desk.login.server.url}/no-such-tenant.example"
        assert "no-such-tenant.example" in problem(desk, authority=nowhere)

    @pytest.mark.parametrize("fault", [Response(503), Response(429), Reset(), GARBAGE])
    def test_a_fault_of_the_sign_in_is_not_the_users(
        self, desk: Desk, fault: Response | Reset
    ) -> None:
        desk.login.server.fault = fails(99, fault)
        with pytest.raises(Transient):
            desk.sign_in()


# MSAL compares with the real clock
@pytest.mark.filterwarnings("ignore:Attempted too soon")
class TestWithACode:
    def test_the_user_types_the_code_elsewhere(self, desk: Desk) -> None:
        assert desk.sign_in(device=True) == USER
        assert desk.whose() == USER
        assert f"{desk.login.server.url}/device" in desk.said[0]

    def test_it_waits_between_its_questions(self, desk: Desk) -> None:
        asked: list[str] = []
        desk.phone = asked.append

        def later(seconds: float, wait=desk.clock.wait) -> None:  # type: ignore[no-untyped-def]
            wait(seconds)
            if desk.clock.monotonic() > 60:
                desk.login.type_code(asked[0])

        desk.clock.wait = later  # type: ignore[method-assign]
        assert desk.sign_in(device=True) == USER
        assert set(desk.clock.waits) == {5.0}
        assert len(desk.clock.waits) == 13

    def test_a_fault_while_waiting_does_not_end_the_wait(self, desk: Desk) -> None:
        faults = [Response(503), Response(429), Reset(), GARBAGE, Response(500)]
        desk.login.server.fault = lambda number, _request: (
            faults[number - 2] if 2 <= number < 2 + len(faults) else None
        )
        assert desk.sign_in(device=True) == USER
        assert len(desk.login.server.log) == 2 + len(faults) + 1

    def test_a_code_that_nobody_types(self, desk: Desk) -> None:
        desk.phone = lambda _code: None
        assert "in time" in problem(desk, device=True)
        assert desk.clock.monotonic() <= 960

    def test_a_refusal_is_said(self, desk: Desk) -> None:
        desk.phone = lambda code: desk.login.type_code(code, accept=False)
        assert "refused or cancelled" in problem(desk, device=True)

    def test_an_app_registration_without_public_client_flows(self, desk: Desk) -> None:
        desk.login.public_client = False
        assert "Allow public client flows" in problem(desk, device=True)


@pytest.fixture
def certificate(desk: Desk, tmp_path: Path) -> Path:
    """The app's certificate with its key, known to the sign-in."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "syncd")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    desk.login.certificate = certificate
    path = tmp_path / "syncd.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


class TestAsAnApp:
    def values(self, desk: Desk, certificate: Path) -> dict[str, object]:
        return {"certificate": certificate, "authority": f"{desk.login.server.url}/{TENANT}"}

    def test_it_reads_the_named_mailbox_without_a_user(self, desk: Desk, certificate: Path) -> None:
        desk.graph.router.register(
            "GET", "/me/mailFolders/inbox", lambda _request: Response(200, {"id": "inbox"})
        )
        values = self.values(desk, certificate)
        assert desk.sign_in(**values) == USER  # type: ignore[arg-type]
        assert desk.whose(**values) == USER
        assert desk.login.grants == ["client_credentials"]
        assert desk.graph.requests(f"/v1.0/users/{USER}")
        assert not desk.graph.requests("/v1.0/me")

    def test_it_needs_no_sign_in_before(self, desk: Desk, certificate: Path) -> None:
        assert desk.whose(**self.values(desk, certificate)) == USER

    def test_a_token_that_graph_refuses_is_replaced(self, desk: Desk, certificate: Path) -> None:
        values = self.values(desk, certificate)
        desk.whose(**values)
        desk.login.expire()
        assert desk.whose(**values) == USER
        assert len(desk.login.grants) == 2

    def test_a_certificate_that_the_app_does_not_have(self, desk: Desk, certificate: Path) -> None:
        other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "another")])
        known = desk.login.certificate
        assert known is not None
        desk.login.certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(other.public_key())
            .serial_number(2)
            .not_valid_before(known.not_valid_before_utc)
            .not_valid_after(known.not_valid_after_utc)
            .sign(other, hashes.SHA256())
        )
        with pytest.raises(AuthRequired, match=r"(?s)AADSTS700027.*upload the certificate"):
            desk.whose(**self.values(desk, certificate))

    @pytest.mark.parametrize("content", [b"", b"no PEM", b"\xff\xfe", None])
    def test_a_file_that_is_no_certificate(
        self, desk: Desk, certificate: Path, content: bytes | None
    ) -> None:
        certificate.unlink()
        if content is not None:
            certificate.write_bytes(content)
        with pytest.raises(UserError, match=r"syncd\.pem (cannot be read|does not hold)"):
            desk.whose(**self.values(desk, certificate))

    def test_it_needs_a_tenant(self) -> None:
        with pytest.raises(ValidationError, match="tenant's id"):
            OutlookOptions.model_validate(
                {"user": USER, "client_id": "x", "certificate": "/tmp/app.pem"}
            )


class TestOptions:
    def test_a_token_command_needs_no_sign_in(self, desk: Desk) -> None:
        assert "token_command" in problem(desk, client_id="", token_command="printf token")

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"client_id": "x", "authority": "a tenant"}, "no tenant"),
            ({"client_id": "x", "authority": "http://login.example/common"}, "https"),
            ({"client_id": "x", "authority": "https://login.example/"}, "tenant"),
            ({"client_id": "x", "endpoint": "http://graph.example"}, "https"),
            ({"client_id": "x", "endpoint": "https://me@graph.example"}, "address"),
            ({"client_id": "x", "user": "Camille"}, "not an e-mail address"),
        ],
    )
    def test_what_cannot_work_is_refused(self, values: dict[str, str], said: str) -> None:
        with pytest.raises(ValidationError, match=said):
            OutlookOptions.model_validate({"user": USER, **values})

    @pytest.mark.parametrize(
        ("cloud", "login", "graph"),
        [
            ("global", "https://login.microsoftonline.com", "https://graph.microsoft.com"),
            ("us", "https://login.microsoftonline.us", "https://graph.microsoft.us"),
            ("us-dod", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
            (
                "china",
                "https://login.partner.microsoftonline.cn",
                "https://microsoftgraph.chinacloudapi.cn",
            ),
        ],
    )
    def test_each_cloud_signs_in_at_home(self, cloud: str, login: str, graph: str) -> None:
        options = OutlookOptions.model_validate({"user": USER, "client_id": "x", "cloud": cloud})
        assert options.login == login
        assert options.graph == f"{graph}/v1.0"
        assert all(scope.startswith(f"{graph}/") for scope in options.scopes)


def test_nothing_hangs_for_ever(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sign-in service that takes the connection and says nothing."""
    monkeypatch.setattr("syncd.connectors.microsoft.transport._SILENT_SECONDS", 0.2)
    desk.login.server.fault = fails(99, Hang(1))
    with pytest.raises(Transient):
        desk.sign_in()
