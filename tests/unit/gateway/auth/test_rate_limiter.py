from gateway.auth.rate_limiter import RateLimiter


def test_a_caller_beyond_the_rate_is_told_how_many_seconds_to_wait():
    limiter = RateLimiter()
    assert [limiter.acquire("ada", "launches", 2) for _ in range(2)] == [None, None]
    assert 1 <= limiter.acquire("ada", "launches", 2) <= 60


def test_callers_and_buckets_are_counted_apart():
    limiter = RateLimiter()
    pairs = [("ada", "launches"), ("eve", "launches"), ("ada", "requests")]
    assert [limiter.acquire(caller, bucket, 1) for caller, bucket in pairs] == [None] * 3
    assert all(limiter.acquire(caller, bucket, 1) for caller, bucket in pairs)
