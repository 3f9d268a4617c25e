"""`inspect FILE…`: report whether the registry would approve files, without uploading them."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from jobs.models.artifacts import sha256
from jobs.models.inspection_result import InspectionConditions, InspectionResult, quarantined
from jobs.pickles.limits import LIMITS
from jobs.printable import without_controls
from jobs.registration.upload_inspection import inspect_metadata, metadata_object, size_finding
from jobs.sandbox.inspector import Inspector
from jobs.sandbox.model_processes import ModelProcesses
from shared.errors import InvalidArgument
from shared.registry.model_version import ModelFile
from shared.registry.signature import InputColumn, OutputColumn
from shared.request.argument_parser import ArgumentParser
from shared.settings.settings import Settings

_MAX_NAMES = 12


def run(options: Namespace, environ: Mapping[str, str]) -> bool:
    """Print the result for each file, and return whether all are approved.

    Raises:
        InvalidArgument: when a file cannot be read.
    """
    files = [_require_file(Path(file)) for file in options.files]
    # No cloud is called, so any project will do; allowed names come from the environment.
    settings = Settings.from_environ({**environ, "GCP_PROJECT_ID": "none"})
    is_first, are_approved = True, True
    with ModelProcesses.of(settings) as processes, Inspector(processes) as inspector:
        for file in files:
            result, content = _inspect(file, inspector, settings)
            if options.json:
                _write(f"{_json(file, content, result)}\n")
            else:
                _write(("" if is_first else "\n") + _text(file, content, result))
            is_first, are_approved = False, are_approved and result.may_predict
    return are_approved


def _write(text: str) -> None:
    # Names in a model can contain lone surrogates, which UTF-8 cannot encode.
    sys.stdout.write(text.encode("utf-8", "replace").decode())
    sys.stdout.flush()


def command_parser(prog: str) -> ArgumentParser:
    """The parser of the command's arguments."""
    parser = ArgumentParser(
        prog=prog,
        description="Report whether the registry would approve files, and why not. Nothing is "
        "uploaded, and no cloud is called. A metadata.json in the same folder is inspected too.",
        epilog="exit codes: 0 all approved, 3 some would be quarantined, 2 a file cannot be read",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a model file of joblib or pickle")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object per file, for programs"
    )
    return parser


def _require_file(file: Path) -> Path:
    if not file.is_file():
        raise InvalidArgument(f"{file} is not a file: name a model.pkl", reason="FILE_NOT_FOUND")
    return file


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidArgument(f"{file} cannot be read: {error.strerror}") from error


def _inspect(
    file: Path, inspector: Inspector, settings: Settings
) -> tuple[InspectionResult, bytes | None]:
    """The result, and the content unless the file is too large to read."""
    if (size := file.stat().st_size) > LIMITS.upload_bytes:
        return quarantined(size_finding(size)), None
    content, metadata_file = _content(file), file.parent / ModelFile.METADATA
    metadata = _content(metadata_file) if metadata_file.is_file() else b"{}"
    result = inspector.inspect(
        content, InspectionConditions.of(settings, metadata_object(metadata))
    )
    if findings := inspect_metadata(metadata).findings:
        result = replace(result, findings=(*result.findings, *findings))
    return result, content


def _status(result: InspectionResult) -> str:
    return str(result.status)


def _checksum(content: bytes | None) -> str | None:
    return None if content is None else sha256(content)


def _json(file: Path, content: bytes | None, result: InspectionResult) -> str:
    fields = json.loads(result.to_json())
    document = {
        "file": str(file),
        "status": _status(result),
        "sha256": _checksum(content),
        **fields,
    }
    return json.dumps(document, ensure_ascii=False)


def _text(file: Path, content: bytes | None, result: InspectionResult) -> str:
    lines = [f"{file}: {_status(result)}", f"  sha256        {_checksum(content) or 'not read'}"]
    lines += [f"  {label:13} {without_controls(text)}" for label, text in _description(result)]
    lines += [f"  - {finding}" for finding in result.findings]
    return "\n".join(lines) + "\n"


def _description(result: InspectionResult) -> Iterator[tuple[str, str]]:
    if result.estimator:
        yield "estimator", result.estimator
    if result.sklearn_version:
        yield "scikit-learn", result.sklearn_version
    if result.runtime:
        yield "runtime", result.runtime
    if signature := result.signature:
        names = [_column(column) for column in signature.inputs]
        yield "features", _listed(names) or f"{signature.n_features}, without names"
        yield from (("output", _output(each)) for each in signature.outputs)


def _column(column: InputColumn | OutputColumn) -> str:
    return " ".join(filter(None, (column.name, column.type)))


def _output(output: OutputColumn) -> str:
    classes = _listed([str(each) for each in output.classes or ()])
    return _column(output) + (f": {classes}" if classes else "")


def _listed(names: Sequence[str]) -> str:
    more = f", … {len(names)} in all" if len(names) > _MAX_NAMES else ""
    return ", ".join(names[:_MAX_NAMES]) + more
