import time

import pytest

from generation.pipeline.check_quality import checks_of
from generation.pipeline.check_quality.findings import Reading, Reference
from generation.tests.pipeline.check_quality.project import check_all, project_file

GO_MOD = "module example.com/app\n\ngo 1.22\n"
HEAD = '<!doctype html><link rel="stylesheet" href="{}"><p>a</p>'


def missing(contents: dict[str, str]) -> list[tuple[str, str, int | None]]:
    """(severity, message, line) of what is named and not there."""
    found = check_all(contents)
    assert {one.rule for one in found if one.tool == "references"} <= {"missing_file"}
    return [(one.severity, one.message, one.line) for one in found if one.tool == "references"]


@pytest.mark.parametrize(
    ("contents", "path", "line"),
    [
        ({"src/App.jsx": "import a from 'react';\nimport B from './components/B';\n"}, "src/components/B", 2),
        ({"src/a.ts": "export * from '../b';\n"}, "b", 1),
        ({"a.js": "const b = require('./lib/b');\n"}, "lib/b", 1),
        ({"a.js": "const b = await import('./b.js');\n"}, "b.js", 1),
        ({"src/main.jsx": "import './index.css';\n"}, "src/index.css", 1),
        ({"src/a.ts": "import b from '@/lib/b';\n"}, "lib/b", 1),
        ({"src/a.svelte": "<script>\nimport b from '$lib/b';\n</script>\n"}, "lib/b", 2),
        ({"src/A.vue": "<template><B /></template>\n<script setup>\nimport B from './B.vue'\n</script>\n"}, "src/B.vue", 3),
        ({"src/a.astro": "---\nimport B from './B.astro';\n---\n<B />\n"}, "src/B.astro", 2),
        ({"index.html": HEAD.format("style.css")}, "style.css", 1),
        ({"index.html": "<!-- a -->\n<script type='module' src='/src/main.tsx'></script>\n"}, "src/main.tsx", 2),
        ({"index.html": '<img\n  alt="x" src="images/a%20b.png?v=1">\n'}, "images/a b.png", 1),
        ({"css/a.css": "a { b: c }\n@import 'b.css';\n"}, "css/b.css", 2),
        ({"css/a.css": "a {\n  background: url(\"../img/b.png\") }\n"}, "img/b.png", 2),
        ({"a.scss": "@use './b';\n"}, "b", 1),
        ({"app/main.py": "from .models import A\n"}, "app/models.py", 1),
        ({"app/__init__.py": "", "app/main.py": "from . import db, models\n", "app/db.py": "a = 1\n"}, "app/models.py", 1),
        ({"app/a/b.py": "from ..c import d\n"}, "app/c.py", 1),
        ({"main.py": "import os\nfrom app.routers import users\n", "app/main.py": "a = 1\n"}, "app/routers.py", 2),
        ({"src/app/a.py": "import app.b\n", "src/app/__init__.py": ""}, "src/app/b.py", 1),
        ({"go.mod": GO_MOD, "main.go": 'package main\n\nimport (\n\t"fmt"\n\t"example.com/app/internal/db"\n)\n'}, "internal/db", 5),
        ({"src/main.rs": "mod config;\nmod own { }\nfn main() {}\n"}, "src/config.rs", 1),
        ({"src/a.rs": "mod b;\n", "src/main.rs": "mod a;\n"}, "src/a/b.rs", 1),
        ({"main.c": '#include <stdio.h>\n#include "list.h"\n', "list.c": "int a;\n"}, "list.h", 2),
        ({"public/index.php": "<?php\nrequire __DIR__ . '/../src/a.php';\n"}, "src/a.php", 2),
        ({"a.php": "<?php include_once('b.php');\n"}, "b.php", 1),
        ({"lib/a.rb": "require 'json'\nrequire_relative 'a/b'\n"}, "lib/a/b.rb", 2),
        ({"lib/main.dart": "import 'dart:io';\nimport 'b.dart';\n"}, "lib/b.dart", 2),
        ({"pubspec.yaml": "name: app\n", "lib/main.dart": "import 'package:app/b.dart';\n"}, "lib/b.dart", 1),
    ],
)  # fmt: skip
def test_a_file_that_is_named_and_not_there_is_told_with_its_line(
    contents: dict[str, str], path: str, line: int
) -> None:
    ((severity, message, found_at),) = missing(contents)
    assert (severity, found_at) == ("warning", line)
    assert f"`{path}` is not among the files." in message


