"""Every file of the registry says all that is to be known, and nothing that cannot be."""

from pathlib import Path, PurePosixPath

import pytest

from generation.frameworks import Framework, load_frameworks, read_framework, spelling_key
from generation.frameworks.languages import BARE_FILE_NAMES, LANGUAGES, language_of_path

FRAMEWORKS = load_frameworks()
OTHER = "other"  # any stack that is not listed: nothing can be known of it
MAX_GUIDANCE = 600  # characters: it is a part of every prompt

each = pytest.mark.parametrize("framework", FRAMEWORKS.values(), ids=FRAMEWORKS.keys())


def test_the_frameworks_that_people_ask_for_are_there() -> None:
    wanted = """
        html react nextjs vue nuxt svelte sveltekit angular solid astro express fastify nestjs hono fastapi
        flask django streamlit python go rust spring-boot ktor aspnet-core laravel rails flutter react-native
        swift sql bash terraform c cpp typescript javascript
    """
    assert set(wanted.split()) <= FRAMEWORKS.keys()


@each
def test_everything_is_said(framework: Framework) -> None:
    assert framework.name
    assert framework.guidance
    assert framework.names
    if framework.slug != OTHER:
        assert framework.files
        assert framework.conventions
        assert framework.starter
        assert framework.run
        assert framework.test


@each
def test_the_language_is_one_that_is_known(framework: Framework) -> None:
    assert framework.language in LANGUAGES
    assert framework.files.keys() <= LANGUAGES.keys()
    if framework.slug != OTHER:
        assert {framework.language, *framework.over} & framework.files.keys()


@each
def test_what_it_is_built_on_and_stands_for_exists(framework: Framework) -> None:
    others = {*framework.over, *(slug for slugs in framework.stands_for.values() for slug in slugs)}
    assert others <= FRAMEWORKS.keys() - {framework.slug}


@each
def test_its_paths_are_safe_and_of_a_known_kind(framework: Framework) -> None:
    for path in (*framework.starter, *framework.files.values()):
        assert not PurePosixPath(path).is_absolute()
        assert ".." not in PurePosixPath(path).parts
        assert "\\" not in path
        assert language_of_path(path), path
    assert len({path.casefold() for path in framework.starter}) == len(framework.starter)


@each
def test_its_starter_layout_is_written_in_its_language(framework: Framework) -> None:
    kinds = {language_of_path(path) for path in framework.starter}
    scripts = {"javascript": {"jsx", "vue", "svelte", "astro"}, "typescript": {"tsx", "vue", "svelte"}}
    if framework.slug != OTHER:
        assert kinds & {framework.language, *scripts.get(framework.language, ())}


@each
def test_a_file_of_a_language_ends_as_the_language_says(framework: Framework) -> None:
    """React's JavaScript is JSX: a file may be of a language that is built on the one it is listed for."""
    close = {"javascript": {"jsx"}, "typescript": {"tsx"}}
    for language, path in framework.files.items():
        assert language_of_path(path) in {language, *close.get(language, ())}, path


@each
def test_its_guidance_is_short(framework: Framework) -> None:
    assert len(framework.guidance) <= MAX_GUIDANCE


@each
def test_other_meanings_and_stacks_are_those_of_its_names(framework: Framework) -> None:
    names = {*framework.names, *framework.doubtful_names, *framework.libraries, *framework.doubtful_libraries}
    assert framework.other_meanings.keys() <= names
    assert framework.stands_for.keys() <= names


def test_commands_of_a_package_manager_come_with_its_manifest() -> None:
    manifests = {
        "npm": "package.json",
        "pip": "requirements.txt",
        "cargo": "Cargo.toml",
        "mvn": "pom.xml",
        "gradle": "build.gradle.kts",
    }
    for framework in FRAMEWORKS.values():
        tools = {command.split()[0] for command in (*framework.run, *framework.test)}
        for tool in tools & manifests.keys():
            assert manifests[tool] in framework.starter, framework.slug


def test_a_file_with_a_field_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "elm.toml"
    path.write_text('name = "Elm"\nkind = "frontend"\nlanguage = "text"\nguidance = "x"\nguidence = "x"\n')
    with pytest.raises(TypeError, match="guidence"):
        read_framework(path)


def test_a_file_with_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "elm.toml"
    path.write_text('name = "Elm"\nkind = "lisp"\nlanguage = "text"\nguidance = "x"\n')
    with pytest.raises(ValueError, match=r"elm\.toml: no such kind: lisp"):
        read_framework(path)


@pytest.mark.parametrize("name", ["Next.js", "next js", "NEXTJS", "next-js"])
def test_all_spellings_of_a_name_have_one_key(name: str) -> None:
    assert spelling_key(name) == "nextjs"


def test_names_without_a_file_extension_are_known_to_the_languages() -> None:
    bare = {
        PurePosixPath(path).name.lower() for framework in FRAMEWORKS.values() for path in framework.starter
    }
    assert {name for name in bare if "." not in name} <= BARE_FILE_NAMES
