"""The rules of the house that a machine can check: `docs/adr/` and CONTRIBUTING.md say why, these tests hold them."""
