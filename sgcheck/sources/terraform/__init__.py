"""Plans and states of Terraform and OpenTofu, as `terraform show -json` and `terraform state pull` print them.

Each resource is translated into the record that AWS would answer with, so that nothing behind this package knows of
Terraform: `document` reads the text, `references` follows the configuration to what a value will be, a module for each
family of resources translates, and `translate` hands the records to whoever reads files.
"""
