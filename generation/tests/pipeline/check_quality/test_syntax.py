import pytest

from generation.pipeline.check_quality import blocks
from generation.tests.pipeline.check_quality.project import check

RIGHT = {
    "a.py": "async def f() -> int:\n    return 1\n",
    "young.py": 'type A[T] = list[T]\ndef f[T](x: T) -> str:\n    return f"{x["a"]}"\n',
    "a.json": "\ufeff[1, 2]",
    "a.jsonl": '{"a": 1}\n{"a": 2}\n',
    "tsconfig.json": '{\n  // why\n  "a": "//no", /* b */ "c": [1,],\n}',
    "a.toml": "[a]\r\nb = 1\r\n",
    "a.yml": "a: &x [1]\nb: *x\n---\nc: !own 1\n",
    "chart/templates/a.yaml": "{{- if .Values.a }}\na: {{ .b }}\n{{ end }}",
    "a.xml": '<?xml version="1.0" encoding="utf-8"?>\n<a b="c"><!-- d --><e/></a>',
    "App.csproj": '<Project Sdk="Microsoft.NET.Sdk"><ItemGroup /></Project>',
    "App.sln": "Microsoft Visual Studio Solution File, Format Version 12.00\n",
    "a.zig": 'const std = @import("std");\npub fn main() void {}\n',
    "a.unknown": "whatever (",
    "a.js": "const {a, ...rest} = b ?? {};\nfor await (const x of y) z ||= x?.[0] ?? `${a}`;\n",
    "a.mjs": "export const f = async () => { await import('x'); };\nlabel: for (;;) break label;\n",
    "A.jsx": 'export default () => <><p class="x">Salt & pepper &amp; {a && <b {...p}/>}</p></>;\n',
    "A.tsx": "export function A<T,>({a}: {a: T & B}) { return <p title={`x`}>Cast & crew &copy; {a as any}</p>; }\n",
    "a.ts": 'export type * from "./b";\nlet x: import("./b").C<D> = await f<typeof import("./e")>();\nabstract class A<T> { declare x?: T; constructor(private readonly y = 1) { } }\n',
    "a.css": "@layer base;\n@media (width >= 40rem) { a { b: url(a-b.png); &:hover { c: d } } }\n@apply x!;\n",
    "a.scss": "@use './b' as b;\n// it's (\n@mixin m($a...) { .x-#{$a} { @include y; } }\n",
    "index.html": "<!doctype html><title>A & B</title><script>let a = 1;</script><style>a { b: c }</style><p>x<br>",
    "page.html": "<script>const a = {{ data|safe }};</script><style>{% block css %}{</style>",
    "A.vue": '<script setup lang="ts">\nlet a: number = 1\n</script>\n<template><p v-if="a && b">{{ a }}</p></template>\n',
    "A.svelte": "<script>\nlet { children } = $props();\n</script>\n{#if a}{@render children?.()}{/if}\n",
    "A.astro": "---\nconst { a } = Astro.props as B;\n---\n<p>{a}</p>\n<script>const x: number = 1</script>\n",
    "a.go": "package a\n\nfunc F[T any](x ...T) (err error) { defer func() {}(); return nil }\n",
    "a.rs": "pub async fn f<'a>(x: &'a str) -> Result<(), Box<dyn E>> { let Some(y) = x else { return Ok(()) }; Ok(()) }\n",
    "A.java": "public sealed interface A permits B {}\nrecord B(int x) implements A { static int f(A a) { return switch (a) { case B(int x) -> x; }; } }\n",
    "A.kt": "data class A(val b: Int = 1)\nsuspend fun f() { for (i in 0..<3) println(\"${i}\") }\n",
    "A.cs": "namespace A;\npublic record B(int C) { public required string D { get; init; } = \"\"; }\nvar x = new B(1) with { C = 2 };\n",
    "a.c": "#include <stdio.h>\nint main(void) { char c = '{'; printf(\"%c\\n\", c); return 0; }\n",
    "a.cpp": "#include <vector>\ntemplate <typename T> auto f(T&& t) -> decltype(t) { return [=]() mutable { return t; }(); }\n",
    "a.php": "<?php\ndeclare(strict_types=1);\nenum S: string { case A = 'a'; }\nfn(?int $x) => match(true) { default => $x?->y };\n",
    "a.rb": "def f(a:, **) = a\nx = <<~T\n  #{f(a: 1)}\nT\n",
    "a.swift": "struct V: View { @State private var a = 0\n var body: some View { Text(\"\\(a)\").padding() } }\n",
    "a.dart": "String f(R r) { switch (r) { case Ok<int>(): return 'a'; case Error(): return 'b'; } }\n",
    "a.sh": "#!/bin/bash\nset -euo pipefail\ncase $1 in a) echo x ;; *) cat <<EOF\n$(date)\nEOF\n;; esac\n",
    "a.sql": "-- it's (\nCREATE TABLE a (id SERIAL PRIMARY KEY, b TEXT DEFAULT 'O''Neil (');\nSELECT DISTINCT ON (b) * FROM a;\n",
    "main.tf": 'resource "a" "b" {\n  for_each = toset(["x"])\n  c = "${each.key}-${var.d}"\n}\n',
    "a.lua": "local t = { [1] = [[ ( ]] }\nfor k, v in pairs(t) do goto done ::done:: end\n",
    "a.ex": "defmodule A do\n  def f(x) when is_integer(x), do: ~s(#{x})\nend\n",
    "Dockerfile": "FROM a AS b\nRUN --mount=type=cache,target=/x \\\n  # why\n  make\nCMD [\"a\"]",
    "go.mod": "module a\n\ngo 1.22\n",
}  # fmt: skip


