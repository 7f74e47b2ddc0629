"""Milestones of projects: plan, re-baselines, completions (倒排工期、挂图作战)."""
