from itertools import count

import pytest

from mlsys.session import session

_numbers = count(1)


@pytest.fixture(scope="session")
def notebook(cloud):
    """The clients of a notebook that was started after `eval "$(make -s env)"`."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in cloud.variables.items():
            if not name.endswith("_proxy"):
                patch.setenv(name, value)
        session.cache_clear()
        clients = session()
        clients.bigquery.create_dataset("laboratory", exists_ok=True)
        yield clients
    session.cache_clear()


@pytest.fixture
def new_table(notebook):
    """The name of a table that does not exist yet."""
    return f"laboratory.table_{next(_numbers)}"


@pytest.fixture
def new_object(notebook):
    """Bucket and name of an object that does not exist yet."""
    return notebook.settings.runs_bucket, f"laboratory/object-{next(_numbers)}"
