"""Every operation of the OpenAPI document, called with what Schemathesis makes of it.

By an owner's key, by the owner who is logged in, with a key of another organization, and by nobody: the
service never breaks, whatever it answers has a status, a content type and a body that the document names, and
what the document forbids is refused. The cases are the same in every run.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from pytest_django import Settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.openapi import from_wsgi
from schemathesis.specs.openapi import checks
from schemathesis.specs.openapi.schemas import OpenApiSchema

from accounts.actor import OPERATOR
from accounts.models import Organization
from accounts.organizations.deletion import request_deletion
from accounts.organizations.invitations import invite
from accounts.testing import Caller, forget_process_state, written_mails
from codegen_site.documented_errors import OF_OPERATIONS
from codegen_site.tests.isolation_world import Things, World, others
from codegen_site.tests.test_isolation import BODIES, ROWS, Row, routes, world
from generation.event_stream import respond_with_events

__all__ = ["world"]  # the fixture

pytestmark = [
    pytest.mark.django_db,
    # Under WSGI, Django warns that it reads an asynchronous stream as a whole.
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators"),
]

# How many requests of everybody are drawn at random, beside the boundary cases of the owner's key.
DRAWN = {"key": 3, "alice": 2, "charlie_key": 3, "nobody": 1}
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
]
# A batch tells of wrong lines in its results; what `starting_after` says goes before `Last-Event-ID`.
LENIENT = {"start_batch", "follow_job"}
CSRF_TOKEN = "x" * 32
Operation = Any  # generic over five types that only Schemathesis knows
Send = Callable[[Case[Any]], Any]


@schemathesis.serializer("application/jsonl", "application/x-ndjson")
def write_lines(context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture(scope="session")
def schema() -> Iterator[OpenApiSchema]:
    """As it is served. Who calls is said by the test, and by no header that is made up."""
    # The connection is that of the test's transaction: Django's own client keeps it likewise.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    config = SchemathesisConfig.from_dict({"generation": {"with-security-parameters": False}})
    yield from_wsgi("/api/schema?format=json", get_wsgi_application(), config=config)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def _patience(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a result, nobody calls too often, and there is a list of models: an empty one."""
    settings.SYNC_WAIT_S = 0.001
    settings.RATE_LIMITS = {}
    monkeypatch.setattr("generation.catalog.known_models", tuple)
    from_rows = partial(respond_with_events, from_rows=True)
    monkeypatch.setattr("generation.views.responding.respond_with_events", from_rows)


def operation_of(schema: OpenApiSchema, row: Row) -> Operation:
    [address] = [address for address, pattern in routes() if pattern.name == row.route]
    path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", address)
    return schema[path][row.method]


def sender(caller: Caller, operation: Operation, things: list[Things]) -> Send:
    """Sends a case with ids that exist, of each organization in turn, and at times with those made up."""
    credentials = credentials_of(caller)
    turns = count()

    def send(case: Case[Any]) -> Any:
        turn = next(turns) % (len(things) + 1)
        if turn < len(things) and case.method == operation.method.upper() and not has_wrong_path(case):
            known = {name: str(things[turn].routes[name]) for name in case.path_parameters}
            case.path_parameters = known
        forget_process_state()
        with transaction.atomic():
            response = case.call(**credentials)
            transaction.set_rollback(True)
        forget_process_state()
        strict = [checks.negative_data_rejection] if is_strict(case) else []
        case.validate_response(response, checks=[*CHECKS, *strict])
        return response

    return send


def has_wrong_path(case: Case[Any]) -> bool:
    path = case.meta.components.get(ParameterLocation.PATH) if case.meta else None
    return path is not None and path.mode.is_negative


def is_strict(case: Case[Any]) -> bool:
    """Whether what is wrong in it has to be refused. A parameter that is empty stands for none."""
    is_lenient = case.operation.schema.get_operation_id(case.operation) in LENIENT
    return not is_lenient and not any(value in ("", [""]) for value in case.query.values())


