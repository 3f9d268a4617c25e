"""Cloud Run Jobs on this machine: jobs are stored, executions run their real commands as processes.

Two renderings of one stored model are served: the Admin API v2 that `google-cloud-run` speaks, and
the Knative-style v1 that `gcloud run jobs` speaks.
"""
