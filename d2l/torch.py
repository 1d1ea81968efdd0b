# d2l.torch: the code that the book saves with `#@save`.
# Generated from the chapters by `polybook library`. Do not edit it: edit the chapters.

import hashlib
import inspect
import shutil
import sys
import tarfile
import time
import zipfile
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

import numpy as np
import torch
from IPython import get_ipython
from IPython.display import display
from matplotlib import pyplot as plt
from matplotlib_inline import backend_inline
from sklearn import datasets
from torch import nn
from torch.nn import functional as F

# Defined in chapters/preface/index.md (sec_code)
d2l = sys.modules[__name__]


# Defined in chapters/preliminaries/calculus.md (sec_slopes)
def use_svg_display():
    """Show plots as SVG, reproducibly."""
    backend_inline.set_matplotlib_formats('svg')
    plt.rcParams['svg.hashsalt'] = 'd2l'


# Defined in chapters/preliminaries/calculus.md (sec_slopes)
def set_figsize(figsize=(3.5, 2.5)):
    """Set the size of the figures that follow."""
    d2l.use_svg_display()
    plt.rcParams['figure.figsize'] = figsize


# Defined in chapters/preliminaries/calculus.md (sec_slopes)
def to_numpy(a):
    """Convert a tensor, an array or a list to a NumPy array."""
    if isinstance(a, torch.Tensor):
        a = a.detach().cpu()
    return np.asarray(a)


# Defined in chapters/preliminaries/calculus.md (sec_slopes)
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


# Defined in chapters/linear-regression/linear-regression.md (sec_linear-regression)
class Timer:
    """Measure durations in seconds, and keep them."""
    def __init__(self):
        self.times = []
        self.start()

    def start(self):
        """Begin to measure."""
        self.begin = time.perf_counter()

    def stop(self):
        """Keep the time since the beginning, and return it."""
        self.times.append(time.perf_counter() - self.begin)
        return self.times[-1]


# Defined in chapters/linear-regression/oo-design.md (sec_oo-design)
def add_to_class(Class):
    """Register the decorated function as a method of `Class`."""
    def wrapper(function):
        setattr(Class, function.__name__, function)
        return function
    return wrapper


# Defined in chapters/linear-regression/oo-design.md (sec_oo-design)
class HyperParameters:
    """The base class of objects that remember their arguments."""
    def save_hyperparameters(self, ignore=()):
        """Store the caller's arguments as attributes, but not `ignore`."""
        frame = inspect.currentframe().f_back
        names, _, _, values = inspect.getargvalues(frame)
        for name in names[1:]:  # names[0] is self
            if name not in ignore:
                setattr(self, name, values[name])


# Defined in chapters/linear-regression/oo-design.md (sec_oo-design)
class ProgressBoard(d2l.HyperParameters):
    """Collect values during training and draw them as curves."""
    def __init__(self, xlabel='epoch', ylabel='loss', yscale='linear',
                 figsize=(3.5, 2.5)):
        self.save_hyperparameters()
        self.clear()

    def clear(self):
        """Forget all values."""
        self.values, self.place, self.drawn = {}, None, 0.0

    def add(self, x, y, label, weight=1):
        """Record the value y at position x of the curve `label`."""
        curve = self.values.setdefault(label, {})
        curve.setdefault(x, []).append((y, weight))

    def points(self, label):
        """Return the positions of a curve and its average value at each."""
        curve = self.values[label]
        return list(curve), [sum(float(y) * n for y, n in pairs)
                             / sum(n for _, n in pairs)
                             for pairs in curve.values()]

    # Defined in chapters/linear-regression/oo-design.md (sec_oo-design)
    def draw(self):
        """Return a figure with all curves."""
        d2l.use_svg_display()
        figure, axes = plt.subplots(figsize=self.figsize)
        styles = ['-', '--', '-.', ':']
        for i, label in enumerate(self.values):
            axes.plot(*self.points(label), styles[i % 4], marker='o',
                      markersize=3, label=label)
        axes.set(xlabel=self.xlabel, ylabel=self.ylabel, yscale=self.yscale)
        axes.grid(alpha=0.4)
        axes.legend()
        return figure

    # Defined in chapters/linear-regression/oo-design.md (sec_oo-design)
    def refresh(self):
        """Draw the curves so far, if watched, at most twice a second."""
        if d2l.is_watched() and time.monotonic() > self.drawn + 0.5:
            figure = self.draw()
            plt.close(figure)
            if self.place:
                self.place.update(figure)
            else:
                self.place = display(figure, display_id=True)
            self.drawn = time.monotonic()

    # Defined in chapters/linear-regression/oo-design.md (sec_oo-design)
    def show(self):
        """Draw all curves, in the place of what `refresh` has drawn."""
        figure = self.draw()
        if self.place:
            plt.close(figure)
            self.place.update(figure)
            self.place = None
        else:
            plt.show()


