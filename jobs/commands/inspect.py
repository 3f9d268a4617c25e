"""`inspect FILE…`: the registry's verdict on files that nobody has uploaded yet."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from jobs.models.artifacts import sha256
from jobs.models.inspection_result import InspectionConditions, InspectionResult, quarantined
from jobs.pickles.limits import LIMITS
from jobs.registration.upload_inspection import inspect_metadata, metadata_object
from jobs.sandbox.inspector import Inspector
from shared.errors import InvalidArgument
from shared.registry.model_version import ModelFile
from shared.registry.signature import InputColumn, OutputColumn
from shared.request.argument_parser import ArgumentParser
from shared.settings.settings import Settings

_MANY = 12


def run(asked: Namespace, environ: Mapping[str, str]) -> bool:
    """Print the verdict on each file; whether all are approved is returned.

    Raises:
        InvalidArgument: when a file cannot be read.
    """
    files = [_readable(Path(file)) for file in asked.files]
    # No cloud is asked, so none needs to be named; what models may do, the environment says.
    settings = Settings.from_environ({**environ, "GCP_PROJECT_ID": "none"})
    is_first, are_approved = True, True
    with Inspector() as inspector:
        for file in files:
            verdict, content = _verdict(file, inspector, settings)
            if asked.json:
                _say(f"{_json(file, content, verdict)}\n")
            else:
                _say(("" if is_first else "\n") + _block(file, content, verdict))
            is_first, are_approved = False, are_approved and verdict.is_approved
    return are_approved


def _say(text: str) -> None:
    # A model can name things by what no terminal and no UTF-8 can hold.
    sys.stdout.write(text.encode("utf-8", "replace").decode())
    sys.stdout.flush()


def command_parser(prog: str) -> ArgumentParser:
    """The arguments of the command."""
    parser = ArgumentParser(
        prog=prog,
        description="Say whether the registry would approve files, and why not. Nothing is "
        "uploaded, no cloud is asked. A metadata.json beside a file is taken into account.",
        epilog="exit codes: 0 all approved, 3 some would be quarantined, 2 a file is not there",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a model of joblib or pickle")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, for programs")
    return parser


def _readable(file: Path) -> Path:
    if not file.is_file():
        raise InvalidArgument(f"{file} is not a file: name a model.pkl", reason="FILE_NOT_FOUND")
    return file


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidArgument(f"{file} cannot be read: {error.strerror}") from error


def _verdict(
    file: Path, inspector: Inspector, settings: Settings
) -> tuple[InspectionResult, bytes | None]:
    """The verdict, and the content unless it was too large to be read."""
    if (size := file.stat().st_size) > LIMITS.upload_bytes:
        return quarantined(f"the file has {size:,} bytes, more than {LIMITS.upload_bytes:,}"), None
    content, beside = _content(file), file.parent / ModelFile.METADATA
    text = _content(beside) if beside.is_file() else b"{}"
    verdict = inspector.inspect(content, InspectionConditions.of(settings, metadata_object(text)))
    if findings := inspect_metadata(text).findings:
        fields = asdict(verdict) | {"findings": (*verdict.findings, *findings)}
        verdict = InspectionResult(**fields)
    return verdict, content


def _word(verdict: InspectionResult) -> str:
    return "approved" if verdict.is_approved else "quarantined"


def _checksum(content: bytes | None) -> str | None:
    return None if content is None else sha256(content)


def _json(file: Path, content: bytes | None, verdict: InspectionResult) -> str:
    fields = json.loads(verdict.to_json())
    del fields["is_approved"]
    told = {"file": str(file), "status": _word(verdict), "sha256": _checksum(content), **fields}
    return json.dumps(told, ensure_ascii=False)


def _block(file: Path, content: bytes | None, verdict: InspectionResult) -> str:
    lines = [f"{file}: {_word(verdict)}", f"  sha256        {_checksum(content) or 'not read'}"]
    lines += [f"  {label:13} {text}" for label, text in _told(verdict)]
    lines += [f"  - {finding}" for finding in verdict.findings]
    return "\n".join(lines) + "\n"


def _told(verdict: InspectionResult) -> Iterator[tuple[str, str]]:
    if verdict.estimator:
        yield "estimator", verdict.estimator
    if verdict.sklearn_version:
        yield "scikit-learn", verdict.sklearn_version
    if signature := verdict.signature:
        names = [_column(column) for column in signature.inputs]
        yield "features", _listed(names) or f"{signature.n_features}, without names"
        yield from (("output", _output(each)) for each in signature.outputs)


def _column(column: InputColumn | OutputColumn) -> str:
    return " ".join(filter(None, (column.name, column.type)))


def _output(output: OutputColumn) -> str:
    classes = _listed([str(each) for each in output.classes or ()])
    return _column(output) + (f": {classes}" if classes else "")


def _listed(words: Sequence[str]) -> str:
    more = f", … {len(words)} in all" if len(words) > _MANY else ""
    return ", ".join(words[:_MANY]) + more
