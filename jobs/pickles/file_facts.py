"""What a file says of itself: its versions, its libraries, and names that no model needs. Pure.

`symbolic_reader.py` collects it, and `read_facts.py` reads it from a file. It tells people early,
and chooses the runtime; it protects nobody.
"""

import re
from dataclasses import dataclass, field

_MAX_TEXT = 200
_VERSION = re.compile(r"[0-9]+(\.[0-9]+)+[0-9A-Za-z.+-]*", re.ASCII)


@dataclass(slots=True)
class FileFacts:
    """What a file says of itself.

    Attributes:
        protocol: of the pickle.
        modules: the modules of every class and function that it names.
        alarming: names that no model needs, as `module.name`.
        versions: of libraries, by the name of the module: every one that the file mentions.
        problem: why it could not be read to its end; it completes "the file …".
    """

    protocol: int = 0
    modules: set[str] = field(default_factory=set)
    alarming: set[str] = field(default_factory=set)
    versions: dict[str, set[str]] = field(default_factory=dict)
    problem: str | None = None

    @property
    def packages(self) -> frozenset[str]:
        """The top-level packages that it names."""
        return frozenset(module.partition(".")[0] for module in self.modules)

    def add_version(self, library: str, version: str) -> None:
        """Note a version that the file mentions, unless it is none."""
        if len(version) <= _MAX_TEXT and _VERSION.fullmatch(version):
            self.versions.setdefault(library, set()).add(version)
