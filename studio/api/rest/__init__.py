"""The doors that carry files: bundles and exports. Everything else is GraphQL."""
