from tests.gateway_harness import _shared_clients, gateway, stand_ins

__all__ = ["_shared_clients", "gateway", "stand_ins"]