@pytest.mark.parametrize(
    "contents",
    [
        {"a.js": "import a from 'react'; import b from '@scope/b'; import c from 'node:fs'; import d from '#app';\n"},
        {"a/b.js": "import a from '.'; import c from './c'; import d from '../d';\n", "a/index.ts": "x", "a/c.tsx": "x", "d/index.js": "x"},
        {"a.ts": "import b from './b.js'; import c from './c.svg?raw'; import d from './d.module.css';\n", "b.ts": "x", "c.svg": "<a/>", "d.module.css": "a{}"},
        {"a.js": "import b from './b'; import p from './p';\n", "b.native.js": "x", "p.vue": "<p/>"},
        {"src/a.ts": "import b from '@/b'; import c from '~/c';\n", "src/b/index.ts": "x", "app/c.vue": "<p/>"},
        {"web/src/a.ts": "import b from '@/lib/b';\n", "web/src/lib/b.ts": "x"},
        {"src/routes/+page.ts": "import type { A } from './$types'; import type { R } from './+types/home';\n"},
        {"test/a.test.js": "import a from '../../outside';\n"},
        {"a.js": "import(`./${name}.js`); require(name); // import './gone'\nconst s = \"import './gone'\";\n"},
        {"index.html": '<script src="https://cdn.x/y.js"></script><link href="//x/y.css"><img src="data:image/png;base64,x"><a href="gone.html">x</a><img src="{{ a }}"><img src="#"><img src="">'},
        {"index.html": '<link rel="canonical" href="/a.html"><script src="a/b.js"></script>', "a/b.js": "x"},
        {"templates/index.html": '<link rel="stylesheet" href="/static/a.css"><img src="b.png">'},
        {"index.html": '<script src="/a.js"></script>', "public/a.js": "x", "package.json": "{}"},
        {"pages/a.html": '<script src="../a.js"></script>', "a.js": "x"},
        {"a.css": "@import url('https://x/y.css'); @import 'tailwindcss'; a { b: url(data:x); c: url(#d); e: url(\"./f.woff2\") }", "f.woff2": "x"},
        {"src/a.css": "@import 'normalize.css';", "package.json": "{}"},
        {"a/b.scss": "@use 'sass:math'; @use './c'; @use './d'; @import 'bootstrap/scss/bootstrap';", "a/_c.scss": "x", "a/d/_index.scss": "x"},
        {"main.py": "import numpy as np, app.db\nfrom fastapi.responses import X\nfrom app import db, VERSION\n", "app/__init__.py": "VERSION = 1\n", "app/db.py": "x"},
        {"app/a.py": "from .b import c\nfrom . import d, e\nfrom .f import *\n", "app/b.py": "x", "app/d/x.py": "x", "app/e.py": "x", "app/f/__init__.py": "x"},
        {"s.py": "try:\n    from .local import *\nexcept ImportError:\n    from .other import *\n"},
        {"flask/app.py": "from flask import Flask\n", "fastapi/app/main.py": "from fastapi import FastAPI\n"},
        {"logging/a.py": "import logging.handlers, logging.gone\n"},
        {"site/app/main.py": "from app.db import x\n", "site/app/db.py": "x"},
        {"a.py": "from .. import b\nfrom ...x import c\n"},
        {"go.mod": GO_MOD, "main.go": 'package main\n\nimport (\n\t"github.com/x/y"\n\t"example.com/app/db"\n)\n', "db/a.go": "package db\n"},
        {"src/main.rs": "mod a;\nmod b;\n#[path = \"x.rs\"]\nmod c;\n", "src/a.rs": "", "src/b/mod.rs": ""},
        {"a.c": '#include "raylib.h"\n#include "b.h"\n', "include/b.h": "int a;\n"},
        {"a.php": "<?php require __DIR__ . '/vendor/autoload.php'; require $x; require 'b/c.php'; require_once 'd.php';", "b/c.php": "", "d.php": ""},
        {"a.rb": "require 'json'\nrequire_relative 'b'\nrequire_relative \"#{x}\"\n", "b.rb": "x"},
        {"lib/a.dart": "import 'package:flutter/material.dart';\nimport 'b.dart';\npart 'a.g.dart';\n", "lib/b.dart": ""},
    ],
)  # fmt: skip
def test_what_is_there_or_comes_from_elsewhere_is_left_alone(contents: dict[str, str]) -> None:
    assert missing(contents) == []


@pytest.mark.parametrize(
    "contents",
    [
        {"index.html": '<link rel="icon" href="/vite.svg">'},
        {"index.html": '<link rel="icon" href="favicon.ico">'},
        {"index.html": HEAD.format("dist/output.css")},
        {"a.js": "import x from './build/x.js';\n"},
    ],
)
def test_what_a_starter_or_a_build_makes_is_only_noted(contents: dict[str, str]) -> None:
    assert [severity for severity, _, _ in missing(contents)] == ["info"]


def test_a_file_of_that_name_in_another_folder_is_hinted_at() -> None:
    ((_, message, _),) = missing({"index.html": HEAD.format("style.css"), "css/style.css": "a {}"})
    assert message == "`style.css` is not among the files. There is `css/style.css`."


def test_a_file_that_is_named_twice_is_told_once() -> None:
    assert len(missing({"a.js": "import './b';\nimport './b';\n"})) == 1


def test_many_names_in_many_files_take_no_square_of_time() -> None:
    files = [project_file(f"p{number}/a{number}.go", "x") for number in range(500)]
    files.append(project_file("go.mod", GO_MOD))
    names = tuple(Reference(kind="go", target=f"example.com/app/p{n}/x", line=1) for n in range(200))
    began = time.process_time()
    checks_of(files, [Reading(references=names)] * len(files))
    assert time.process_time() - began < 5
