import pytest

from generation.frameworks.languages import language_of_path
from generation.pipeline.entry_points import MAX_ENTRY_POINTS, find_entry_points
from generation.pipeline.records import ProjectFile


def entry_points(contents: dict[str, str], framework: str = "other") -> list[str]:
    files = [
        ProjectFile(path=path, language=language_of_path(path) or "text", content=content)
        for path, content in contents.items()
    ]
    return list(find_entry_points(files, framework))


def of_paths(paths: str, framework: str = "other") -> list[str]:
    return entry_points(dict.fromkeys(paths.split(), "x"), framework)


@pytest.mark.parametrize(
    ("framework", "paths", "first"),
    [
        ("html", "style.css script.js index.html", "index.html"),
        ("react", "package.json src/App.jsx src/main.jsx index.html", "index.html src/main.jsx"),
        ("nextjs", "app/layout.tsx app/page.tsx app/about/page.tsx", "app/page.tsx app/layout.tsx"),
        ("vue", "index.html src/App.vue src/main.js", "src/main.js index.html"),
        ("sveltekit", "src/app.html src/routes/+page.svelte", "src/routes/+page.svelte"),
        ("angular", "src/index.html src/main.ts src/app/app.component.ts", "src/index.html src/main.ts"),
        ("express", "src/routes/users.js src/index.js", "src/index.js"),
        ("fastapi", "app/main.py app/models.py tests/main.py", "app/main.py"),
        ("django", "shop/settings.py shop/urls.py manage.py", "manage.py"),
        ("flask", "app.py templates/index.html", "app.py"),
        ("go", "go.mod internal/db.go cmd/server/main.go", "cmd/server/main.go"),
        ("rust", "Cargo.toml src/main.rs src/db.rs", "src/main.rs"),
        ("spring-boot", "pom.xml src/main/java/com/a/ShopApplication.java", "src/main/java/com/a/ShopApplication.java"),
        ("aspnet-core", "Shop/Program.cs Shop/Shop.csproj", "Shop/Program.cs"),
        ("flutter", "pubspec.yaml lib/main.dart lib/home.dart", "lib/main.dart"),
        ("laravel", "app/Models/A.php routes/web.php", "routes/web.php"),
        ("swift", "Shop/ShopApp.swift Shop/ContentView.swift", "Shop/ShopApp.swift"),
        ("other", "frontend/src/main.tsx backend/main.py docker-compose.yml", "frontend/src/main.tsx backend/main.py docker-compose.yml"),
        ("terraform", "variables.tf main.tf", "main.tf"),
        ("other", "whatever.txt", "whatever.txt"),
        ("other", "a.txt b.txt", ""),
    ],
)  # fmt: skip
def test_what_one_starts_with_comes_first(framework: str, paths: str, first: str) -> None:
    assert of_paths(paths, framework)[: len(first.split()) or None] == first.split()


def test_what_the_package_declares_is_an_entry_point() -> None:
    package = '{"scripts": {"start": "NODE_ENV=production node --watch ./bin/www.js", "dev": 1}, "main": "lib/gone.js"}'
    assert entry_points({"api/package.json": package, "api/bin/www.js": "x"}) == ["api/bin/www.js"]


@pytest.mark.parametrize("package", ["[", "[]", '{"scripts": []}', '{"main": {}}', "[" * 10_000])
def test_a_package_that_declares_nothing_is_no_matter(package: str) -> None:
    assert entry_points({"package.json": package, "index.html": "x"}) == ["index.html"]


def test_where_no_name_tells_the_content_does() -> None:
    contents = {"shop.py": "import os\n", "play.py": "import shop\n\nif __name__ == '__main__':\n    shop\n"}
    assert entry_points(contents) == ["play.py"]


def test_there_are_never_too_many() -> None:
    assert len(of_paths(" ".join(f"p{number}/main.py" for number in range(50)))) == MAX_ENTRY_POINTS
