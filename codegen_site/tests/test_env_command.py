"""`manage.py env`: as an operator types it, without any settings."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from codegen_site.encrypted_env import new_key


@dataclass(frozen=True)
class Operator:
    path: Path
    key: str

    def types(self, *arguments: str, said: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "ENV_KEY": self.key, "HTTPS": "on", **variables}
        return subprocess.run(
            [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "env", *arguments],
            env=environment | {"ENCRYPTED_ENV": str(self.path)},
            input=said,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path / "settings", new_key())


PLAIN = "# Ours\nSECRET_KEY='the secret'\n\nLLM_API_KEY=sk-1 # of the proxy\n"


def test_a_file_is_encrypted_and_shown(operator: Operator) -> None:
    assert operator.types("encrypt", "-", said=PLAIN).returncode == 0
    encrypted = operator.path.read_text()
    assert [line.partition("=")[0] for line in encrypted.splitlines()] == [
        "# Ours",
        "SECRET_KEY",
        "",
        "LLM_API_KEY",
    ]
    assert "the secret" not in encrypted
    assert operator.types("show").stdout == PLAIN
    assert operator.types("show", "SECRET_KEY").stdout == "the secret\n"
    assert operator.path.stat().st_mode & 0o777 == 0o600


def test_a_value_is_set_and_the_other_lines_stay_as_they_were(operator: Operator) -> None:
    operator.types("encrypt", "-", said=PLAIN)
    before = operator.path.read_text().splitlines()
    assert operator.types("set", "LLM_API_KEY", said="sk-2\n").returncode == 0
    assert operator.types("set", "NEW", said='with "quotes"\n').returncode == 0
    after = operator.path.read_text().splitlines()
    assert after[:3] == before[:3]
    assert after[3] != before[3]
    assert operator.types("show", "LLM_API_KEY").stdout == "sk-2\n"
    assert operator.types("show", "NEW").stdout == 'with "quotes"\n'


def test_it_is_edited_and_nothing_plain_is_left_behind(operator: Operator, tmp_path: Path) -> None:
    operator.types("encrypt", "-", said=PLAIN)
    before = operator.path.read_text().splitlines()
    edited = operator.types("edit", EDITOR="sed -i s/sk-1/sk-2/", TMPDIR=str(tmp_path))
    assert edited.returncode == 0
    assert operator.path.read_text().splitlines()[:3] == before[:3]
    assert operator.types("show", "LLM_API_KEY").stdout == "sk-2\n"
    assert [path.name for path in tmp_path.iterdir()] == ["settings"]


@pytest.mark.parametrize("editor", ["false", "sed -i s/SECRET_KEY=/no/"])
def test_an_edit_that_goes_wrong_changes_nothing(operator: Operator, editor: str) -> None:
    operator.types("encrypt", "-", said=PLAIN)
    before = operator.path.read_text()
    assert operator.types("edit", EDITOR=editor).returncode != 0
    assert operator.path.read_text() == before


def test_a_wrong_key_reads_and_overwrites_nothing(operator: Operator) -> None:
    operator.types("encrypt", "-", said=PLAIN)
    before = operator.path.read_text()
    for arguments in (("show",), ("set", "NEW"), ("edit",), ("encrypt", "-")):
        done = operator.types(*arguments, said="A=1\n", ENV_KEY=new_key(), EDITOR="true")
        assert done.returncode != 0
        if arguments != ("encrypt", "-"):
            assert done.stderr == (
                f"CommandError: {operator.path}: SECRET_KEY cannot be decrypted with this ENV_KEY.\n"
            )
    assert operator.types("encrypt", "-", said="SECRET_KEY=x\n", ENV_KEY=new_key()).returncode != 0
    assert operator.path.read_text() == before


def test_a_new_key_takes_over_on_demand(operator: Operator) -> None:
    operator.types("encrypt", "-", said=PLAIN)
    key = operator.types("key").stdout.strip()
    assert (
        operator.types("encrypt", "--rekey", "-", said=operator.types("show").stdout, ENV_KEY=key).returncode
        == 0
    )
    assert operator.types("show", ENV_KEY=key).stdout == PLAIN


def test_a_value_under_another_name_is_refused(operator: Operator) -> None:
    operator.types("encrypt", "-", said="A=1\nB=2\n")
    first, second = operator.path.read_text().splitlines()
    swapped = f"A={second.removeprefix('B=')}\nB={first.removeprefix('A=')}\n"
    operator.path.write_text(swapped)
    assert "A cannot be decrypted" in operator.types("show").stderr


def test_without_a_key_it_says_how_to_make_one(operator: Operator) -> None:
    assert "`manage.py env key` makes a key" in operator.types("encrypt", "-", said=PLAIN, ENV_KEY="").stderr
