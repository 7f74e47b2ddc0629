"""The library of special-bond projects, from first idea to application (B2)."""
