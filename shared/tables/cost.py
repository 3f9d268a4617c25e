"""What reading a table costs, by list price. Pure.

US dollars, in the US and after the free tier: https://cloud.google.com/bigquery/pricing (data
extraction, and on-demand compute).
"""

_TIB = 1024**4
_READ_DOLLARS_A_TIB = 1.10
_QUERY_DOLLARS_A_TIB = 6.25


def reading_dollars(size_bytes: int, *, by_query: bool) -> float:
    """The price of reading so many bytes by the Storage Read API, after a query job or without."""
    price = _READ_DOLLARS_A_TIB + (_QUERY_DOLLARS_A_TIB if by_query else 0.0)
    return size_bytes / _TIB * price
