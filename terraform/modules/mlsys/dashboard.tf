locals {
  charts = {
    "Executions by result"      = "metric.type=\"run.googleapis.com/job/completed_execution_count\" AND resource.type=\"cloud_run_job\" AND resource.labels.job_name=\"${local.jobs.predict.name}\""
    "Requests of the gateway"   = "metric.type=\"run.googleapis.com/request_count\" AND resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${local.services.gateway.name}\""
    "Events of the models"      = "metric.type=\"run.googleapis.com/request_count\" AND resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${local.services.register.name}\""
    "CPU seconds of prediction" = "metric.type=\"run.googleapis.com/container/cpu/allocation_time\" AND resource.type=\"cloud_run_job\" AND resource.labels.job_name=\"${local.jobs.predict.name}\""
  }
}

resource "google_monitoring_dashboard" "overview" {
  count = var.has_dashboard ? 1 : 0

  project = var.project_id
  dashboard_json = jsonencode({
    displayName = "MLSys (${var.environment})"
    gridLayout = {
      columns = "2"
      widgets = [
        for title, filter in local.charts : {
          title = title
          xyChart = {
            dataSets = [{
              timeSeriesQuery = {
                timeSeriesFilter = {
                  filter      = filter
                  aggregation = { alignmentPeriod = "300s", perSeriesAligner = "ALIGN_RATE" }
                }
              }
            }]
          }
        }
      ]
    }
  })

  depends_on = [google_project_service.apis]
}
