from tests.gateway_door import _shared_clients, door, stand_ins

__all__ = ["_shared_clients", "door", "stand_ins"]
