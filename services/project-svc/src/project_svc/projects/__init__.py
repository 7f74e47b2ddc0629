"""The register of construction projects (建设项目台账)."""
