output "id" {
  value       = google_cloud_run_v2_job.job.id
  description = "projects/PROJECT/locations/REGION/jobs/NAME."
}

output "name" {
  value       = google_cloud_run_v2_job.job.name
  description = "The job's name, known to grants once the job exists."
}

output "service_account" {
  value       = google_service_account.account
  description = "The service account that the job runs as."
}
