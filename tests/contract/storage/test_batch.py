from google.cloud import storage


def test_a_batch_carries_out_every_call(client: storage.Client, bucket: storage.Bucket) -> None:
    names = [f"folder/{number} ü%" for number in range(50)]
    for name in names:
        bucket.blob(name).upload_from_string("x")

    with client.batch():
        for name in names[:-1]:
            bucket.delete_blob(name)
        last = bucket.blob(names[-1])
        last.metadata = {"kept": "yes"}
        last.patch()

    (survivor,) = bucket.list_blobs()
    assert (survivor.name, survivor.metadata) == (names[-1], {"kept": "yes"})


def test_a_call_that_fails_does_not_keep_the_others_from_running(
    client: storage.Client, bucket: storage.Bucket
) -> None:
    for name in ("first", "last"):
        bucket.blob(name).upload_from_string("x")

    with client.batch(raise_exception=False) as batch:
        for name in ("first", "absent", "last"):
            bucket.delete_blob(name)

    assert [answer.status_code for answer in batch._responses] == [204, 404, 204]

    assert list(bucket.list_blobs()) == []
