"""The real schema of the provider hashicorp/google, out of a package that embeds it.

Terraform's registry of providers is not a package registry, but cdktf's prebuilt bindings are on
one. They are made from the provider's own schema: one JavaScript file a resource, in an archive.
From them the schema is read back, in the form in which a provider sends it to Terraform.
"""

import json
import re
import sys
import tarfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tf.gen import tfplugin_pb2 as protocol

_PACKAGE = "cdktf_cdktf_provider_google"
_SCRIPT = re.compile(r"package/lib/(?P<folder>[^/]+)/(?:index|index-structs/structs\d+)\.js")
_CLASS = re.compile(r"^class (\w+) extends cdktf\.(\w+) \{(.*?)^\}", re.MULTILINE | re.DOTALL)
_FUNCTION = re.compile(
    r"^function (\w+)ToHclTerraform\(struct\) \{(.*?)^\}", re.MULTILINE | re.DOTALL
)
_SYNTHESIS = re.compile(
    r"^    synthesizeHclAttributes\(\) \{(.*?)^    \}", re.MULTILINE | re.DOTALL
)
_TYPE_NAME = re.compile(r'\.tfResourceType = "(\w+)"')
_ARGUMENT = re.compile(
    r"^\s+(\w+): \{\n\s+value: ([^\n]*),\n\s+isBlock: (true|false),\n"
    r'\s+type: "(\w+)",\n\s+storageClassType: "(\w+)"',
    re.MULTILINE,
)
_STRUCT = re.compile(r"(?<!cdktf\.)\b(\w+)ToHclTerraform\b")
_OPTIONAL = re.compile(r"^    reset(\w+)\(\) \{", re.MULTILINE)
_ANSWER = re.compile(r"(tolist\()?this\.get(\w+)Attribute\('(\w+)'\)")
_OBJECTS = re.compile(r"new (?:(?!cdktf)\w+\.)?(\w+)List\(this, \"(\w+)\", (true|false)\)")
_MAP = re.compile(r"new cdktf\.StringMap\(this, \"(\w+)\"\)")
_SINGLE = re.compile(r"new (?:\w+\.)?\w+OutputReference\(this, \"(\w+)\"\)")

_SIMPLE = {"string": "string", "number": "number", "boolean": "bool"}
_NESTING = {
    "struct": protocol.Schema.NestedBlock.SINGLE,
    "list": protocol.Schema.NestedBlock.LIST,
    "set": protocol.Schema.NestedBlock.SET,
}


class _Bindings:
    """The bindings of one resource or data source, or of the provider's own configuration."""

    def __init__(self, script: str):
        self._classes = {name.lower(): (base, body) for name, base, body in _CLASS.findall(script)}
        self._functions = {name.lower(): body for name, body in _FUNCTION.findall(script)}
        self._type_name = _TYPE_NAME.search(script)

    def top(self) -> tuple[str, str, protocol.Schema.Block] | None:
        """The class that cdktf derives it from, the type's name, and what it may hold."""
        for base, script in self._classes.values():
            synthesis = _SYNTHESIS.search(script)
            if self._type_name and synthesis and base != "ComplexObject":
                block = self._block(synthesis[1], script)
                for attribute in block.attributes:
                    attribute.computed |= attribute.name == "id" and attribute.optional
                return base, self._type_name[1], block
        return None

    def _block(self, synthesis: str, script: str) -> protocol.Schema.Block:
        block = protocol.Schema.Block()
        optional = {name.lower() for name in _OPTIONAL.findall(script)}
        single = set(_SINGLE.findall(script))
        arguments = _ARGUMENT.findall(synthesis)
        for name, value, is_block, collection, kind in arguments:
            required = name.replace("_", "") not in optional
            if is_block == "true":
                nested = block.block_types.add(type_name=name, nesting=_NESTING[collection])
                nested.block.CopyFrom(self._nested(value))
                nested.min_items = int(required)
                nested.max_items = int(name in single and collection != "struct")
            else:
                block.attributes.add(
                    name=name,
                    type=json.dumps(_type(kind, collection == "set")).encode(),
                    required=required,
                    optional=not required,
                )
        self._add_answers(block, script, {name for name, *_ in arguments})
        return block

    def _add_answers(self, block: protocol.Schema.Block, script: str, arguments: set[str]) -> None:
        for name, answer in self._answers(script).items():
            if name not in arguments:
                block.attributes.add(name=name, type=json.dumps(answer).encode(), computed=True)

    def _answers(self, script: str) -> dict[str, Any]:
        simple = {
            name: _type(kind[0].lower() + kind[1:], bool(is_set))
            for is_set, kind, name in _ANSWER.findall(script)
        }
        maps = {name: ["map", "string"] for name in _MAP.findall(script)}
        objects = {
            name: ["set" if is_set == "true" else "list", self._object(f"{item}OutputReference")]
            for item, name, is_set in _OBJECTS.findall(script)
        }
        return simple | maps | objects

    def _object(self, reference: str) -> list[Any]:
        return ["object", self._answers(self._classes[reference.lower()][1])]

    def _nested(self, value: str) -> protocol.Schema.Block:
        struct = _STRUCT.findall(value)[-1].lower()
        synthesis = self._functions[struct]
        # The provider's own blocks cannot be referred to: they have no class that says more.
        _, script = self._classes.get(f"{struct}outputreference", ("", synthesis))
        return self._block(synthesis, script)


def _type(kind: str, is_set: bool) -> Any:
    """A type in Terraform's notation, of cdktf's `string`, `stringList`, `list` and so on."""
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if kind.endswith("Map"):
        return ["map", _SIMPLE[kind.removesuffix("Map")]]
    return ["set" if is_set else "list", _SIMPLE[kind.lower().removesuffix("list") or "string"]]


def _scripts() -> Iterable[str]:
    package = find_spec(_PACKAGE)
    if not package or not package.submodule_search_locations:
        raise ModuleNotFoundError(f"{_PACKAGE} is not installed: run this by `make check`")
    (archive,) = (Path(package.submodule_search_locations[0]) / "_jsii").glob("*.tgz")
    scripts: dict[str, str] = defaultdict(str)  # large ones are spread over files of their folder
    with tarfile.open(archive) as members:
        for member in members:
            if found := _SCRIPT.fullmatch(member.name):
                content = members.extractfile(member)
                scripts[found["folder"]] += content.read().decode() if content else ""
    return scripts.values()


def _tops() -> Iterator[tuple[str, str, protocol.Schema.Block]]:
    for script in _scripts():
        if top := _Bindings(script).top():
            yield top


def extract() -> protocol.GetProviderSchema.Response:
    """Every resource and data source, as the provider would send them."""
    answer = protocol.GetProviderSchema.Response()
    for base, name, block in _tops():
        if base == "TerraformResource":
            answer.resource_schemas[name].block.CopyFrom(block)
        elif base == "TerraformDataSource":
            answer.data_source_schemas[name].block.CopyFrom(block)
        elif base == "TerraformProvider":
            answer.provider.block.CopyFrom(block)
    return answer


def provider_schema() -> protocol.GetProviderSchema.Response:
    """The provider's schema; kept in this environment, since reading it out takes seconds."""
    kept = Path(sys.prefix) / f"google-{version(_PACKAGE)}.schema"
    if not kept.exists():
        partial = kept.with_suffix(".partial")
        partial.write_bytes(extract().SerializeToString())
        partial.replace(kept)
    return protocol.GetProviderSchema.Response.FromString(kept.read_bytes())
