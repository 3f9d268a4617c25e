"""Tiny wheels, and a folder of runtimes that are made of them: nothing comes from the network."""

import base64
import hashlib
import sys
import zipfile
from pathlib import Path

MINOR = ".".join(map(str, sys.version_info[:2]))


def write_wheel(folder, name, version="1.0", requires=(), code="ANSWER = 42\n"):
    """A wheel of one module, and its path."""
    module = name.replace("-", "_")
    stem = f"{module}-{version}"
    needed = "".join(f"Requires-Dist: {each}\n" for each in requires)
    files = {
        f"{module}.py": code,
        f"{stem}.dist-info/METADATA": (
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needed}"
        ),
        f"{stem}.dist-info/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}-py3-none-any.whl"
    record = f"{stem}.dist-info/RECORD"
    with zipfile.ZipFile(path, "w") as archive:
        for file, content in files.items():
            archive.writestr(file, content)
        lines = [f"{file},{_digest(content)},{len(content)}\n" for file, content in files.items()]
        archive.writestr(record, "".join(lines) + f"{record},,\n")
    return path


def _digest(content):
    digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest())
    return f"sha256={digest.decode().rstrip('=')}"


def write_runtime(folder, minor, *wheels, python=MINOR):
    """The definition of a runtime that pins these wheels."""
    definition = folder / f"sklearn-{minor}"
    definition.mkdir(parents=True, exist_ok=True)
    (definition / ".python-version").write_text(f"{python}\n")
    pins = []
    for wheel in map(Path, wheels):
        (definition / wheel.name).write_bytes(wheel.read_bytes())
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        pins.append(f"./{wheel.name} \\\n    --hash=sha256:{digest}\n")
    (definition / "requirements.txt").write_text("".join(pins))
    return definition.name
