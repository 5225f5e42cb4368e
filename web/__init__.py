"""HTTP doors that are not GraphQL."""
