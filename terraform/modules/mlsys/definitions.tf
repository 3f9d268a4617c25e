# What both clouds are made from; definitions/README.md says what each file holds.
locals {
  folder = "${path.module}/definitions"
  placeholders = {
    project_id    = var.project_id
    region        = var.region
    environment   = var.environment
    bucket_prefix = var.bucket_prefix
    runtimes      = join(",", var.runtimes)
  }

  variables = yamldecode(templatefile("${local.folder}/environment.yaml", local.placeholders))
  buckets   = yamldecode(templatefile("${local.folder}/buckets.yaml", local.placeholders))
  triggers  = yamldecode(templatefile("${local.folder}/triggers.yaml", local.placeholders))
  schedules = yamldecode(templatefile("${local.folder}/schedules.yaml", local.placeholders))
  catalog   = yamldecode(templatefile("${local.folder}/tables.yaml", local.placeholders))

  jobs = {
    for path in fileset(local.folder, "jobs/*.yaml") :
    trimsuffix(basename(path), ".yaml") => yamldecode(templatefile("${local.folder}/${path}", local.placeholders))
  }
  services = {
    for path in fileset(local.folder, "services/*.yaml") :
    trimsuffix(basename(path), ".yaml") => yamldecode(templatefile("${local.folder}/${path}", local.placeholders))
  }
  views = {
    for name, path in local.catalog.views :
    name => templatefile("${local.folder}/${path}", merge(local.placeholders, { dataset = local.catalog.dataset }))
  }
}
