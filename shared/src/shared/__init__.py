"""What the four services share: contracts (facts), kit (how a service is built), testing."""
