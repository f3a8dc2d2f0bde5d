from dataclasses import replace

import pytest
from matplotlib.figure import Figure

from dlconcepts.concepts import network
from dlconcepts.concepts.network.equal_parameters import parameters
from dlconcepts.concepts.network.experiment import ARMS, DEEP, DEPTHS, GRID, MODES, SHAPES, SMALL
from dlconcepts.drawing.render import render
from dlconcepts.evidence import records
from dlconcepts.evidence.records import Run
from dlconcepts.training.everyday_torch import by_epoch
from dlconcepts.training.setting import Setting
from dlconcepts.training.train import train

COMMITTED = records.FOLDER / "network.json"


@pytest.mark.parametrize("hidden", [(), (16,), (9, 8, 7)])
def test_ours_and_torchs_learn_the_same_epoch_by_epoch(tiny, hidden):
    setting = replace(network.BASE, hidden=hidden, epochs=3, batch_size=32, lr=0.2)
    theirs = network.in_torch(tiny, setting, seed=3)
    (run,) = train({"a": setting}, [3], tiny)
    for theirs_of_epoch, ours in zip(by_epoch(theirs, setting, 200), run.curves["training loss"], strict=True):
        assert abs(theirs_of_epoch - ours) < 1e-12


FACTS = {
    "weights": 111,
    "biases": 25,
    "parameters by layer": [20, 25, 36, 28, 15, 12],
    "layers before": 0,
    "input changed": 0.0,
    "off torch": 1e-15,
    "most frequent": 0.37,
    "missing": 0,
    "unreached": 0,
    "refusals": {
        "torch.nn.Linear": {"(N, 4)": 0, "(N, 4, 1)": 2},
        "linear, by hand": {"(N, 4)": 0, "(N, 4, 1)": 2},
        "column per sample": {"(N, 4)": 2, "(N, 4, 1)": 0},
        "channels of a convolution": {"(N, 4)": 2, "(N, 4, 1)": 0},
    },
    "ranges": {"sigmoid outside": 0.0, "tanh outside": 0.0, "softmax off": 1e-16, "identity outside": 0.9},
    "outputs amiss": 0,
}
HEARD = {"activations": 1e-16, "batch norm": 0.0, "layer norm": 0.5, "softmax": 0.5}
ANSWERS = {"plain": 0.0, "dropout": 0.1, "batch norm": 0.02, "layer norm": 0.0}
ACCURACY = {label: {1: 0.93, 2: 0.93, 4: 0.92, 8: 0.87}[len(arm.hidden)] for label, arm in DEEP.items()}
ACCURACY |= {label: ACCURACY[label] + 0.03 for label in GRID[max(GRID)].values()}


def runs(accuracies=None, status="ok", facts=None, heard=HEARD, answers=ANSWERS, right=0.92):
    """Five seeds of every arm and of the small network."""
    found, accuracies = [], ACCURACY | (accuracies or {})
    for seed, noise in enumerate([-0.001, 0.0005, 0.0, 0.001, -0.0005]):
        for label, a in accuracies.items():
            found.append(Run(label, seed, status, final={"test accuracy": a + noise * (1 + len(label) % 3)}))
        for label, share in answers.items():
            plain = {"missing": 0, "unreached": 0, "within a layer": heard} if label == "plain" else {}
            changed = share * (1 + noise)
            found.append(Run(label, seed, status, final={"test accuracy": 0.93}, extra={"changed": changed, **plain}))
        found.append(Run(SMALL, seed, final={"test accuracy": right + noise}, extra=FACTS | (facts or {})))
    return found


def outcomes(**world):
    return {name.split(".")[1]: verdict.outcome for name, verdict in network.verdicts(runs(**world)).items()}


def test_the_usual_world_gives_the_usual_verdicts():
    assert outcomes() == {
        "input-layer": "supported",
        "article-net": "supported",
        "input-shape": "conditional",
        "output-range": "supported",
        "fully-connected": "supported",
        "same-layer": "conditional",
        "forward-inference": "conditional",
        "depth-width": "conditional",
    }


@pytest.mark.parametrize(
    ("statement", "facts"),
    [
        ("input-layer", {"input changed": 0.5}),
        ("input-layer", {"layers before": 1}),
        ("input-layer", {"parameters by layer": [8, 20, 25, 36, 28, 15, 12]}),
        ("article-net", {"weights": 110}),
        ("article-net", {"biases": 21}),
        ("article-net", {"off torch": 1e-6}),
        ("output-range", {"outputs amiss": 3}),
        ("output-range", {"ranges": FACTS["ranges"] | {"sigmoid outside": 0.01}}),
        ("output-range", {"ranges": FACTS["ranges"] | {"softmax off": 0.01}}),
        ("fully-connected", {"missing": 1}),
        ("fully-connected", {"unreached": 1}),
    ],
)
def test_a_fact_that_does_not_hold_is_noticed(statement, facts):
    assert outcomes(facts=facts)[statement] == "conditional"


