resource "google_project_iam_member" "predict_opens_read_sessions" {
  project = var.project_id
  role    = "roles/bigquery.readSessionUser"
  member  = module.jobs["predict"].service_account.member
}

resource "google_bigquery_dataset_iam_member" "predict_reads" {
  for_each = var.input_datasets

  project    = var.project_id
  dataset_id = each.key
  role       = "roles/bigquery.dataViewer"
  member     = module.jobs["predict"].service_account.member
}

resource "google_bigquery_dataset_iam_member" "predict_writes" {
  for_each = var.output_datasets

  project    = var.project_id
  dataset_id = each.key
  role       = "roles/bigquery.dataEditor"
  member     = module.jobs["predict"].service_account.member
}
