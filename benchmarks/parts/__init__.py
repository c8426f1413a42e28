"""What is measured, part by part. Each takes the run and leaves its figures there."""
