import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from shared.registry.registry import Registry


@pytest.fixture(scope="session")
def bigquery_registry(cloud):
    client = bigquery.Client(
        project=cloud.project,
        credentials=AnonymousCredentials(),
        client_options={"api_endpoint": cloud.address["bigquery"]},
    )
    return Registry(client, "mlsys_dev")