# Defined in chapters/linear-regression/oo-design.md (sec_oo-design)
def is_watched():
    """Return whether somebody sees the output of a cell while it runs."""
    kernel = getattr(get_ipython(), 'kernel', None)
    return getattr(kernel, '_allow_stdin', False)


# Defined in chapters/linear-regression/oo-design.md (sec_oo-design)
class Module(nn.Module, d2l.HyperParameters):
    """The base class of models."""
    def forward(self, X):
        """Return the predictions for the inputs X."""
        return self.net(X)

    def loss(self, y_hat, y):
        """Return one number that says how far y_hat is from y."""
        raise NotImplementedError

    def training_step(self, batch):
        """Return the loss of a minibatch."""
        *inputs, y = batch
        return self.loss(self(*inputs), y)

    # Defined in chapters/linear-regression/oo-design.md (sec_oo-design)
    def validation_step(self, batch):
        """Return the quantities to record for a minibatch, by name."""
        return {'val_loss': self.training_step(batch)}

    # Defined in chapters/linear-regression/oo-design.md (sec_oo-design)
    def configure_optimizers(self):
        """Return the optimizer that changes the parameters."""
        raise NotImplementedError


# Defined in chapters/linear-regression/oo-design.md (sec_oo-design)
class DataModule(d2l.HyperParameters):
    """The base class of data sets."""
    def get_dataloader(self, train):
        """Return an iterable over minibatches."""
        raise NotImplementedError

    def train_dataloader(self):
        """Return the minibatches for training."""
        return self.get_dataloader(train=True)

    def val_dataloader(self):
        """Return the minibatches for validation."""
        return self.get_dataloader(train=False)

    # Defined in chapters/linear-regression/oo-design.md (sec_oo-design)
    def get_tensorloader(self, tensors, train, indices=slice(0, None)):
        """Return a loader for the rows `indices` of the given tensors."""
        tensors = tuple(tensor[indices] for tensor in tensors)
        dataset = torch.utils.data.TensorDataset(*tensors)
        return torch.utils.data.DataLoader(dataset, self.batch_size,
                                           shuffle=train)


