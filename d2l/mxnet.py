# d2l.mxnet: the code that the book saves with `#@save`.
# Generated from the chapters by `polybook library`. Do not edit it: edit the chapters.

import inspect
import sys
import time

import numpy as np
from matplotlib import pyplot as plt
from matplotlib_inline import backend_inline
from mxnet import autograd, gluon, init, np as mnp, npx
from mxnet.gluon import nn

# Defined in chapters/preface/index.md (sec_code)
d2l = sys.modules[__name__]

# Defined in chapters/preface/index.md (sec_code)
npx.set_np()


# Defined in chapters/preliminaries/automatic-differentiation.md (sec_slopes)
def use_svg_display():
    """Show plots as SVG, reproducibly."""
    backend_inline.set_matplotlib_formats('svg')
    plt.rcParams['svg.hashsalt'] = 'd2l'


# Defined in chapters/preliminaries/automatic-differentiation.md (sec_slopes)
def set_figsize(figsize=(3.5, 2.5)):
    """Set the size of the figures that follow."""
    d2l.use_svg_display()
    plt.rcParams['figure.figsize'] = figsize


# Defined in chapters/preliminaries/automatic-differentiation.md (sec_slopes)
def to_numpy(a):
    """Convert a tensor, an array or a list to a NumPy array."""
    if isinstance(a, mnp.ndarray):
        return a.asnumpy()
    if isinstance(a, (list, tuple)):
        a = [d2l.to_numpy(entry) for entry in a]
    return np.asarray(a)


# Defined in chapters/preliminaries/automatic-differentiation.md (sec_slopes)
def plot(X, Y, xlabel=None, ylabel=None, legend=None, xlim=None, ylim=None,
         xscale='linear', yscale='linear', fmts=('-', '--', '-.', ':'),
         figsize=(3.5, 2.5), axes=None):
    """Draw the curve Y, or each curve in the list Y, over X."""
    def is_list_of_curves(a):
        return isinstance(a, (list, tuple)) and np.ndim(a[0]) > 0

    if axes is None:
        d2l.set_figsize(figsize)
        axes = plt.gca()
    Y = Y if is_list_of_curves(Y) else [Y]
    X = X if is_list_of_curves(X) else [X] * len(Y)
    for i, (x, y) in enumerate(zip(X, Y, strict=True)):
        axes.plot(d2l.to_numpy(x), d2l.to_numpy(y), fmts[i % len(fmts)])
    settings = dict(xlabel=xlabel, ylabel=ylabel, xscale=xscale,
                    yscale=yscale, xlim=xlim, ylim=ylim)
    axes.set(**{k: v for k, v in settings.items() if v is not None})
    if legend:
        axes.legend(legend)
    axes.grid(True)
