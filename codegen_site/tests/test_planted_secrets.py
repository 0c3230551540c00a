"""Secrets and private prompts are planted everywhere, everything breaks, and none of them is seen again.

Real processes: a web server, a worker, a mail server that refuses, a Redis that is away.
"""

import json
import os
import re
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import httpx2
import pytest

from codegen_site.tests.planted.secrets import (
    CALLERS,
    DATABASE_PASSWORD,
    EVERY_SECRET,
    PROMPT,
    REDIS_PASSWORD,
    SETTINGS,
    SMTP_PASSWORD,
)
from codegen_site.tests.plugin import free_port, serving
from codegen_site.tests.stack import eventually
from codegen_site.tests.test_deployment import manage
from codegen_site.up.probes import http_answers
from codegen_site.up.servers import Server

pytestmark = pytest.mark.servers
EMAIL, PASSWORD = "operator@example.org", "correct horse battery"
MANAGE = str(Path(__file__).parent.parent.parent / "manage.py")
SETUP = f"""
from accounts.models import User
from accounts.organizations.services import create_organization
from accounts.testing import make_key
owner = User.objects.create_superuser({EMAIL!r}, {PASSWORD!r})
print(make_key(create_organization(name="Acme", owner=owner))[1])
"""


@dataclass(kw_only=True)
class Site:
    """What was said by it so far: pages, headers, logs."""

    address: str
    worker_metrics: str
    api_key: str
    log: Path
    environment: dict[str, str]
    answers: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)

    def ask(self, method: str, path: str, *, client: httpx2.Client | None = None, **options: object) -> str:
        with httpx2.Client(base_url=self.address, timeout=20, trust_env=False) as fresh:
            response = (client or fresh).request(method, path, **options)  # type: ignore[arg-type]
        said = f"{dict(response.headers)}\n{response.text}"
        name = f"{method} {path} {options.get('headers', '')}"
        self.answers[name], self.statuses[name] = said, response.status_code
        return response.text

    def logged(self) -> str:
        return self.log.read_text(errors="replace")

    def told_of(self, secret: str) -> list[str]:
        """Where it is to be seen, also as HTML, JSON or an address writes it."""
        texts = {**self.answers, "the log": self.logged()}
        if secret == CALLERS["link"]:
            texts.pop("POST /password/new ")  # the form in which it was sent comes back filled in
        return [name for name, text in texts.items() if secret in text + unescape(unquote(_plain(text)))]


def _plain(text: str) -> str:
    return text.replace('\\\\"', '"').replace("\\\\'", "'")


