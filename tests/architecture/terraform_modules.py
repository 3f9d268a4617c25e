"""What the files of a Terraform module declare."""

import re
from pathlib import Path

MODULE = Path(__file__).parents[2] / "terraform/modules/mlsys"


def declarations(folder=MODULE):
    """The text of a module, without the modules that it calls."""
    return "\n".join(path.read_text() for path in sorted(folder.glob("*.tf")))


def is_declared(address, folder=MODULE):
    """Whether the module in the folder, or a module that it calls, declares the resource."""
    kind, name, *rest = re.sub(r"\[[^]]*\]", "", address).split(".")
    if kind != "module":
        return f'resource "{kind}" "{name}"' in declarations(folder)
    call = rf'^module "{name}" \{{\n  source += "([^"]+)"$'
    source = re.search(call, declarations(folder), re.MULTILINE)
    return source is not None and is_declared(".".join(rest), folder / source[1])
