# d2l.tensorflow: the code that the book saves with `#@save`.
# Generated from the chapters by `polybook library`. Do not edit it: edit the chapters.

import inspect
import sys
import time

import numpy as np
import tensorflow as tf
from matplotlib import pyplot as plt
from matplotlib_inline import backend_inline

# Defined in chapters/preface/index.md (sec_code)
d2l = sys.modules[__name__]
