"""Where settings come from, in which order, and what is said when one of these places cannot be read."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from codegen_site import redaction
from codegen_site.dotenv import MalformedLine, quote, read_values
from codegen_site.encrypted_env import encrypt_text, new_key
from codegen_site.env import Environment, LoudEnv
from codegen_site.redaction import redact
from codegen_site.tests.test_deployment import manage


@pytest.fixture(autouse=True)
def _forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_known", set())
    monkeypatch.setattr(redaction, "_by_heart", None)


def known(
    process: dict[str, str] | None = None,
    encrypted: dict[str, str] | None = None,
    plain: dict[str, str] | None = None,
) -> Environment:
    return Environment(process=process or {}, encrypted=encrypted or {}, plain=plain or {})


def test_the_environment_counts_before_a_file_before_the_encrypted_file_before_the_plain_one(
    tmp_path: Path,
) -> None:
    path = tmp_path / "secret"
    path.write_text("from the file\n")
    layers = {"encrypted": {"NAME": "encrypted"}, "plain": {"NAME": "plain"}}
    named = {"NAME_FILE": str(path)}
    assert known({"NAME": "environment", **named}, **layers)["NAME"] == "environment"
    assert known(named, **layers)["NAME"] == "from the file"
    assert known(**layers)["NAME"] == "encrypted"
    assert known(plain={"NAME": "plain"})["NAME"] == "plain"
    assert known(plain={"NAME": "plain", **named})["NAME"] == "from the file"
    assert "NAME" not in known()


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ("s3cret\n", "s3cret"),
        ("s3cret\r\n", "s3cret"),
        ("s3cret", "s3cret"),
        (" two lines\nof it \n\n", " two lines\nof it \n"),
        ("", ""),
    ],
)
def test_only_the_line_end_of_a_file_is_taken_away(tmp_path: Path, content: str, value: str) -> None:
    path = tmp_path / "secret"
    path.write_bytes(content.encode())
    assert known({"NAME_FILE": str(path)})["NAME"] == value


def test_a_file_that_is_not_there_is_named_with_its_variable(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"NAME_FILE names .*/none, which cannot be read: No such"):
        known({"NAME_FILE": str(tmp_path / "none")})["NAME"]


def test_every_kind_of_setting_can_come_from_a_file(tmp_path: Path) -> None:
    for name, content in {
        "PORT": "8000\n",
        "NAMES": "a,b\n",
        "URL": "postgres://me:pw@db.example/x\n",
    }.items():
        (tmp_path / name).write_text(content)
    env = LoudEnv(known({f"{name}_FILE": str(tmp_path / name) for name in ("PORT", "NAMES", "URL")}))
    assert env.int("PORT") == 8000
    assert env.list("NAMES") == ["a", "b"]
    assert env.db_url("URL", default="")["PASSWORD"] == "pw"


@pytest.mark.parametrize("value", ["$HOME", "a$b", r"a\$b", r"\$", "$"])
def test_a_dollar_is_a_dollar(value: str) -> None:
    assert LoudEnv(known({"NAME": value})).str("NAME", "") == value


@pytest.mark.parametrize(
    ("name", "value"), [("API_KEYS_PER_USER", "s3cret-number"), ("PORT", "redis://me:pw-s3cret@x")]
)
def test_a_secret_that_is_malformed_is_not_told(name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        LoudEnv(known({name: value})).int(name)
    assert str(caught.value) == f"The setting {name} is malformed: [redacted]."
    assert caught.value.__suppress_context__


def test_secrets_that_were_read_are_known_by_heart(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("of-the-docker-secret\n")
    env = LoudEnv(known({"LLM_API_KEY_FILE": str(path), "REDIS_URL": "redis://:of-the-address@cache:6379/0"}))
    assert env.str("LLM_API_KEY") == "of-the-docker-secret"
    assert redact("of-the-docker-secret of-the-address") == "[redacted] [redacted]"


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("NAME=value", "value"),
        ("export NAME = value ", "value"),
        ("NAME=off      # on: redirects", "off"),
        ("NAME=a#b", "a#b"),
        ("NAME=", ""),
        ("NAME= # nothing", ""),
        ("NAME='a # \"b\" \\n'", 'a # "b" \\n'),
        ('NAME="a # \\"b\\" \\\\ \\n c" # said', 'a # "b" \\ \n c'),
        ("NAME=it's", "it's"),
        ('NAME=[1, "x"]', '[1, "x"]'),
    ],
)
def test_a_line_is_read_as_shells_and_docker_write_it(line: str, value: str) -> None:
    assert read_values(f"# first\n\n{line}\n") == {"NAME": value}


@pytest.mark.parametrize(
    "value", ["plain", "", "two words", " a # b ", 'a"b\\c', "'quoted'", "line\nend\r\t", "$x"]
)
def test_what_is_quoted_is_read_again(value: str) -> None:
    assert read_values(f"NAME={quote(value)}") == {"NAME": value}


def test_a_line_that_is_none_is_told_by_its_number_alone() -> None:
    with pytest.raises(MalformedLine, match=r"^Line 2 is neither NAME=value nor a comment\.$"):
        read_values("A=1\nthe s3cret itself\n")


def test_the_example_can_be_used_with_every_line_of_it(tmp_path: Path) -> None:
    example = (Path(__file__).parent.parent.parent / ".env.example").read_text()
    defaults = read_values(re.sub(r"^#([A-Z_]+=)", r"\1", example, flags=re.MULTILINE))
    given = {name: value for name, value in defaults.items() if value and name != "LOCAL_DIR"}
    assert manage("check", **given, LOCAL_DIR=str(tmp_path)).returncode == 0


def start(tmp_path: Path, **variables: str) -> str:
    """What `manage.py` says of the setting in the encrypted file, or why it does not start."""
    done = manage("diffsettings", LOCAL_DIR=str(tmp_path), **variables)
    return done.stdout if done.returncode == 0 else done.stderr


def test_the_encrypted_file_is_read_at_the_start(tmp_path: Path) -> None:
    key, path = new_key(), tmp_path / "settings"
    path.write_text(encrypt_text("DEFAULT_MODEL=from-the-encrypted-file # the best\n", key=key))
    (tmp_path / "key").write_text(f"{key}\n")
    place = {"ENCRYPTED_ENV": str(path)}
    line = "DEFAULT_MODEL = 'from-the-encrypted-file'"
    assert line in start(tmp_path, **place, ENV_KEY=key)
    assert line in start(tmp_path, **place, ENV_KEY_FILE=str(tmp_path / "key"))
    assert line not in start(tmp_path, **place, ENV_KEY=key, DEFAULT_MODEL="other")


def test_a_wrong_key_and_no_key_are_one_clear_sentence_each(tmp_path: Path) -> None:
    path = tmp_path / "settings"
    path.write_text(encrypt_text("SECRET_KEY=s3cret\n", key=new_key()))
    wrong = start(tmp_path, ENCRYPTED_ENV=str(path), ENV_KEY=new_key())
    assert f"{path}: SECRET_KEY cannot be decrypted with this ENV_KEY." in wrong
    missing = start(tmp_path, ENCRYPTED_ENV=str(path))
    assert f"{path} holds settings, and neither ENV_KEY nor ENV_KEY_FILE is set." in missing
