"""The tools for agents, driven by the SDK's own client: in memory, over pipes and over HTTP on loopback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult, TextContent

from assistant.errors import UsageError
from assistant.facade import Senescope
from assistant.mcp import server

CHECKOUT = Path(__file__).resolve().parents[2]
QUESTION = "Which costimulatory domain makes CAR-T cells more prone to senescence?"
TOOLS = {
    "search_literature",
    "get_passage",
    "answer_question",
    "list_designs",
    "run_whatif",
    "get_parameter_source",
}


@pytest.fixture
def senescope(home: Path) -> Iterator[Senescope]:
    with Senescope(home) as opened:
        yield opened


def data(result: CallToolResult) -> dict[str, Any]:
    """The structured content of a call that went well."""
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return dict(result.structured_content)


def complaint(result: CallToolResult) -> str:
    """What a call that failed says."""
    assert result.is_error
    assert isinstance(result.content[0], TextContent)
    return result.content[0].text


async def test_the_tools_are_described_typed_and_only_read(senescope: Senescope) -> None:
    async with Client(server(senescope)) as client:
        tools = (await client.list_tools()).tools
    assert {tool.name for tool in tools} == TOOLS
    for tool in tools:
        assert tool.description
        assert tool.output_schema
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint


async def test_an_answer_is_that_of_the_engine_with_its_citations(senescope: Senescope) -> None:
    async with Client(server(senescope)) as client:
        got = data(await client.call_tool("answer_question", {"question": QUESTION}))
        passage = data(await client.call_tool("get_passage", {"passage": got["citations"][0]["passage"]}))
    ours = senescope.ask(QUESTION)
    assert got["answer"] == ours.answer
    assert [c["quote"] for c in got["citations"]] == [c.quote for c in ours.citations]
    assert got["citations"][0]["quote"] in passage["quote"]


async def test_a_refusal_is_a_result_that_names_near_misses(senescope: Senescope) -> None:
    async with Client(server(senescope)) as client:
        got = data(
            await client.call_tool(
                "answer_question", {"question": "Does dietary zinc change CAR-T cell senescence?"}
            )
        )
    assert got["kind"] == "refusal"
    assert got["citations"] == []
    assert got["near_misses"]


async def test_search_obeys_filters_and_its_bound(senescope: Senescope) -> None:
    async with Client(server(senescope)) as client:
        got = data(
            await client.call_tool("search_literature", {"query": "senescence", "k": 5, "systems": ["mouse"]})
        )
        too_many = await client.call_tool("search_literature", {"query": "senescence", "k": 5000})
    assert len(got["hits"]) == 5
    assert {hit["system"] for hit in got["hits"]} == {"mouse"}
    assert "50" in complaint(too_many)


async def test_a_whatif_gives_outcomes_and_curves_only_on_request(senescope: Senescope) -> None:
    words = {"text": "4-1BB vs CD28", "days": 60, "draws": 8}
    async with Client(server(senescope)) as client:
        got = data(await client.call_tool("run_whatif", words))
        long = data(await client.call_tool("run_whatif", {**words, "series": True}))
    assert got["series"] is None
    assert long["series"]["t"]
    assert {o["name"] for o in got["outcomes"]} >= {"Cmax", "Tmax", "AUC0-28d"}
    assert got["outcomes"] == senescope.whatif("4-1BB vs CD28", days=60, draws=8).payload()["outcomes"]


async def test_designs_and_sources_are_listed(senescope: Senescope) -> None:
    async with Client(server(senescope)) as client:
        listed = data(await client.call_tool("list_designs", {}))
        shown = data(await client.call_tool("get_parameter_source", {"name": "kS"}))
    assert {"bbz", "28z"} <= {design["id"] for design in listed["designs"]}
    assert shown["details"]["parameter"] == "kS"
    assert "kS" in shown["text"]


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("answer_question", {"question": " "}, "empty"),
        ("answer_question", {"question": "p16?", "papers": ["nope"]}, "No paper 'nope'"),
        ("get_passage", {"passage": "../../etc/passwd"}, "No passage"),
        ("run_whatif", {"text": "what if the moon were cheese?"}, "not understood"),
        ("run_whatif", {"design": "/etc/x.toml"}, "not served here"),
        ("get_parameter_source", {"name": "secrets.toml"}, "not served here"),
        ("get_parameter_source", {"name": "kSS"}, "did you mean"),
    ],
)
async def test_bad_input_is_told_in_words_that_help(
    senescope: Senescope, tool: str, arguments: dict[str, Any], words: str
) -> None:
    async with Client(server(senescope)) as client:
        assert words in complaint(await client.call_tool(tool, arguments))


async def test_the_installed_command_serves_over_pipes(home: Path) -> None:
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "assistant", "--home", str(home), "--offline", "mcp"],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        cwd=str(home),
    )
    async with Client(command) as client:
        assert client.server_info is not None
        assert client.server_info.name == "senescope"
        got = data(await client.call_tool("answer_question", {"question": QUESTION}))
    assert got["kind"] == "answer"


async def test_the_command_serves_over_http_on_loopback(home: Path, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["--home", str(home), "mcp", "--http", "--port", str(port)]
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "assistant", *arguments],
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
            stderr=log,
        ) as process,
    ):
        try:
            _answering(port, process)
            async with Client(f"http://127.0.0.1:{port}/mcp") as client:
                got = data(await client.call_tool("search_literature", {"query": "p16", "k": 1}))
        finally:
            process.terminate()
    assert len(got["hits"]) == 1


def test_it_refuses_to_serve_the_network(home: Path) -> None:
    from assistant.cli.mcp import mcp

    with pytest.raises(UsageError, match="not a loopback address"):
        mcp(http=True, host="0.0.0.0", port=1, home=str(home))


def _answering(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the port answers; fail when the process has ended."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the server did not answer within a minute")
