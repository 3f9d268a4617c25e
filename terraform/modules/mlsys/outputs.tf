output "gateway_url" {
  value       = google_cloud_run_v2_service.gateway.uri
  description = "Where the gateway answers."
}

output "image_repository" {
  value       = "${var.region}-docker.pkg.dev/${var.project_id}/${google_artifact_registry_repository.images.repository_id}"
  description = "Where images are pushed to."
}

output "workload_identity_provider" {
  value       = google_iam_workload_identity_pool_provider.github.name
  description = "GitHub's variable WORKLOAD_IDENTITY_PROVIDER."
}

output "deployer" {
  value       = google_service_account.deployer.email
  description = "GitHub's variable DEPLOYER."
}

output "terraform" {
  value       = google_service_account.terraform.email
  description = "GitHub's variable TERRAFORMER."
}
