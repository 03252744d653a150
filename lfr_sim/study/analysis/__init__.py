"""What runs say: differences between policies, intervals over days, what moves an outcome."""
