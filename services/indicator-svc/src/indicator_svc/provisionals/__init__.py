"""Figures that other services' facts give before anybody publishes them; shown beside the official ones, never in their place."""
