"""What a reader of a beginner's glossary looks up is found, by the spellings that libraries and articles use."""

import pytest

from dlconcepts import glossary
from dlconcepts.glossary import explain

LOOKED_UP = {  # by concept, though an entry may be another's: the names that must be found
    "activation": ["activation function", "Activation functions", "ReLU", "sigmoid", "tanh"],
    "backprop": ["back-propagation", "Backpropagation", "Back Propagation", "gradient", "chain rule", "calculus"],
    "batch_size": ["batch size", "Batch_Size", "mini-batch", "minibatch"],
    "epochs": ["epoch", "Training Epochs", "step", "iteration", "convergence", "early stopping"],
    "features": ["feature", "features", "feature extraction", "learning by example"],
    "learning_rate": ["learning rate", "learning_rate", "gradient descent", "local minimum", "local minima"],
    "loss": [
        *("loss", "loss function", "cost function", "mean squared error", "mse", "MSE", "softmax"),
        *("binary cross-entropy", "binary_crossentropy", "logloss"),
        *("categorical cross-entropy", "categorical_crossentropy", "cross entropy"),
    ],
    "metrics": [
        *("accuracy", "precision", "recall", "sensitivity", "F1", "f1 score", "performance metrics", "probability"),
        *("validation accuracy", "validation loss", "mean absolute error", "MAE"),
    ],
    "network": [
        *("input layer", "hidden layer", "hidden layers", "output layer", "input shape", "linear algebra"),
        *("forward propagation", "inference", "fully connected layer", "Fully Connected Layers"),
    ],
    "neuron": ["neuron", "node", "connection", "connections", "weight", "weights", "parameter", "bias", "offset"],
    "normalization": ["normalization", "min-max", "standardization", "batch norm", "batch normalization", "layer norm"],
    "optimizer": ["optimizer", "model optimizers", "numerical optimization"],
    "regularization": [
        *("regularization", "over-fitting", "overfitting", "L1", "LASSO", "lasso", "L2", "Ridge"),
        *("penalty coefficient", "lambda", "λ", "regularization term", "dropout"),
    ],
}


def test_the_list_has_every_concept():
    assert set(glossary.concepts()) == LOOKED_UP.keys()


@pytest.mark.parametrize("name", [name for names in LOOKED_UP.values() for name in names])
def test_what_is_looked_up_is_found_with_a_number_and_a_picture(name):
    found = explain.explain(name)
    assert found is not None, f"{name!r}: no term; an entry or an alias is missing in glossary.toml"
    assert found["term"], f"{name!r} is no term"
    assert found["figure"]
    assert any(row["verdict"] for row in found["statements"])
