"""Models and weights from elsewhere: files of Keras 2 and 3, and state dicts of PyTorch.

Neither package is needed, and code in their files is never run. What Keras and PyTorch call things
is known here alone.
"""
