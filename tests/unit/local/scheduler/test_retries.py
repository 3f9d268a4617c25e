from local.scheduler.retries import DEFAULTS, RetryPolicy


def policy(**changes: object) -> RetryPolicy:
    return RetryPolicy.of(DEFAULTS | changes)


def test_the_delay_doubles_and_then_grows_evenly_as_in_the_reference() -> None:
    growing = policy(minBackoffDuration="10s", maxBackoffDuration="300s", maxDoublings=3)
    delays = [growing.delay_seconds(attempts) for attempts in range(1, 9)]
    assert delays == [10, 20, 40, 80, 160, 240, 300, 300]


def test_without_a_retry_config_one_attempt_is_all() -> None:
    assert policy().gives_up(attempts=1, age_seconds=0)


def test_a_firing_is_given_up_when_both_limits_are_reached() -> None:
    both = policy(retryCount=2, maxRetryDuration="60s")
    assert not both.gives_up(attempts=2, age_seconds=60)
    assert not both.gives_up(attempts=3, age_seconds=59)
    assert both.gives_up(attempts=3, age_seconds=60)
