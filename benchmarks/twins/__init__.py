"""Example programs beside the same model in PyTorch: does it learn as much here?"""
