"""The triggers of the definitions, as the stand-in for Eventarc reads them."""

from pathlib import Path

from local.cloud import Cloud


def triggers(cloud: Cloud) -> list[dict[str, str]]:
    """Return the triggers of the definitions, each with the address of its service here."""
    return [
        {
            "name": trigger.name,
            "type": trigger.event_type,
            "bucket": trigger.bucket,
            "destination": f"{cloud.address[trigger.service]}/",
        }
        for trigger in cloud.definitions.triggers
    ]


def triggers_file(cloud: Cloud) -> Path:
    """Return where the stand-in for Eventarc reads its triggers."""
    return cloud.home / "triggers.json"
