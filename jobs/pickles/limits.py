"""How much of everything a model may take.

The register service has 2 GiB: the file, what it decompresses to, and what it loads to must fit.
"""

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one inspection, or of one load.

    Attributes:
        upload_bytes: size of the file.
        content_bytes: size of what the file holds once it is decompressed.
        opcodes: steps of the pickle's program.
        nested_pickles: pickles within pickles, as joblib writes arrays of objects.
        open_marks: brackets that are open at once.
        memory_bytes: memory beyond what the inspecting process has before it sees the model.
        cpu_seconds: processor time of an inspection.
        wall_seconds: time of an inspection by the clock.
    """

    upload_bytes: int = 256 * MIB
    content_bytes: int = 768 * MIB
    opcodes: int = 10_000_000
    nested_pickles: int = 8
    open_marks: int = 500
    memory_bytes: int = 1024 * MIB
    cpu_seconds: int = 6
    wall_seconds: int = 8


LIMITS = Limits()
