"""Interfaces of AI services: told by two signs or one that nothing else has, on any port; look-alikes are none."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest

from fixtures.record.wire import Wire
from scanner.capture.read import read_capture
from scanner.code_tables import rows_table
from scanner.facts.build import capture_facts
from scanner.facts.enrich import enrich
from scanner.protocols import framing_plan, protocols
from scanner.protocols.base import UNREAD
from scanner.protocols.http._ai_interfaces import of_answer
from scanner.providers import ai_providers

JSON = {"Content-Type": "application/json"}
CHAT = {"model": "qwen2.5", "messages": [{"role": "user", "content": "a secret question"}]}
STREAM = "application/json, text/event-stream"
GRPC = {"Content-Type": "application/grpc"}
RPC = {"jsonrpc": "2.0", "id": 1}
NOTEBOOK = "frame-ancestors 'self'; report-uri /api/security/csp-report"
TOLD = [  # interface, method, path, fields, what is sent, fields of the answer
    ("OpenAI-style API", "POST", "/v1/chat/completions", JSON, CHAT, {}),
    ("OpenAI-style API", "POST", "/llm/v1/chat/completions?trace=1", {}, b"", {}),
    ("OpenAI-style API", "POST", "/v1%2Fch%61t/completions", JSON, CHAT, {}),
    ("OpenAI-style API", "POST", "/v1/embeddings", JSON, {"model": "m", "input": "x"}, {}),
    ("OpenAI-style API", "POST", "/v1/completions", JSON, {"model": "m", "prompt": "x"}, {}),
    ("OpenAI-style API", "GET", "/v1/models", {"User-Agent": "OpenAI/Python 1.3"}, b"", {}),
    ("OpenAI-style API", "GET", "/v1/models", {}, b"", {"openai-version": "2020-10-01"}),
    ("OpenAI-style API", "POST", "/v1/responses", JSON, {"model": "m", "input": "x"}, {}),
    ("OpenAI-style API", "POST", "/api/v3/embeddings", JSON, {"model": "m", "input": "x"}, {}),
    ("OpenAI-style API", "POST", "/paas/v4/images/generations", JSON, {"model": "m", "prompt": "x"}, {}),
    ("OpenAI-style API", "POST", "/gateway/v3/responses", JSON, {"model": "m", "input": "x"}, {}),
    ("OpenAI-style API", "GET", "/gateway/v3/models", {"User-Agent": "OpenAI/Python 3.57.0"}, b"", {}),
    ("OpenAI-style API", "POST", "/completions", JSON, {"model": "m", "prompt": "x"}, {}),
    ("Azure OpenAI", "POST", "/openai/deployments/d/chat/completions?api-version=1", JSON, CHAT, {}),
    ("Anthropic-style API", "POST", "/v1/messages", JSON | {"anthropic-version": "2023-06-01"}, CHAT, {}),
    ("Gemini-style API", "POST", "/v1beta/models/gemini-pro:generateContent", JSON, {"contents": []}, {}),
    ("Ollama", "POST", "/api/chat", JSON, CHAT, {}),
    ("Ollama", "POST", "/api/generate", {}, {"model": "m", "prompt": "x"}, {}),
    ("Ollama", "GET", "/api/tags", {"User-Agent": "ollama-python/0.4"}, b"", {}),
    ("Ollama", "GET", "/api/tags", {"Host": "ollama:11434"}, b"", {}),
    ("Ollama", "POST", "/api/pull", {}, b"", {"Content-Type": "application/x-ndjson"}),
    ("llama.cpp", "POST", "/completion", JSON, {"prompt": "x", "n_predict": 8}, {}),
    ("llama.cpp", "GET", "/props", {}, b"", {"Server": "llama.cpp"}),
    ("vLLM", "POST", "/tokenize", JSON, {"model": "m", "prompt": "x"}, {}),
    ("Text Generation Inference", "POST", "/generate", JSON, {"inputs": "x", "parameters": {}}, {}),
    ("Text Generation Inference", "POST", "/generate_stream", JSON, {"inputs": "x"}, {}),
    ("Triton or KServe", "POST", "/v2/models/m/infer", {}, b"\0\1", {}),
    ("Triton or KServe", "POST", "/v2/models/m/versions/1/infer", JSON, {"inputs": []}, {}),
    ("Triton or KServe", "POST", "/v2/repository/index", JSON, b"{}", {}),
    ("Triton or KServe", "POST", "/inference.GRPCInferenceService/ModelInfer", GRPC, b"", {}),
    ("TensorFlow Serving", "POST", "/v1/models/m:predict", JSON, {"instances": [1]}, {}),
    ("TorchServe", "POST", "/predictions/m", {"Content-Type": "image/jpeg"}, b"\xff\xd8", {}),
    ("MLflow", "POST", "/api/2.0/mlflow/runs/search", JSON, b"{}", {}),
    ("MLflow", "POST", "/invocations", JSON, {"dataframe_split": {}}, {}),
    ("MCP", "POST", "/mcp", JSON | {"Accept": STREAM}, RPC | {"method": "initialize"}, {}),
    ("MCP", "POST", "/anything", JSON, RPC | {"method": "tools/call", "params": {"name": "write_register"}}, {}),
    ("MCP", "POST", "/messages?session_id=1", JSON, RPC | {"method": "tools/list"}, {}),
    ("MCP", "POST", "/", JSON, b'{"jsonrpc":"2.0","id":1,"method":"tools\\/call"}', {}),
    ("MCP", "POST", "/", JSON, b'{"jsonrpc":"2.0","id":1,"method":"\\u0074ools/call"}', {}),
    ("MCP", "POST", "/", JSON, {"method": "tools/call", "params": {"text": "x" * 70_000}, "jsonrpc": "2.0"}, {}),
    ("MCP", "GET", "/mcp", {"Mcp-Session-Id": "1"}, b"", {}),
    ("A2A", "GET", "/.well-known/agent-card.json", {}, b"", {}),
    ("A2A", "POST", "/", JSON, RPC | {"method": "message/send", "params": {}}, {}),
    ("A2A", "POST", "/", JSON, RPC | {"method": "SendStreamingMessage", "params": {}}, {}),
    ("A2A", "POST", "/a2a", JSON | {"A2A-Version": "1.0"}, RPC | {"method": "SendMessage", "params": {}}, {}),
    ("A2A", "POST", "/agents/line/message:send", JSON, {"message": {"role": "ROLE_USER"}}, {}),
    ("Amazon Bedrock", "POST", "/model/amazon.nova-lite-v1:0/converse", JSON, {"messages": []}, {}),
    ("Cohere-style API", "POST", "/v2/rerank", JSON, {"model": "m", "query": "q", "documents": []}, {}),
    ("Cohere-style API", "POST", "/v2/embed", JSON, {"model": "m", "texts": ["t"], "input_type": "search"}, {}),
    ("Coze", "POST", "/v3/chat", JSON, {"bot_id": "7", "user_id": "u", "stream": False}, {}),
    ("Gradio", "POST", "/gradio_api/queue/join", JSON, {"data": ["hi"], "fn_index": 2, "session_hash": "x"}, {}),
    ("Gradio", "POST", "/queue/join", JSON, {"data": ["hi"], "fn_index": 2, "session_hash": "x"}, {}),
    ("LangServe", "POST", "/chain/invoke", JSON, {"input": {"q": 1}, "config": {}, "kwargs": {}}, {}),
    ("LangGraph", "POST", "/threads/5/runs", JSON, {"assistant_id": "agent", "input": {}}, {}),
    ("MiniMax", "POST", "/v1/text/chatcompletion_v2", JSON, {"model": "m", "messages": []}, {}),
    ("Qdrant", "POST", "/collections/c/points/search", JSON, {"vector": [1], "limit": 3}, {}),
    ("Qdrant", "PUT", "/collections/c/points?wait=true", JSON, {"points": [{"id": 1, "vector": [1]}]}, {}),
    ("Chroma", "POST", "/api/v1/collections/c/query", JSON, {"query_embeddings": []}, {}),
    ("Milvus", "POST", "/v2/vectordb/entities/search", JSON, b"{}", {}),
    ("Weaviate", "GET", "/v1/.well-known/ready", {}, b"", {}),
    ("Jupyter", "POST", "/api/kernels", JSON, b"{}", {}),
    ("Jupyter", "GET", "/lab", {}, b"", {"Server": "TornadoServer/6.4", "Content-Security-Policy": NOTEBOOK}),
    ("Jupyter", "GET", "/user/a/tree", {}, b"", {"Content-Security-Policy": NOTEBOOK}),
    ("Hugging Face Hub", "GET", "/org/m/resolve/main/model.safetensors", {"User-Agent": "hf_hub/0.2"}, b"", {}),
    ("Hugging Face Hub", "GET", "/org/m/resolve/main/model.safetensors", {}, b"", {"X-Repo-Commit": "abc"}),
    ("DashScope", "POST", "/api/v1/services/aigc/text-generation/generation", JSON, b"{}", {}),
]  # fmt: skip
INNOCENT = [
    ("GET", "/api/tags", {}, b"", {}),
    ("GET", "/api/tags", {"User-Agent": "Mozilla/5.0"}, b"", {"Content-Type": "application/json"}),
    ("POST", "/api/tags", JSON, {"name": "valve", "colour": "red"}, {}),
    ("GET", "/v2/models", {}, b"", {"Content-Type": "application/json"}),
    ("GET", "/v2/models/7", {}, b"", {}),
    ("GET", "/v1/models", {"Authorization": "Bearer x"}, b"", {"Content-Type": "application/json"}),
    ("POST", "/api/chat", JSON, {"room": 1, "text": "model messages"}, {"Content-Type": "application/json"}),
    ("POST", "/api/chat", JSON, {"text": '"model": "messages":'}, {}),
    ("POST", "/generate", JSON, {"report": "weekly"}, {}),
    ("GET", "/predictions/weather", {}, b"", {}),
    ("GET", "/sse", {"Accept": "text/event-stream"}, b"", {"Content-Type": "text/html"}),
    ("GET", "/live", {"Accept": "text/event-stream"}, b"", {"Content-Type": "text/event-stream"}),
    ("POST", "/message", JSON, RPC | {"method": "eth_blockNumber"}, {}),
    ("POST", "/rpc", JSON, RPC | {"method": "ping"}, {}),
    ("GET", "/mcp", {}, b"", {}),
    ("POST", "/upload", {"Content-Type": "image/png"}, b"\x89PNG", {"Content-Type": "text/event-stream"}),
    ("GET", "/tree", {}, b"", {}),
    ("GET", "/tree", {}, b"", {"Server": "TornadoServer/6.4"}),
    ("GET", "/lab", {}, b"", {"Server": "TornadoServer/6.4", "Content-Security-Policy": "frame-ancestors 'self'"}),
    ("GET", "/v2/library/alpine/manifests/3", {}, b"", {}),
    ("GET", "/qdrant.Points/Search", {}, b"", {}),
    ("GET", "/x?path=/v1/chat/completions", {}, b"", {}),
    ("GET", "/app/v2/health/ready", {}, b"", {}),
    ("GET", "/historian/collections/boiler/points", {}, b"", {}),
    ("GET", "/viewer/v3/models", {}, b"", {"Content-Type": "application/json"}),
    ("POST", "/forms/v2/responses", JSON, {"form": 7, "input": "yes"}, {}),
    ("POST", "/queue/join", JSON, {"machine": 7}, {}),
    ("POST", "/devices/7/invoke", JSON, {"method": "restart", "input": {}}, {}),
    ("POST", "/lines/1/batch", JSON, {"recipe": 5, "config": {}}, {}),
    ("GET", "/values/stream", {}, b"", {"Content-Type": "text/event-stream"}),
    ("POST", "/v2/chat", JSON, {"room": 1, "messages": ["hello"]}, {}),
    ("POST", "/", JSON, RPC | {"method": "SendMessage", "params": {"to": "line 1"}}, {}),
    ("POST", "/crm/threads/5/runs", JSON, {"owner": "u"}, {}),
    ("POST", "/collections/boiler/points/search", JSON, {"query": "temperature", "limit": 5}, {}),
]  # fmt: skip


def talk(wire: Wire, visits: Iterable[tuple], port: int) -> None:
    """These requests, each with its answer."""
    link = wire.tcp("10.20.10.20", "10.20.10.61", port)
    for method, target, fields, body, answer in visits:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = [f"{method} {target} HTTP/1.1"]
        lines += [f"{n}: {v}" for n, v in ({"Host": "x"} | fields | {"Content-Length": len(sent)}).items()]
        link.client("\r\n".join([*lines, "", ""]).encode() + sent)
        told = [f"{n}: {v}" for n, v in ({"Content-Length": 2} | answer).items()]
        link.server("\r\n".join(["HTTP/1.1 200 OK", *told, "", "{}"]).encode())
    link.close()


def operations(path) -> list[dict]:
    """The requests of a capture as the facts have them."""
    result = read_capture(path, path.name, framing_plan())
    return capture_facts(result, protocols())["operations"].filter(seen_as="request").to_dicts()


def asked(path, visits: Iterable[tuple]) -> list[dict]:
    """The operations of these requests to one server."""
    with Wire(path) as wire:
        talk(wire, visits, 18080)
    return operations(path)


def apart(path, visits: Iterable[tuple]) -> list[dict]:
    """The operation of each of these requests, of servers of their own."""
    with Wire(path) as wire:
        for number, visit in enumerate(visits):
            talk(wire, [visit], 18000 + number)
    return sorted(operations(path), key=lambda row: row["server_port"])


def test_told(tmp_path):
    for row, visit in zip(apart(tmp_path / "x.pcap", [visit for _, *visit in TOLD]), TOLD, strict=True):
        assert visit[0] in row["ai_interfaces"], visit
        assert "secret" not in repr(row)


def test_innocents_are_none(tmp_path):
    for row, visit in zip(apart(tmp_path / "x.pcap", INNOCENT), INNOCENT, strict=True):
        assert row["ai_interfaces"] == [], visit


def test_other_pages_of_the_same_server_are_none_and_others_of_the_interface_are(tmp_path):
    visits = [
        ("POST", "/api/chat", JSON, CHAT, {}),
        ("GET", "/api/tags", {}, b"", {}),
        ("GET", "/index.html", {}, b"", {}),
    ]
    rows = asked(tmp_path / "x.pcap", visits)
    assert {row["object"]: row["ai_interfaces"] for row in rows} == {
        "/api/chat": ["Ollama"],
        "/api/tags": ["Ollama"],
        "/index.html": [],
    }


def test_events_that_nobody_read_may_be_those_of_tools(tmp_path):
    events = {"Content-Type": "text/event-stream; charset=utf-8"}
    rows = asked(tmp_path / "x.pcap", [("GET", "/sse", {}, b"", events), ("GET", "/live", {}, b"", events)])
    assert {row["object"]: row["ai_interfaces"] for row in rows} == {"/sse": [], "/live": []}  # were read
    fields = {"content-type": "text/event-stream"}
    kinds = {calls: {sign.kind for sign in of_answer(fields, calls=calls)} for calls in (None, True, False)}
    assert {calls: {UNREAD, "answer"} & found for calls, found in kinds.items()} == {
        None: {UNREAD},
        True: {"answer"},
        False: set(),
    }


@pytest.mark.parametrize(
    ("path", "other", "kind"),
    [
        ("/v1/models", "/v1/events", "text/event-stream"),
        ("/v1/messages", "/alarms", "text/event-stream"),
        ("/api/version", "/api/log", "application/x-ndjson"),
    ],
)
def test_a_stream_of_something_else_tells_nothing(tmp_path, path, other, kind):
    visits = [("GET", path, {}, b"", {}), ("GET", other, {}, b"", {"Content-Type": kind})]
    assert [row["ai_interfaces"] for row in asked(tmp_path / "x.pcap", visits)] == [[], []]


def test_the_catalogue_is_in_order():
    rows = rows_table("scanner.protocols.http", "ai_interfaces.tsv")
    assert {len(row) for row in rows} == {4}
    assert rows == sorted(rows, key=lambda row: [part.lower() for part in row])


@pytest.mark.parametrize(
    ("name", "provider"),
    [
        ("api.openai.com", ["OpenAI"]),
        ("API.OpenAI.com.:443", ["OpenAI"]),
        ("us-central1-aiplatform.googleapis.com", ["Google Vertex AI"]),
        ("ark.cn-beijing.volces.com", ["Volcengine Ark"]),
        ("dashscope.aliyuncs.com", ["Alibaba Cloud Model Studio"]),
        ("bedrock-runtime.eu-west-1.amazonaws.com", ["Amazon Bedrock"]),
        ("api.individual.githubcopilot.com", ["GitHub Copilot"]),
        ("my.openai.azure.com", ["Azure OpenAI"]),
        ("openai.com.plant.example", []),
        ("notopenai.com", []),
        ("oss-cn-hangzhou.aliyuncs.com", []),
        ("com", []),
        ("", []),
    ],
)
def test_names_of_public_services(name, provider):
    assert ai_providers([name]) == provider


def test_devices_have_roles_by_what_was_accepted_and_by_names_of_providers(tmp_path):
    path = tmp_path / "x.pcap"
    with Wire(path) as wire:
        link = wire.tcp("10.20.10.21", "10.20.10.61", 18080)
        link.client(b"POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 43\r\n\r\n")
        link.client(b'{"jsonrpc":"2.0","id":1,"method":"initialize"}'[:43])
        link.close()  # nobody answered
        talk(wire, [("POST", "/api/chat", JSON, CHAT, {})], 18081)
        talk(wire, [("POST", "/mcp", JSON, RPC | {"method": "tools/call", "params": {}}, {})], 18082)
        public = wire.tcp("10.20.10.22", "9.9.9.9", 80)
        public.client(b"GET / HTTP/1.1\r\nHost: api.openai.com\r\n\r\n")
        public.server(b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n\r\n")
        public.close()
    facts = capture_facts(read_capture(path, path.name, framing_plan()), protocols())
    roles = {ip: set(row["roles"]) for row in enrich(facts)["devices"].to_dicts() for ip in row["ips"]}
    assert roles["10.20.10.20"] == {"ai_client", "agent"}
    assert roles["10.20.10.61"] == {"ai_service"}
    assert roles["10.20.10.22"] == {"ai_client"}
    assert not roles.get("10.20.10.21")
