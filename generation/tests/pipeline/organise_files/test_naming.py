import time

import pytest

from generation.frameworks import load_frameworks
from generation.pipeline.organise_files.naming import MAX_HEAD_CHARS, name_for, snake_case
from generation.pipeline.organise_files.sniffing import language_of_text

FRAMEWORKS = load_frameworks()


@pytest.mark.parametrize(
    ("framework", "language", "head", "path"),
    [
        ("html", "html", "<!doctype html>\n<p>Hi", "index.html"),
        ("html", "css", "body { margin: 0 }", "style.css"),
        ("html", "javascript", "document.querySelector('p');", "script.js"),
        ("react", "json", '{\n  "name": "a",\n  "scripts": {"dev": "vite"}\n}', "package.json"),
        ("react", "json", '{"dependencies": {"react": "18"}}', "package.json"),
        ("react", "json", '{"compilerOptions": {"strict": true}}', "tsconfig.json"),
        ("react", "json", '{"items": [{"dependencies": 1, "name": "x"}]}', "data.json"),
        ("laravel", "json", '{"name": "a/b", "require": {"php": "^8"}}', "composer.json"),
        ("aspnet-core", "json", '{"Logging": {}, "AllowedHosts": "*"}', "appsettings.json"),
        ("react", "jsx", "import React from 'react';\n\nexport default function TodoList() {\n  return <ul />;\n}", "src/components/TodoList.jsx"),
        ("react", "jsx", "const Button = ({ a }) => <button>{a}</button>;\n\nexport default Button;", "src/components/Button.jsx"),
        ("react", "jsx", "function App() { return <p/>; }\nexport default App;", "src/App.jsx"),
        ("react", "jsx", "import App from './App';\ncreateRoot(document.getElementById('root')).render(<App />);", "src/main.jsx"),
        ("react", "javascript", "export function useTimer() { const [a] = useState(0); }", "src/hooks/useTimer.js"),
        ("react", "jsx", "export const AuthContext = createContext(null);\nexport function AuthProvider() { return <p/>; }", "src/context/AuthContext.jsx"),
        ("react", "jsx", "import { render } from '@testing-library/react';\nimport Button from './Button';\n\ntest('x', () => {});", "src/Button.test.jsx"),
        ("react", "javascript", "import { defineConfig } from 'vite';\nexport default defineConfig({})", "vite.config.js"),
        ("react", "javascript", "module.exports = {\n  content: ['./src'],\n  theme: {},\n}", "tailwind.config.js"),
        ("react", "tsx", "interface P { a: string }\nexport const Card = (p: P) => <p>{p.a}</p>;", "src/components/Card.tsx"),
        ("react", "typescript", "export interface User {\n  id: number;\n}", "src/types.ts"),
        ("nextjs", "tsx", "export default function Home() { return <main/>; }", "app/page.tsx"),
        ("nextjs", "tsx", "export default function RootLayout({ children }) { return <html/>; }", "app/layout.tsx"),
        ("nextjs", "tsx", "'use client';\n\nexport function Counter() { return <p/>; }", "components/Counter.tsx"),
        ("vue", "vue", "<script>\nexport default { name: 'TodoItem' }\n</script>", "src/components/TodoItem.vue"),
        ("vue", "javascript", "import { createApp } from 'vue';\ncreateApp(App).mount('#app');", "src/main.js"),
        ("nestjs", "typescript", "@Controller('users')\nexport class UsersController {}", "src/users/users.controller.ts"),
        ("angular", "typescript", "@Component({ selector: 'app-to-do' })\nexport class ToDoComponent {}", "src/app/to-do/to-do.component.ts"),
        ("express", "javascript", "const app = express();\napp.listen(3000);", "src/index.js"),
        ("html", "javascript", "const app = express();\napp.listen(3000);", "server.js"),
        ("express", "javascript", "const router = express.Router();\nrouter.get('/users', f);", "src/routes/users.js"),
        ("express", "javascript", "module.exports = mongoose.model('User', schema);", "src/models/User.js"),
        ("python", "python", "def f():\n    pass\n\nif __name__ == '__main__':\n    f()\n", "main.py"),
        ("flask", "python", "app = Flask(__name__)\n", "app.py"),
        ("python", "python", "class BinaryTree:\n    pass\n", "binary_tree.py"),
        ("python", "python", "class A:\n    pass\n\na = A()\nprint(a)\n", "main.py"),
        ("python", "python", "import pytest\nfrom app.cart import Cart\n\ndef test_a():\n    assert 1\n", "tests/test_cart.py"),
        ("django", "python", "import os\nexecute_from_command_line(sys.argv)\n", "manage.py"),
        ("django", "python", "class A(models.Model):\n    pass\n", "app/models.py"),
        ("django", "python", "ROOT_URLCONF = 'shop.urls'\nINSTALLED_APPS = []\n", "shop/settings.py"),
        ("django", "python", "urlpatterns = []\n", "urls.py"),
        ("java", "java", "import java.util.*;\n\npublic class BankAccount {\n}", "BankAccount.java"),
        ("spring-boot", "java", "package com.shop.api;\n\n@RestController\npublic class UserController {}", "src/main/java/com/shop/api/UserController.java"),
        ("kotlin", "kotlin", "fun main() {}", "Main.kt"),
        ("kotlin", "kotlin", "data class User(val id: Int)", "User.kt"),
        ("csharp", "csharp", "using System;\n\nnamespace A\n{\n    public class Invoice {}\n}", "Invoice.cs"),
        ("aspnet-core", "csharp", "var builder = WebApplication.CreateBuilder(args);", "Program.cs"),
        ("go", "go", "package main\n\nfunc main() {}\n", "main.go"),
        ("go", "go", "package store\n", "store/store.go"),
        ("go", "go", "module example.com/a\n\ngo 1.22\n", "go.mod"),
        ("rust", "rust", "fn main() {}\n", "src/main.rs"),
        ("rust", "toml", '[package]\nname = "a"\n', "Cargo.toml"),
        ("python", "toml", '[project]\nname = "a"\n', "pyproject.toml"),
        ("laravel", "php", "<?php\n\nnamespace App\\Http\\Controllers;\n\nclass PostController extends Controller {}", "app/Http/Controllers/PostController.php"),
        ("php", "php", "<?php\necho 'a';", "index.php"),
        ("rails", "ruby", "class PostsController < ApplicationController\nend", "app/controllers/posts_controller.rb"),
        ("swift", "swift", "import SwiftUI\n\nstruct ProfileView: View {}", "ProfileView.swift"),
        ("flutter", "dart", "class HomePage extends StatelessWidget {}", "lib/home_page.dart"),
        ("flutter", "yaml", "name: app\nenvironment:\n  sdk: x\ndependencies:\n  a: b\n", "pubspec.yaml"),
        ("sql", "sql", "INSERT INTO a VALUES (1);", "seed.sql"),
        ("sql", "sql", "-- tables\nCREATE TABLE a (b INT);", "schema.sql"),
        ("terraform", "hcl", 'variable "a" {}\n', "variables.tf"),
        ("python", "dockerfile", "FROM python:3.12\n", "Dockerfile"),
        ("python", "yaml", "services:\n  web:\n    image: a\n", "docker-compose.yml"),
        ("python", "yaml", "apiVersion: apps/v1\nkind: Deployment\n", "k8s/deployment.yaml"),
        ("python", "yaml", "name: CI\non: [push]\njobs:\n  a: b\n", ".github/workflows/ci.yml"),
        ("python", "yaml", "a: 1\n", "config.yaml"),
        ("python", "text", "fastapi==0.110\nuvicorn>=0.20\n", "requirements.txt"),
        ("python", "text", "node_modules/\n.env\n", ".gitignore"),
        ("python", "gitignore", "*.pyc\n", ".gitignore"),
        ("python", "text", "Just some words about it.\n", "notes.txt"),
        ("python", "dotenv", "SECRET_KEY=your-secret-key\n", ".env.example"),
        ("python", "dotenv", "DEBUG=1\n", ".env"),
        ("python", "markdown", "# Shop\n", "README.md"),
        ("spring-boot", "xml", "<project xmlns='x'><modelVersion>4.0.0</modelVersion>", "pom.xml"),
        ("python", None, "#!/bin/bash\nset -e\n", "script.sh"),
        ("python", None, "FROM node:20\nRUN x\n", "Dockerfile"),
        ("python", None, "<!doctype html>\n", "index.html"),
        ("python", None, "x\n", "main.py"),
        ("html", "zzz", "x", "notes.txt"),
    ],
)  # fmt: skip
def test_a_file_without_a_name_is_called_as_its_language_framework_and_content_say(
    framework: str, language: str | None, head: str, path: str
) -> None:
    assert name_for(head, language, FRAMEWORKS[framework]) == path


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("// a\n\nimport a from 'b';\n", "javascript"),
        ("'use client';\nexport default function A() {}\n", "javascript"),
        ("# a\nimport os\n", "python"),
        ("def f(a):\n    pass\n", "python"),
        ("/* a */\n.a { color: red; }\n", "css"),
        (":root {\n  --a: b;\n}\n", "css"),
        ('{\n  "a": 1\n}', "json"),
        ("package main\n\nfunc f() {}\n", "go"),
        ("package a.b;\n\nclass A {}\n", "java"),
        ("using System;\n", "csharp"),
        ("#include <iostream>\n", "cpp"),
        ("/* a\n * b */\n#include <stdio.h>\n", "c"),
        ("use std::io;\n", "rust"),
        ("-- a\nSELECT a FROM b;\n", "sql"),
        ("<?php\n", "php"),
        ("<?xml version='1.0'?>\n<a/>", "xml"),
        ("A=1\nB=2\n", "dotenv"),
        ("a: 1\nb:\n  c: 2\n", "yaml"),
        ("all:\n\tmake\n", "makefile"),
        ("Dear reader,\n", None),
    ],
)
def test_a_language_is_known_by_how_a_text_begins(text: str, language: str | None) -> None:
    assert language_of_text(text) == language


@pytest.mark.parametrize(
    ("name", "snake"),
    [("BinaryTree", "binary_tree"), ("HTTPServerError", "http_server_error"), ("a-b c", "a_b_c"), ("", "")],
)
def test_a_name_in_snake_case(name: str, snake: str) -> None:
    assert snake_case(name) == snake


HOSTILE = [
    "\n",
    " ",
    "/* */ ",
    "// \n",
    "export default ",
    "content: [ theme:",
    "class A(",
    "from a import ",
    "# \n",
    '"a":{',
    "a:\n",
    "A=1\n",
    "public ",
    "from './a",
    "<!-- ",
    "FROM a\n",
    "(",
    "\\",
    "package a.b ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_head_takes_long(piece: str) -> None:
    head = piece * (MAX_HEAD_CHARS // len(piece)) + "\0"
    began = time.process_time()
    for language in (
        None,
        "javascript",
        "tsx",
        "typescript",
        "python",
        "java",
        "csharp",
        "text",
        "yaml",
        "json",
        "dotenv",
        "xml",
    ):
        name_for(head, language, FRAMEWORKS["react"])
    assert time.process_time() - began < 5
