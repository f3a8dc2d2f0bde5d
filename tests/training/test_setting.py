from dataclasses import replace

import pytest

from dlconcepts.gallery.request import Request, arms_of
from dlconcepts.rules.optimizer import optimizers
from dlconcepts.training.setting import Setting, parse


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("lr=.3", "lr", 0.3),
        ("epochs=2", "epochs", 2),
        ("hidden=64,32", "hidden", (64, 32)),
        ("hidden=", "hidden", ()),
        ("activation=tanh", "activation", "tanh"),
        ("bias=false", "bias", False),
        ("bias=True", "bias", True),
    ],
)
def test_an_assignment_is_read_by_its_fields_type(text, field, value):
    assert parse(text) == (field, value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lr=abc", r"lr='abc': expected a number"),
        ("lr=nan", r"lr=nan: expected a finite number above 0"),
        ("lr=inf", r"lr=inf: expected a finite number above 0"),
        ("lr=1e400", r"lr=inf: expected a finite"),
        ("lr=-1", r"lr=-1.0: expected a finite number above 0"),
        ("lr=0", r"lr=0.0: expected a finite number above 0"),
        ("lr=", r"lr='': expected a number"),
        ("lr", r"'lr': expected FIELD=VALUE"),
        ("epochs=1.5", r"epochs='1.5': expected a whole number"),
        ("epochs=-3", r"epochs=-3: expected a whole number from 1"),
        ("batch_size=0", r"batch_size=0: expected a whole number from 1"),
        ("hidden=64,x", r"hidden='64,x': expected whole numbers"),
        ("hidden=0", r"hidden=0: expected a whole number from 1"),
        ("bias=0", r"bias='0': expected true or false"),
        ("bias=", r"bias='': expected true or false"),
        ("activation=rleu", r"did you mean 'relu'\?"),
        ("optimizer=sdg", r"did you mean 'sgd'\?"),
        ("loss=x", r"loss='x': expected one of .*cross-entropy"),
        ("learning=1", r"field='learning': expected one of hidden, filters, activation"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_allowed(text, message):
    with pytest.raises(ValueError, match=message):
        parse(text)


@pytest.mark.parametrize("fields", [{"filters": (8,)}, {"shift": 1}])
def test_features_are_no_images(fields):
    for inputs in ("HOG", "measurements"):
        with pytest.raises(ValueError, match=f"inputs='{inputs}': expected pixels"):
            Setting(inputs=inputs, **fields)


def test_early_stopping_looks_at_every_epoch():
    with pytest.raises(ValueError, match="validate_every=2: expected 1 with early stopping"):
        Setting(patience=3, validate_every=2)


def test_truth_values_are_no_numbers():
    with pytest.raises(ValueError, match="lr=True"):
        Setting(lr=True)
    with pytest.raises(ValueError, match="epochs=True"):
        Setting(epochs=True)


@pytest.mark.parametrize("value", [0, 1, None, "no", "true"])
def test_only_truth_values_say_whether_there_is_a_bias(value):
    with pytest.raises(ValueError, match=r"bias=.*expected true or false"):
        Setting(bias=value)


def test_kernels_keep_their_bias():
    with pytest.raises(ValueError, match="bias=False: expected True with filters"):
        Setting(bias=False, filters=(2,))


def test_a_stack_may_differ_in_learning_rate_alone():
    setting = Setting()
    assert replace(setting, lr=0.5).code() == setting.code()
    for other in [{"hidden": (5,)}, {"activation": "tanh"}, {"batch_size": 3}, {"epochs": 1}, {"bias": False}]:
        assert replace(setting, **other).code() != setting.code()


def test_a_setting_becomes_plain_json():
    assert Setting(hidden=[3, 2]).plain()["hidden"] == [3, 2]
    assert Setting(hidden=[3, 2]).hidden == (3, 2)


@pytest.mark.parametrize("optimizer", optimizers)
def test_an_optimizers_own_weight_decay_counts_unless_another_is_given(optimizer):
    setting = Setting(optimizer=optimizer)
    assert setting.weight_decay == {"adamw": 0.01, "muon": 0.1}.get(optimizer, 0)  # torch's
    assert Setting(optimizer=optimizer, weight_decay=0.0).weight_decay == 0
    assert Setting(**{**Setting().plain(), "optimizer": optimizer}).weight_decay == 0  # as a record has it


def test_set_optimizer_brings_its_own_weight_decay_where_the_arm_has_none_of_its_own():
    def decays(**overrides):
        arms = arms_of("regularization", Request(overrides=overrides))
        return {label: arm.weight_decay for label, arm in arms.items()}

    plain, adamw = decays(), decays(optimizer="adamw")
    assert any(plain.values())
    assert adamw == {label: decay or 0.01 for label, decay in plain.items()}
    assert set(decays(optimizer="adamw", weight_decay=0.0).values()) == {0}
    assert decays(optimizer="adam") == plain