# Defined in chapters/linear-regression/oo-design.md (sec_oo-design)
class Trainer(d2l.HyperParameters):
    """Fit a module to the data of a data module."""
    def __init__(self, max_epochs, show_progress=True):
        self.save_hyperparameters()
        self.board = d2l.ProgressBoard()

    def prepare_data(self, data):
        """Get the loaders."""
        self.train_dataloader = data.train_dataloader()
        self.val_dataloader = data.val_dataloader()

    def prepare_model(self, model):
        """Get the model."""
        self.model = model

    # Defined in chapters/linear-regression/linear-regression-scratch.md (sec_linear-regression-scratch)
    def prepare_batch(self, batch):
        """Make a minibatch ready for the model: nothing to do so far."""
        return batch

    # Defined in chapters/linear-regression/linear-regression-scratch.md (sec_linear-regression-scratch)
    def fit_epoch(self):
        """Learn from each training minibatch, then validate."""
        self.model.train()
        num_batches = len(self.train_dataloader)
        for i, batch in enumerate(self.train_dataloader):
            loss = self.model.training_step(self.prepare_batch(batch))
            self.optim.zero_grad()
            loss.backward()
            self.optim.step()
            x = self.epoch + (4 * i // num_batches + 1) / 4
            self.board.add(x, loss.detach(), 'train_loss', len(batch[-1]))
        self.model.eval()
        with torch.no_grad():
            for batch in self.val_dataloader:
                values = self.model.validation_step(self.prepare_batch(batch))
                for name, value in values.items():
                    self.board.add(self.epoch + 1, value, name, len(batch[-1]))

    # Defined in chapters/linear-regression/oo-design.md (sec_oo-design)
    def fit(self, model, data):
        """Train the model for `max_epochs` epochs and draw the progress."""
        self.prepare_data(data)
        self.prepare_model(model)
        self.optim = model.configure_optimizers()
        self.board.clear()
        for self.epoch in range(self.max_epochs):
            self.fit_epoch()
            if self.show_progress:
                self.board.refresh()
        if self.show_progress:
            self.board.show()


# Defined in chapters/linear-regression/synthetic-regression-data.md (sec_synthetic-regression-data)
class SyntheticRegressionData(d2l.DataModule):
    """Examples of a linear model with normally distributed noise."""
    def __init__(self, w, b, noise=0.1, num_train=1000, num_val=1000,
                 batch_size=32, seed=0):
        super().__init__()
        self.save_hyperparameters()
        n = num_train + num_val
        generator = torch.Generator().manual_seed(seed)
        self.X = torch.randn(n, len(w), generator=generator)
        epsilon = noise * torch.randn(n, 1, generator=generator)
        self.y = self.X @ w.reshape(-1, 1) + b + epsilon

    # Defined in chapters/linear-regression/synthetic-regression-data.md (sec_synthetic-regression-data)
    def get_dataloader(self, train):
        """Return the minibatches of the training or validation examples."""
        rows = slice(0, self.num_train) if train else slice(self.num_train, None)
        return self.get_tensorloader((self.X, self.y), train, rows)


# Defined in chapters/linear-regression/linear-regression-scratch.md (sec_linear-regression-scratch)
class LinearRegressionScratch(d2l.Module):
    """Linear regression with arrays and automatic differentiation."""
    def __init__(self, num_inputs, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.w = torch.normal(0, sigma, (num_inputs, 1), requires_grad=True)
        self.b = torch.zeros(1, requires_grad=True)

    # Defined in chapters/linear-regression/linear-regression-scratch.md (sec_linear-regression-scratch)
    def forward(self, X):
        """Return one prediction per row of X."""
        return X @ self.w + self.b

    # Defined in chapters/linear-regression/linear-regression-scratch.md (sec_linear-regression-scratch)
    def loss(self, y_hat, y):
        """Return half the squared error, averaged over the minibatch."""
        return ((y_hat - y) ** 2 / 2).mean()

    # Defined in chapters/linear-regression/linear-regression-scratch.md (sec_linear-regression-scratch)
    def configure_optimizers(self):
        """Return the optimizer for weights and bias."""
        return d2l.SGD([self.w, self.b], self.lr)


# Defined in chapters/linear-regression/linear-regression-scratch.md (sec_linear-regression-scratch)
class SGD(d2l.HyperParameters):
    """Minibatch stochastic gradient descent."""
    def __init__(self, params, lr):
        self.save_hyperparameters()

    def step(self):
        """Move each parameter against its gradient."""
        with torch.no_grad():
            for param in self.params:
                param -= self.lr * param.grad

    def zero_grad(self):
        """Forget the gradients."""
        for param in self.params:
            param.grad = None


# Defined in chapters/linear-regression/linear-regression-concise.md (sec_linear-regression-concise)
class LinearRegression(d2l.Module):
    """Linear regression with the layers of the framework."""
    def __init__(self, num_inputs, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Linear(num_inputs, 1)

    # Defined in chapters/linear-regression/linear-regression-concise.md (sec_linear-regression-concise)
    def loss(self, y_hat, y):
        """Return half the squared error, averaged over the minibatch."""
        return F.mse_loss(y_hat, y) / 2

    # Defined in chapters/linear-regression/linear-regression-concise.md (sec_linear-regression-concise)
    def configure_optimizers(self):
        """Return the framework's SGD for all parameters."""
        return torch.optim.SGD(self.parameters(), lr=self.lr)

    # Defined in chapters/linear-regression/linear-regression-concise.md (sec_linear-regression-concise)
    def get_w_b(self):
        """Return the weights as a vector, and the bias."""
        return self.net.weight.detach().reshape(-1), self.net.bias.detach()


# Defined in chapters/linear-classification/image-data.md (sec_image-data)
def show_images(images, num_rows, num_cols, titles=None, scale=1.5):
    """Show images in a grid, row by row, dark where a value is large."""
    d2l.use_svg_display()
    _, axes = plt.subplots(num_rows, num_cols, squeeze=False,
                           figsize=(num_cols * scale, num_rows * scale),
                           layout='constrained')
    for axis in axes.flat:
        axis.axis('off')
    for axis, image in zip(axes.flat, images):
        axis.imshow(np.squeeze(d2l.to_numpy(image)), cmap='gray_r')
    if titles is not None:
        for axis, title in zip(axes.flat, d2l.to_numpy(titles)):
            axis.set_title(title)
    plt.show()


# Defined in chapters/linear-classification/image-data.md (sec_image-data)
class Digits(d2l.DataModule):
    """Handwritten digits, 8 by 8 pixels, each with its class."""
    def __init__(self, batch_size=64, seed=0):
        super().__init__()
        self.save_hyperparameters()
        X, y = datasets.load_digits(return_X_y=True)
        order = np.random.default_rng(seed).permutation(len(y))
        X = X[order].reshape(-1, 1, 8, 8) / 16
        self.X = torch.tensor(X, dtype=torch.float32)
        self.y = torch.tensor(y[order], dtype=torch.int64)
        self.num_train = 1437

    # Defined in chapters/linear-classification/image-data.md (sec_image-data)
    def get_dataloader(self, train):
        """Return the minibatches of the training or validation examples."""
        rows = slice(0, self.num_train) if train else slice(self.num_train, None)
        return self.get_tensorloader((self.X, self.y), train, rows)


# Defined in chapters/linear-classification/classification.md (sec_classification)
class Classifier(d2l.Module):
    """The base class of models that choose one of several classes."""
    def accuracy(self, y_hat, y):
        """Return the share of correct answers in a minibatch."""
        return (y_hat.argmax(dim=-1) == y).float().mean()

    # Defined in chapters/linear-classification/classification.md (sec_classification)
    def validation_step(self, batch):
        """Return loss and accuracy of a minibatch."""
        *inputs, y = batch
        y_hat = self(*inputs)
        return {'val_loss': self.loss(y_hat, y),
                'val_acc': self.accuracy(y_hat, y)}

    # Defined in chapters/linear-classification/classification.md (sec_classification)
    def configure_optimizers(self):
        """Return the framework's SGD for all parameters."""
        return torch.optim.SGD(self.parameters(), lr=self.lr)

    # Defined in chapters/linear-classification/softmax-regression-concise.md (sec_softmax-regression-concise)
    def loss(self, y_hat, y):
        """Return the mean cross-entropy of logits and labels."""
        return F.cross_entropy(y_hat, y)


# Defined in chapters/linear-classification/classification.md (sec_baselines)
class Accumulator:
    """Add up several quantities at the same time."""
    def __init__(self, n):
        self.sums = [0.0] * n

    def add(self, *values):
        """Add one value to each sum."""
        self.sums = [a + float(b)
                     for a, b in zip(self.sums, values, strict=True)]

    def __getitem__(self, i):
        return self.sums[i]


# Defined in chapters/linear-classification/softmax-regression-scratch.md (sec_softmax-regression-scratch)
def softmax(O):
    """Turn each row of logits into probabilities."""
    E = torch.exp(O)
    return E / E.sum(1, keepdim=True)


# Defined in chapters/linear-classification/softmax-regression-scratch.md (sec_softmax-regression-scratch)
def cross_entropy(P, y):
    """Return the mean of -log of the true classes' probabilities."""
    return -torch.log(P[torch.arange(len(y)), y]).mean()


# Defined in chapters/linear-classification/softmax-regression-scratch.md (sec_softmax-regression-scratch)
class SoftmaxRegressionScratch(d2l.Classifier):
    """Softmax regression with arrays and automatic differentiation."""
    def __init__(self, num_inputs, num_outputs, lr, sigma=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.W = torch.normal(0, sigma, (num_inputs, num_outputs),
                              requires_grad=True)
        self.b = torch.zeros(num_outputs, requires_grad=True)

    # Defined in chapters/linear-classification/softmax-regression-scratch.md (sec_softmax-regression-scratch)
    def forward(self, X):
        """Return the probabilities of the classes, one row per image."""
        return d2l.softmax(X.reshape((-1, self.num_inputs)) @ self.W + self.b)

    # Defined in chapters/linear-classification/softmax-regression-scratch.md (sec_softmax-regression-scratch)
    def loss(self, y_hat, y):
        """Return the cross-entropy, averaged over the minibatch."""
        return d2l.cross_entropy(y_hat, y)

    # Defined in chapters/linear-classification/softmax-regression-scratch.md (sec_softmax-regression-scratch)
    def configure_optimizers(self):
        """Return the optimizer for weights and biases."""
        return d2l.SGD([self.W, self.b], self.lr)


# Defined in chapters/linear-classification/softmax-regression-concise.md (sec_softmax-regression-concise)
class SoftmaxRegression(d2l.Classifier):
    """Softmax regression with the layers of the framework."""
    def __init__(self, num_outputs, lr, num_inputs=64):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Linear(num_inputs, num_outputs)

    # Defined in chapters/linear-classification/softmax-regression-concise.md (sec_softmax-regression-concise)
    def forward(self, X):
        """Return the logits of the classes, one row per example."""
        return self.net(X.reshape((len(X), -1)))


# Defined in chapters/multilayer-perceptrons/mlp-implementation.md (sec_mlp-implementation)
class MLP(d2l.Classifier):
    """A network with one hidden layer of ReLU units."""
    def __init__(self, num_inputs, num_outputs, num_hiddens, lr):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Linear(num_inputs, num_hiddens),
                                 nn.ReLU(),
                                 nn.Linear(num_hiddens, num_outputs))

    # Defined in chapters/multilayer-perceptrons/mlp-implementation.md (sec_mlp-implementation)
    def forward(self, X):
        """Return the logits of the classes, one row per example."""
        return self.net(X.reshape((len(X), -1)))


# Defined in chapters/multilayer-perceptrons/prediction-project.md (sec_prediction-project)
def sha256_of(path):
    """Return the SHA-256 checksum of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


# Defined in chapters/multilayer-perceptrons/prediction-project.md (sec_prediction-project)
def fetch(url, part):
    """Download into the file `part`, from where an earlier attempt ended."""
    start = part.stat().st_size if part.exists() else 0
    headers = {'Range': f'bytes={start}-'} if start else {}
    try:
        with urlopen(Request(url, headers=headers), timeout=60) as answer:
            mode = 'ab' if answer.status == 206 else 'wb'
            with open(part, mode) as file:
                shutil.copyfileobj(answer, file)
            if answer.length:
                raise ConnectionError(f'{url} broke off; call again to go on')
    except HTTPError as error:
        if error.code != 416 or not start:
            raise
        part.unlink()
        d2l.fetch(url, part)


# Defined in chapters/multilayer-perceptrons/prediction-project.md (sec_prediction-project)
def download(url, sha256, folder='../data'):
    """Return the path of the file at `url`, downloaded unless it is there."""
    path = Path(folder) / unquote(urlsplit(url).path).rpartition('/')[2]
    if path.exists() and d2l.sha256_of(path) == sha256:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + '.part')
    d2l.fetch(url, part)
    found = d2l.sha256_of(part)
    if found != sha256:
        part.unlink()
        raise ValueError(f'{path.name} has the checksum {found}, '
                         f'not {sha256}')
    return part.replace(path)


# Defined in chapters/multilayer-perceptrons/prediction-project.md (sec_prediction-project)
def extract(path, folder):
    """Unpack a zip or tar archive into a folder, and return the folder."""
    folder = Path(folder)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                target = (folder / name).resolve()
                if not target.is_relative_to(folder.resolve()):
                    raise ValueError(f'{name} would leave {folder}')
            archive.extractall(folder)
    else:
        with tarfile.open(path) as archive:
            archive.extractall(folder, filter='data')
    return folder
