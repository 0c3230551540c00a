"""How files are called by what is in them; the first rule that holds names the file."""

from collections.abc import Mapping
from types import MappingProxyType

from generation.pipeline.organise_files.rules import Rule, rule
from generation.pipeline.organise_files.script_conventions import JAVASCRIPT, TSX, TYPESCRIPT, VUE

_RUNS = r"^if __name__ == ['\"]__main__['\"]|\b(?:FastAPI|Flask)\(|^import streamlit|^st\."
_TESTED = (
    r"^from (?!(?:pytest|unittest|django|rest_framework|fastapi|flask|hypothesis|typing|datetime|collections)\b)"
    r"(?:\w+\.)*(?P<name>\w+) import"
)
_PYTHON = (
    rule("manage.py", r"\bexecute_from_command_line\("),
    rule("{package}settings.py", r"^ROOT_URLCONF\s?=\s?['\"](?P<package>\w+)\.urls['\"]"),
    rule("settings.py", r"^INSTALLED_APPS\s?="),
    rule("urls.py", r"^urlpatterns\s?="),
    rule("app/admin.py", r"\badmin\.site\.register\(|@admin\.register\("),
    rule("app/models.py", r"^class \w+\(models\.Model\)"),
    rule("app/serializers.py", r"^class \w+\([\w.]*Serializer\)"),
    rule("app/forms.py", r"^class \w+\(forms\.\w*Form\)"),
    rule("setup.py", r"^from setuptools import|^setup\("),
    rule("conftest.py", r"^@pytest\.fixture", unless=r"^(?:async )?def test_"),
    rule("tests/test_{snake}.py", r"^(?:async )?def test_|^class \w+\([\w.]*TestCase\)|^class Test", _TESTED),
    rule("tests/test_main.py", r"^(?:async )?def test_|^class \w+\([\w.]*TestCase\)"),
    rule("{usual}", _RUNS),
    rule("database.py", r"\bdeclarative_base\(|\bcreate_engine\(|\(DeclarativeBase\)"),
    rule("{snake}.py", r"^class (?P<name>[A-Z]\w*)", unless=r"^(?:def|async def|if|for|while|print)\b|^[a-z]\w*\s?(?:=|\()"),
)  # fmt: skip
_JAVA_TYPE = r"(?:class|interface|enum|record|@interface) (?P<name>\w+)"
_JAVA_PUBLIC = rf"^public (?:(?:final|abstract|sealed) )*{_JAVA_TYPE}"
_JAVA_OTHER = rf"^(?:(?:final|abstract|sealed) )*{_JAVA_TYPE}"
_JAVA_PACKAGE = r"^package (?P<package>[\w.]+);"
_JAVA = (
    rule(
        "src/test/java/{package}{name}.java", _JAVA_PACKAGE, r"@(?:SpringBoot)?Test\b", r"class (?P<name>\w+)"
    ),
    rule("src/main/java/{package}{name}.java", _JAVA_PACKAGE, _JAVA_PUBLIC),
    rule("src/main/java/{package}{name}.java", _JAVA_PACKAGE, _JAVA_OTHER),
    rule("{name}.java", _JAVA_PUBLIC),
    rule("{name}.java", _JAVA_OTHER),
)
_KOTLIN_TYPE = (
    r"^(?:(?:public|internal|data|sealed|open|abstract|enum|annotation|value) )*"
    r"(?:class|interface|object) (?P<name>[A-Z]\w*)"
)
_KOTLIN = (
    rule("build.gradle.kts", r"^plugins \{"),
    rule("settings.gradle.kts", r"^rootProject\.name\s?="),
    rule("{usual}", r"^fun main\("),
    rule("src/main/kotlin/{package}{name}.kt", r"^package (?P<package>[\w.]+)", _KOTLIN_TYPE),
    rule("{name}.kt", _KOTLIN_TYPE),
)
_CSHARP_TYPE = (
    r"^[ \t]*(?:(?:public|internal|static|abstract|sealed|partial|readonly) )*"
    r"(?:class|interface|record|struct|enum|record struct) (?P<name>[A-Z]\w*)"
)
_CSHARP = (
    rule("Program.cs", r"\bWebApplication\.CreateBuilder\(|\bstatic (?:async )?(?:void|int|Task) Main\("),
    rule("Controllers/{name}.cs", r"\bclass (?P<name>\w+Controller)\b"),
    rule("Data/{name}.cs", r"\bclass (?P<name>\w+)(?:\(.*\))?\s?:\s?DbContext\b"),
    rule("{name}.cs", _CSHARP_TYPE),
)
_PHP_TYPE = r"^(?:(?:final|abstract|readonly) )*(?:class|interface|trait|enum) (?P<name>\w+)"
_PHP_NAMESPACE = r"^namespace App\\(?P<package>[\w\\]+);"
_PHP = (
    rule(
        "routes/api.php",
        r"\bRoute::apiResource\b|middleware\(['\"](?:auth:)?(?:sanctum|api)",
        frameworks="laravel",
    ),
    rule("routes/web.php", r"^Route::", frameworks="laravel"),
    rule("database/migrations/create_{snake}_table.php", r"\bSchema::create\(['\"](?P<name>\w+)"),
    rule("app/{package}{name}.php", _PHP_NAMESPACE, _PHP_TYPE, frameworks="laravel"),
    rule("src/{package}{name}.php", _PHP_NAMESPACE, _PHP_TYPE),
    rule("{name}.php", _PHP_TYPE),
)
_RUBY = (
    rule("Gemfile", r"^source ['\"]https://rubygems"),
    rule("config/routes.rb", r"\bRails\.application\.routes\.draw\b"),
    rule("db/migrate/{snake}.rb", r"^class (?P<name>\w+) < ActiveRecord::Migration"),
    rule("app/controllers/{snake}.rb", r"^class (?:\w+::)*(?P<name>\w+Controller)\b"),
    rule("app/models/{snake}.rb", r"^class (?P<name>\w+) < ApplicationRecord"),
    rule("spec/{snake}_spec.rb", r"^RSpec\.describe (?P<name>\w+)"),
    rule("{snake}.rb", r"^(?:class|module) (?P<name>[A-Z]\w*)", unless=r"^(?:puts|if|\w+\s?=)\b"),
)
_GO = (
    rule("go.mod", r"^module \S+$", unless=r"^package "),
    rule("{name}_test.go", r"^package (?P<name>\w+)", r"^func Test[A-Z]"),
    rule("{usual}", r"^package main\b"),
    rule("{name}/{name}.go", r"^package (?P<name>\w+)"),
)
_SWIFT = (
    rule("Package.swift", r"^//\s?swift-tools-version"),
    rule("{name}.swift", r"^@main\b", r"^(?:@main )?struct (?P<name>\w+)"),
    rule(
        "{name}.swift", r"^(?:(?:public|final|open) )*(?:struct|class|enum|protocol|actor) (?P<name>[A-Z]\w*)"
    ),
)
_DART = (
    rule("{usual}", r"^(?:void |Future<void> )?main\("),
    rule("lib/{snake}.dart", r"^(?:abstract |sealed |final )?class (?P<name>[A-Z]\w*)"),
)
_SQL = (
    rule("schema.sql", r"(?i)^(?:CREATE|ALTER)\s"),
    rule("seed.sql", r"(?i)^INSERT\s+INTO\b"),
    rule("queries.sql", r"(?i)^(?:SELECT|WITH)\b"),
)
_OF_RESOURCES = r"^(?:resource|module|data) "
_HCL = (
    rule("variables.tf", r"^variable \"", unless=_OF_RESOURCES),
    rule("outputs.tf", r"^output \"", unless=_OF_RESOURCES),
    rule("providers.tf", r"^(?:terraform|provider \"\w+\") \{", unless=_OF_RESOURCES),
)
_XML = (
    rule("pom.xml", r"<project\b[^>]*maven|<modelVersion>"),
    rule("App.csproj", r"<Project\b[^>]*Sdk="),
    rule("app/src/main/AndroidManifest.xml", r"<manifest\b"),
    rule("app/src/main/res/values/strings.xml", r"<resources\b", r"<string "),
    rule("app/src/main/res/layout/activity_main.xml", r"schemas\.android\.com"),
    rule("image.svg", r"<svg\b"),
    rule("sitemap.xml", r"<urlset\b"),
    rule("feed.xml", r"<rss\b"),
    rule("phpunit.xml", r"<phpunit\b"),
    rule("web.config", r"<configuration\b", r"<system\.web"),
)
_TOML = (
    rule("Cargo.toml", r"^\[(?:package|workspace)\]"),
    rule("pyproject.toml", r"^\[(?:project|build-system|tool\.[\w.-]+)\]"),
    rule("Pipfile", r"^\[\[source\]\]|^\[dev-packages\]"),
    rule("netlify.toml", r"^\[\[redirects\]\]|^ *publish\s?="),
    rule("fly.toml", r"^\[http_service\]|^\[\[services\]\]"),
    rule("wrangler.toml", r"^compatibility_date\s?="),
)
_INI = (
    rule(".editorconfig", r"^root\s?=\s?true"),
    rule("pytest.ini", r"^\[pytest\]"),
    rule("mypy.ini", r"^\[mypy\]"),
    rule("setup.cfg", r"^\[(?:metadata|flake8|tool:pytest)\]"),
    rule("alembic.ini", r"^\[alembic\]"),
    rule("app.service", r"^\[Service\]"),
    rule("supervisord.conf", r"^\[supervisord\]|^\[program:"),
    rule("src/main/resources/application.properties", r"^spring\.|^server\.port"),
)
_IGNORED = r"^(?:node_modules|__pycache__|\.venv|venv|dist|build|target|\.DS_Store|\*\.py\[cod\]|\.env|\*\.log|\.idea)/?$"
_TEXT = (
    rule("robots.txt", r"^User-agent:"),
    rule("Procfile", r"\A(?:web|worker|release): "),
    rule("LICENSE", r"\A\s*(?:The )?(?:MIT|Apache|BSD|GNU|ISC)\b.*Licen[cs]e"),
    rule(".gitignore", _IGNORED, unless=r"^\w+ \w+ \w+"),
    rule(
        "requirements.txt",
        r"^[A-Za-z][\w.-]*(?:\[[\w,-]+\])?(?:[=~><!]=|>)\d",
        unless=r"^(?!#)\S+ [A-Za-z]|[;{}]$",
    ),
)
_DOTENV = (rule(".env.example", r"(?i)=\s?['\"]?(?:<|your[_-]|change[_-]?me|xxx|replace)"),)
_GROOVY = (
    rule("Jenkinsfile", r"^pipeline \{"),
    rule("settings.gradle", r"^rootProject\.name\s?=|^include ['\"]:"),
)
_RUST = (rule("{usual}", r"^(?:async )?fn main\("), rule("src/lib.rs", r"^pub "))

# By the slug of the language.
RULES: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        "javascript": JAVASCRIPT,
        "jsx": JAVASCRIPT,
        "typescript": TYPESCRIPT,
        "tsx": TSX,
        "vue": VUE,
        "python": _PYTHON,
        "java": _JAVA,
        "kotlin": _KOTLIN,
        "csharp": _CSHARP,
        "php": _PHP,
        "ruby": _RUBY,
        "go": _GO,
        "rust": _RUST,
        "swift": _SWIFT,
        "dart": _DART,
        "sql": _SQL,
        "hcl": _HCL,
        "xml": _XML,
        "toml": _TOML,
        "ini": _INI,
        "text": _TEXT,
        "dotenv": _DOTENV,
        "groovy": _GROOVY,
    }
)