class RefusingMailServer(threading.Thread):
    """Takes a message and refuses it by quoting all of it."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.refused: list[str] = []

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb", buffering=0) as wire:
                self._talk(wire)

    def _talk(self, wire: "socket.SocketIO") -> None:
        wire.write(b"220 ready\r\n")
        while line := wire.readline():
            command = line[:4].upper()
            if command == b"EHLO":
                wire.write(b"250-mail\r\n250 AUTH PLAIN LOGIN\r\n")
            elif command == b"AUTH":
                wire.write(b"235 ok\r\n")
            elif command == b"DATA":
                wire.write(b"354 go on\r\n")
                body = b""
                while (part := wire.readline()) not in (b".\r\n", b""):
                    body += part
                self.refused.append(body.decode())
                quoted = body.replace(b"\r\n", b" ")
                wire.write(b"554 refused: " + quoted + b"\r\n")
            else:
                wire.write(b"221 bye\r\n" if command == b"QUIT" else b"250 ok\r\n")


@pytest.fixture(scope="module")
def mail_server() -> Iterator[RefusingMailServer]:
    server = RefusingMailServer()
    server.start()
    yield server
    server.listener.close()


@pytest.fixture(scope="module", params=["off", "on"], ids=["DEBUG off", "DEBUG on"])
def site(
    request: pytest.FixtureRequest,
    nats_url: str,
    mail_server: RefusingMailServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Site]:
    """Everything has happened to it already."""
    folder = tmp_path_factory.mktemp("planted")
    port, metrics_port = free_port(), free_port()
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME")},
        **SETTINGS,
        "DJANGO_SETTINGS_MODULE": "codegen_site.tests.planted.settings",
        "DEBUG": request.param,
        "LOCAL_DIR": str(folder),
        "LOG_LEVEL": "DEBUG",
        "LOG_JSON": "on",
        "NATS_URL": nats_url,
        "JOBS_STREAM_PREFIX": f"planted{request.param}",
        "REDIS_URL": f"redis://:{REDIS_PASSWORD}@127.0.0.1:1/0",
        "LLM_URL": "http://127.0.0.1:1",
        "EMAIL_URL": f"smtp://codegen:{SMTP_PASSWORD}@127.0.0.1:{mail_server.port}",
    }
    for arguments in (["migrate", "-v0"],):
        done = manage(*arguments, **environment)
        assert done.returncode == 0, done.stderr
    key = manage("shell", "-v0", "-c", SETUP, **environment).stdout.split()[-1]
    uvicorn = (sys.executable, "-m", "uvicorn", "codegen_site.asgi:application", "--port", str(port))
    web = Server(
        name="web",
        argv=(*uvicorn, "--lifespan", "off", "--log-level", "debug"),
        env=environment,
        ready=http_answers(f"http://127.0.0.1:{port}/health"),
    )
    worker = Server(
        name="worker",
        argv=(
            sys.executable,
            MANAGE,
            "run_worker",
            "--queues",
            "default:5",
            "--metrics-port",
            str(metrics_port),
        ),
        env=environment,
        ready=http_answers(f"http://127.0.0.1:{metrics_port}/metrics"),
    )
    log = folder / "log"
    with serving(web, log=log), serving(worker, log=log):
        site = Site(
            address=f"http://127.0.0.1:{port}",
            worker_metrics=f"http://127.0.0.1:{metrics_port}/metrics",
            api_key=key,
            log=log,
            environment=environment,
        )
        _go_through_everything(site, mail_server)
        yield site


def _go_through_everything(site: Site, mail_server: RefusingMailServer) -> None:
    html = {"Accept": "text/html"}
    site.ask("GET", "/api/v1/generations", headers={"Authorization": f"Bearer {site.api_key}"})
    _be_refused(site, html)
    _break(site, html)
    operator = _log_in(site)
    site.ask("GET", "/planted/job")
    site.ask("POST", "/password/forgotten", client=operator, data=_form(operator, email=EMAIL))
    eventually(lambda: "RuntimeError" in site.logged() and bool(mail_server.refused), 30)
    eventually(lambda: site.logged().count('"event": "job ') >= 3, 30)
    site.ask("GET", "/admin/jobs/job/", client=operator)
    for job in re.findall(r"/admin/jobs/job/([0-9a-f-]{36})/change/", site.answers["GET /admin/jobs/job/ "]):
        site.ask("GET", f"/admin/jobs/job/{job}/change/", client=operator)
    site.ask("GET", "/metrics")
    site.ask("GET", site.worker_metrics)
    operator.close()


def _be_refused(site: Site, html: dict[str, str]) -> None:
    for given in (f"Bearer {CALLERS['api_key']}", f"Bearer {CALLERS['bearer']}", f"Basic {CALLERS['basic']}"):
        site.ask("GET", "/api/v1/generations", headers={"Authorization": given})
    headers = {"Authorization": f"Bearer {site.api_key}", "Cookie": f"session={CALLERS['cookie']}"}
    site.ask("POST", "/api/v1/generate_code", headers=headers, content=f'{{"{CALLERS["provider"]}": ')
    site.ask(
        "POST", "/api/v1/generate_code", headers=headers, json={"model": CALLERS["github"], "prompt": ""}
    )
    for accepted in (html, {"Accept": "application/json"}):
        site.ask("GET", f"/nowhere/{CALLERS['link']}?password={CALLERS['google']}", headers=accepted)
        site.ask("POST", "/login", headers=accepted, data={"password": CALLERS["password"]})
    with httpx2.Client(base_url=site.address, trust_env=False) as stranger:
        stranger.get("/login")
        site.ask(
            "POST",
            "/login",
            client=stranger,
            data=_form(stranger, username=EMAIL, password=CALLERS["password"]),
        )
        fields = _form(stranger, token=CALLERS["link"], new_password=CALLERS["password"])
        site.ask("POST", "/password/new", client=stranger, data=fields)


def _break(site: Site, html: dict[str, str]) -> None:
    headers = {"Authorization": f"Basic {CALLERS['basic']}", "Cookie": f"session={CALLERS['cookie']}"}
    for accepted in (html, {"Accept": "application/json"}, {"Accept": "text/plain"}):
        for page in ("break", "database"):
            site.ask("GET", f"/planted/{page}?token={CALLERS['link']}", headers={**headers, **accepted})
        site.ask("POST", "/api/v1/planted", headers=accepted, json={"password": CALLERS["password"]})
        site.ask("POST", "/api/v1/planted?private=1", headers=accepted, json={"prompt": PROMPT})


def _log_in(site: Site) -> httpx2.Client:
    operator = httpx2.Client(base_url=site.address, timeout=20, trust_env=False)
    operator.get("/login")
    site.ask("POST", "/login", client=operator, data=_form(operator, username=EMAIL, password=PASSWORD))
    return operator


def _form(client: httpx2.Client, **fields: str) -> dict[str, str]:
    page = client.get("/login").text
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    return {"csrfmiddlewaretoken": token[1], **fields}


@pytest.mark.parametrize("secret", EVERY_SECRET)
def test_no_secret_is_seen_in_any_answer_log_or_metric(site: Site, secret: str) -> None:
    assert site.told_of(secret) == []


def test_the_key_of_a_caller_and_the_password_of_an_operator_are_seen_nowhere(site: Site) -> None:
    assert site.told_of(site.api_key) == []
    assert site.told_of(PASSWORD) == []


def test_everything_did_happen(site: Site, mail_server: RefusingMailServer) -> None:
    statuses = set(site.statuses.values())
    assert {200, 302, 400, 401, 403, 404, 500} <= statuses
    logged = site.logged()
    for line in ("about to break", "ValueError", "OperationalError", "RuntimeError", "SMTPDataError 554"):
        assert line in logged
    assert any("Traceback" in text or "RuntimeError" in text for text in site.answers.values())
    assert "[redacted]" in logged


def test_of_a_refused_e_mail_neither_the_link_nor_the_text_is_logged(
    site: Site, mail_server: RefusingMailServer
) -> None:
    body = mail_server.refused[-1]
    link = re.search(r"#(cg_reset_\S+)", body)
    assert link
    assert site.told_of(link[1]) == []
    assert site.told_of(link[1][-20:]) == []
    assert site.told_of("has asked for a new password") == []


def test_of_a_private_request_the_place_of_its_error_is_logged(site: Site) -> None:
    lines = [json.loads(line) for line in site.logged().splitlines() if '"planted"' in line]
    [private] = [line for line in lines if line["event"].startswith("asked for")][:1]
    assert private["event"] == "asked for [private]"
    assert (private["prompt"], private["tokens"]) == ("[private]", 12)


def test_every_line_is_still_json(site: Site) -> None:
    for line in site.logged().splitlines():
        assert isinstance(json.loads(line), dict), line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", f"postgres://codegen:{DATABASE_PASSWORD}@[db/codegen"),
        ("DATABASE_URL", f"postgres://codegen:{DATABASE_PASSWORD}@127.0.0.1:1/codegen"),
        ("EMAIL_URL", f"nonsense://codegen:{SMTP_PASSWORD}@mail"),
    ],
)
def test_a_process_that_does_not_even_start_tells_no_secret(tmp_path: Path, name: str, value: str) -> None:
    done = manage("migrate", LOCAL_DIR=str(tmp_path), **{name: value})
    assert done.returncode != 0
    assert "Error" in done.stderr or "malformed" in done.stderr or "Invalid" in done.stderr
    assert DATABASE_PASSWORD not in done.stdout + done.stderr
    assert SMTP_PASSWORD not in done.stdout + done.stderr
