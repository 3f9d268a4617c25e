resource "google_bigquery_dataset" "registry" {
  project                    = var.project_id
  dataset_id                 = local.catalog.dataset
  location                   = var.region
  description                = "The model registry and the log of prediction runs."
  max_time_travel_hours      = "168"
  delete_contents_on_destroy = var.environment == "dev"

  depends_on = [google_project_service.apis]
}

resource "google_bigquery_table" "tables" {
  for_each = local.catalog.tables

  project             = var.project_id
  dataset_id          = google_bigquery_dataset.registry.dataset_id
  table_id            = each.key
  schema              = file("${local.folder}/${each.value.schema}")
  clustering          = each.value.clustering
  deletion_protection = var.environment != "dev"

  time_partitioning {
    type  = "DAY"
    field = each.value.partition_field
  }
}

resource "google_bigquery_table" "views" {
  #checkov:skip=CKV_GCP_121:a view holds nothing
  for_each = local.views

  project             = var.project_id
  dataset_id          = google_bigquery_dataset.registry.dataset_id
  table_id            = each.key
  deletion_protection = false

  view {
    query          = each.value
    use_legacy_sql = false
  }

  depends_on = [google_bigquery_table_iam_member.terraform_makes_the_view]
}

resource "google_bigquery_dataset_iam_member" "registry_readers" {
  for_each = {
    gateway  = google_service_account.gateway.member
    predict  = module.jobs["predict"].service_account.member
    registry = module.jobs["registry"].service_account.member
  }

  project    = var.project_id
  dataset_id = google_bigquery_dataset.registry.dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = each.value
}

# Whoever drops models may ask what became of them.
resource "google_bigquery_dataset_iam_member" "publishers_read_the_registry" {
  for_each = var.model_publishers

  project    = var.project_id
  dataset_id = google_bigquery_dataset.registry.dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = each.key
}

# BigQuery makes a view only for whoever may query what is below it.
resource "google_bigquery_table_iam_member" "terraform_makes_the_view" {
  project    = var.project_id
  dataset_id = google_bigquery_dataset.registry.dataset_id
  table_id   = google_bigquery_table.tables["model_registry_events"].table_id
  role       = "roles/bigquery.dataViewer"
  member     = google_service_account.terraform.member
}

resource "google_bigquery_table_iam_member" "writers" {
  for_each = {
    predict  = { table = "prediction_runs", member = module.jobs["predict"].service_account.member }
    register = { table = "model_registry_events", member = google_service_account.register.member }
    registry = { table = "model_registry_events", member = module.jobs["registry"].service_account.member }
  }

  project    = var.project_id
  dataset_id = google_bigquery_dataset.registry.dataset_id
  table_id   = google_bigquery_table.tables[each.value.table].table_id
  role       = "roles/bigquery.dataEditor"
  member     = each.value.member
}

# Running a query is a right of the project; what it may read is not.
resource "google_project_iam_member" "query_runners" {
  for_each = {
    gateway  = google_service_account.gateway.member
    predict  = module.jobs["predict"].service_account.member
    registry = module.jobs["registry"].service_account.member
  }

  project = var.project_id
  role    = "roles/bigquery.jobUser"
  member  = each.value
}

# People and accounts beside the deployment's own: those who read the registry, and those who move aliases.
resource "google_bigquery_dataset_iam_member" "readers" {
  for_each = setunion(var.registry_readers, var.registrars)

  project    = var.project_id
  dataset_id = google_bigquery_dataset.registry.dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = each.key
}

resource "google_bigquery_table_iam_member" "registrars" {
  for_each = var.registrars

  project    = var.project_id
  dataset_id = google_bigquery_dataset.registry.dataset_id
  table_id   = google_bigquery_table.tables["model_registry_events"].table_id
  role       = "roles/bigquery.dataEditor"
  member     = each.key
}

resource "google_project_iam_member" "readers_run_queries" {
  for_each = setunion(var.registry_readers, var.registrars)

  project = var.project_id
  role    = "roles/bigquery.jobUser"
  member  = each.key
}
