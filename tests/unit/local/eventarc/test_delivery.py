from local.eventarc.delivery import RetryPolicy


def test_delays_double_up_to_ten_minutes() -> None:
    policy = RetryPolicy(first_retry_seconds=10)

    delays = [policy.delay_seconds(attempts) for attempts in range(1, 9)]

    assert delays == [10, 20, 40, 80, 160, 320, 600, 600]
    assert policy.delay_seconds(1000) == 600


def test_an_event_has_its_attempts_and_its_day() -> None:
    policy = RetryPolicy(max_attempts=20)

    assert not policy.gives_up(attempts=19, age_seconds=24 * 3600 - 1)
    assert policy.gives_up(attempts=20, age_seconds=0)
    assert policy.gives_up(attempts=1, age_seconds=24 * 3600)
