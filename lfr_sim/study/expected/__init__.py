"""What a run's rare counts are on average, given who walked past."""
