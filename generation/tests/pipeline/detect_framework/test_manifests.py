import pytest

from generation.frameworks import load_frameworks
from generation.pipeline.detect_framework.manifests import manifest_scores

FRAMEWORKS = load_frameworks()


@pytest.mark.parametrize(
    ("manifest", "slugs"),
    [
        ('{"dependencies": {"next": "14.1.0", "react": "18.2.0"}}', {"nextjs", "react", "javascript"}),
        ('{"devDependencies": {"typescript": "^5.4"}}', {"typescript", "javascript"}),
        ('{"require": {"php": "^8.2", "laravel/framework": "^11.0"}}', {"laravel", "php"}),
        ("Django==5.0\npsycopg[binary]>=3.1\n", {"django", "python"}),
        ('[project]\ndependencies = ["fastapi>=0.110", "uvicorn"]', {"fastapi", "python"}),
        ("[dependencies]\nserde = 1", {"rust"}),
        ("module example.org/x\n\ngo 1.22\n", {"go"}),
        ("<groupId>org.springframework.boot</groupId>", {"spring-boot", "java"}),
        ('implementation("io.ktor:ktor-server-netty:2.3.7")', {"ktor", "kotlin"}),
        ('source "https://rubygems.org"\ngem "rails"', {"rails", "ruby"}),
        ("dependencies:\n  flutter:\n    sdk: flutter\n", {"flutter"}),
        ('<Project Sdk="Microsoft.NET.Sdk.Web">', {"aspnet-core", "csharp"}),
        ("A page about dependencies", set()),
    ],
)
def test_the_packages_of_a_manifest_are_known(manifest: str, slugs: set[str]) -> None:
    assert set(manifest_scores(manifest, FRAMEWORKS)) == slugs
