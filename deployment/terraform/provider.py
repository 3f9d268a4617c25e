"""A stand-in for the provider hashicorp/google: its schema, and nothing behind it.

Terraform speaks to it as it does to the real one. What the cloud would make up is unknown in a
plan, as it would be, and afterwards has the form that Google documents, or says what it stands for.
"""

import json
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from tf.gen import tfplugin_pb2 as protocol
from tf.gen import tfplugin_pb2_grpc as rpc
from tf.types import Unknown
from tf.utils import read_dynamic_value, to_dynamic_value

ADDRESS = "registry.terraform.io/hashicorp/google"

type _Block = protocol.Schema.Block
type _Values = dict[str, Any]

_ACCOUNT = "{account_id}@{project}.iam.gserviceaccount.com"
_DOCUMENTED = {
    "google_project_iam_custom_role": {"name": "projects/{project}/roles/{role_id}"},
    "google_cloud_run_v2_job": {"id": "projects/{project}/locations/{location}/jobs/{name}"},
    "google_cloud_run_v2_service": {"uri": "https://{name}.run.app"},
    "google_pubsub_topic": {"id": "projects/{project}/topics/{name}"},
    "google_service_account": {
        "email": _ACCOUNT,
        "member": f"serviceAccount:{_ACCOUNT}",
        "name": f"projects/{{project}}/serviceAccounts/{_ACCOUNT}",
    },
}


class Provider(rpc.ProviderServicer):  # type: ignore[misc]  # generated, untyped
    """Answers Terraform's calls out of the schema. Nothing is made anywhere.

    Attributes:
        schema: every resource and data source.
    """

    def __init__(self, schema: protocol.GetProviderSchema.Response):
        self.schema = schema

    def GetProviderSchema(self, _request: Any, _context: Any) -> Any:  # noqa: D102
        return self.schema

    def ValidateProviderConfig(self, _request: Any, _context: Any) -> Any:  # noqa: D102
        return protocol.ValidateProviderConfig.Response()

    def ValidateResourceConfig(self, _request: Any, _context: Any) -> Any:  # noqa: D102
        return protocol.ValidateResourceConfig.Response()

    def ValidateDataResourceConfig(self, _request: Any, _context: Any) -> Any:  # noqa: D102
        return protocol.ValidateDataResourceConfig.Response()

    def ConfigureProvider(self, _request: Any, _context: Any) -> Any:  # noqa: D102
        return protocol.ConfigureProvider.Response()

    def PlanResourceChange(self, request: Any, _context: Any) -> Any:  # noqa: D102
        block = self.schema.resource_schemas[request.type_name].block
        planned = _planned(block, read_dynamic_value(request.proposed_new_state))
        return protocol.PlanResourceChange.Response(
            planned_state=to_dynamic_value(planned), legacy_type_system=True
        )

    def ApplyResourceChange(self, request: Any, _context: Any) -> Any:  # noqa: D102
        block = self.schema.resource_schemas[request.type_name].block
        applied = _applied(request.type_name, block, read_dynamic_value(request.planned_state))
        return protocol.ApplyResourceChange.Response(
            new_state=to_dynamic_value(applied), legacy_type_system=True
        )

    def ReadDataSource(self, request: Any, _context: Any) -> Any:  # noqa: D102
        block = self.schema.data_source_schemas[request.type_name].block
        planned = _planned(block, read_dynamic_value(request.config))
        return protocol.ReadDataSource.Response(
            state=to_dynamic_value(_applied(request.type_name, block, planned))
        )

    def StopProvider(self, _request: Any, _context: Any) -> Any:  # noqa: D102
        return protocol.StopProvider.Response()


def _planned(block: _Block, values: _Values) -> _Values:
    """The values, with everything that the cloud makes up unknown."""
    planned = dict(values)
    for attribute in block.attributes:
        if attribute.computed and values[attribute.name] is None:
            planned[attribute.name] = Unknown
    for nested in block.block_types:
        given = values[nested.type_name]
        if isinstance(given, dict):
            planned[nested.type_name] = _planned(nested.block, given)
        elif given:
            planned[nested.type_name] = [_planned(nested.block, each) for each in given]
        elif given is not None and _makes_up(nested.block):
            planned[nested.type_name] = Unknown
    return planned


def _makes_up(block: _Block) -> bool:
    return any(each.computed for each in block.attributes) or any(
        _makes_up(nested.block) for nested in block.block_types
    )


def _applied(type_name: str, block: _Block, values: _Values) -> _Values:
    """The values, with what was unknown made up."""
    applied = dict(values)
    documented = _DOCUMENTED.get(type_name, {})
    for attribute in block.attributes:
        if applied[attribute.name] is Unknown:
            form = documented.get(attribute.name, f"{type_name}.{attribute.name}")
            made_up = form.format_map(values)
            applied[attribute.name] = _of_type(json.loads(attribute.type), made_up)
    for nested in block.block_types:
        given = applied[nested.type_name]
        if given is Unknown:
            given = [_planned(nested.block, _empty(nested.block))]
        if isinstance(given, dict):
            applied[nested.type_name] = _applied(type_name, nested.block, given)
        elif given:
            filled = [_applied(type_name, nested.block, each) for each in given]
            applied[nested.type_name] = filled
    return applied


def _empty(block: _Block) -> _Values:
    attributes: _Values = {attribute.name: None for attribute in block.attributes}
    return attributes | {nested.type_name: [] for nested in block.block_types}


def _of_type(kind: Any, text: str) -> Any:
    simple = {"string": text, "number": 0, "bool": False}
    if isinstance(kind, str):
        return simple[kind]
    return {} if kind[0] == "map" else []


@contextmanager
def serve(provider: Provider) -> Iterator[dict[str, str]]:
    """Serve it; yields the environment variables that make Terraform use it."""
    server = grpc.server(ThreadPoolExecutor())
    rpc.add_ProviderServicer_to_server(provider, server)
    with tempfile.TemporaryDirectory() as folder:
        socket = str(Path(folder) / "provider.sock")
        server.add_insecure_port(f"unix://{socket}")
        server.start()
        attachment = {
            "Protocol": "grpc",
            "ProtocolVersion": 6,
            "Pid": 1,
            "Test": True,
            "Addr": {"Network": "unix", "String": socket},
        }
        try:
            yield {"TF_REATTACH_PROVIDERS": json.dumps({ADDRESS: attachment})}
        finally:
            server.stop(grace=None)
