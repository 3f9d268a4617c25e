from local.cloud import Cloud


def test_triggers_lead_to_the_register_service(cloud: Cloud) -> None:
    destinations = {trigger["destination"] for trigger in cloud.triggers}
    assert destinations == {f"{cloud.address['register']}/"}
