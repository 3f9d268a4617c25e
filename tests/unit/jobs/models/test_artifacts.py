from jobs.models.artifacts import crc32c, sha256


def test_checksums_are_as_cloud_storage_and_the_registry_write_them():
    # The check values of CRC-32C (RFC 3720: 0xE3069283) and of SHA-256 (FIPS 180-2).
    assert crc32c(b"123456789") == "4waSgw=="
    digest = bytes.fromhex(
        "ba 78 16 bf 8f 01 cf ea 41 41 40 de 5d ae 22 23"
        "b0 03 61 a3 96 17 7a 9c b4 10 ff 61 f2 00 15 ad"
    )
    assert sha256(b"abc") == digest.hex()
