import json
import subprocess
import sys
from contextlib import suppress

import pytest

from dlconcepts import glossary
from dlconcepts.commands import cli
from dlconcepts.evidence import records


def run(*arguments, **options):
    command = [sys.executable, "-m", "dlconcepts", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def test_list_names_concepts_terms_and_outcomes(capsys):
    assert cli.main(["list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["concepts"]
    assert [row["concept"] for row in rows] == glossary.concepts()
    for row in rows:
        assert row["question"].endswith("?")
        assert row["terms"] == glossary.terms(row["concept"])
        assert sum(row["verdicts"].values()) == len(glossary.statements(row["concept"]))
    assert cli.main(["list"]) == 0
    assert "activation function" in capsys.readouterr().out


def test_verify_prints_a_row_for_every_gradient(capsys):
    assert cli.main(["verify", "linear", "--json"]) == 0
    table = json.loads(capsys.readouterr().out)
    assert [row["gradient"] for row in table["rows"]] == ["y", "dx", "dW", "db"]
    assert table["passed"] is True
    assert cli.main(["verify", "linear", "relu"]) == 0
    assert capsys.readouterr().out.count(" ok\n") == 6


def test_verify_fails_for_a_wrong_backward(monkeypatch, capsys):
    from dlconcepts import rules

    right = rules.rules["sigmoid"]
    wrong = right._replace(backward=lambda dy, x: (right.backward(dy, x)[0] * (1 + 1e-6),))
    monkeypatch.setitem(rules.rules, "sigmoid", wrong)
    assert cli.main(["verify", "sigmoid"]) == 1
    assert "WRONG" in capsys.readouterr().out
    monkeypatch.setitem(rules.rules, "sigmoid", right._replace(forward=lambda x: (x.tanh(), (x,))))
    assert cli.main(["verify", "sigmoid", "--dtype", "float32"]) == 0  # wrong, but as wrong in float64
    monkeypatch.setitem(rules.rules, "sigmoid", right._replace(forward=lambda x: (x.exp() / (1 + x.exp()), (x,))))
    assert cli.main(["verify", "sigmoid", "--dtype", "float16"]) == 1
    assert "WRONG" in capsys.readouterr().out


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_verify_measures_a_type_in_its_eps_beside_torch(capsys, dtype):
    assert cli.main(["verify", "softmax", "--dtype", dtype, "--json"]) == 0
    table = json.loads(capsys.readouterr().out)
    assert table["dtype"] == dtype
    assert [row["gradient"] for row in table["rows"]] == ["y", "dz"]
    assert all(0 < row["error"] <= row["bound"] and row["torch"] > 0 for row in table["rows"])
    assert cli.main(["verify", "softmax", "--dtype", dtype]) == 0
    assert f"{dtype}'s eps" in capsys.readouterr().out


WRONG = {
    "no command": ([], "COMMAND"),
    "an unknown command": (["rnu"], "rnu"),
    "an unknown concept": (["run", "activatoin"], "did you mean 'activation'?"),
    "no concept": (["run"], "give --all"),
    "both": (["run", "activation", "--all"], "one of the two"),
    "an unknown rule": (["verify", "sigmiod"], "did you mean 'sigmoid'?"),
    "an abbreviation": (["run", "activation", "--qui"], "--qui"),
    **{
        f"seeds {value}": (["run", "activation", "--seeds", value], "whole number from 1") for value in ("0", "-1", "x")
    },
    **{f"epochs {value}": (["run", "activation", "--epochs", value], "whole number") for value in ("1.5", "nan", "")},
    **{f"lr {value}": (["run", "activation", "--set", f"lr={value}"], "lr=") for value in ("nan", "-1", "inf", "x")},
    "no value": (["run", "activation", "--set", "lr"], "FIELD=VALUE"),
    "an unknown field": (["run", "activation", "--set", "lrr=1"], "did you mean 'lr'?"),
    "an unknown format": (["run", "activation", "--format", "gif"], "png,svg,pdf"),
    "an unknown device": (["run", "activation", "--device", "gpu"], "cpu, cuda"),
    "settings that do not go together": (["run", "activation", "--set", "filters=2,2,2"], "expected at most 2"),
    "redraw with what trains": (["run", "activation", "--redraw", "--seeds", "3"], "trains nothing"),
    "far too many seeds": (["run", "activation", "--seeds", "9" * 20], "from 1 to 1000000"),
    "two processes for one device": (
        ["run", "activation", "--device", "cuda", "--workers", "2"],
        "keeps a CUDA device busy",
    ),
    "redraw with workers": (["run", "activation", "--redraw", "--workers", "2"], "trains nothing"),
    "zero workers": (["run", "activation", "--workers", "0"], "whole number from 1"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_use_ends_with_code_2_and_one_line(case, capsys, monkeypatch):
    arguments, message = WRONG[case]
    monkeypatch.setattr("dlconcepts.images.data_set.load", lambda *_: pytest.fail("data was read"))
    try:
        code = cli.main(arguments)
    except SystemExit as end:
        code = end.code
    printed = capsys.readouterr()
    assert code == 2
    assert message in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""


def test_a_missing_data_folder_ends_with_code_1_and_one_line(tmp_path):
    found = run("run", "activation", "--quick", "--data", str(tmp_path / "nowhere"))
    assert found.returncode == 1
    assert "nowhere: expected a folder" in found.stderr
    assert found.stderr.count("\n") == 1


def test_an_output_folder_that_is_a_file_ends_with_code_1(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert cli.main(["run", "activation", "--redraw", "--out", str(tmp_path / "file")]) == 1
    errors = capsys.readouterr().err
    assert str(tmp_path / "file") in errors
    assert errors.count("\n") == 1


def test_a_full_disk_leaves_the_old_figure_and_names_the_path(tmp_path):
    assert cli.main(["run", "activation", "--redraw", "--out", str(tmp_path)]) == 0
    before = (tmp_path / "activation.png").read_bytes()
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192)); from dlconcepts.commands.cli import main\n"
        f"sys.exit(main(['run', 'activation', '--redraw', '--out', {str(tmp_path)!r}]))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert "activation.png: cannot be written (File too large)" in found.stderr
    assert found.stderr.count("\n") == 1
    assert (tmp_path / "activation.png").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["activation.png"]


def test_a_folder_that_may_not_be_written_leaves_the_old_figure_and_names_the_path(tmp_path, capsys, monkeypatch):
    old = tmp_path / "activation.png"
    old.write_bytes(b"old")

    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(records.tempfile, "mkstemp", refused)
    assert cli.main(["run", "activation", "--redraw", "--out", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert f"{old}: cannot be written (Permission denied)" in error
    assert old.read_bytes() == b"old"


def test_redrawing_twice_gives_the_same_bytes(tmp_path):
    for folder in ("a", "b"):
        assert cli.main(["run", "activation", "--redraw", "--out", str(tmp_path / folder), "--format", "png,svg"]) == 0
    for name in ("activation.png", "activation.svg"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_record_that_lacks_what_its_figure_shows_is_named(tmp_path, capsys):
    record = json.loads((records.FOLDER / "epochs.json").read_text())
    for run_of_it in record["runs"]:
        run_of_it["curves"] = {}
    (tmp_path / "epochs.json").write_text(json.dumps(record))
    assert cli.main(["run", "epochs", "--redraw", "--out", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert str(tmp_path / "epochs.json") in said
    assert "remove the file" in said
    assert not (tmp_path / "epochs.png").exists()


def test_one_concept_prints_its_record_and_several_print_one_object(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("dlconcepts.gallery.concept_run.draw", lambda record, request: [])
    assert cli.main(["run", "activation", "--redraw", "--out", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["concept"] == "activation"
    monkeypatch.setattr(glossary, "concepts", lambda: ["activation", "epochs"])  # all records: ten seconds of reading
    assert cli.main(["run", "--all", "--redraw", "--out", str(tmp_path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert [record["concept"] for record in found["records"]] == glossary.concepts()


def test_a_reader_that_has_seen_enough_is_no_error():
    command = f"{sys.executable} -m dlconcepts verify linear relu tanh | head -1"
    found = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert found.stderr == ""


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (MemoryError(), "dlconcepts: there is not enough memory; take fewer hidden units"),
        (
            RuntimeError("CPUAllocator: can't allocate memory"),
            "dlconcepts: there is not enough memory; take fewer hidden",
        ),
        (PermissionError(13, "Permission denied", "x.json"), "dlconcepts: x.json: Permission denied; check the path"),
    ],
)
def test_what_the_system_refuses_ends_in_one_line_with_the_cure(problem, line, capsys, monkeypatch):
    def fails(*_):
        raise problem

    monkeypatch.setattr("dlconcepts.images.data_set.load", fails)
    assert cli.main(["run", "epochs", "--quick"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(line)
    assert said.count("\n") == 1


def test_a_mistake_of_ours_is_not_taken_for_the_users(monkeypatch):
    def fails(*_):
        raise RuntimeError("shapes do not fit")

    monkeypatch.setattr("dlconcepts.images.data_set.load", fails)
    with pytest.raises(RuntimeError, match="shapes"):
        cli.main(["run", "epochs", "--quick"])


@pytest.mark.parametrize("words", [["list", "a\nb"], ["run", "epochs", "--data", "a\nb"], ["check", "a\x1b[1mb.py"]])
def test_words_with_line_breaks_and_escapes_are_shown_in_one_line(words, capsys):
    with suppress(SystemExit):
        cli.main(words)
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said[:-1].isprintable()


@pytest.mark.parametrize(
    "words", [["practice", "--solution"], ["practice", "relu", "--list"], ["check", "x.py", "--like", ""]]
)
def test_options_that_say_nothing_together_are_refused(words, capsys):
    assert cli.main(words) == 2
    assert capsys.readouterr().err.count("\n") == 1
