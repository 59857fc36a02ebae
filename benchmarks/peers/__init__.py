"""What runs inside a package's own interpreter: it needs that package and NumPy alone."""
