"""The recorder imports Keras and PyTorch, which tests do without: pytest leaves it alone."""

collect_ignore_glob = ["record*.py"]
