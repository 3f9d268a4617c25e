# Addresses of deployments that were applied before the jobs had a module of their own.
moved {
  from = google_service_account.predict
  to   = module.jobs["predict"].google_service_account.account
}

moved {
  from = google_cloud_run_v2_job.predict
  to   = module.jobs["predict"].google_cloud_run_v2_job.job
}

moved {
  from = google_cloud_run_v2_job_iam_member.gateway_launches_predict
  to   = module.jobs["predict"].google_cloud_run_v2_job_iam_member.members["gateway_launches"]
}

moved {
  from = google_cloud_run_v2_job_iam_member.gateway_watches_predict
  to   = module.jobs["predict"].google_cloud_run_v2_job_iam_member.members["gateway_watches"]
}

moved {
  from = google_service_account.registry
  to   = module.jobs["registry"].google_service_account.account
}

moved {
  from = google_cloud_run_v2_job.registry
  to   = module.jobs["registry"].google_cloud_run_v2_job.job
}

moved {
  from = google_cloud_run_v2_job_iam_member.gateway_launches_registry
  to   = module.jobs["registry"].google_cloud_run_v2_job_iam_member.members["gateway_launches"]
}

moved {
  from = google_cloud_run_v2_job_iam_member.gateway_watches_registry
  to   = module.jobs["registry"].google_cloud_run_v2_job_iam_member.members["gateway_watches"]
}
