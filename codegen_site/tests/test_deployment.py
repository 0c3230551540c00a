"""What a deployment can get wrong is found by a command, and a fresh clone starts without any setting."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from codegen_site.secret_key import local_secret_key


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}
    return subprocess.run(
        [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *arguments],
        env=kept | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_key_of_a_machine_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    key = local_secret_key(tmp_path / "new")
    assert len(key) > 50
    assert local_secret_key(tmp_path / "new") == key
    assert (tmp_path / "new" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_production_does_not_make_up_a_key(tmp_path: Path) -> None:
    checked = manage("check", HTTPS="on", LOCAL_DIR=str(tmp_path))
    assert checked.returncode != 0
    assert "SECRET_KEY must be set" in checked.stderr
    assert not list(tmp_path.iterdir())


def test_a_fresh_clone_needs_no_settings(tmp_path: Path) -> None:
    assert manage("check", LOCAL_DIR=str(tmp_path)).returncode == 0


def test_what_a_deployment_lacks_is_named(tmp_path: Path) -> None:
    checked = manage("check", "--deploy", "--fail-level", "WARNING", LOCAL_DIR=str(tmp_path))
    assert checked.returncode != 0
    for number in range(1, 6):
        assert f"codegen_site.W00{number}" in checked.stderr
    assert "codegen_site.E002" not in checked.stderr


def test_prompts_from_a_langfuse_without_its_keys_are_named(tmp_path: Path) -> None:
    label = {"PROMPTS_FROM_LANGFUSE": "production", "LANGFUSE_PUBLIC_KEY": "pk-lf-1"}
    checked = manage("check", "--deploy", LOCAL_DIR=str(tmp_path), **label)
    assert "codegen_site.E002" in checked.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SYNC_WAIT_S", "soon"),
        ("WEBHOOKS_ALLOWED_PORTS", "443,https"),
        ("WEBHOOKS_ALLOWED_NETWORKS", "10.0.0.1/8"),
    ],
)
def test_a_malformed_setting_stops_the_start(tmp_path: Path, name: str, value: str) -> None:
    checked = manage("check", LOCAL_DIR=str(tmp_path), **{name: value})
    assert checked.returncode != 0
    assert f"The setting {name} is malformed: '{value}'." in checked.stderr


def test_networks_and_ports_are_read(tmp_path: Path) -> None:
    networks, ports = "10.0.0.0/8, fd00::/8", "443,8443"
    said = manage(
        "diffsettings",
        LOCAL_DIR=str(tmp_path),
        WEBHOOKS_ALLOWED_NETWORKS=networks,
        WEBHOOKS_ALLOWED_PORTS=ports,
    ).stdout
    assert "[IPv4Network('10.0.0.0/8'), IPv6Network('fd00::/8')]" in said
    assert "WEBHOOKS_ALLOWED_PORTS = [443, 8443]" in said