def credentials_of(caller: Caller) -> dict[str, Any]:
    if caller.key:
        return {"headers": {"Authorization": f"Bearer {caller.key}"}}
    if caller.user is None:
        return {}
    cookies = {name: morsel.value for name, morsel in caller.client().cookies.items()}
    return {"headers": {"X-CSRFToken": CSRF_TOKEN}, "cookies": {**cookies, "csrf": CSRF_TOKEN}}


def right_call(operation: Operation, row: Row, own: Things) -> Case[Any]:
    """As the table of who may do what has it."""
    body = BODIES.get((row.route, row.method), {})
    names = [parameter.name for parameter in operation.path_parameters]
    case: Case[Any] = operation.Case(
        path_parameters={name: str(own.routes[name]) for name in names},
        body=body(own) if callable(body) else body,
        media_type="application/json",
    )
    return case


def draw(operation: Operation, send: Send, *, most: int) -> None:
    @hypothesis_settings(
        max_examples=most,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def run(case: Case[Any]) -> None:
        send(case)

    run()


def boundary_cases(schema: OpenApiSchema, operation: Operation) -> Iterator[Case[Any]]:
    """Right ones and wrong ones."""
    return schema.iter_coverage_cases(
        operation,
        generation_modes=list(GenerationMode),
        generation_config=schema.config.generation_for(operation=operation),
    )


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_every_answer_is_one_that_the_document_names(row: Row, world: World, schema: OpenApiSchema) -> None:
    operation = operation_of(schema, row)
    for name, most in DRAWN.items():
        caller, own = world.callers[name], world.things.get(world.callers[name].of)
        foreign = list(others(world, caller.of))[:1]
        if own:
            expected = row.own_status(caller)
            response = sender(caller, operation, [own])(right_call(operation, row, own))
            assert response.status_code == expected, response.text
        send = sender(caller, operation, [own, *foreign] if own else foreign)
        draw(operation, send, most=most)
    owner, acme = world.callers["key"], world.things["acme"]
    send = sender(owner, operation, [acme])
    for case in boundary_cases(schema, operation):
        send(case)


def test_every_operation_is_called(schema: OpenApiSchema) -> None:
    assert len({operation_of(schema, row).label for row in ROWS}) == len(ROWS)
    assert len(ROWS) == schema.statistic.operations.total


def test_errors_are_told_of_operations_that_there_are(schema: OpenApiSchema) -> None:
    there = {schema.get_operation_id(operation_of(schema, row)) for row in ROWS}
    assert OF_OPERATIONS.keys() <= there


# What the owner's world has no occasion for: who does it, and what happens before.
RARE: list[tuple[str, str, str, int]] = [
    ("organization-leave", "POST", "bob", 204),
    ("organization-deletion", "DELETE", "alice", 200),
    ("invitation-accept", "POST", "nobody", 200),
]


@pytest.mark.parametrize(("route", "method", "name", "status"), RARE)
def test_what_happens_rarely_is_answered_as_the_document_has_it(
    route: str, method: str, name: str, status: int, world: World, schema: OpenApiSchema
) -> None:
    [row] = [row for row in ROWS if (row.route, row.method) == (route, method)]
    acme, caller = Organization.objects.get(slug="acme"), world.callers[name]
    send = sender(caller, operation_of(schema, row), [world.things["acme"]])
    case = right_call(operation_of(schema, row), row, world.things["acme"])
    with written_mails() as mails:
        invite(organization=acme, email="erin@example.org", by=OPERATOR, site="https://codegen.example")
    if route == "invitation-accept":
        case.body = {"token": mails[0].text.split("#")[1].split()[0], "password": "correct horse battery"}
    if route == "organization-deletion":
        request_deletion(organization=acme, confirmation="acme", by=OPERATOR)
    response = send(case)
    assert response.status_code == status, response.text
