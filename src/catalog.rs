//! Facts of the cloud: services, resource-types, families, permissions, operations, variables.
