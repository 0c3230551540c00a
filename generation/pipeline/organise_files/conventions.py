"""How files are called by what is in them: tables of paths and patterns, tried in their order.

In a path, `name` is the group of that name, `snake`, `kebab` and `camel` are its spellings, `package` is
the group with slashes; `base` is the folder of the framework's sources, `usual` its usual file of the
language, `ext` the extension. A pattern looks at one line, so that none takes more than linear time.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Rule:
    """All patterns must be found, and `unless` must not. `frameworks` are slugs; none are all."""

    path: str
    patterns: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None
    frameworks: frozenset[str]

    def groups(self, head: str) -> dict[str, str] | None:
        """The named groups, where the rule holds."""
        if self.unless and self.unless.search(head):
            return None
        found: dict[str, str] = {}
        for pattern in self.patterns:
            match = pattern.search(head)
            if match is None:
                return None
            found |= {name: text for name, text in match.groupdict().items() if text}
        return found


def _rule(path: str, *patterns: str, unless: str = "", frameworks: str = "") -> Rule:
    return Rule(
        path,
        tuple(re.compile(pattern, re.MULTILINE) for pattern in patterns),
        re.compile(unless, re.MULTILINE) if unless else None,
        frozenset(frameworks.split()),
    )


_CONFIGURATIONS = (
    _rule("vitest.config.{ext}", r"from ['\"]vitest/config['\"]"),
    _rule("astro.config.mjs", r"from ['\"]astro/config['\"]"),
    _rule("playwright.config.{ext}", r"from ['\"]@playwright/test['\"]", r"\bdefineConfig\("),
    _rule("vite.config.{ext}", r"from ['\"]vite['\"]|@vitejs/plugin"),
    _rule("nuxt.config.ts", r"\bdefineNuxtConfig\("),
    _rule("next.config.{ext}", r"\bnextConfig\b"),
    _rule("tailwind.config.{ext}", r"^(?:module\.exports|export default)\b", r"\bcontent:\s?\[", r"\btheme:"),
    _rule("postcss.config.{ext}", r"\bplugins:", r"\b(?:tailwindcss|autoprefixer)\b", unless=r"\btheme:"),
    _rule("jest.config.{ext}", r"\btestEnvironment:"),
    _rule("svelte.config.js", r"from ['\"]@sveltejs/(?:kit|adapter)", r"\bkit:"),
    _rule("eslint.config.{ext}", r"from ['\"](?:@eslint/js|typescript-eslint)['\"]"),
    _rule("webpack.config.js", r"\bmodule\.exports\b", r"\bentry:", r"\boutput:"),
    _rule("{base}types.d.ts", r"^declare module\b|^interface ImportMeta\b"),
)
_BEGINS_TEST = r"^(?:describe|it|test)\("
_TESTS = (
    _rule(
        "{base}{name}.test.{ext}",
        _BEGINS_TEST,
        r"from ['\"]\.{1,2}/(?:[\w-]+/)*(?P<name>[A-Za-z][\w-]*)(?:\.\w+)?['\"]",
    ),
    _rule("{base}{name}.test.{ext}", r"^(?:describe|test)\(['\"`](?P<name>[A-Z]\w*)"),
    _rule("{base}app.test.{ext}", _BEGINS_TEST),
)
_LISTENS = r"\bapp\.listen\(|\bhttp\.createServer\(|\.listen\(\s?(?:PORT|port|\{)"
_SERVERS = (
    _rule("{usual}", _LISTENS, frameworks="express fastify hono nestjs"),
    _rule("server.{ext}", _LISTENS),
    _rule("{base}models/{name}.{ext}", r"\bmongoose\.model\(['\"](?P<name>\w+)"),
    _rule("{base}routes/{name}.{ext}", r"\bRouter\(\)", r"\brouter\.\w+\(['\"]/(?P<name>[a-z][\w-]*)"),
    _rule("{base}routes/index.{ext}", r"\bRouter\(\)"),
)
_EXPORTED_COMPONENT = r"^export (?:default )?(?:function|class|const) (?P<name>[A-Z]\w*)"
_COMPONENT = r"^(?:function|class|const) (?P<name>[A-Z]\w*)"
_ELEMENT = r"<[A-Za-z>]|\bReact\b"
_COMPONENTS = (
    _rule("{base}main.{ext}", r"\bcreateRoot\(|\bReactDOM\.render\(|^render\(\(\) =>", unless=r"^(?:export|function [A-Z])"),
    _rule("app/layout.{ext}", r"\bexport default (?:async )?function RootLayout\b", frameworks="nextjs"),
    _rule("{usual}", r"\bexport default (?:async )?function (?:Home|HomePage|Page|Index)\b", frameworks="nextjs"),
    _rule("app/api/route.{ext}", r"\bexport (?:async )?function (?:GET|POST|PUT|PATCH|DELETE)\(", frameworks="nextjs"),
    _rule("{usual}", r"\b(?:function|const|class) App\b"),
    _rule("{base}context/{name}.{ext}", r"\bcreateContext\b", r"\b(?P<name>[A-Z]\w*(?:Context|Provider))\b"),
    _rule("{base}hooks/{name}.{ext}", r"^export (?:default )?(?:function|const) (?P<name>use[A-Z]\w*)"),
    _rule("{base}components/{name}.{ext}", _EXPORTED_COMPONENT, _ELEMENT),
    _rule("{base}components/{name}.{ext}", r"^export default (?P<name>[A-Z]\w*)\b", _ELEMENT),
    _rule("{base}components/{name}.{ext}", _COMPONENT, _ELEMENT),
)  # fmt: skip
_DECORATED = (("@Controller(", "Controller"), ("@Module(", "Module"), ("@Injectable(", "Service"))
_NEST = (
    _rule("src/main.ts", r"\bNestFactory\b"),
    _rule("src/app.module.ts", r"\bexport class AppModule\b"),
    *(
        _rule(
            f"src/{{kebab}}/{{kebab}}.{kind.lower()}.ts",
            re.escape(decorator),
            rf"\bexport class (?P<name>\w+?){kind}\b",
            frameworks="nestjs",
        )
        for decorator, kind in _DECORATED
    ),
)
_ANGULAR = (
    _rule("src/main.ts", r"\bbootstrapApplication\("),
    _rule("src/app/app.component.ts", r"@Component\(", r"\bexport class (?:AppComponent|App)\b"),
    _rule(
        "src/app/{kebab}/{kebab}.component.ts",
        r"@Component\(",
        r"\bexport class (?P<name>\w+?)(?:Component)?\b",
    ),
    _rule("src/app/{kebab}.service.ts", r"@Injectable\(", r"\bexport class (?P<name>\w+?)(?:Service)?\b"),
    _rule("src/app/app.routes.ts", r":\s?Routes\s?="),
)
_SCRIPTS = (
    *_CONFIGURATIONS,
    *_TESTS,
    *_NEST,
    *_ANGULAR,
    *_SERVERS,
    _rule("{base}main.{ext}", r"\bcreateApp\(", frameworks="vue"),
    _rule("{base}router/index.{ext}", r"\bcreateRouter\("),
    _rule("{base}stores/{name}.{ext}", r"\bdefineStore\(['\"](?P<name>\w+)"),
)
_TYPES = (
    _rule("{base}types.ts", r"^export (?:interface|type|enum) ", unless=r"\b(?:function|const|class) "),
    _rule("{base}{name}.ts", r"^export (?:default |abstract )?class (?P<name>[A-Z]\w*)"),
)

_RUNS = r"^if __name__ == ['\"]__main__['\"]|\b(?:FastAPI|Flask)\(|^import streamlit|^st\."
_TESTED = (
    r"^from (?!(?:pytest|unittest|django|rest_framework|fastapi|flask|hypothesis|typing|datetime|collections)\b)"
    r"(?:\w+\.)*(?P<name>\w+) import"
)
_PYTHON = (
    _rule("manage.py", r"\bexecute_from_command_line\("),
    _rule("{package}settings.py", r"^ROOT_URLCONF\s?=\s?['\"](?P<package>\w+)\.urls['\"]"),
    _rule("settings.py", r"^INSTALLED_APPS\s?="),
    _rule("urls.py", r"^urlpatterns\s?="),
    _rule("app/admin.py", r"\badmin\.site\.register\(|@admin\.register\("),
    _rule("app/models.py", r"^class \w+\(models\.Model\)"),
    _rule("app/serializers.py", r"^class \w+\([\w.]*Serializer\)"),
    _rule("app/forms.py", r"^class \w+\(forms\.\w*Form\)"),
    _rule("setup.py", r"^from setuptools import|^setup\("),
    _rule("conftest.py", r"^@pytest\.fixture", unless=r"^(?:async )?def test_"),
    _rule("tests/test_{snake}.py", r"^(?:async )?def test_|^class \w+\([\w.]*TestCase\)|^class Test", _TESTED),
    _rule("tests/test_main.py", r"^(?:async )?def test_|^class \w+\([\w.]*TestCase\)"),
    _rule("{usual}", _RUNS),
    _rule("database.py", r"\bdeclarative_base\(|\bcreate_engine\(|\(DeclarativeBase\)"),
    _rule("{snake}.py", r"^class (?P<name>[A-Z]\w*)", unless=r"^(?:def|async def|if|for|while|print)\b|^[a-z]\w*\s?(?:=|\()"),
)  # fmt: skip
_JAVA_TYPE = r"(?:class|interface|enum|record|@interface) (?P<name>\w+)"
_JAVA_PUBLIC = rf"^public (?:(?:final|abstract|sealed) )*{_JAVA_TYPE}"
_JAVA_OTHER = rf"^(?:(?:final|abstract|sealed) )*{_JAVA_TYPE}"
_JAVA_PACKAGE = r"^package (?P<package>[\w.]+);"
_JAVA = (
    _rule(
        "src/test/java/{package}{name}.java", _JAVA_PACKAGE, r"@(?:SpringBoot)?Test\b", r"class (?P<name>\w+)"
    ),
    _rule("src/main/java/{package}{name}.java", _JAVA_PACKAGE, _JAVA_PUBLIC),
    _rule("src/main/java/{package}{name}.java", _JAVA_PACKAGE, _JAVA_OTHER),
    _rule("{name}.java", _JAVA_PUBLIC),
    _rule("{name}.java", _JAVA_OTHER),
)
_KOTLIN_TYPE = (
    r"^(?:(?:public|internal|data|sealed|open|abstract|enum|annotation|value) )*"
    r"(?:class|interface|object) (?P<name>[A-Z]\w*)"
)
_KOTLIN = (
    _rule("build.gradle.kts", r"^plugins \{"),
    _rule("settings.gradle.kts", r"^rootProject\.name\s?="),
    _rule("{usual}", r"^fun main\("),
    _rule("src/main/kotlin/{package}{name}.kt", r"^package (?P<package>[\w.]+)", _KOTLIN_TYPE),
    _rule("{name}.kt", _KOTLIN_TYPE),
)
_CSHARP_TYPE = (
    r"^[ \t]*(?:(?:public|internal|static|abstract|sealed|partial|readonly) )*"
    r"(?:class|interface|record|struct|enum|record struct) (?P<name>[A-Z]\w*)"
)
_CSHARP = (
    _rule("Program.cs", r"\bWebApplication\.CreateBuilder\(|\bstatic (?:async )?(?:void|int|Task) Main\("),
    _rule("Controllers/{name}.cs", r"\bclass (?P<name>\w+Controller)\b"),
    _rule("Data/{name}.cs", r"\bclass (?P<name>\w+)(?:\(.*\))?\s?:\s?DbContext\b"),
    _rule("{name}.cs", _CSHARP_TYPE),
)
_PHP_TYPE = r"^(?:(?:final|abstract|readonly) )*(?:class|interface|trait|enum) (?P<name>\w+)"
_PHP_NAMESPACE = r"^namespace App\\(?P<package>[\w\\]+);"
_PHP = (
    _rule(
        "routes/api.php",
        r"\bRoute::apiResource\b|middleware\(['\"](?:auth:)?(?:sanctum|api)",
        frameworks="laravel",
    ),
    _rule("routes/web.php", r"^Route::", frameworks="laravel"),
    _rule("database/migrations/create_{snake}_table.php", r"\bSchema::create\(['\"](?P<name>\w+)"),
    _rule("app/{package}{name}.php", _PHP_NAMESPACE, _PHP_TYPE, frameworks="laravel"),
    _rule("src/{package}{name}.php", _PHP_NAMESPACE, _PHP_TYPE),
    _rule("{name}.php", _PHP_TYPE),
)
_RUBY = (
    _rule("Gemfile", r"^source ['\"]https://rubygems"),
    _rule("config/routes.rb", r"\bRails\.application\.routes\.draw\b"),
    _rule("db/migrate/{snake}.rb", r"^class (?P<name>\w+) < ActiveRecord::Migration"),
    _rule("app/controllers/{snake}.rb", r"^class (?:\w+::)*(?P<name>\w+Controller)\b"),
    _rule("app/models/{snake}.rb", r"^class (?P<name>\w+) < ApplicationRecord"),
    _rule("spec/{snake}_spec.rb", r"^RSpec\.describe (?P<name>\w+)"),
    _rule("{snake}.rb", r"^(?:class|module) (?P<name>[A-Z]\w*)", unless=r"^(?:puts|if|\w+\s?=)\b"),
)
_GO = (
    _rule("go.mod", r"^module \S+$", unless=r"^package "),
    _rule("{name}_test.go", r"^package (?P<name>\w+)", r"^func Test[A-Z]"),
    _rule("{usual}", r"^package main\b"),
    _rule("{name}/{name}.go", r"^package (?P<name>\w+)"),
)
_SWIFT = (
    _rule("Package.swift", r"^//\s?swift-tools-version"),
    _rule("{name}.swift", r"^@main\b", r"^(?:@main )?struct (?P<name>\w+)"),
    _rule(
        "{name}.swift", r"^(?:(?:public|final|open) )*(?:struct|class|enum|protocol|actor) (?P<name>[A-Z]\w*)"
    ),
)
_DART = (
    _rule("{usual}", r"^(?:void |Future<void> )?main\("),
    _rule("lib/{snake}.dart", r"^(?:abstract |sealed |final )?class (?P<name>[A-Z]\w*)"),
)
_SQL = (
    _rule("schema.sql", r"(?i)^(?:CREATE|ALTER)\s"),
    _rule("seed.sql", r"(?i)^INSERT\s+INTO\b"),
    _rule("queries.sql", r"(?i)^(?:SELECT|WITH)\b"),
)
_OF_RESOURCES = r"^(?:resource|module|data) "
_HCL = (
    _rule("variables.tf", r"^variable \"", unless=_OF_RESOURCES),
    _rule("outputs.tf", r"^output \"", unless=_OF_RESOURCES),
    _rule("providers.tf", r"^(?:terraform|provider \"\w+\") \{", unless=_OF_RESOURCES),
)
_XML = (
    _rule("pom.xml", r"<project\b[^>]*maven|<modelVersion>"),
    _rule("App.csproj", r"<Project\b[^>]*Sdk="),
    _rule("app/src/main/AndroidManifest.xml", r"<manifest\b"),
    _rule("app/src/main/res/values/strings.xml", r"<resources\b", r"<string "),
    _rule("app/src/main/res/layout/activity_main.xml", r"schemas\.android\.com"),
    _rule("image.svg", r"<svg\b"),
    _rule("sitemap.xml", r"<urlset\b"),
    _rule("feed.xml", r"<rss\b"),
    _rule("phpunit.xml", r"<phpunit\b"),
    _rule("web.config", r"<configuration\b", r"<system\.web"),
)
_TOML = (
    _rule("Cargo.toml", r"^\[(?:package|workspace)\]"),
    _rule("pyproject.toml", r"^\[(?:project|build-system|tool\.[\w.-]+)\]"),
    _rule("Pipfile", r"^\[\[source\]\]|^\[dev-packages\]"),
    _rule("netlify.toml", r"^\[\[redirects\]\]|^ *publish\s?="),
    _rule("fly.toml", r"^\[http_service\]|^\[\[services\]\]"),
    _rule("wrangler.toml", r"^compatibility_date\s?="),
)
_INI = (
    _rule(".editorconfig", r"^root\s?=\s?true"),
    _rule("pytest.ini", r"^\[pytest\]"),
    _rule("mypy.ini", r"^\[mypy\]"),
    _rule("setup.cfg", r"^\[(?:metadata|flake8|tool:pytest)\]"),
    _rule("alembic.ini", r"^\[alembic\]"),
    _rule("app.service", r"^\[Service\]"),
    _rule("supervisord.conf", r"^\[supervisord\]|^\[program:"),
    _rule("src/main/resources/application.properties", r"^spring\.|^server\.port"),
)
_IGNORED = r"^(?:node_modules|__pycache__|\.venv|venv|dist|build|target|\.DS_Store|\*\.py\[cod\]|\.env|\*\.log|\.idea)/?$"
_TEXT = (
    _rule("robots.txt", r"^User-agent:"),
    _rule("Procfile", r"\A(?:web|worker|release): "),
    _rule("LICENSE", r"\A\s*(?:The )?(?:MIT|Apache|BSD|GNU|ISC)\b.*Licen[cs]e"),
    _rule(".gitignore", _IGNORED, unless=r"^\w+ \w+ \w+"),
    _rule(
        "requirements.txt",
        r"^[A-Za-z][\w.-]*(?:\[[\w,-]+\])?(?:[=~><!]=|>)\d",
        unless=r"^(?!#)\S+ [A-Za-z]|[;{}]$",
    ),
)
_DOTENV = (_rule(".env.example", r"(?i)=\s?['\"]?(?:<|your[_-]|change[_-]?me|xxx|replace)"),)
_GROOVY = (
    _rule("Jenkinsfile", r"^pipeline \{"),
    _rule("settings.gradle", r"^rootProject\.name\s?=|^include ['\"]:"),
)
_RUST = (_rule("{usual}", r"^(?:async )?fn main\("), _rule("src/lib.rs", r"^pub "))
_VUE = (_rule("{base}components/{name}.vue", r"\bname:\s?['\"](?!App\b)(?P<name>[A-Z]\w*)['\"]"),)

# By the slug of the language.
RULES: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        "javascript": (*_SCRIPTS, *_COMPONENTS),
        "jsx": (*_SCRIPTS, *_COMPONENTS),
        "typescript": (*_SCRIPTS, *_TYPES),
        "tsx": (*_SCRIPTS, *_COMPONENTS, *_TYPES),
        "vue": _VUE,
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
