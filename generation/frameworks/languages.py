"""Languages of files: their names in fences, their extensions, and a name for a file that has none."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Language:
    """`file` is the usual name of a lone file; `aliases` are what models write in a fence."""

    slug: str
    file: str
    extensions: tuple[str, ...]
    aliases: tuple[str, ...] = ()


def _language(slug: str, file: str, extensions: str, aliases: str = "") -> Language:
    return Language(slug, file, tuple(extensions.split()), tuple(aliases.split()))


_ALL = (
    _language("html", "index.html", ".html .htm .xhtml", "htm xhtml html5"),
    _language("css", "style.css", ".css"),
    _language("scss", "style.scss", ".scss"),
    _language("sass", "style.sass", ".sass"),
    _language("less", "style.less", ".less"),
    _language("stylus", "style.styl", ".styl"),
    _language("javascript", "script.js", ".js .mjs .cjs .gs", "js node nodejs mjs cjs ecmascript es6"),
    _language("coffeescript", "main.coffee", ".coffee", "coffee"),
    _language("jsx", "App.jsx", ".jsx", "javascriptreact"),
    _language("typescript", "index.ts", ".ts .mts .cts", "ts"),
    _language("tsx", "App.tsx", ".tsx", "typescriptreact"),
    _language("vue", "App.vue", ".vue"),
    _language("svelte", "App.svelte", ".svelte"),
    _language("astro", "index.astro", ".astro"),
    _language("python", "main.py", ".py .pyi .pyw .pyx .rpy .bzl .bazel", "cython py python3 py3 pycon"),
    _language("notebook", "notebook.ipynb", ".ipynb", "ipynb"),
    _language("go", "main.go", ".go", "golang"),
    _language("rust", "main.rs", ".rs", "rs"),
    _language("java", "Main.java", ".java"),
    _language("kotlin", "Main.kt", ".kt .kts", "kt kts"),
    _language("scala", "Main.scala", ".scala .sc .sbt"),
    _language("groovy", "build.gradle", ".groovy .gradle", "gradle"),
    _language("csharp", "Program.cs", ".cs", "cs c#"),
    _language("fsharp", "Program.fs", ".fs .fsx", "fs f#"),
    _language("vbscript", "main.vbs", ".vbs"),
    _language("vbnet", "Program.vb", ".vb", "vb"),
    _language("razor", "Index.razor", ".razor .cshtml", "cshtml"),
    _language("xaml", "MainWindow.xaml", ".xaml"),
    _language("c", "main.c", ".c .h"),
    _language("cpp", "main.cpp", ".cpp .cc .cxx .hpp .hh .hxx .ino", "c++ cc cxx hpp arduino"),
    _language("objectivec", "main.m", ".m .mm", "objc objective-c"),
    _language("cuda", "main.cu", ".cu .cuh", "cu"),
    _language("glsl", "shader.glsl", ".glsl .vert .frag .hlsl .wgsl .metal .shader .cginc", "wgsl hlsl"),
    _language("php", "index.php", ".php .phtml"),
    _language("blade", "index.blade.php", ".blade.php"),
    _language("twig", "index.html.twig", ".twig"),
    _language("ruby", "main.rb", ".rb .rake .gemspec", "rb"),
    _language("erb", "index.html.erb", ".erb"),
    _language("swift", "main.swift", ".swift"),
    _language("dart", "main.dart", ".dart"),
    _language("lua", "main.lua", ".lua"),
    _language("tcl", "main.tcl", ".tcl"),
    _language("crystal", "main.cr", ".cr"),
    _language("haxe", "Main.hx", ".hx"),
    _language("autohotkey", "main.ahk", ".ahk", "ahk"),
    _language("applescript", "main.applescript", ".applescript .scpt"),
    _language("openscad", "main.scad", ".scad"),
    _language("perl", "main.pl", ".pl .pm", "pl"),
    _language("r", "main.R", ".r .rmd"),
    _language("julia", "main.jl", ".jl", "jl"),
    _language("matlab", "main.m", ".mat", "octave"),
    _language("haskell", "Main.hs", ".hs", "hs"),
    _language("elixir", "main.ex", ".ex .exs .heex", "ex"),
    _language("erlang", "main.erl", ".erl .hrl"),
    _language("clojure", "core.clj", ".clj .cljs .edn", "clj"),
    _language("lisp", "main.lisp", ".lisp .el .scm .rkt", "scheme racket elisp"),
    _language("ocaml", "main.ml", ".ml .mli"),
    _language("zig", "main.zig", ".zig"),
    _language("nim", "main.nim", ".nim"),
    _language("solidity", "Contract.sol", ".sol", "sol"),
    _language("pascal", "main.pas", ".pas", "delphi"),
    _language("fortran", "main.f90", ".f90 .f .for"),
    _language("cobol", "main.cob", ".cob .cbl"),
    _language("assembly", "main.asm", ".asm .s", "asm nasm x86asm"),
    _language("vhdl", "main.vhd", ".vhd .vhdl"),
    _language("verilog", "main.v", ".v .sv", "systemverilog"),
    _language("gdscript", "main.gd", ".gd .tscn .tres"),
    _language("bash", "script.sh", ".sh .bash .zsh .fish", "sh shell zsh ksh fish shellscript"),
    _language("powershell", "script.ps1", ".ps1 .psm1 .psd1", "ps1 ps pwsh"),
    _language("batch", "script.bat", ".bat .cmd", "bat cmd dos"),
    _language("sql", "schema.sql", ".sql", "mysql postgresql postgres sqlite plpgsql tsql"),
    _language("graphql", "schema.graphql", ".graphql .gql", "gql"),
    _language("prisma", "schema.prisma", ".prisma"),
    _language("protobuf", "schema.proto", ".proto", "proto proto3"),
    _language("json", "data.json", ".json .webmanifest .geojson", "json5"),
    _language("jsonc", "data.jsonc", ".jsonc .json5"),
    _language("jsonl", "data.jsonl", ".jsonl .ndjson", "ndjson"),
    _language("yaml", "config.yaml", ".yaml .yml", "yml"),
    _language("toml", "config.toml", ".toml"),
    _language(
        "ini",
        "config.ini",
        ".ini .cfg .conf .properties .editorconfig .service .timer .desktop .reg",
        "cfg conf properties",
    ),
    _language("dotenv", ".env", ".env", "env"),
    _language(
        "xml",
        "data.xml",
        ".xml .xsd .xsl .plist .csproj .fsproj .vbproj .props .targets .sln .pom .resx .fxml .wsdl .storyboard .xib .config .manifest",
        "plist",
    ),
    _language("svg", "image.svg", ".svg"),
    _language("csv", "data.csv", ".csv .tsv", "tsv"),
    _language("markdown", "README.md", ".md .markdown .mdx", "md mdx"),
    _language("asciidoc", "README.adoc", ".adoc", "adoc"),
    _language("rst", "README.rst", ".rst"),
    _language("latex", "main.tex", ".tex .bib .cls .sty", "tex"),
    _language("text", "notes.txt", ".txt .log .lock", "txt plaintext plain"),
    _language("dockerfile", "Dockerfile", ".dockerfile", "docker"),
    _language("makefile", "Makefile", ".mk", "make"),
    _language("cmake", "CMakeLists.txt", ".cmake"),
    _language("jsonnet", "main.jsonnet", ".jsonnet .libsonnet"),
    _language("rego", "policy.rego", ".rego"),
    _language("cypher", "query.cypher", ".cypher"),
    _language("sas", "main.sas", ".sas"),
    _language("hcl", "main.tf", ".tf .tfvars .hcl", "terraform tf"),
    _language("bicep", "main.bicep", ".bicep"),
    _language("nix", "default.nix", ".nix"),
    _language("nginx", "nginx.conf", ".nginx", "nginxconf"),
    _language("apache", ".htaccess", ".htaccess", "htaccess"),
    _language("diff", "changes.diff", ".diff .patch", "patch"),
    _language("mermaid", "diagram.mmd", ".mmd .mermaid"),
    _language("plantuml", "diagram.puml", ".puml .plantuml", "puml"),
    _language("vim", "init.vim", ".vim", "viml"),
    _language("jinja", "index.html.j2", ".j2 .jinja .jinja2 .njk", "jinja2 django htmldjango"),
    _language("handlebars", "index.hbs", ".hbs .handlebars .mustache", "hbs mustache"),
    _language("ejs", "index.ejs", ".ejs"),
    _language("haml", "index.haml", ".haml"),
    _language("slim", "index.slim", ".slim"),
    _language("liquid", "index.liquid", ".liquid"),
    _language("jsp", "index.jsp", ".jsp .jspx"),
    _language("aspx", "Default.aspx", ".aspx .ascx .asp"),
    _language("pug", "index.pug", ".pug .jade", "jade"),
    _language("gherkin", "main.feature", ".feature"),
    _language("http", "requests.http", ".http .rest"),
)

LANGUAGES = MappingProxyType({language.slug: language for language in _ALL})
_BY_NAME = {
    alias: language.slug for language in reversed(_ALL) for alias in (*language.aliases, language.slug)
}
_BY_EXTENSION = {extension: language.slug for language in reversed(_ALL) for extension in language.extensions}

# Files whose name alone, without an extension, tells what they are.
_BY_FILE_NAME = {
    "dockerfile": "dockerfile", "containerfile": "dockerfile", "makefile": "makefile", "gnumakefile": "makefile",
    "cmakelists.txt": "cmake", "requirements.txt": "text", "gemfile": "ruby", "rakefile": "ruby",
    "podfile": "ruby", "fastfile": "ruby", "vagrantfile": "ruby", "guardfile": "ruby", "config.ru": "ruby",
    "jenkinsfile": "groovy", "procfile": "text", "pipfile": "toml", "cargo.lock": "toml", "caddyfile": "text",
    "justfile": "text", "tiltfile": "python", "sconstruct": "python", "brewfile": "ruby",
    "license": "text", "readme": "text", "changelog": "text", "authors": "text", "notice": "text",
    "codeowners": "text", "artisan": "php", "gradlew": "bash", "mvnw": "bash", "go.mod": "go", "go.sum": "text",
    ".gitignore": "text", ".dockerignore": "text", ".npmignore": "text", ".gitattributes": "text",
    ".prettierignore": "text", ".eslintignore": "text", ".npmrc": "ini", ".nvmrc": "text",
    ".prettierrc": "json", ".eslintrc": "json", ".babelrc": "json", ".stylelintrc": "json",
    ".htaccess": "apache", ".editorconfig": "ini", ".flaskenv": "dotenv", ".bashrc": "bash", ".zshrc": "bash",
    ".bash_profile": "bash", ".profile": "bash", ".vimrc": "vim", ".python-version": "text",
}  # fmt: skip
BARE_FILE_NAMES = frozenset(_BY_FILE_NAME)
EXTENSIONS = frozenset(_BY_EXTENSION)


def language_named(name: str) -> str | None:
    """The slug of a language by any of its names, or None."""
    return _BY_NAME.get(name.strip().lower())


def language_of_path(path: str) -> str | None:
    """The slug of the language that a file's name speaks for, or None."""
    name = path.rstrip("/").rpartition("/")[2].lower()
    if name in _BY_FILE_NAME:
        return _BY_FILE_NAME[name]
    if name == ".env" or name.startswith(".env."):
        return "dotenv"
    if name.startswith("dockerfile."):
        return "dockerfile"
    if name.endswith(".blade.php"):
        return "blade"
    _, dot, extension = name.rpartition(".")
    return _BY_EXTENSION.get(f".{extension}") if dot else None
