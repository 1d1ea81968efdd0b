import math
import alphakit as al
from alphakit import nn

nn_Module = nn.Module

#################   WARNING   ################
# The below part is generated automatically through:
#    d2lbook build lib
# Don't edit it directly

def double(x):
    return x + x
