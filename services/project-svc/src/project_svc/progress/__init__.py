"""Monthly cumulative investment of projects (年度累计完成投资)."""
