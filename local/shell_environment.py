"""What `eval "$(make -s env)"` evaluates."""

import shlex
from collections.abc import Mapping


def export_lines(variables: Mapping[str, str]) -> str:
    """Return one `export NAME=value` line a variable, quoted for a shell."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
