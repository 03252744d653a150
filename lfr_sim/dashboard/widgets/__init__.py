"""The few widgets of the dashboard: each a Python class and the browser's half beside it."""
