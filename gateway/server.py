"""gunicorn's configuration for the gateway: `gunicorn --config=gateway/server.py …`.

One worker, because Cloud Run scales by instances and the threads wait for Google Cloud, not for
the CPU.
"""

import os

bind = f"{os.environ.get('HOST', '0.0.0.0')}:{os.environ.get('PORT', '8080')}"  # noqa: S104  (a container listens on every interface)
worker_class = "gthread"
workers = 1
threads = (
    40  # the service's concurrency in terraform/modules/mlsys/definitions/services/gateway.yaml
)
timeout = 0  # Cloud Run's own request time-out governs
graceful_timeout = 8  # Cloud Run kills 10 s after SIGTERM
keepalive = 75
limit_request_line = 8190
control_socket_disable = True
