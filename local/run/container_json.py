"""The JSON that v1 and v2 have in common; pure."""

from local.run.resources import Container


def container_json(container: Container) -> dict[str, object]:
    """Return a container as both APIs show it; fields without a value are left out."""
    fields: dict[str, object] = {
        "name": container.name,
        "image": container.image,
        "command": list(container.command),
        "args": list(container.args),
        "env": [{"name": name, "value": value} for name, value in container.environment.items()],
        "resources": {"limits": container.limits} if container.limits else None,
    }
    return {name: value for name, value in fields.items() if value}
