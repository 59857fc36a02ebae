"""Data sets: each is a module with ``load_data() -> (x_train, y_train), (x_test, y_test)``.

| module | what | comes from |
|---|---|---|
| `digits` | 1,797 handwritten digits, 8 x 8 | the package itself |
| `product` | products of two marked numbers in a long sequence | made |
| `cosine` | a noisy periodic series, in windows | made |
| `imdb` | 50,000 film reviews, positive or negative | a file |
| `reuters` | 11,228 newswires on 46 topics | a file |
| `mnist` | 70,000 handwritten digits, 28 x 28 | a file |

A file is looked for in the folder that the environment variable `SUNHWAN_DATA` names, then in
`cache_folder()`, and is else downloaded there once, from where Keras's loaders get it.
"""

from sunhwan._engine.absent import absent_names
from sunhwan.datasets import cosine, digits, imdb, mnist, product, reuters
from sunhwan.datasets._cache import cache_folder
from sunhwan.datasets._download import DownloadError

__all__ = [
    "DownloadError",
    "cache_folder",
    "cosine",
    "digits",
    "imdb",
    "mnist",
    "product",
    "reuters",
]

__getattr__ = absent_names(__name__, __all__)
