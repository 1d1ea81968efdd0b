"""The library of the book Deep Learning by Doing.

One module for each framework, made of the cells that the book marks with
``#@save``::

    from d2l import torch as d2l
"""

__version__ = "0.1.0"
