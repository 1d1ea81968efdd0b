"""The classes that a model, its data and its training are divided into."""

from __future__ import annotations

from book.figures.drawing import AMBER, BLUE, GREEN, WHITE, Colour, Drawing

# For each class: what it stands for, its place, width and colour, and its methods.
CLASSES: list[tuple[str, str, float, float, Colour, list[str]]] = [
    (
        "DataModule",
        "the examples",
        24,
        156,
        GREEN,
        ["get_dataloader", "train_dataloader", "val_dataloader", "get_tensorloader"],
    ),
    ("Trainer", "the procedure", 278, 124, AMBER, ["fit", "fit_epoch", "prepare_batch"]),
    (
        "Module",
        "the model",
        480,
        176,
        BLUE,
        ["forward, loss", "training_step", "validation_step", "configure_optimizers"],
    ),
]


def draw() -> str:
    """Return the figure as SVG."""
    picture = Drawing(
        "linreg-classes",
        680,
        330,
        "Module, DataModule and Trainer",
        "Three boxes side by side. The Trainer in the middle receives minibatches from the "
        "DataModule on its left. It passes them to the Module on its right and receives the loss. "
        "Below, an optimizer, chosen by the Module and driven by the Trainer, changes the "
        "parameters of the Module.",
    )
    for name, meaning, x, width, colour, methods in CLASSES:
        picture.box(x, 30, width, 178, colour, radius=8)
        picture.text(x + width / 2, 51, name, size=15, bold=True)
        picture.note(x + width / 2, 72, meaning)
        for row, method in enumerate(methods):
            picture.text(x + 14, 107 + 24 * row, method, size=13, anchor="start")
    picture.box(278, 258, 124, 46, WHITE, radius=8)
    picture.text(340, 281, "optimizer", size=15)
    picture.arrow((180, 112), (276, 112))
    picture.arrow((402, 94), (478, 94))
    picture.arrow((480, 142), (404, 142))
    picture.arrow((340, 208), (340, 256))
    picture.arrow((402, 281), (568, 281), (568, 210))
    picture.text(228, 99, "minibatches", size=13)
    picture.text(440, 81, "minibatch", size=13)
    picture.text(440, 129, "loss", size=13)
    picture.text(332, 232, "one step per minibatch", size=13, anchor="end")
    picture.text(486, 295, "changes the parameters", size=13)
    return picture.svg()