def test_other_worlds_give_other_verdicts():
    taken = {name: {"(N, 4)": 0, "(N, 4, 1)": 0} for name in FACTS["refusals"]}
    assert outcomes(facts={"refusals": taken})["input-shape"] == "supported"
    assert outcomes(right=0.2)["article-net"] == "conditional"
    assert outcomes(heard=dict.fromkeys(HEARD, 0.5))["same-layer"] == "supported"
    assert outcomes(heard=dict.fromkeys(HEARD, 0.0))["same-layer"] == "refuted"
    assert outcomes(answers=dict.fromkeys(ANSWERS, 0.0))["forward-inference"] == "supported"
    assert outcomes(answers=dict.fromkeys(ANSWERS, 0.3))["forward-inference"] == "refuted"
    deeper = {label: 0.9 + 0.01 * len(arm.hidden) for label, arm in DEEP.items()}
    wider = {label: a + 0.05 * (label in GRID[max(GRID)].values()) for label, a in deeper.items()}
    assert outcomes(accuracies=wider)["depth-width"] == "supported"
    assert outcomes(accuracies=dict.fromkeys(DEEP, 0.9))["depth-width"] == "refuted"


def test_where_all_diverged_nothing_is_shown_and_the_figure_is_drawn():
    found = network.verdicts(runs(status="diverged"))
    assert found["network.depth-width"].outcome == "not shown"
    assert "diverged" in network.title(found)
    assert render(lambda figure: network.draw(figure, runs(status="diverged"), found))


def test_the_title_says_what_the_verdicts_say():
    found = network.verdicts(runs())
    assert network.title(found).endswith("more layers at equal size gain under 0.5 points")
    assert network.title(found) in network.alt(found)
    deeper = {GRID[count][depth]: 0.99 for count in GRID for depth in (2, 8)}
    found = network.verdicts(runs(accuracies=deeper))
    assert network.title(found).endswith("gain in 6 of 9 cases")
    assert "136 parameters: conditional" in network.title(network.verdicts(runs(facts={"weights": 110})))


def test_shapes_of_one_size_have_the_same_number_of_parameters():
    for count, shapes in SHAPES.items():
        assert list(shapes) == list(DEPTHS)
        for depth, hidden in shapes.items():
            assert len(hidden) == depth
            assert abs(parameters(784, hidden, 10) / count - 1) < 0.025


def test_arms_differ_in_what_the_question_is_about():
    assert all(replace(arm, hidden=(1,)) == replace(network.BASE, hidden=(1,)) for arm in DEEP.values())
    same = {"dropout": 0.0, "normalization": "none"}
    assert all(replace(ARMS[label], **same) == ARMS["plain"] for label in MODES)


def test_the_figure_writes_the_records_numbers():
    record, figure = records.read(COMMITTED), Figure(layout="constrained")
    network.draw(figure, record.runs, record.found())
    (drawn,) = [run.extra["drawn"] for run in record.runs if "drawn" in run.extra]
    forward, back = ([text.get_text() for text in axes.texts] for axes in figure.axes[:2])
    assert forward[:29] == [network_text(value) for row in drawn["values"] for value in row]
    assert back[:29] == [network_text(value) for row in drawn["slopes"] for value in row]
    assert f"a {drawn['digit']}: {100 * drawn['probabilities'][2]:.0f} %" in forward


def network_text(value):
    """As a circle has it."""
    if abs(value) < 0.995:
        return f"{abs(value):.2f}"[1:] if value > 0 or f"{value:.2f}" == "0.00" else "−" + f"{abs(value):.2f}"[1:]
    return f"{value:.1f}".replace("-", "−")


@pytest.mark.parametrize(
    "override", [{"normalization": "batch norm"}, {"dropout": 0.3}, {"filters": (2,)}, {"hidden": ()}]
)
def test_an_arm_with_another_setting_can_be_looked_at(tiny, override):
    arms = {label: replace(ARMS[label], epochs=1, batch_size=50, **override) for label in ("plain", "dropout")}
    found = network.measure(arms, tiny, [0, 1])
    assert len([run for run in found if run.label == SMALL]) == 2
    assert {run.status for run in found} == {"ok"}


def test_deep_networks_of_the_record_have_learned():
    record = records.read(COMMITTED)
    for label in DEEP:
        assert min(run.final["test accuracy"] for run in record.runs if run.label == label) > 0.5
    assert Setting(**record.settings["plain"]) == ARMS["plain"]
