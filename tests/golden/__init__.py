"""Numbers of Keras and PyTorch, recorded into small fixtures, and what reads them again."""
