"""Builds the wheel, which claims one name: `jobs` stands in it as `mlsys.jobs`, `shared` likewise.

In the repository the three folders lie side by side, and so do their imports. Installed, `jobs` and
`shared` would clash with the folders of whoever installs it. Hatchling runs this file: the hook of
the metadata copies the dependencies from the groups in pyproject.toml, the hook of the build copies
the folders and puts `mlsys.` before what is imported from the other two.
"""

import ast
import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

PACKAGE = "mlsys"
NESTED = ("jobs", "runtimes", "shared")
# It writes a file of the repository, from the repository.
_LEFT_OUT = {"jobs/pickles/generate_names.py"}

# A module's name in a text, which the wheel would not find: `jobs.predict`, `python -m jobs`.
_MODULE = re.compile(rf"(?<![\w./-])(?:-m (?:{'|'.join(NESTED)})\b|(?:{'|'.join(NESTED)})\.[a-z_])")


class UnnestedError(Exception):
    """A module would look for `jobs` or `shared` where the wheel has none."""


class Dependencies(MetadataHookInterface):
    """The groups of pyproject.toml as the dependencies and the extra of the wheel."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add them to the project's metadata."""
        project = tomllib.loads(Path(self.root, "pyproject.toml").read_text(encoding="utf-8"))
        groups = project["dependency-groups"]
        metadata["dependencies"] = list(requirements(groups, "package"))
        extra = [each for each in groups["notebook"] if isinstance(each, str)]
        metadata["optional-dependencies"] = {"notebook": extra}


class Nesting(BuildHookInterface[Any]):
    """The folders of the wheel, copied and adapted."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Have hatchling take the copies; an editable install keeps the folders as they are."""
        if version == "editable":
            return
        # Removed with this process, if the build fails.
        self._copies = tempfile.TemporaryDirectory(prefix="mlsys-wheel-")
        folder = Path(self._copies.name)
        nest(Path(self.root), folder)
        build_data["force_include"][str(folder / PACKAGE)] = PACKAGE

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the copies."""
        del build_data, artifact_path
        if version != "editable":
            self._copies.cleanup()


def requirements(groups: Mapping[str, list[Any]], name: str) -> Iterator[str]:
    """What a dependency group asks for, with the groups that it includes (PEP 735)."""
    for each in groups[name]:
        if isinstance(each, str):
            yield each
        else:
            yield from requirements(groups, each["include-group"])


def nest(root: Path, target: Path) -> None:
    """Copy the folders, with `jobs` and `shared` under `mlsys`.

    Raises:
        UnnestedError: naming the line, when a module would not find another.
    """
    for folder in (PACKAGE, *NESTED):
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root)
            if path.is_dir() or "__pycache__" in name.parts or name.as_posix() in _LEFT_OUT:
                continue
            copy = target / (name if folder == PACKAGE else PACKAGE / name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            content = path.read_bytes()
            copy.write_bytes(nested(content, name) if path.suffix == ".py" else content)


def nested(source: bytes, name: Path) -> bytes:
    """A module whose imports of `jobs` and `shared` begin with `mlsys.`, all else as it was.

    Raises:
        UnnestedError: when it would still look for either.
    """
    lines = source.splitlines(keepends=True)
    for line, column in sorted(_imported(ast.parse(source), lines), reverse=True):
        lines[line - 1] = lines[line - 1][:column] + b"mlsys." + lines[line - 1][column:]
    adapted = b"".join(lines)
    for line, what in _unnested(ast.parse(adapted)):
        raise UnnestedError(
            f"{name}:{line}: {what} is not in the wheel: write `from … import`, `import … as`, or "
            "derive the name from __package__"
        )
    return adapted


def _imported(tree: ast.Module, lines: list[bytes]) -> Iterator[tuple[int, int]]:
    """Line, and byte in it, of each name of a module to put `mlsys.` before."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level and _is_nested(node.module):
            after = lines[node.lineno - 1][node.col_offset :].removeprefix(b"from")
            blanks = len(after) - len(after.lstrip(b" \t"))
            yield node.lineno, node.col_offset + len(b"from") + blanks
        elif isinstance(node, ast.Import):
            yield from (
                (each.lineno, each.col_offset)
                for each in node.names
                # Without `as` the name that is bound would be another.
                if each.asname and _is_nested(each.name)
            )


def _unnested(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and words of all that names a module by a name that it has in the repository alone."""
    texts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=module, level=0) if _is_nested(module):
                yield node.lineno, str(module)
            case ast.Import(names=names):
                yield from ((node.lineno, each.name) for each in names if _is_nested(each.name))
            case ast.Constant(value=str(text)) if id(node) not in texts and _MODULE.search(text):
                yield node.lineno, repr(text)


def _is_nested(module: str | None) -> bool:
    return (module or "").partition(".")[0] in NESTED
