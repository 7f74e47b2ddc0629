"""The indicators that are observed: what each one is, its unit, and the periods it has."""
