"""The dashboard: what a deployment would do, in pages that anybody can read."""
