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
