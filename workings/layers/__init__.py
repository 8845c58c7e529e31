"""Layers: one layer or one family per file, formulas only."""

from workings.layers.activations import Exp as Exp
from workings.layers.activations import Gelu as Gelu
from workings.layers.activations import Identity as Identity
from workings.layers.activations import LeakyRelu as LeakyRelu
from workings.layers.activations import Relu as Relu
from workings.layers.activations import Sigmoid as Sigmoid
from workings.layers.activations import Softmax as Softmax
from workings.layers.activations import Softplus as Softplus
from workings.layers.activations import Tanh as Tanh
from workings.layers.attention import Attention as Attention
from workings.layers.cells import GruCell as GruCell
from workings.layers.cells import LstmCell as LstmCell
from workings.layers.cells import RnnCell as RnnCell
from workings.layers.convolution import Convolution as Convolution
from workings.layers.dense import Dense as Dense
from workings.layers.dropout import Dropout as Dropout
from workings.layers.embedding import Embedding as Embedding
from workings.layers.join import Add as Add
from workings.layers.join import Concat as Concat
from workings.layers.normalization import BatchNorm as BatchNorm
from workings.layers.pooling import MaxPool as MaxPool
from workings.layers.positions import Positions as Positions
from workings.layers.recurrent import Recurrent as Recurrent
from workings.layers.reshape import Flatten as Flatten
from workings.layers.reshape import Last as Last
from workings.layers.select import Select as Select
