"""Remote calls of gRPC, told by the path of the request: which service, and what it does.

gRPC over HTTP/2 (grpc/doc/PROTOCOL-HTTP2.md: path "/Service-Name/method", content type "application/grpc"); the
services by their published definitions: gNMI and gNOI (OpenConfig), OpenTelemetry, KServe and Triton, TensorFlow
Serving, gRPC's own health check and reflection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.protocols.base import Verb

_SERVICES = {  # the beginning of the service's name -> what it is
    "gnmi.": "gNMI",
    "gnoi.": "gNOI",
    "opentelemetry.proto.collector.": "OTLP",
    "inference.GRPCInferenceService": "KServe inference (Triton)",
    "tensorflow.serving.": "TensorFlow Serving",
    "org.pytorch.serve.": "TorchServe",
    "grpc.health.": "health check",
    "grpc.reflection.": "reflection",
    "etcdserverpb.": "etcd",
    "milvus.proto.": "Milvus",
    "qdrant.": "Qdrant",
    "vllm.": "vLLM",
    "arista.gnmi.": "gNMI",
    "p4.v1.": "P4Runtime",
}
_VERBS = {
    "gnmi.gNMI/Capabilities": Verb.IDENTIFY,
    "gnmi.gNMI/Get": Verb.READ,
    "gnmi.gNMI/Set": Verb.CONFIGURE,
    "gnmi.gNMI/Subscribe": Verb.SUBSCRIBE,
    "gnoi.system.System/Reboot": Verb.RESTART,
    "gnoi.system.System/SetPackage": Verb.FIRMWARE_UPDATE,
    "gnoi.os.OS/Install": Verb.FIRMWARE_UPDATE,
    "gnoi.file.File/Put": Verb.FILE_WRITE,
    "gnoi.file.File/Get": Verb.FILE_READ,
    "gnoi.file.File/Remove": Verb.FILE_DELETE,
    "gnoi.factory_reset.FactoryReset/Start": Verb.CONFIGURE,
    "inference.GRPCInferenceService/RepositoryModelLoad": Verb.CONFIGURE,
    "inference.GRPCInferenceService/RepositoryModelUnload": Verb.CONFIGURE,
}
# A method that begins with such a word only reads, unless it says that it does something else as well.
_READS = re.compile(
    r"(Get|List|Describe|Read|Query|Search)(?![a-z])(?!\w*(And|Or)[A-Z])"
    r"|ServerLive|ServerReady|ModelReady|(Server|Model)Metadata|ModelStatistics"
)
_PATH = re.compile(r"/([A-Za-z_][\w.]*)/([A-Za-z_]\w*)")
VERBS = frozenset({*_VERBS.values(), Verb.DIAGNOSE, Verb.REPORT, Verb.READ, Verb.IDENTIFY})


@dataclass(frozen=True, slots=True)
class Call:
    """description: what is said of it. verb: None where only its service's definition would tell."""

    description: str
    verb: Verb | None


def call(path: str, kind: str) -> Call | None:
    """The call of a request with this path and content type; None: it is none."""
    if not kind.lower().startswith("application/grpc"):
        return None
    found = _PATH.fullmatch(path)
    if found is None:
        return Call("gRPC", None)
    service, method = found.groups()
    name = next((told for begin, told in _SERVICES.items() if service.startswith(begin)), "")
    return Call(f"gRPC, {name}" if name else "gRPC", _verb(service, method, name))


def _verb(service: str, method: str, name: str) -> Verb | None:
    if known := _VERBS.get(f"{service}/{method}"):
        return known
    if name == "OTLP":
        return Verb.REPORT
    if name == "health check":
        return Verb.DIAGNOSE
    if name == "reflection":
        return Verb.IDENTIFY
    return Verb.READ if _READS.match(method) else None
