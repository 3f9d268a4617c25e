resource "google_cloud_run_v2_job_iam_member" "scheduler_launches_registry" {
  project  = var.project_id
  location = var.region
  name     = module.jobs["registry"].name
  role     = "roles/run.invoker"
  member   = google_service_account.scheduler.member
}
