from jobs.models.artifacts import crc32c, sha256


def test_checksums_are_as_cloud_storage_and_the_registry_write_them():
    # The check values of CRC-32C (RFC 3720: 0xE3069283) and of SHA-256 (FIPS 180-2).
    assert crc32c(b"123456789") == "4waSgw=="
    assert sha256(b"abc").startswith("ba7816bf8f01cfea41")
    assert len(sha256(b"abc")) == 64
