output "deployment" {
  value       = module.mlsys
  description = "What GitHub's variables and the callers of the gateway need."
}