@pytest.mark.parametrize("path", RIGHT)
def test_what_is_right_is_left_alone(path: str) -> None:
    assert check(path, RIGHT[path], **{"src__b.ts": "", "b.ts": "", "e.ts": "", "b.scss": ""}) == []


@pytest.mark.parametrize(
    ("path", "content", "tool", "line"),
    [
        ("a.py", "a = 1\ndef f(:\n", "python", 2),
        ("A.PY", "print 'a'\n", "python", 1),
        ("b.py", "def f():\n    pass\nreturn 1\n", "python", 3),
        ("a.json", '{\n"a": 1,\n}', "json", 2),
        ("package.json", "{'a': 1}", "json", 1),
        ("tsconfig.json", '{"a" 1}', "json", 1),
        ("a.toml", "a = 1\nb = \n", "toml", 2),
        ("a.yaml", "a: 1\nb: [\n", "yaml", 3),
        ("a.svg", "<svg>\n<g>\n</svg>", "svg", 3),
        ("a.js", "function f() {\n  if (a) {\n    b();\n}\n", "javascript", 1),
        ("b.js", "const a = 1;\nconst = 2;\n", "javascript", 2),
        ("A.jsx", "const A = () => (\n  <div>\n    <p>x</div>\n);\n", "jsx", 2),
        ("a.ts", "interface A {\n  b: ;\n}\n", "typescript", 2),
        ("A.tsx", "export const A = () => {\n  return <p>;\n}\n", "tsx", 2),
        ("a.css", "a {\n  b: c;\n\nd { e: f }\n", "css", 1),
        ("b.css", "a { b: c }\n}\n", "css", 2),
        ("a.scss", ".a {\n  .b { c: d }\n", "scss", 1),
        ("index.html", "<p>\n<script>\nlet a = ;\n</script>", "javascript", 3),
        ("b.html", "<p>\n<script>\nlet a = 1;", "html", 2),
        ("A.vue", "<template>\n<div>\n</div>\n<script>let a = 1</script>", "vue", 1),
        ("c.html", "<style>\na {\n</style>", "css", 2),
        ("A.vue", '<template><p/></template>\n<script lang="ts">\nlet a: = 1\n</script>\n', "typescript", 3),
        ("A.svelte", "<p/>\n<script>\nlet a = {;\n</script>", "javascript", 3),
        ("A.astro", "---\nconst a = ;\n---\n<p/>", "typescript", 2),
        ("a.go", "package a\n\nfunc f() {\n\tif x {\n}\n", "go", 3),
        ("a.rs", "fn f() {\n    let x = ;\n}\n", "rust", 2),
        ("A.java", "class A {\n  void f() {\n    int x = 1\n  }\n}\n", "java", 3),
        ("A.kt", "fun f() {\n  if (a) {\n}\n", "kotlin", 1),
        ("A.cs", "class A {\n  void F( {\n  }\n}\n", "csharp", 2),
        ("a.c", "int main() {\n  return 0;\n", "c", 1),
        ("a.cpp", "class A {\n  void f() {\n};\n", "cpp", 1),
        ("a.php", "<?php\nfunction f() {\n  echo 'a'\n}\n", "php", 3),
        ("a.rb", "def f\n  if a\n    1\nend\n", "ruby", 1),
        ("a.swift", "struct A {\n  func f() {\n}\n", "swift", 1),
        ("a.dart", "void main() {\n  f(() {\n  };\n}\n", "dart", 2),
        ("a.sql", "CREATE TABLE a (\n  b INT;\n", "sql", 1),
        ("main.tf", 'a "b" {\n  c = {\n}\n', "hcl", 1),
        ("a.lua", "function f()\n  return 1\n", "lua", 2),
    ],
)
def test_what_does_not_parse_is_found_near_its_line_and_blocks(
    path: str, content: str, tool: str, line: int
) -> None:
    found = check(path, content)
    assert {(one.tool, one.rule, one.path) for one in found} == {(tool, "syntax", path)}
    assert blocks(found)
    assert any(one.line is not None and abs(one.line - line) <= 1 for one in found), found
    assert len(found) <= 3


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.sh", "for i in 1 2; do\n  echo $i\n"),
        ("a.kt", "fun f() = val x\n"),
    ],
)
def test_a_doubtful_grammar_only_warns_while_the_brackets_match(path: str, content: str) -> None:
    found = check(path, content)
    assert {one.severity for one in found} == {"warning"}
    assert {one.rule for one in found} == {"syntax"}


def test_a_message_says_what_is_missing_and_where() -> None:
    (found, *_) = check("a.java", "class A {\n  int x = 1\n  int y;\n}\n")
    assert (found.message, found.line) == ("`;` is missing after `int x = 1`.", 2)


@pytest.mark.parametrize("path", ["a.html.j2", "mail.html.erb", "values.yaml.tmpl", "index.ejs"])
def test_a_template_is_not_yet_what_its_name_says(path: str) -> None:
    assert check(path, "<script>\nlet a = <%= b %>\n") == []
