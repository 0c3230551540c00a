"""The real embedded model, behind the real proxy, at the end of the whole chain."""

import ast

import pytest

from codegen_site.tests.stack import start_stack
from codegen_site.up.probes import free_port
from codegen_site.up.weights import cached_weights

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        cached_weights() is None,
        reason="the weights are not in the cache (make demo, or manage.py fetch_model)",
    ),
]


def test_without_a_key_the_embedded_model_answers(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("embedded")
    stack = start_stack(folder, "http://127.0.0.1:1", free_port(), GEMINI_API_KEY="", SYNC_WAIT_S="200")
    try:
        stack.wait_until_up()
        assert "The model: qwen2.5-coder-1.5b, embedded: a small one, for demonstration." in stack.said()
        with stack.api as client:
            response = client.post(
                "/generate_code",
                json={
                    "prompt": "A Python function add(a, b) that returns the sum.",
                    "max_output_tokens": 300,
                },
                timeout=240,
            )
        generation = response.json()
        assert response.status_code == 200, generation
        assert (generation["status"], generation["model"]) == ("completed", "qwen2.5-coder-1.5b")
        functions = {
            node.name
            for file in generation["files"]
            if file["language"] == "python"
            for node in ast.walk(ast.parse(file["content"]))
            if isinstance(node, ast.FunctionDef)
        }
        assert "add" in functions
        assert generation["usage"]["output_tokens"] > 0
    finally:
        stack.stop()
